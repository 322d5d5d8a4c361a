package io.unikernal.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.SequencedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A cursor over one value of the profile. Everything that the profile does not list is refused. */
class CborReader {
  private final byte[] bytes;
  private final int start;
  private final int end;
  final ValueStack stack = new ValueStack();
  private int at;
  private int depth;

  CborReader(byte[] bytes, int offset, int length) {
    java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
    this.bytes = bytes;
    start = offset;
    at = offset;
    end = offset + length;
  }

  final Value document() {
    Value value = value();
    end();
    return value;
  }

  final void end() {
    if (at < end) {
      throw malformed(at, "expected the end after one value");
    }
  }

  final int at() {
    return at;
  }

  final boolean takeIf(int octet) {
    if (at < end && bytes[at] == (byte) octet) {
      at++;
      return true;
    }
    return false;
  }

  final Value value() {
    int from = at;
    int first = next();
    return switch (first >> 5) {
      case 0 -> unsigned(argument(first));
      case 1 -> {
        long number = ~argument(first);
        if (number >= 0) {
          throw malformed(from, "an integer is below -2^63");
        }
        yield new Value.Int(number);
      }
      case 2 -> new Value.Bytes(bytes(first));
      case 3 -> Value.text(text(first));
      case 4 -> items(first);
      case 5 -> map(first);
      case 6 -> tagged(from, argument(first));
      default -> simple(from, first);
    };
  }

  private static Value unsigned(long bits) {
    return bits >= 0 ? new Value.Int(bits) : new Value.UInt(bits);
  }

  final int next() {
    if (at >= end) {
      throw malformed(at, "the value is cut off");
    }
    return bytes[at++] & 0xff;
  }

  /** The argument of a head, as an unsigned number in its shortest form. */
  private long argument(int first) {
    int from = at - 1;
    int info = first & 31;
    if (info < 24) {
      return info;
    }
    if (info > 27) {
      throw malformed(from, info == 31 ? "lengths are definite" : "a reserved form");
    }
    long argument = raw(1 << (info - 24));
    boolean isShortest =
        switch (info) {
          case 24 -> argument > 23;
          case 25 -> argument > 0xff;
          case 26 -> argument > 0xffff;
          default -> argument < 0 || argument > 0xffff_ffffL;
        };
    if (!isShortest) {
      throw malformed(from, "a number or length is not in its shortest form");
    }
    return argument;
  }

  private long raw(int count) {
    if (count > end - at) {
      throw malformed(end, "the value is cut off");
    }
    long bits = 0;
    for (int i = 0; i < count; i++) {
      bits = (bits << 8) | (bytes[at++] & 0xff);
    }
    return bits;
  }

  /** A length of what takes at least {@code each} bytes: no more can come than there is left. */
  final int length(int first, int each) {
    long length = argument(first);
    if (length < 0 || length > (end - at) / each) {
      throw malformed(end, "the value is cut off");
    }
    return (int) length;
  }

