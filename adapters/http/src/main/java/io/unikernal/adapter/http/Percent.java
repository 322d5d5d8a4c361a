package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Percent-encoding by RFC 3986, strict: UTF-8 only, every `%` begins two hex digits. */
final class Percent {
  private static final String UNRESERVED = "-._~";
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private Percent() {}

  /**
   * @param isForm whether `+` is a space, as in a query
   * @throws io.unikernal.model.FaultException MALFORMED
   */
  static String decode(String text, boolean isForm) {
    int length = text.length();
    boolean isPlain = true;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c > '~') {
        throw malformed();
      }
      isPlain &= c != '%' && (c != '+' || !isForm);
    }
    if (isPlain) {
      return text;
    }
    var bytes = new byte[length];
    int size = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == '%') {
        boolean isWhole = i + 2 < length;
        int high = isWhole ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = isWhole ? Character.digit(text.charAt(i + 2), 16) : -1;
        bytes[size++] = octet(high, low);
        i += 2;
      } else {
        bytes[size++] = (byte) (c == '+' && isForm ? ' ' : c);
      }
    }
    return utf8(bytes, size);
  }

  /** Encodes what may stand in one segment of a path or one name or value of a query. */
  static String encode(String text) {
    var encoded = new StringBuilder(text.length() + 8);
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HEX[c >> 4]).append(HEX[c & 15]);
      }
    }
    return encoded.toString();
  }

  /** Encodes a segment of a path; `.` and `..` would not survive as plain text. */
  static String encodeSegment(String text) {
    return text.equals(".") || text.equals("..") ? text.replace(".", "%2E") : encode(text);
  }

  private static byte octet(int high, int low) {
    if (high < 0 || low < 0 || (high == 0 && low == 0)) {
      throw malformed();
    }
    return (byte) (high << 4 | low);
  }

  private static String utf8(byte[] bytes, int size) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, 0, size))
          .toString();
    } catch (CharacterCodingException _) {
      throw malformed();
    }
  }

  private static RuntimeException malformed() {
    return Fault.of(
            Fault.Code.MALFORMED,
            "the address is not percent-encoded UTF-8",
            "encode other characters as UTF-8 and `%` with two hex digits")
        .toException();
  }
}
