package io.unikernal.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes values in the deterministic profile: shortest heads, keys sorted by their bytes. */
final class CborWriter {
  static final int MANTISSA_BYTES_MAX = 128;
  static final int TAG_BIGNUM = 2;
  static final int TAG_NEGATIVE_BIGNUM = 3;
  static final int TAG_DECIMAL = 4;
  static final int TAG_UUID = 37;
  static final int TAG_DATE = 100;
  static final int TAG_TIMESTAMP = 1001;
  static final int TAG_DURATION = 1002;
  static final int NANOS_KEY = -9;

  private final Out out = new Out();
  private int depth;

  byte[] document(Value value) {
    value(value);
    return done();
  }

  byte[] done() {
    return out.done();
  }

  void octet(int octet) {
    out.put(octet);
  }

  /** A key as it stands in a map. */
  static byte[] key(String name) {
    var writer = new CborWriter();
    writer.text(name);
    return writer.out.done();
  }

  void value(Value value) {
    switch (value) {
      case Value.Absent _, Value.Null _ -> out.put(0xf6);
      case Value.Bool bool -> out.put(bool.value() ? 0xf5 : 0xf4);
      case Value.Int(var number) -> integer(number);
      case Value.UInt(var bits) -> head(0, bits);
      case Value.Real(var number) -> real(number);
      case Value.Decimal(var number) -> decimal(number);
      case Value.Text(var text) -> text(text);
      case Value.Bytes(var bytes) -> bytes(bytes);
      case Value.Timestamp(var moment) -> {
        require(Texts.isInRange(moment), "a timestamp outside the years 0001 to 9999");
        time(TAG_TIMESTAMP, moment.getEpochSecond(), moment.getNano());
      }
      case Value.Duration(var duration) -> {
        require(Texts.isInRange(duration), "a duration beyond ten thousand years");
        time(TAG_DURATION, duration.getSeconds(), duration.getNano());
      }
      case Value.Date(var date) -> {
        require(Texts.isInRange(date), "a date outside the years 0001 to 9999");
        head(6, TAG_DATE);
        integer(date.toEpochDay());
      }
      case Value.Time(var time) -> text(Texts.of(time));
      case Value.Uuid(var uuid) -> {
        head(6, TAG_UUID);
        head(2, 16);
        out.bigEndian(uuid.getMostSignificantBits(), 8);
        out.bigEndian(uuid.getLeastSignificantBits(), 8);
      }
      case Value.Items(var items) -> items(items);
      case Value.Dict(var fields) -> map(fields);
      case Rec rec when rec.extras().isEmpty() -> record(rec);
      case Rec rec -> map(rec.toMap());
      case ValueStream _ -> require(false, ValueStream.WHAT);
    }
  }

  /** A head in its shortest form; the argument is unsigned. */
  void head(int major, long argument) {
    int first = major << 5;
    if (argument < 0 || argument > 0xffff_ffffL) {
      out.put(first | 27);
      out.bigEndian(argument, 8);
    } else if (argument > 0xffff) {
      out.put(first | 26);
      out.bigEndian(argument, 4);
    } else if (argument > 0xff) {
      out.put(first | 25);
      out.bigEndian(argument, 2);
    } else if (argument > 23) {
      out.put(first | 24);
      out.put((int) argument);
    } else {
      out.put(first | (int) argument);
    }
  }

  void integer(long number) {
    if (number >= 0) {
      head(0, number);
    } else {
      head(1, ~number);
    }
  }

  private void real(double number) {
    out.put(0xfb);
    out.bigEndian(Double.doubleToLongBits(number), 8); // One NaN for all.
  }

  private void decimal(BigDecimal number) {
    require(Texts.isInRange(number), "a decimal with an exponent beyond " + Texts.SCALE_MAX);
    head(6, TAG_DECIMAL);
    head(4, 2);
    integer(-number.scale());
    BigInteger mantissa = number.unscaledValue();
    boolean negative = mantissa.signum() < 0;
    if (mantissa.bitLength() <= (negative ? Long.SIZE - 1 : Long.SIZE)) {
      head(negative ? 1 : 0, negative ? ~mantissa.longValue() : mantissa.longValue());
      return;
    }
    byte[] magnitude = (negative ? mantissa.not() : mantissa).toByteArray();
    if (magnitude[0] == 0) {
      magnitude = Arrays.copyOfRange(magnitude, 1, magnitude.length); // The sign's own byte.
    }
    require(magnitude.length <= MANTISSA_BYTES_MAX, "a decimal of so many digits");
    head(6, negative ? TAG_NEGATIVE_BIGNUM : TAG_BIGNUM);
    bytes(magnitude);
  }

