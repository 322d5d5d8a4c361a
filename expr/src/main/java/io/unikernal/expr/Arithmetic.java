package io.unikernal.expr;

import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;

/** {@code + - * / %} on any values: overflow is an error, integers widen to doubles or decimals. */
final class Arithmetic {
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  /** CEL's bound on durations, about 10,000 years. */
  private static final long SECONDS_MAX = 315_576_000_000L;

  private Arithmetic() {}

  /** Pays for what it builds: texts and lists that are joined at each turn of a loop. */
  static Value apply(Ir.Operator operator, Value left, Value right, Evaluation run) {
    Value result = apply(operator, left, right);
    run.built(Meter.size(result));
    return result;
  }

  static Value apply(Ir.Operator operator, Value left, Value right) {
    try {
      if (left instanceof Value.Int(var a) && right instanceof Value.Int(var b)) {
        return Value.integer(integers(operator, a, b));
      }
      if (left instanceof Value.Real(var a) && right instanceof Value.Real(var b)) {
        return new Value.Real(reals(operator, a, b));
      }
      if (left instanceof Value.UInt(var a) && right instanceof Value.UInt(var b)) {
        return new Value.UInt(unsigned(operator, a, b));
      }
      if (Equality.isNumber(left) && Equality.isNumber(right)) {
        return mixed(operator, left, right);
      }
      return switch (operator) {
        case ADD -> add(left, right);
        case SUBTRACT -> subtract(left, right);
        default -> throw Definition.noOverload(operator.toString());
      };
    } catch (ArithmeticException | DateTimeException _) {
      throw new EvaluationException("overflow in");
    }
  }

  private static long integers(Ir.Operator operator, long a, long b) {
    return switch (operator) {
      case ADD -> Math.addExact(a, b);
      case SUBTRACT -> Math.subtractExact(a, b);
      case MULTIPLY -> Math.multiplyExact(a, b);
      case DIVIDE -> Math.divideExact(a, notZero(b));
      case REMAINDER -> {
        if (a == Long.MIN_VALUE && b == -1) {
          throw new ArithmeticException();
        }
        yield a % notZero(b);
      }
      default -> throw Definition.noOverload(operator.toString());
    };
  }

  private static long notZero(long divisor) {
    if (divisor == 0) {
      throw new EvaluationException("division by zero in");
    }
    return divisor;
  }

  private static double reals(Ir.Operator operator, double a, double b) {
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      default -> throw Definition.noOverload(operator.toString());
    };
  }

  private static long unsigned(Ir.Operator operator, long a, long b) {
    return switch (operator) {
      case ADD -> {
        long sum = a + b;
        yield Long.compareUnsigned(sum, a) < 0 ? overflow() : sum;
      }
      case SUBTRACT -> Long.compareUnsigned(a, b) < 0 ? overflow() : a - b;
      case MULTIPLY -> Math.unsignedMultiplyHigh(a, b) != 0 ? overflow() : a * b;
      case DIVIDE -> Long.divideUnsigned(a, notZero(b));
      case REMAINDER -> Long.remainderUnsigned(a, notZero(b));
      default -> throw Definition.noOverload(operator.toString());
    };
  }

  private static long overflow() {
    throw new ArithmeticException();
  }

  private static Value mixed(Ir.Operator operator, Value left, Value right) {
    if (left instanceof Value.Decimal || right instanceof Value.Decimal) {
      if (left instanceof Value.Real || right instanceof Value.Real) {
        throw Definition.noOverload(operator.toString());
      }
      return new Value.Decimal(decimals(operator, Equality.exact(left), Equality.exact(right)));
    }
    if (left instanceof Value.Real(var a) && right instanceof Value.Int(var b)) {
      return new Value.Real(reals(operator, a, (double) b));
    }
    if (left instanceof Value.Int(var a) && right instanceof Value.Real(var b)) {
      return new Value.Real(reals(operator, (double) a, b));
    }
    throw Definition.noOverload(operator.toString());
  }

  private static BigDecimal decimals(Ir.Operator operator, BigDecimal a, BigDecimal b) {
    BigDecimal result =
        switch (operator) {
          case ADD -> a.add(b);
          case SUBTRACT -> a.subtract(b);
          case MULTIPLY -> a.multiply(b);
          default -> throw Definition.noOverload(operator.toString());
        };
    return checked(result);
  }

  static BigDecimal checked(BigDecimal result) {
    Evaluation.checkSize(result.precision() * 1024L + Math.abs((long) result.scale()) * 1024L);
    return result;
  }

  private static Value add(Value left, Value right) {
    if (left instanceof Value.Text(var a) && right instanceof Value.Text(var b)) {
      Evaluation.checkSize((long) a.length() + b.length());
      return Value.text(a.concat(b));
    }
    if (left instanceof Value.Items(var a) && right instanceof Value.Items(var b)) {
      Evaluation.checkElements((long) a.size() + b.size());
      var joined = new ArrayList<Value>(a.size() + b.size());
      joined.addAll(a);
      joined.addAll(b);
      return new Value.Items(joined);
    }
    if (left instanceof Value.Bytes(var a) && right instanceof Value.Bytes(var b)) {
      Evaluation.checkSize((long) a.length + b.length);
      byte[] joined = Arrays.copyOf(a, a.length + b.length);
      System.arraycopy(b, 0, joined, a.length, b.length);
      return new Value.Bytes(joined);
    }
    if (left instanceof Value.Timestamp(var a) && right instanceof Value.Duration(var b)) {
      return timestamp(a.plus(b));
    }
    if (left instanceof Value.Duration(var a) && right instanceof Value.Timestamp(var b)) {
      return timestamp(b.plus(a));
    }
    if (left instanceof Value.Duration(var a) && right instanceof Value.Duration(var b)) {
      return duration(a.plus(b));
    }
    throw Definition.noOverload("+");
  }

  private static Value subtract(Value left, Value right) {
    if (left instanceof Value.Timestamp(var a) && right instanceof Value.Duration(var b)) {
      return timestamp(a.minus(b));
    }
    if (left instanceof Value.Timestamp(var a) && right instanceof Value.Timestamp(var b)) {
      return duration(java.time.Duration.between(b, a));
    }
    if (left instanceof Value.Duration(var a) && right instanceof Value.Duration(var b)) {
      return duration(a.minus(b));
    }
    throw Definition.noOverload("-");
  }

  static Value timestamp(Instant moment) {
    if (moment.isBefore(EARLIEST) || moment.isAfter(LATEST)) {
      throw new EvaluationException("a timestamp outside of the years 1 to 9999 in");
    }
    return new Value.Timestamp(moment);
  }

  static Value duration(java.time.Duration length) {
    if (Math.abs(length.toSeconds()) > SECONDS_MAX) {
      throw new EvaluationException("overflow in");
    }
    return new Value.Duration(length);
  }

  static Value negate(Value value) {
    return switch (value) {
      case Value.Int(var number) when number == Long.MIN_VALUE ->
          throw new EvaluationException("overflow in");
      case Value.Int(var number) -> Value.integer(-number);
      case Value.Real(var number) -> new Value.Real(-number);
      case Value.Decimal(var number) -> new Value.Decimal(number.negate());
      case Value.Duration(var length) -> duration(length.negated());
      default -> throw Definition.noOverload("-");
    };
  }
}
