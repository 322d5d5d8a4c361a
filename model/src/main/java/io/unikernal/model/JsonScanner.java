package io.unikernal.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;

/** A cursor over the bytes of one document: the words of JSON, and what is wrong with them. */
class JsonScanner {
  private static final int EXPONENT_MAX = Texts.SCALE_MAX;
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle HALVES =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGHS = 0x8080_8080_8080_8080L;

  final byte[] bytes;
  final Json.Limits limits;
  int at;
  private int depth;

  JsonScanner(byte[] bytes, Json.Limits limits) {
    this.bytes = bytes;
    this.limits = limits;
  }

  final void begin() {
    if (bytes.length >= 3
        && bytes[0] == (byte) 0xef
        && bytes[1] == (byte) 0xbb
        && bytes[2] == (byte) 0xbf) {
      throw malformed(0, "the body begins with a byte order mark, which JSON does not have");
    }
    skipSpace();
  }

  final void end() {
    skipSpace();
    if (at < bytes.length) {
      throw malformed(at, "expected the end of the body at byte " + at);
    }
  }

  /** Takes a bracket and what white space follows, one level deeper. */
  final void open(char bracket) {
    int start = at;
    if (peek() != bracket) {
      throw expected("`" + bracket + "`");
    }
    at++;
    if (++depth > limits.depthMax()) {
      throw tooLarge(start, "the body is nested deeper than " + limits.depthMax() + " levels");
    }
    skipSpace();
  }

  final void close() {
    depth--;
  }

  /** How many brackets are open. */
  final int depth() {
    return depth;
  }

  /** To where it stood before, with so many brackets open. */
  final void goBack(int start, int open) {
    at = start;
    depth = open;
  }

  /** After an entry: whether a comma announces another, else takes the closing bracket. */
  final boolean isMore(char bracket) {
    skipSpace();
    if (at < bytes.length && bytes[at] == ',') {
      at++;
      skipSpace();
      return true;
    }
    if (!takeIf(bracket)) {
      throw expected("`,` or `" + bracket + "`");
    }
    return false;
  }

  final boolean takeIf(char sign) {
    if (at < bytes.length && bytes[at] == sign) {
      at++;
      return true;
    }
    return false;
  }

  /** A key and its colon, up to where its value begins. */
  final String key() {
    if (peek() != '"') {
      throw expected("a key");
    }
    String key = string();
    colon();
    return key;
  }

  final void colon() {
    skipSpace();
    if (!takeIf(':')) {
      throw expected("`:`");
    }
    skipSpace();
  }

  /** The byte here, or -1 at the end. */
  final int peek() {
    return at < bytes.length ? bytes[at] : -1;
  }

  final void skipSpace() {
    if (at < bytes.length && bytes[at] > ' ') {
      return;
    }
    while (at < bytes.length) {
      byte sign = bytes[at];
      if (sign != ' ' && sign != '\n' && sign != '\r' && sign != '\t') {
        return;
      }
      at++;
    }
  }