  private byte[] bytes(int first) {
    int length = length(first, 1);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  private String text(int first) {
    int length = length(first, 1);
    int from = at;
    at += length;
    boolean isAscii = true;
    for (int i = from; i < at && isAscii; i++) {
      isAscii = bytes[i] >= 0;
    }
    if (isAscii) {
      return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }
    int invalid = Utf8.firstInvalid(bytes, from, at);
    if (invalid >= 0) {
      throw malformed(invalid, "a text is not UTF-8");
    }
    return new String(bytes, from, length, StandardCharsets.UTF_8);
  }

  final void shallower() {
    depth--;
  }

  final void deeper(int from) {
    if (++depth > Cbor.DEPTH_MAX) {
      throw malformed(from, "nested deeper than " + Cbor.DEPTH_MAX + " levels");
    }
  }

  private Value items(int first) {
    deeper(at - 1);
    int count = length(first, 1);
    int base = stack.size();
    for (int i = 0; i < count; i++) {
      stack.push(value());
    }
    depth--;
    return count == 0 ? Value.Items.EMPTY : new Value.Items(new Elements(stack.pop(base)));
  }

  private Value map(int first) {
    deeper(at - 1);
    int count = length(first, 2);
    KeyPath path = KeyPath.CBOR.root();
    int base = stack.size();
    for (int i = 0; i < count; i++) {
      int from = at;
      KeyPath next = known(path);
      if (next == null) {
        String key = key();
        next = path.child(key);
        if (next == null) {
          return unusual(stack.pop(base, path), key, from, count - i);
        }
      }
      stack.push(value());
      path = next;
    }
    depth--;
    return new Value.Dict(new Fields(path.keys(), stack.pop(base)));
  }

  /** Takes the key that is likely to come here. */
  private @Nullable KeyPath known(KeyPath path) {
    for (KeyPath child : path.next()) {
      byte[] key = child.encoded;
      if (key.length <= end - at && Arrays.equals(bytes, at, at + key.length, key, 0, key.length)) {
        at += key.length;
        return child;
      }
    }
    return null;
  }

  /** The rest of a map whose keys are on no path, from the value of this key on. */
  private Value unusual(SequencedMap<String, Value> fields, String first, int firstFrom, int left) {
    String key = first;
    int from = firstFrom;
    for (int i = 1; ; i++) {
      if (fields.put(key, value()) != null) {
        throw malformed(from, "a key stands twice in one map");
      }
      if (i == left) {
        break;
      }
      from = at;
      key = key();
    }
    depth--;
    return new Value.Dict(fields);
  }

  final String key() {
    int from = at;
    int key = next();
    if (key >> 5 != 3) {
      throw malformed(from, "the keys of a map are texts");
    }
    return text(key);
  }

  private Value simple(int from, int first) {
    return switch (first) {
      case 0xf4 -> Value.Bool.FALSE;
      case 0xf5 -> Value.Bool.TRUE;
      case 0xf6 -> Value.Null.NULL;
      case 0xf9 -> new Value.Real(Float.float16ToFloat((short) raw(2)));
      case 0xfa -> new Value.Real(Float.intBitsToFloat((int) raw(4)));
      case 0xfb -> new Value.Real(Double.longBitsToDouble(raw(8)));
      default -> throw malformed(from, "a form that values do not have");
    };
  }

  private Value tagged(int from, long tag) {
    if (tag == CborWriter.TAG_DECIMAL) {
      return decimal(from);
    }
    if (tag == CborWriter.TAG_TIMESTAMP) {
      var time = time(from);
      var moment = Instant.ofEpochSecond(time.getSeconds(), time.getNano());
      requireIn(Texts.isInRange(moment), from, "a timestamp");
      return new Value.Timestamp(moment);
    }
    if (tag == CborWriter.TAG_DURATION) {
      var duration = time(from);
      requireIn(Texts.isInRange(duration), from, "a duration");
      return new Value.Duration(duration);
    }
    if (tag == CborWriter.TAG_UUID) {
      if (next() != (2 << 5 | 16)) {
        throw malformed(from, "a uuid is not 16 bytes");
      }
      return new Value.Uuid(new UUID(raw(8), raw(8)));
    }
    if (tag == CborWriter.TAG_DATE) {
      return date(from);
    }
    throw malformed(from, "a tag that values do not have");
  }

  private void expect(boolean isSo, int from, String otherwise) {
    if (!isSo) {
      throw malformed(from, otherwise);
    }
  }

  private void requireIn(boolean isInRange, int from, String what) {
    expect(isInRange, from, what + " is out of range");
  }

  /** An integer of 64 bits with sign. */
  final long integer(String otherwise) {
    int from = at;
    int first = next();
    expect(first >> 5 <= 1, from, otherwise);
    long argument = argument(first);
    expect(argument >= 0, from, otherwise);
    return first >> 5 == 0 ? argument : ~argument;
  }

  private Value date(int from) {
    long days = integer("a date is days since 1970");
    try {
      var date = LocalDate.ofEpochDay(days);
      requireIn(Texts.isInRange(date), from, "a date");
      return new Value.Date(date);
    } catch (DateTimeException _) {
      throw malformed(from, "a date is out of range");
    }
  }

  private Duration time(int from) {
    int first = next();
    expect(first >> 5 == 5, from, "a time is a map");
    int count = length(first, 2);
    long seconds = 0;
    long nanos = 0;
    boolean hasSeconds = false;
    boolean hasNanos = false;
    for (int i = 0; i < count; i++) {
      int keyFrom = at;
      long key = integer("a time has the keys 1 and -9");
      long number = integer("the parts of a time are integers");
      if (key == 1 && !hasSeconds) {
        seconds = number;
        hasSeconds = true;
      } else if (key == CborWriter.NANOS_KEY && !hasNanos) {
        nanos = number;
        hasNanos = true;
      } else {
        throw malformed(keyFrom, "a time has the keys 1 and -9, each once");
      }
    }
    expect(hasSeconds, from, "a time has no seconds");
    expect(nanos >= 0 && nanos <= 999_999_999, from, "nanoseconds are out of range");
    // Bounded before it is added up, and far outside every range that is allowed.
    expect(Math.abs(seconds >> 1) < 1L << 50, from, "a time is out of range");
    return Duration.ofSeconds(seconds, nanos);
  }

  private Value decimal(int from) {
    expect(next() == (4 << 5 | 2), from, "a decimal is a list of two");
    long exponent = integer("a decimal's exponent is an integer");
    requireIn(
        exponent >= -Texts.SCALE_MAX && exponent <= Texts.SCALE_MAX, from, "a decimal's exponent");
    return new Value.Decimal(new BigDecimal(mantissa(), (int) -exponent));
  }

  private BigInteger mantissa() {
    int from = at;
    int first = next();
    int major = first >> 5;
    if (major == 0) {
      return Scalars.exact(argument(first)).toBigInteger();
    }
    if (major == 1) {
      long argument = argument(first);
      expect(argument >= 0, from, "a bignum is needed below -2^63");
      return BigInteger.valueOf(~argument);
    }
    expect(major == 6, from, "a decimal's digits are an integer");
    long tag = argument(first);
    boolean negative = tag == CborWriter.TAG_NEGATIVE_BIGNUM;
    expect(negative || tag == CborWriter.TAG_BIGNUM, from, "a decimal's digits are an integer");
    int string = next();
    expect(string >> 5 == 2, from, "a bignum is bytes");
    byte[] magnitude = bytes(string);
    expect(magnitude.length <= CborWriter.MANTISSA_BYTES_MAX, from, "a decimal of too many digits");
    var number = new BigInteger(1, magnitude);
    boolean isShortest =
        magnitude.length > 0
            && magnitude[0] != 0
            && number.bitLength() > (negative ? Long.SIZE - 1 : Long.SIZE);
    expect(isShortest, from, "a bignum is not in its shortest form");
    return negative ? number.not() : number;
  }

  final FaultException malformed(int index, String message) {
    int position = index - start;
    return JsonScanner.malformed(position, message + " at byte " + position);
  }
}
