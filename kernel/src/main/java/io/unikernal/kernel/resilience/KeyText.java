package io.unikernal.kernel.resilience;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Values as keys: equal values give equal texts, and a long one gives a short text. */
final class KeyText {
  /** A longer key is kept as its digest. */
  static final int LENGTH_MAX = 200;

  private KeyText() {}

  static String of(Value value) {
    var text =
        switch (value) {
          case Value.Text(var plain) -> plain;
          case Value.Absent _, Value.Null _ -> "";
          default -> new String(Json.write(value), UTF_8);
        };
    return shortened(text);
  }

  /** The same, where a text must not be taken for what it looks like. */
  static String exact(Value value) {
    return shortened(value == Value.Absent.ABSENT ? "" : new String(Json.write(value), UTF_8));
  }

  private static String shortened(String text) {
    return text.length() <= LENGTH_MAX ? text : digest(text);
  }

  static String digest(String text) {
    try {
      var sha = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(sha);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
