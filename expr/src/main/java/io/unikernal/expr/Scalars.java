package io.unikernal.expr;

import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Numbers and texts of generated code, without a {@link Value} around them. Found by name. */
final class Scalars {
  private Scalars() {}

  static long toLong(Value value) {
    if (value instanceof Value.Int(var number)) {
      return number;
    }
    throw Mistyped.MISTYPED;
  }

  static long toUnsigned(Value value) {
    if (value instanceof Value.UInt(var bits)) {
      return bits;
    }
    throw Mistyped.MISTYPED;
  }

  static double toDouble(Value value) {
    if (value instanceof Value.Real(var number)) {
      return number;
    }
    throw Mistyped.MISTYPED;
  }

  static boolean toBool(Value value) {
    if (value instanceof Value.Bool bool) {
      return bool.value();
    }
    throw Mistyped.MISTYPED;
  }

  static String toText(Value value) {
    if (value instanceof Value.Text(var text)) {
      return text;
    }
    throw Mistyped.MISTYPED;
  }

  static BigDecimal toDecimal(Value value) {
    if (value instanceof Value.Decimal(var number)) {
      return number;
    }
    throw Mistyped.MISTYPED;
  }

  static Value ofLong(long number) {
    return new Value.Int(number);
  }

  static Value ofUnsigned(long bits) {
    return new Value.UInt(bits);
  }

  static Value ofDouble(double number) {
    return new Value.Real(number);
  }

  static Value ofBool(boolean value) {
    return Value.Bool.of(value);
  }

  static Value ofText(String text) {
    return new Value.Text(text);
  }

  static Value ofDecimal(BigDecimal number) {
    return new Value.Decimal(number);
  }

  static BigDecimal decimal(long number) {
    return BigDecimal.valueOf(number);
  }

  static BigDecimal unsignedDecimal(long bits) {
    return bits >= 0 ? BigDecimal.valueOf(bits) : new BigDecimal(Equality.unsigned(bits));
  }

  private static EvaluationException overflow(Span span) {
    return new EvaluationException("overflow in").at(span);
  }

  private static EvaluationException zero(Span span) {
    return new EvaluationException("division by zero in").at(span);
  }

  static long add(long a, long b, Span span) {
    long sum = a + b;
    if (((a ^ sum) & (b ^ sum)) < 0) {
      throw overflow(span);
    }
    return sum;
  }

  static long subtract(long a, long b, Span span) {
    long difference = a - b;
    if (((a ^ b) & (a ^ difference)) < 0) {
      throw overflow(span);
    }
    return difference;
  }

  static long multiply(long a, long b, Span span) {
    long product = a * b;
    if (Math.multiplyHigh(a, b) != product >> 63) {
      throw overflow(span);
    }
    return product;
  }

  static long divide(long a, long b, Span span) {
    if (b == 0) {
      throw zero(span);
    }
    if (a == Long.MIN_VALUE && b == -1) {
      throw overflow(span);
    }
    return a / b;
  }

  /** Of the least number by -1 too the interpreter says overflow. */
  static long remainder(long a, long b, Span span) {
    if (b == 0) {
      throw zero(span);
    }
    if (a == Long.MIN_VALUE && b == -1) {
      throw overflow(span);
    }
    return a % b;
  }

  static long negate(long a, Span span) {
    if (a == Long.MIN_VALUE) {
      throw overflow(span);
    }
    return -a;
  }

  static long addUnsigned(long a, long b, Span span) {
    long sum = a + b;
    if (Long.compareUnsigned(sum, a) < 0) {
      throw overflow(span);
    }
    return sum;
  }

  static long subtractUnsigned(long a, long b, Span span) {
    if (Long.compareUnsigned(a, b) < 0) {
      throw overflow(span);
    }
    return a - b;
  }

  static long multiplyUnsigned(long a, long b, Span span) {
    if (Math.unsignedMultiplyHigh(a, b) != 0) {
      throw overflow(span);
    }
    return a * b;
  }

  static long divideUnsigned(long a, long b, Span span) {
    if (b == 0) {
      throw zero(span);
    }
    return Long.divideUnsigned(a, b);
  }

  static long remainderUnsigned(long a, long b, Span span) {
    if (b == 0) {
      throw zero(span);
    }
    return Long.remainderUnsigned(a, b);
  }

  static BigDecimal add(BigDecimal a, BigDecimal b) {
    return Arithmetic.checked(a.add(b));
  }

  static BigDecimal subtract(BigDecimal a, BigDecimal b) {
    return Arithmetic.checked(a.subtract(b));
  }

  static BigDecimal multiply(BigDecimal a, BigDecimal b) {
    return Arithmetic.checked(a.multiply(b));
  }

  static String add(String a, String b, @Nullable Evaluation run) {
    long length = (long) a.length() + b.length();
    Evaluation.checkSize(length);
    if (run != null) {
      run.built(length);
    }
    return a.concat(b);
  }

  static boolean startsWith(String text, String part, @Nullable Evaluation run) {
    if (run != null) {
      run.spend(part.length());
    }
    return text.startsWith(part);
  }

  static boolean endsWith(String text, String part, @Nullable Evaluation run) {
    if (run != null) {
      run.spend(part.length());
    }
    return text.endsWith(part);
  }

  static boolean contains(String text, String part, @Nullable Evaluation run) {
    if (run != null) {
      run.spend(text.length());
    }
    return text.contains(part);
  }

  static long length(String text, @Nullable Evaluation run) {
    if (run != null) {
      run.spend(text.length());
    }
    return text.codePointCount(0, text.length());
  }

  static boolean contains(String text, Set<String> texts) {
    return texts.contains(text);
  }

  static String string(BigDecimal number) {
    return number.toPlainString();
  }

  static String string(boolean value) {
    return value ? "true" : "false";
  }

  static StringBuilder append(StringBuilder to, String text) {
    to.append(text);
    Evaluation.checkSize(to.length());
    return to;
  }
}