  private void time(int tag, long seconds, int nanos) {
    head(6, tag);
    head(5, 2);
    head(0, 1);
    integer(seconds);
    integer(NANOS_KEY);
    integer(nanos);
  }

  private void bytes(byte[] bytes) {
    head(2, bytes.length);
    out.put(bytes);
  }

  void text(String text) {
    if (isAscii(text)) {
      head(3, text.length());
      out.ascii(text);
      return;
    }
    require(Utf8.isValid(text), "a text with half a pair of surrogates");
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    head(3, bytes.length);
    out.put(bytes);
  }

  void shallower() {
    depth--;
  }

  void deeper() {
    require(++depth <= Cbor.DEPTH_MAX, "what is nested deeper than " + Cbor.DEPTH_MAX + " levels");
  }

  private void items(List<Value> items) {
    deeper();
    head(4, items.size());
    for (int i = 0; i < items.size(); i++) {
      if (items instanceof Numbers numbers) {
        bits(numbers.slot(), numbers.bits(i));
      } else {
        value(items.get(i));
      }
    }
    depth--;
  }

  void bits(Shape.Slot slot, long bits) {
    switch (slot) {
      case BOOL -> out.put(bits != 0 ? 0xf5 : 0xf4);
      case INT -> integer(bits);
      case UINT -> head(0, bits);
      case REAL -> real(Double.longBitsToDouble(bits));
      case REF -> throw new AssertionError("no primitive");
    }
  }

  void map(Map<String, Value> fields) {
    deeper();
    var entries = inOrder(fields);
    entries.removeIf(field -> field.getValue() == Value.Absent.ABSENT);
    head(5, entries.size());
    for (Map.Entry<String, Value> field : entries) {
      text(field.getKey());
      value(field.getValue());
    }
    depth--;
  }

  /** As the deterministic profile has them. */
  static List<Map.Entry<String, Value>> inOrder(Map<String, Value> fields) {
    var entries = new ArrayList<>(fields.entrySet());
    entries.sort((a, b) -> compareKeys(a.getKey(), b.getKey()));
    return entries;
  }

  /** In the order of their bytes as they are encoded, which begin with their number. */
  private static int compareKeys(String one, String other) {
    if (isAscii(one) && isAscii(other)) {
      return one.length() == other.length()
          ? one.compareTo(other)
          : Integer.compare(one.length(), other.length());
    }
    return Arrays.compareUnsigned(key(one), key(other));
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private void record(Rec rec) {
    deeper();
    var shape = rec.shape();
    int size = 0;
    for (int field = 0; field < shape.size(); field++) {
      size += rec.has(field) ? 1 : 0;
    }
    head(5, size);
    for (int field : shape.cborOrder()) {
      if (!rec.has(field)) {
        continue;
      }
      out.put(shape.facts(field).cborKey());
      Shape.Slot slot = shape.slot(field);
      if (slot == Shape.Slot.REF) {
        value(rec.get(field));
      } else {
        bits(slot, rec.bits(field));
      }
    }
    depth--;
  }

  private static void require(boolean isWritable, String otherwise) {
    if (!isWritable) {
      throw Fault.of(Fault.Code.INVALID, "CBOR cannot hold " + otherwise).toException();
    }
  }

  /** The indexes of a shape's fields in the order of their encoded names. */
  static int[] order(List<Shape.Facts> facts) {
    var order = new LinkedHashMap<Integer, byte[]>();
    for (int i = 0; i < facts.size(); i++) {
      order.put(i, facts.get(i).cborKey());
    }
    return order.entrySet().stream()
        .sorted((a, b) -> Arrays.compareUnsigned(a.getValue(), b.getValue()))
        .mapToInt(Map.Entry::getKey)
        .toArray();
  }
}
