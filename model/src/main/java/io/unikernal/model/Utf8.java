package io.unikernal.model;

/** UTF-8 as RFC 3629 has it: nothing overlong, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
  private Utf8() {}

  /** The offset of the first byte that is not valid between the two, or -1. */
  static int firstInvalid(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      int lead = bytes[at];
      if (lead >= 0) {
        at++;
        continue;
      }
      int length = sequenceLength(bytes, at, to);
      if (length == 0) {
        return at;
      }
      at += length;
    }
    return -1;
  }

  /** The length of the valid sequence of several bytes that begins here, or 0. */
  private static int sequenceLength(byte[] bytes, int at, int to) {
    int lead = bytes[at] & 0xff;
    int second = at + 1 < to ? bytes[at + 1] & 0xff : 0;
    if (lead < 0xc2 || (second & 0xc0) != 0x80) {
      return 0;
    }
    if (lead < 0xe0) {
      return 2;
    }
    if (at + 2 >= to || (bytes[at + 2] & 0xc0) != 0x80) {
      return 0;
    }
    if (lead < 0xf0) {
      boolean isOverlong = lead == 0xe0 && second < 0xa0;
      boolean isSurrogate = lead == 0xed && second >= 0xa0;
      return isOverlong || isSurrogate ? 0 : 3;
    }
    if (at + 3 >= to || (bytes[at + 3] & 0xc0) != 0x80) {
      return 0;
    }
    boolean isInRange = lead == 0xf0 ? second >= 0x90 : lead == 0xf4 ? second < 0x90 : lead < 0xf4;
    return isInRange ? 4 : 0;
  }

  /** Whether each surrogate in a text of Java stands in a pair. */
  static boolean isValid(String text) {
    for (int i = 0; i < text.length(); i++) {
      char sign = text.charAt(i);
      if (Character.isSurrogate(sign)) {
        if (Character.isLowSurrogate(sign)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(++i))) {
          return false;
        }
      }
    }
    return true;
  }
}
