package io.unikernal.model;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the types that hold no other type. {@link Conform} and the reading of JSON both ask
 * here, so that a value is judged alike, in the same words, however it came.
 */
final class Scalars {
  private static final BigDecimal UINT_MAX = new BigDecimal("18446744073709551615");

  private Scalars() {}

  /** The value as the type holds it, or null with the reason among the problems. */
  static @Nullable Value fit(Type type, Value value, Problems problems) {
    return switch (type) {
      case Type.Text text -> text(text, value, problems);
      case Type.Int integer -> integer(integer, value, problems);
      case Type.UInt integer -> unsigned(integer, value, problems);
      case Type.Real real -> real(real, value, problems);
      case Type.Decimal decimal -> decimal(decimal, value, problems);
      case Type.Enum enumeration -> symbol(enumeration, value, problems);
      case Type.Bytes bytes -> bytes(bytes, value, problems);
      case Type.Simple simple -> simple(simple, value, problems);
      case Type.ListOf _,
          Type.MapOf _,
          Type.Maybe _,
          Type.Labelled _,
          Type.StreamOf _,
          Type.Union _,
          Type.Record _ ->
          throw new AssertionError("not a scalar: " + type);
    };
  }

  private static @Nullable Value wrong(Type type, String message, Value got, Problems problems) {
    if (!problems.isFull()) {
      problems.add(type.toString(), message, got);
    }
    return null;
  }

  private static @Nullable Value text(Type.Text type, Value value, Problems problems) {
    if (!(value instanceof Value.Text(var text))) {
      return wrong(type, "must be a text", value, problems);
    }
    if (!type.length().isAll()) {
      int length = text.codePointCount(0, text.length());
      if (!type.length().contains(length)) {
        return wrong(type, "must have " + counted(type.length(), "character"), value, problems);
      }
    }
    if (type.pattern().isPresent() && !Patterns.matches(type.pattern().get(), text)) {
      return wrong(type, "must match /" + type.pattern().get() + "/", value, problems);
    }
    return value;
  }

  private static @Nullable Value integer(Type.Int type, Value value, Problems problems) {
    if (value instanceof Value.Int(var number)) {
      return type.range().isAll() || type.range().contains(number)
          ? value
          : wrong(type, "must be " + bounds(type.range()), value, problems);
    }
    if (value instanceof Value.UInt(var bits)) {
      return bits >= 0
          ? integer(type, new Value.Int(bits), problems)
          : wrong(type, tooLarge(type.range(), "an integer of 64 bits"), value, problems);
    }
    return wrong(type, notWhole(value, type.range(), "an integer"), value, problems);
  }

  private static @Nullable Value unsigned(Type.UInt type, Value value, Problems problems) {
    if (value instanceof Value.UInt(var bits)) {
      return type.range().isAll() || type.range().contains(exact(bits))
          ? value
          : wrong(type, "must be " + bounds(type.range()), value, problems);
    }
    if (value instanceof Value.Int(var number)) {
      return number >= 0
          ? unsigned(type, new Value.UInt(number), problems)
          : wrong(type, tooLarge(type.range(), "at least 0"), value, problems);
    }
    return wrong(type, notWhole(value, type.range(), "an integer from 0"), value, problems);
  }

  private static String tooLarge(Type.Range range, String otherwise) {
    return "must be " + (range.isAll() ? otherwise : bounds(range));
  }

  /** A whole number beyond 64 bits, as JSON may hold one, gets its own words. */
  private static String notWhole(Value value, Type.Range range, String what) {
    boolean isLarge =
        value instanceof Value.Decimal(var number)
            && number.scale() == 0
            && number.abs().compareTo(UINT_MAX) > 0;
    return isLarge ? tooLarge(range, what + " of 64 bits") : "must be " + what;
  }

  static BigDecimal exact(long unsignedBits) {
    return unsignedBits >= 0
        ? BigDecimal.valueOf(unsignedBits)
        : new BigDecimal(Long.toUnsignedString(unsignedBits));
  }

  private static @Nullable Value real(Type.Real type, Value value, Problems problems) {
    double number;
    switch (value) {
      case Value.Real(var real) -> number = real;
      case Value.Int(var integer) -> number = integer;
      case Value.UInt(var bits) -> number = exact(bits).doubleValue();
      case Value.Decimal(var decimal) -> {
        // A number of JSON that was read exactly, since its type was not known: it fits where a
        // double gives it back unchanged, or is whole and beyond 64 bits.
        number = decimal.doubleValue();
        if (Double.isInfinite(number)
            || decimal.scale() > 0 && BigDecimal.valueOf(number).compareTo(decimal) != 0) {
          return wrong(type, "must be a number that a double can hold", value, problems);
        }
      }
      default -> {
        return wrong(type, "must be a number (double)", value, problems);
      }
    }
    if (!type.range().isAll()
        && !(Double.isFinite(number) && type.range().contains(new BigDecimal(number)))) {
      return wrong(type, "must be " + bounds(type.range()), value, problems);
    }
    return value instanceof Value.Real ? value : new Value.Real(number);
  }

