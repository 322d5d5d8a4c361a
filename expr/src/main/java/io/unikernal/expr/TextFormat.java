package io.unikernal.expr;

import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** {@code 'text %s'.format([...])}, as CEL's extension for strings has it. */
final class TextFormat {
  /** Digits after the point that one may ask for. */
  private static final int PRECISION_MAX = 400;

  private static final int PRECISION = 6;
  private static final int DEPTH_MAX = 100;

  private final String format;
  private final List<Value> arguments;
  private final StringBuilder text = new StringBuilder();
  private int at;
  private int next;

  private TextFormat(String format, List<Value> arguments) {
    this.format = format;
    this.arguments = arguments;
  }

  static Value of(String format, List<Value> arguments) {
    return Value.text(new TextFormat(format, arguments).formatted());
  }

  private String formatted() {
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c != '%') {
        text.append(c);
      } else if (at < format.length() && format.charAt(at) == '%') {
        text.append('%');
        at++;
      } else {
        clause();
      }
      Evaluation.checkSize(text.length());
    }
    return text.toString();
  }

  private void clause() {
    int precision = precision();
    if (at >= format.length()) {
      throw new EvaluationException("a `%` with nothing after it in");
    }
    char kind = format.charAt(at++);
    if ("sdfebxXo".indexOf(kind) < 0) {
      throw new EvaluationException("a `%` with a letter that means nothing in");
    }
    if (next >= arguments.size()) {
      throw new EvaluationException("more `%` than values in");
    }
    Value value = arguments.get(next++);
    switch (kind) {
      case 's' -> string(value, 0);
      case 'd' -> text.append(integer(value));
      case 'f' -> text.append(fixed(value, precision < 0 ? PRECISION : precision));
      case 'e' -> text.append(scientific(value, precision < 0 ? PRECISION : precision));
      case 'b' -> text.append(binary(value));
      case 'o' -> text.append(whole(value, "%o").toString(8));
      case 'x' -> text.append(hexadecimal(value));
      default -> text.append(hexadecimal(value).toUpperCase(Locale.ROOT));
    }
  }

  /** The number of {@code %.3f}; -1 when there is none. */
  private int precision() {
    if (at >= format.length() || format.charAt(at) != '.') {
      return -1;
    }
    int start = ++at;
    while (at < format.length() && Character.isDigit(format.charAt(at))) {
      at++;
    }
    if (at == start || at - start > 4) {
      throw new EvaluationException("a precision that is no number in");
    }
    int precision = Integer.parseInt(format.substring(start, at));
    if (precision > PRECISION_MAX) {
      throw new EvaluationException("a precision of more than " + PRECISION_MAX + " digits in");
    }
    return precision;
  }

  private void string(Value value, int depth) {
    Evaluation.checkSize(text.length());
    if (depth > DEPTH_MAX) {
      throw new EvaluationException("a value that is nested too deeply in");
    }
    switch (value) {
      case Value.Real(var number) when !Double.isFinite(number) -> text.append(number);
      case Value.Null _ -> text.append("null");
      case Value.Items(var items) -> {
        text.append('[');
        for (int i = 0; i < items.size(); i++) {
          text.append(i == 0 ? "" : ", ");
          string(items.get(i), depth + 1);
        }
        text.append(']');
      }
      case Value.Dict _, Rec _ -> {
        text.append('{');
        String separator = "";
        for (var entry : new TreeMap<>(Collections.entries(value)).entrySet()) {
          text.append(separator).append(entry.getKey()).append(": ");
          string(entry.getValue(), depth + 1);
          separator = ", ";
        }
        text.append('}');
      }
      default -> text.append(Texts.of(value));
    }
  }

  private static String integer(Value value) {
    return switch (value) {
      case Value.Int _, Value.UInt _ -> Texts.of(value);
      case Value.Real(var number) when !Double.isFinite(number) -> Double.toString(number);
      default -> throw wrong("%d");
    };
  }

  private static BigInteger whole(Value value, String clause) {
    return switch (value) {
      case Value.Int(var number) -> BigInteger.valueOf(number);
      case Value.UInt(var bits) -> Equality.unsigned(bits);
      default -> throw wrong(clause);
    };
  }

  private static String binary(Value value) {
    return value instanceof Value.Bool bool
        ? bool.value() ? "1" : "0"
        : whole(value, "%b").toString(2);
  }

  private static String hexadecimal(Value value) {
    return switch (value) {
      case Value.Text(var text) -> hexadecimal(text.getBytes(StandardCharsets.UTF_8));
      case Value.Bytes(var bytes) -> hexadecimal(bytes);
      default -> whole(value, "%x").toString(16);
    };
  }

  private static String hexadecimal(byte[] bytes) {
    Evaluation.checkSize(2L * bytes.length);
    return HexFormat.of().formatHex(bytes);
  }

  private static String fixed(Value value, int precision) {
    if (value instanceof Value.Real(var number) && !Double.isFinite(number)) {
      return Double.toString(number);
    }
    String digits = number(value, "%f").setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    return isNegativeZero(value, digits) ? "-" + digits : digits;
  }

  private static boolean isNegativeZero(Value value, String digits) {
    return value instanceof Value.Real(var number)
        && !digits.startsWith("-")
        && Math.copySign(1, number) < 0;
  }

  private static String scientific(Value value, int precision) {
    if (value instanceof Value.Real(var number) && !Double.isFinite(number)) {
      return Double.toString(number);
    }
    BigDecimal number = number(value, "%e");
    BigDecimal rounded =
        number.round(new java.math.MathContext(precision + 1, RoundingMode.HALF_EVEN));
    int exponent = rounded.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    String mantissa =
        rounded.movePointLeft(exponent).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    return "%s%se%s%02d"
        .formatted(
            isNegativeZero(value, mantissa) ? "-" : "",
            mantissa,
            exponent < 0 ? "-" : "+",
            Math.abs(exponent));
  }

  private static BigDecimal number(Value value, String clause) {
    if (!Equality.isNumber(value)) {
      throw wrong(clause);
    }
    return Equality.exact(value);
  }

  private static EvaluationException wrong(String clause) {
    return new EvaluationException("`" + clause + "` does not take such a value, in");
  }

  /** The text as a CEL literal in double quotes. */
  static Value quoted(String text) {
    var quoted = new StringBuilder(text.length() + 2).append('"');
    text.codePoints()
        .forEach(point -> {
          switch (point) {
            case 0x07 -> quoted.append("\\a");
            case '\b' -> quoted.append("\\b");
            case '\f' -> quoted.append("\\f");
            case '\n' -> quoted.append("\\n");
            case '\r' -> quoted.append("\\r");
            case '\t' -> quoted.append("\\t");
            case 0x0B -> quoted.append("\\v");
            case '\\' -> quoted.append("\\\\");
            case '"' -> quoted.append("\\\"");
            default -> quoted.appendCodePoint(point);
          }
        });
    return Value.text(quoted.append('"').toString());
  }
}
