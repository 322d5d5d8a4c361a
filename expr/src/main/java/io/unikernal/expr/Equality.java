package io.unikernal.expr;

import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.SequencedMap;

/** Equality and order as CEL has them: numbers compare by number, whatever their kinds. */
final class Equality {
  /** The order of NaN towards anything. */
  static final int UNORDERED = 2;

  private Equality() {}

  static boolean equal(Value left, Value right) {
    if (left instanceof Value.Text(var a) && right instanceof Value.Text(var b)) {
      return a.equals(b);
    }
    if (isNumber(left) && isNumber(right)) {
      return compareNumbers(left, right) == 0;
    }
    if (left instanceof Value.Items(var a) && right instanceof Value.Items(var b)) {
      if (a.size() != b.size()) {
        return false;
      }
      for (int i = 0; i < a.size(); i++) {
        if (!equal(a.get(i), b.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (Collections.isMap(left) && Collections.isMap(right)) {
      return equalMaps(Collections.entries(left), Collections.entries(right));
    }
    return left.equals(right);
  }

  private static boolean equalMaps(
      SequencedMap<String, Value> left, SequencedMap<String, Value> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (var entry : left.entrySet()) {
      Value other = right.get(entry.getKey());
      if (other == null || !equal(entry.getValue(), other)) {
        return false;
      }
    }
    return true;
  }

  static boolean isNumber(Value value) {
    return value instanceof Value.Int
        || value instanceof Value.UInt
        || value instanceof Value.Real
        || value instanceof Value.Decimal;
  }

  /** Negative, zero or positive; {@link #UNORDERED} for NaN. */
  static int compare(Value left, Value right) {
    if (left instanceof Value.Int(var a) && right instanceof Value.Int(var b)) {
      return Long.compare(a, b);
    }
    if (isNumber(left) && isNumber(right)) {
      return compareNumbers(left, right);
    }
    if (left instanceof Value.Text(var a) && right instanceof Value.Text(var b)) {
      return compareText(a, b);
    }
    if (left instanceof Value.Bool a && right instanceof Value.Bool b) {
      return Boolean.compare(a.value(), b.value());
    }
    if (left instanceof Value.Bytes(var a) && right instanceof Value.Bytes(var b)) {
      return sign(Arrays.compareUnsigned(a, b));
    }
    if (left instanceof Value.Timestamp(var a) && right instanceof Value.Timestamp(var b)) {
      return sign(a.compareTo(b));
    }
    if (left instanceof Value.Duration(var a) && right instanceof Value.Duration(var b)) {
      return sign(a.compareTo(b));
    }
    if (left instanceof Value.Date(var a) && right instanceof Value.Date(var b)) {
      return sign(a.compareTo(b));
    }
    if (left instanceof Value.Time(var a) && right instanceof Value.Time(var b)) {
      return sign(a.compareTo(b));
    }
    throw Definition.noOverload("<");
  }

  private static int sign(int order) {
    return Integer.signum(order);
  }

  /** By code point, as UTF-8 would sort. */
  static int compareText(String left, String right) {
    int shorter = Math.min(left.length(), right.length());
    for (int i = 0; i < shorter; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        if (Character.isSurrogate(a) != Character.isSurrogate(b)) {
          return Character.isSurrogate(a) ? 1 : -1;
        }
        return a < b ? -1 : 1;
      }
    }
    return sign(left.length() - right.length());
  }

  private static int compareNumbers(Value left, Value right) {
    if (left instanceof Value.Int(var a) && right instanceof Value.Int(var b)) {
      return Long.compare(a, b);
    }
    if (left instanceof Value.UInt(var a) && right instanceof Value.UInt(var b)) {
      return Long.compareUnsigned(a, b);
    }
    if (left instanceof Value.Real(var a) && right instanceof Value.Real(var b)) {
      return Double.isNaN(a) || Double.isNaN(b) ? UNORDERED : a < b ? -1 : a > b ? 1 : 0;
    }
    if (left instanceof Value.Real(var a) && !Double.isFinite(a)) {
      return Double.isNaN(a) ? UNORDERED : a > 0 ? 1 : -1;
    }
    if (right instanceof Value.Real(var b) && !Double.isFinite(b)) {
      return Double.isNaN(b) ? UNORDERED : b > 0 ? -1 : 1;
    }
    if (left instanceof Value.Real || right instanceof Value.Real) {
      if (!(left instanceof Value.Decimal || right instanceof Value.Decimal)) {
        // CEL compares them as doubles, also where the integer has more digits.
        return Double.compare(exact(left).doubleValue(), exact(right).doubleValue());
      }
    }
    return Integer.signum(exact(left).compareTo(exact(right)));
  }

  /** The number without loss; the value must be a finite number. */
  static BigDecimal exact(Value value) {
    return switch (value) {
      case Value.Int(var number) -> BigDecimal.valueOf(number);
      case Value.UInt(var bits) -> new BigDecimal(unsigned(bits));
      case Value.Real(var number) -> new BigDecimal(number);
      case Value.Decimal(var number) -> number;
      default -> throw new IllegalArgumentException("not a number");
    };
  }

  static BigInteger unsigned(long bits) {
    return new BigInteger(Long.toUnsignedString(bits));
  }

  /** Whether the value is among a list's elements or a map's keys. */
  static boolean contains(Value container, Value value) {
    if (container instanceof Value.Items(var items)) {
      for (Value item : items) {
        if (equal(item, value)) {
          return true;
        }
      }
      return false;
    }
    if (Collections.isMap(container)) {
      return value instanceof Value.Text(var key) && Collections.has(container, key);
    }
    throw Definition.noOverload("in");
  }
}