  private static @Nullable Value decimal(Type.Decimal type, Value value, Problems problems) {
    return switch (value) {
      case Value.Decimal(var number) -> decimal(type, number, value, problems);
      case Value.Int(var number) -> decimal(type, BigDecimal.valueOf(number), value, problems);
      case Value.UInt(var bits) -> decimal(type, exact(bits), value, problems);
      case Value.Text(var text) -> {
        var number = Texts.decimal(text);
        yield number.isPresent()
            ? decimal(type, number.get(), new Value.Decimal(number.get()), problems)
            : wrong(type, "must be a decimal number", value, problems);
      }
      case Value.Real _ ->
          wrong(type, "must be a decimal number; a double is not exact", value, problems);
      default -> wrong(type, "must be a decimal number", value, problems);
    };
  }

  private static @Nullable Value decimal(
      Type.Decimal type, BigDecimal number, Value got, Problems problems) {
    if (type.precision() == 0) {
      return got instanceof Value.Decimal ? got : new Value.Decimal(number);
    }
    if (number.scale() > type.scale() && number.stripTrailingZeros().scale() > type.scale()) {
      String places =
          type.scale() == 0 ? "no decimal places" : atMost(type.scale(), "decimal place");
      return wrong(type, "must have " + places, got, problems);
    }
    int whole = type.precision() - type.scale();
    if (number.signum() != 0 && number.precision() - number.scale() > whole) {
      String digits = whole == 0 ? "no digits but 0" : atMost(whole, "digit");
      return wrong(type, "must have " + digits + " before the point", got, problems);
    }
    return number.scale() == type.scale() && got instanceof Value.Decimal
        ? got
        : new Value.Decimal(number.setScale(type.scale()));
  }

  private static @Nullable Value symbol(Type.Enum type, Value value, Problems problems) {
    return value instanceof Value.Text(var text) && type.symbols().contains(text)
        ? value
        : wrong(type, "must be one of " + String.join(", ", type.symbols()), value, problems);
  }

  private static @Nullable Value bytes(Type.Bytes type, Value value, Problems problems) {
    Value bytes = value instanceof Value.Text(var text) ? base64(text).orElse(value) : value;
    if (!(bytes instanceof Value.Bytes(var content))) {
      return wrong(type, "must be bytes, as base64", value, problems);
    }
    return type.length().isAll() || type.length().contains(content.length)
        ? bytes
        : wrong(type, "must have " + counted(type.length(), "byte"), value, problems);
  }

  private static Optional<Value> base64(String text) {
    try {
      return Optional.of(new Value.Bytes(Base64.getDecoder().decode(text)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static @Nullable Value simple(Type.Simple type, Value value, Problems problems) {
    return switch (type) {
      case ANY -> value;
      case NULL ->
          value == Value.Absent.ABSENT || value == Value.Null.NULL
              ? Value.Null.NULL
              : wrong(type, "must be null", value, problems);
      case BOOL ->
          value instanceof Value.Bool
              ? value
              : wrong(type, "must be true or false", value, problems);
      case TIMESTAMP ->
          value instanceof Value.Timestamp
              ? value
              : fromText(type, value, Texts::timestamp, Value.Timestamp::new, problems);
      case DATE ->
          value instanceof Value.Date
              ? value
              : fromText(type, value, Texts::date, Value.Date::new, problems);
      case TIME ->
          value instanceof Value.Time
              ? value
              : fromText(type, value, Texts::time, Value.Time::new, problems);
      case DURATION ->
          value instanceof Value.Duration
              ? value
              : fromText(type, value, Texts::duration, Value.Duration::new, problems);
      case UUID ->
          value instanceof Value.Uuid
              ? value
              : fromText(type, value, Texts::uuid, Value.Uuid::new, problems);
      case BLOB -> bytes(Type.Bytes.ANY_BYTES, value, problems);
    };
  }

  private static <T> @Nullable Value fromText(
      Type.Simple type,
      Value value,
      Function<String, Optional<T>> reader,
      Function<T, Value> maker,
      Problems problems) {
    if (value instanceof Value.Text(var text)) {
      var read = reader.apply(text);
      if (read.isPresent()) {
        return maker.apply(read.get());
      }
    }
    return wrong(type, "must be a " + type + example(type), value, problems);
  }

  private static String example(Type.Simple type) {
    return switch (type) {
      case TIMESTAMP -> " such as 2026-01-31T12:00:00Z";
      case DATE -> " such as 2026-01-31";
      case TIME -> " such as 12:00:00";
      case DURATION -> " such as 1h30m or 2.5s";
      case ANY, NULL, BOOL, UUID, BLOB -> "";
    };
  }

  /** {@code from 1 to 999}, {@code at least 0}, {@code 5}. */
  static String bounds(Type.Range range) {
    String min = range.min().map(BigDecimal::toPlainString).orElse("");
    String max = range.max().map(BigDecimal::toPlainString).orElse("");
    if (min.equals(max)) {
      return min;
    }
    return max.isEmpty()
        ? "at least " + min
        : min.isEmpty() ? "at most " + max : "from " + min + " to " + max;
  }

  /** {@code from 1 to 64 characters}. */
  static String counted(Type.Range range, String unit) {
    String bounds = bounds(range);
    return bounds + " " + unit + (bounds.endsWith(" 1") || "1".equals(bounds) ? "" : "s");
  }

  private static String atMost(int count, String unit) {
    return "at most " + count + " " + unit + (count == 1 ? "" : "s");
  }
}