  final <T> T literal(String word, T meaning) {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= bytes.length || bytes[at + i] != word.charAt(i)) {
        at = Math.min(at + i, bytes.length);
        throw expected("`" + word + "`");
      }
    }
    at += word.length();
    return meaning;
  }

  final String string() {
    int start = at + 1;
    int end = plainEnd(start);
    if (end < bytes.length && bytes[end] == '"') {
      at = end + 1;
      return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }
    return unusual(start, end);
  }

  /** Moves behind a text that is well-formed. */
  final void skipString() {
    int end = plainEnd(at + 1);
    if (end < bytes.length && bytes[end] == '"') {
      at = end + 1;
    } else {
      unusual(at + 1, end);
    }
  }

  /** Whether this part stands in the bytes from there on. Some bytes at once: parts are short. */
  static boolean isAlike(byte[] part, byte[] bytes, int from) {
    int length = part.length;
    if (length >= Integer.BYTES && length < Long.BYTES) {
      int last = length - Integer.BYTES; // The two words may overlap.
      return (int) HALVES.get(bytes, from) == (int) HALVES.get(part, 0)
          && (int) HALVES.get(bytes, from + last) == (int) HALVES.get(part, last);
    }
    if (length >= Long.BYTES && length <= 2 * Long.BYTES) {
      int last = length - Long.BYTES;
      return (long) WORDS.get(bytes, from) == (long) WORDS.get(part, 0)
          && (long) WORDS.get(bytes, from + last) == (long) WORDS.get(part, last);
    }
    return Arrays.equals(bytes, from, from + length, part, 0, length);
  }

  private int plainEnd(int from) {
    return plainEnd(bytes, from);
  }

  /** Whether a text needs no escape. */
  static boolean isPlain(byte[] text) {
    return plainEnd(text, 0) == text.length;
  }

  /** Where the text from here ends, or has a byte that is not plain ASCII. Eight at a time. */
  private static int plainEnd(byte[] bytes, int from) {
    int i = from;
    for (int last = bytes.length - 8; i <= last; i += 8) {
      long word = (long) WORDS.get(bytes, i);
      long quotes = word ^ ONES * '"';
      long slashes = word ^ ONES * '\\';
      // The lowest high bit that is set is exact; those above it may come from a borrow.
      long found =
          ((quotes - ONES) & ~quotes
                  | (slashes - ONES) & ~slashes
                  | (word - ONES * ' ') & ~word
                  | word)
              & HIGHS;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    while (i < bytes.length && bytes[i] >= ' ' && bytes[i] != '"' && bytes[i] != '\\') {
      i++;
    }
    return i;
  }

  /** A text with more than plain ASCII, which it is up to {@code plain}. */
  private String unusual(int start, int plain) {
    at = plain;
    boolean isAscii = true;
    while (at < bytes.length) {
      byte sign = bytes[at];
      if (sign == '"') {
        String text = text(start, at, isAscii);
        at++;
        return text;
      }
      if (sign == '\\') {
        return escaped(start, isAscii);
      }
      if (sign < 0) {
        isAscii = false;
      } else if (sign < ' ') {
        throw malformed(at, "a control character at byte " + at + " is not escaped");
      }
      at++;
    }
    throw expected("the end of a text");
  }

  private String text(int from, int to, boolean isAscii) {
    if (isAscii) {
      return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
    int invalid = Utf8.firstInvalid(bytes, from, to);
    if (invalid >= 0) {
      throw malformed(invalid, "the text at byte " + invalid + " is not UTF-8");
    }
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /** The rest of a text from its first backslash. */
  private String escaped(int start, boolean asciiBefore) {
    var text = new StringBuilder(text(start, at, asciiBefore));
    while (true) {
      int plain = at;
      boolean isAscii = true;
      while (at < bytes.length && bytes[at] != '"' && bytes[at] != '\\') {
        if (bytes[at] < 0) {
          isAscii = false;
        } else if (bytes[at] < ' ') {
          throw malformed(at, "a control character at byte " + at + " is not escaped");
        }
        at++;
      }
      if (at > plain) {
        text.append(text(plain, at, isAscii));
      }
      if (at >= bytes.length) {
        throw expected("the end of a text");
      }
      if (bytes[at++] == '"') {
        return text.toString();
      }
      escape(text);
    }
  }

  private void escape(StringBuilder text) {
    int sign = peek();
    switch (sign) {
      case '"', '\\', '/' -> text.append((char) sign);
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 't' -> text.append('\t');
      case 'u' -> {
        unicode(text);
        return;
      }
      default -> throw expected("an escape that JSON has");
    }
    at++;
  }

  /** A text is Unicode: half of a pair of surrogates is none. */
  private void unicode(StringBuilder text) {
    int start = at - 1;
    char first = hex();
    if (!Character.isSurrogate(first)) {
      text.append(first);
      return;
    }
    if (Character.isHighSurrogate(first)
        && at + 1 < bytes.length
        && bytes[at] == '\\'
        && bytes[at + 1] == 'u') {
      at++;
      char second = hex();
      if (Character.isLowSurrogate(second)) {
        text.append(first).append(second);
        return;
      }
    }
    throw malformed(start, "the escape at byte " + start + " is half a pair of surrogates");
  }

  /** The four digits after a {@code u}. */
  private char hex() {
    int code = 0;
    at++;
    for (int i = 0; i < 4; i++) {
      int digit = peek() < 0 ? -1 : Character.digit((char) peek(), 16);
      if (digit < 0) {
        throw expected("four hexadecimal digits");
      }
      code = code << 4 | digit;
      at++;
    }
    return (char) code;
  }

  /**
   * Moves behind a number and answers whether it is whole: without fraction and exponent. Refuses
   * what no type could hold.
   */
  final boolean scanNumber() {
    int start = at;
    takeIf('-');
    int digits = at;
    digits();
    if (bytes[digits] == '0' && at > digits + 1) {
      at = digits + 1;
      throw malformed(at, "the number at byte " + start + " begins with 0");
    }
    boolean isWhole = true;
    int fraction = 0;
    if (takeIf('.')) {
      isWhole = false;
      int first = at;
      digits();
      fraction = at - first;
    }
    int exponent = 0;
    if (at < bytes.length && (bytes[at] | 0x20) == 'e') {
      isWhole = false;
      exponent = exponent();
    }
    if (at - start > limits.numberLengthMax()) {
      throw tooLarge(start, "a number is longer than " + limits.numberLengthMax() + " bytes");
    }
    if (Math.abs(exponent - fraction) > EXPONENT_MAX) {
      throw tooLarge(start, "a number's exponent is beyond " + EXPONENT_MAX);
    }
    return isWhole;
  }

  private void digits() {
    int start = at;
    while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    if (at == start) {
      throw expected("a digit");
    }
  }

  private int exponent() {
    at++;
    boolean negative = takeIf('-');
    if (!negative) {
      takeIf('+');
    }
    int first = at;
    digits();
    int exponent = 0;
    for (int i = first; i < at && exponent <= EXPONENT_MAX * 2; i++) {
      exponent = exponent * 10 + bytes[i] - '0';
    }
    return negative ? -exponent : exponent;
  }

  final FaultException duplicate(int start) {
    return malformed(start, "the key at byte " + start + " stands twice in one object");
  }

  /** What was wanted here; never what is here, since it may be labelled. */
  final FaultException expected(String what) {
    if (at < bytes.length) {
      return malformed(at, "expected " + what + " at byte " + at);
    }
    return malformed(
        bytes.length,
        bytes.length == 0
            ? "expected " + what + ", but the body is empty"
            : "expected " + what + " at byte " + bytes.length + ", but the body ends");
  }

  static FaultException malformed(int position, String message) {
    return fault(Fault.Code.MALFORMED, position, message);
  }

  private static FaultException tooLarge(int position, String message) {
    return fault(Fault.Code.TOO_LARGE, position, message);
  }

  private static FaultException fault(Fault.Code code, int position, String message) {
    var details = new LinkedHashMap<String, Value>();
    details.put("position", Value.integer(position));
    return Fault.of(code, message).withDetails(new Value.Dict(details)).toException();
  }
}
