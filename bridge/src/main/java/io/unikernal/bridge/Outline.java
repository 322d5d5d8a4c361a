package io.unikernal.bridge;

/**
 * Finds where the parts of a payload begin and end, so that an embedded value can be passed on
 * without being decoded. What it skips is checked by whoever decodes it.
 */
final class Outline {
  private static final int MAJOR_BYTES = 2;
  private static final int MAJOR_TEXT = 3;
  private static final int MAJOR_ARRAY = 4;
  private static final int MAJOR_MAP = 5;
  private static final int MAJOR_TAG = 6;
  private static final int TAG_EMBEDDED = 24;
  private final byte[] bytes;
  private int at;
  private int major;
  private long argument;

  Outline(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  int at() {
    return at;
  }

  /** Enters an array of this size. */
  void array(int size) {
    head();
    if (major != MAJOR_ARRAY || argument != size) {
      throw FrameRules.malformed("a payload that is not a list of " + size);
    }
  }

  /** Skips one value. */
  void skip() {
    long open = 1;
    while (open > 0) {
      head();
      open--;
      switch (major) {
        case MAJOR_BYTES, MAJOR_TEXT -> advance(argument);
        case MAJOR_ARRAY -> open += bounded(1);
        case MAJOR_MAP -> open += bounded(2);
        case MAJOR_TAG -> open++;
        default -> {} // The head of a number or a simple value is all of it.
      }
    }
  }

  /** Where the content of an embedded value begins; it must run to the end of the payload. */
  int embedded() {
    head();
    if (major != MAJOR_TAG || argument != TAG_EMBEDDED) {
      throw FrameRules.malformed("a body that is not embedded (tag 24)");
    }
    head();
    if (major != MAJOR_BYTES) {
      throw FrameRules.malformed("a body that is not a byte string");
    }
    if (argument != bytes.length - at) {
      throw FrameRules.malformed("a body that does not end with its frame");
    }
    return at;
  }

  private void head() {
    if (at >= bytes.length) {
      throw FrameRules.malformed("a payload that is cut off");
    }
    int first = bytes[at++] & 0xff;
    major = first >> 5;
    int info = first & 31;
    if (info < 24) {
      argument = info;
      return;
    }
    int count = info > 27 ? Integer.MAX_VALUE : 1 << (info - 24);
    if (count > bytes.length - at) {
      throw FrameRules.malformed("a payload that is cut off, or of no definite length");
    }
    argument = 0;
    for (int i = 0; i < count; i++) {
      argument = argument << 8 | (bytes[at++] & 0xff);
    }
    boolean isShortest =
        switch (info) {
          case 24 -> argument > 23;
          case 25 -> argument > 0xff;
          case 26 -> argument > 0xffff;
          default -> argument < 0 || argument > 0xffff_ffffL;
        };
    if (!isShortest && major <= MAJOR_TAG) {
      throw FrameRules.malformed("a length that is not in its shortest form");
    }
  }

  private void advance(long count) {
    if (count < 0 || count > bytes.length - at) {
      throw FrameRules.malformed("a payload that is cut off");
    }
    at += (int) count;
  }

  /** How many values follow; no more than there are bytes left. */
  private long bounded(int each) {
    if (argument < 0 || argument > (bytes.length - at) / each) {
      throw FrameRules.malformed("a payload that is cut off");
    }
    return argument * each;
  }
}
