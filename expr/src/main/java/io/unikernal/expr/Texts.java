package io.unikernal.expr;

import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;

/** Values as text and back: what {@code string(...)}, interpolation and conversions share. */
final class Texts {
  private static final Pattern TIMESTAMP =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})");
  private static final Pattern DURATION_PART =
      Pattern.compile("(\\d*\\.?\\d+|\\d+\\.)(ns|us|µs|ms|s|m|h)");
  private static final int NUMBER_MAX = 400;

  private Texts() {}

  static String of(Value value) {
    return switch (value) {
      case Value.Text(var text) -> text;
      case Value.Bool bool -> bool.value() ? "true" : "false";
      case Value.Int(var number) -> Long.toString(number);
      case Value.UInt(var bits) -> Long.toUnsignedString(bits);
      case Value.Real(var number) -> real(number);
      case Value.Decimal(var number) -> number.toPlainString();
      case Value.Bytes(var bytes) -> utf8(bytes);
      case Value.Timestamp(var moment) -> timestamp(moment);
      case Value.Date(var date) -> date.toString();
      case Value.Time(var time) -> time.format(java.time.format.DateTimeFormatter.ISO_LOCAL_TIME);
      case Value.Duration(var length) -> duration(length);
      case Value.Uuid(var id) -> id.toString();
      default -> throw Definition.noOverload("string");
    };
  }

  /** Shortest digits that read back as the same; an exponent only where zeros would be many. */
  private static String real(double number) {
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "+Inf" : "-Inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0" : "0";
    }
    double size = Math.abs(number);
    BigDecimal digits = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    if (size >= 1e-6 && size < 1e21) {
      return digits.toPlainString();
    }
    int exponent = digits.precision() - digits.scale() - 1;
    String mantissa = digits.movePointLeft(exponent).stripTrailingZeros().toPlainString();
    String sign = exponent < 0 ? "-" : "+";
    String power = Integer.toString(Math.abs(exponent));
    return mantissa + "e" + sign + (power.length() < 2 ? "0" : "") + power;
  }

  private static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      throw new EvaluationException("bytes that are not UTF-8 in");
    }
  }

  /** RFC 3339 with as many digits of a second as there are. */
  private static String timestamp(Instant moment) {
    String text = moment.toString();
    if (text.indexOf('.') < 0) {
      return text;
    }
    int end = text.length() - 1;
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, end) + "Z";
  }

  private static String duration(Duration length) {
    BigDecimal seconds =
        BigDecimal.valueOf(length.getSeconds()).add(BigDecimal.valueOf(length.getNano(), 9));
    return (seconds.signum() == 0 ? "0" : seconds.stripTrailingZeros().toPlainString()) + "s";
  }

  static Value parseTimestamp(String text) {
    if (!TIMESTAMP.matcher(text).matches()) {
      throw new EvaluationException("a text that is not an RFC 3339 timestamp in");
    }
    try {
      return Arithmetic.timestamp(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException _) {
      throw new EvaluationException("a text that is not an RFC 3339 timestamp in");
    }
  }

  /** {@code 1h30m}, {@code -1.5s}, {@code 10ms}. */
  static Value parseDuration(String text) {
    boolean negative = text.startsWith("-");
    String rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return new Value.Duration(Duration.ZERO);
    }
    var match = DURATION_PART.matcher(rest);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (match.find() && match.start() == end && rest.length() < NUMBER_MAX) {
      nanos = nanos.add(new BigDecimal(match.group(1)).multiply(unit(match.group(2))));
      end = match.end();
    }
    if (rest.isEmpty() || end != rest.length()) {
      throw new EvaluationException("a text that is not a duration in");
    }
    BigDecimal signed = negative ? nanos.negate() : nanos;
    try {
      var parts =
          signed.toBigInteger().divideAndRemainder(java.math.BigInteger.valueOf(1_000_000_000));
      return Arithmetic.duration(
          Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact()));
    } catch (ArithmeticException _) {
      throw new EvaluationException("overflow in");
    }
  }

  private static BigDecimal unit(String unit) {
    return BigDecimal.valueOf(
        switch (unit) {
          case "ns" -> 1L;
          case "us", "µs" -> 1_000L;
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          default -> 3_600_000_000_000L;
        });
  }

  static BigDecimal parseDecimal(String text) {
    try {
      if (text.length() <= NUMBER_MAX) {
        BigDecimal number = new BigDecimal(text);
        if (Math.abs((long) number.scale()) <= NUMBER_MAX) {
          return number;
        }
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw new EvaluationException("a text that is not a decimal number in");
  }
}
