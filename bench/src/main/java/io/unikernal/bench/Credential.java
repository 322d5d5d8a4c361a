package io.unikernal.bench;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;

/** The key that every message shows, made for this and good for nothing else, checked by hand. */
final class Credential {
  static final String KEY = "uk_UI_RlNhHBRqfXEGm__iXW996r4quBHFbTo-sOIPAT6MzgYDAVzb7WPQQZVWw";
  private static final byte[] HASH =
      Base64.getUrlDecoder().decode("LpHQ0qz8iI7xH7vbq9C_p8APGKyzFUcMhCYbwmYkl7U");

  private Credential() {}

  /** As somebody does it who keeps only the hash. */
  static boolean isGood(String shown) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return MessageDigest.isEqual(HASH, digest.digest(shown.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
