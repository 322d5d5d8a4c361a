package io.unikernal.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The form of a key and of what a definition keeps of it. A key is {@code uk_}, a public part that
 * finds it, and 256 random bits: so many that a fast hash cannot be searched, which is why no key
 * is taken that a person thought up. The hash is of the whole text, so that the public part salts
 * it.
 */
public final class ApiKeys {
  private static final String PREFIX = "uk_";
  private static final int PUBLIC_BYTES = 12;
  private static final int SECRET_BYTES = 32;
  private static final int PUBLIC_CHARS = 16;
  private static final int SECRET_CHARS = 43;
  private static final int SECRET_AT = PREFIX.length() + PUBLIC_CHARS + 1;
  private static final Pattern HASH =
      Pattern.compile("sha256:([A-Za-z0-9_-]{16}):([A-Za-z0-9_-]{43})");

  /** Copied for each hash: to look for one among the providers takes as long as to make a hash. */
  private static final MessageDigest SHA256 = digest();

  private static final SecureRandom RANDOM = new SecureRandom();

  private ApiKeys() {}

  /**
   * A new one.
   *
   * @param text what the client gets; kept nowhere
   * @param hash what the definition gets
   */
  public record Made(String text, String hash) {}

  public static Made make() {
    String open = random(PUBLIC_BYTES);
    String text = PREFIX + open + "_" + random(SECRET_BYTES);
    return new Made(text, "sha256:" + open + ":" + base64(hash(text)));
  }

  /** The public part of a key; empty if it is none. */
  static Optional<String> open(String text) {
    boolean isKey =
        text.length() == SECRET_AT + SECRET_CHARS
            && text.startsWith(PREFIX)
            && text.charAt(SECRET_AT - 1) == '_'
            && isBase64(text, PREFIX.length());
    return isKey ? Optional.of(text.substring(PREFIX.length(), SECRET_AT - 1)) : Optional.empty();
  }

  private static boolean isBase64(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isOne =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || c == '-'
              || c == '_';
      if (!isOne) {
        return false;
      }
    }
    return true;
  }

  /** What a definition keeps. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared as a record.
  record Hash(String open, byte[] digest) {
    static Optional<Hash> parse(String text) {
      var match = HASH.matcher(text);
      return match.matches()
          ? Optional.of(new Hash(match.group(1), Base64.getUrlDecoder().decode(match.group(2))))
          : Optional.empty();
    }

    /** Takes the same time whatever differs. */
    boolean isOf(byte[] hashOfKey) {
      return MessageDigest.isEqual(digest, hashOfKey);
    }
  }

  static byte[] hash(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return ((MessageDigest) SHA256.clone()).digest(bytes);
    } catch (CloneNotSupportedException _) {
      return digest().digest(bytes);
    }
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return base64(bytes);
  }
}
