package io.unikernal.model;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SequencedMap;
import java.util.UUID;

/**
 * A piece of data, independent of any wire format. Closed, so that every {@code switch} over it is
 * checked by the compiler. Immutable: whoever builds one gives its arrays away.
 *
 * <p>An optional value of type {@code T?} is either {@link Absent} or the value of {@code T}
 * itself; it is never wrapped twice. Enum symbols are {@link Text}. Records with a type are {@link
 * Rec}.
 */
public sealed interface Value
    permits Value.Absent,
        Value.Null,
        Value.Bool,
        Value.Int,
        Value.UInt,
        Value.Real,
        Value.Decimal,
        Value.Text,
        Value.Bytes,
        Value.Timestamp,
        Value.Date,
        Value.Time,
        Value.Duration,
        Value.Uuid,
        Value.Items,
        Value.Dict,
        Rec,
        ValueStream {

  /** Nothing there: CEL's {@code optional.none()}, a missing field, no reply. */
  enum Absent implements Value {
    ABSENT
  }

  enum Null implements Value {
    NULL
  }

  enum Bool implements Value {
    FALSE,
    TRUE;

    public static Bool of(boolean value) {
      return value ? TRUE : FALSE;
    }

    public boolean value() {
      return this == TRUE;
    }
  }

  /** 64 bits, signed. */
  record Int(long value) implements Value {}

  /** 64 bits, unsigned; {@code bits} is the two's complement carrier. */
  record UInt(long bits) implements Value {}

  /** IEEE 754 binary64; UDL's {@code double}. */
  record Real(double value) implements Value {}

  /** Exact; equality is by number, so 1.0 equals 1.00. */
  record Decimal(BigDecimal value) implements Value {
    @Override
    public boolean equals(Object other) {
      return other instanceof Decimal(var that) && value.compareTo(that) == 0;
    }

    @Override
    public int hashCode() {
      return value.stripTrailingZeros().hashCode();
    }
  }

  record Text(String value) implements Value {}

  /** The array belongs to the value: do not change it. */
  record Bytes(byte[] value) implements Value {
    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes(var that) && Arrays.equals(value, that);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
      return "Bytes[" + HexFormat.of().formatHex(value) + "]";
    }
  }

  /** A moment in UTC, to the nanosecond, years 0001 to 9999. */
  record Timestamp(Instant value) implements Value {}

  record Date(LocalDate value) implements Value {}

  record Time(LocalTime value) implements Value {}

  record Duration(java.time.Duration value) implements Value {}

  record Uuid(UUID value) implements Value {}

  /** {@code items} is unmodifiable; of numbers of one kind it may be {@link Numbers}. */
  record Items(List<Value> items) implements Value {
    public static final Items EMPTY = new Items(List.of());

    public Items {
      items =
          items instanceof Elements || items instanceof Numbers ? items : Elements.copyOf(items);
    }
  }

  /** A map with text keys, or a record whose type is not known; keeps the order it was given. */
  record Dict(SequencedMap<String, Value> fields) implements Value {
    public static final Dict EMPTY = new Dict(Fields.NONE);

    public Dict {
      fields = Fields.copyOf(fields);
    }

    /** The same with one field set. What was not read yet of the others stays unread. */
    public Dict with(String name, Value value) {
      return new Dict(Fields.copyOf(fields).with(name, value));
    }
  }

  /** The field of a record or map, {@link Absent} where there is none and of every other value. */
  default Value field(String name) {
    return switch (this) {
      case Rec rec -> rec.get(name);
      case Dict(var fields) -> fields.getOrDefault(name, Absent.ABSENT);
      default -> Absent.ABSENT;
    };
  }

  /** The field's text, empty where it is no text. */
  default String fieldText(String name) {
    return field(name) instanceof Text(var text) ? text : "";
  }

  static Value text(String value) {
    return new Text(value);
  }

  static Value integer(long value) {
    return new Int(value);
  }

  static Value decimal(String value) {
    return new Decimal(new BigDecimal(value));
  }
}
