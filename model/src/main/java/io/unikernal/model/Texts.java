package io.unikernal.model;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/**
 * The texts of values that JSON and parameters have no form of their own for. Strict: one way to
 * write each value, and no locale.
 */
public final class Texts {
  /** Ten thousand years of 365.25 days; the bound that CBOR's profile sets as well. */
  static final long DURATION_SECONDS_MAX = 315_576_000_000L;

  /** The bound on a decimal's exponent: more is an attack, not a number. */
  static final int SCALE_MAX = 9999;

  static final int DECIMAL_LENGTH_MAX = 400;
  private static final int NANOS_DIGITS = 9;
  private static final int UUID_LENGTH = 36;
  private static final long FIRST_SECOND =
      LocalDate.of(1, 1, 1).atStartOfDay().toEpochSecond(ZoneOffset.UTC);
  private static final long LAST_SECOND =
      LocalDate.of(9999, 12, 31).atTime(23, 59, 59).toEpochSecond(ZoneOffset.UTC);

  private Texts() {}

  /** RFC 3339, with {@code Z} or an offset: {@code 2026-01-31T12:00:00.5+01:00}. */
  public static Optional<Instant> timestamp(String text) {
    if (text.length() < 20 || (text.charAt(10) | 0x20) != 't') {
      return Optional.empty();
    }
    int zone = text.length() - 1;
    int offset = 0;
    if ((text.charAt(zone) | 0x20) != 'z') {
      zone = text.length() - 6;
      if (zone < 19 || "+-".indexOf(text.charAt(zone)) < 0 || text.charAt(zone + 3) != ':') {
        return Optional.empty();
      }
      int hours = digits(text, zone + 1, 2);
      int minutes = digits(text, zone + 4, 2);
      if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
        return Optional.empty();
      }
      offset = (hours * 60 + minutes) * (text.charAt(zone) == '-' ? -60 : 60);
    }
    var date = date(text, 0, 10);
    var time = time(text, 11, zone);
    if (date.isEmpty() || time.isEmpty()) {
      return Optional.empty();
    }
    var seconds = date.get().toEpochSecond(time.get(), ZoneOffset.UTC) - offset;
    var moment = Instant.ofEpochSecond(seconds, time.get().getNano());
    return isInRange(moment) ? Optional.of(moment) : Optional.empty();
  }

  static boolean isInRange(Instant moment) {
    return moment.getEpochSecond() >= FIRST_SECOND && moment.getEpochSecond() <= LAST_SECOND;
  }

  static boolean isInRange(LocalDate date) {
    return date.getYear() >= 1 && date.getYear() <= 9999;
  }

  static boolean isInRange(Duration duration) {
    return duration.getSeconds() >= -DURATION_SECONDS_MAX
        && (duration.getSeconds() < DURATION_SECONDS_MAX
            || (duration.getSeconds() == DURATION_SECONDS_MAX && duration.getNano() == 0));
  }

  static boolean isInRange(BigDecimal number) {
    return number.scale() >= -SCALE_MAX && number.scale() <= SCALE_MAX;
  }

  /** {@code 2026-01-31}. */
  public static Optional<LocalDate> date(String text) {
    return date(text, 0, text.length());
  }

  private static Optional<LocalDate> date(String text, int from, int to) {
    if (to - from != 10 || text.charAt(from + 4) != '-' || text.charAt(from + 7) != '-') {
      return Optional.empty();
    }
    int year = digits(text, from, 4);
    int month = digits(text, from + 5, 2);
    int day = digits(text, from + 8, 2);
    return year >= 1
            && month >= 1
            && month <= 12
            && day >= 1
            && day <= YearMonth.of(year, month).lengthOfMonth()
        ? Optional.of(LocalDate.of(year, month, day))
        : Optional.empty();
  }

  /** {@code 12:00:00}, with up to nine digits of fraction. */
  public static Optional<LocalTime> time(String text) {
    return time(text, 0, text.length());
  }

  private static Optional<LocalTime> time(String text, int from, int to) {
    int length = to - from;
    if (length < 8 || length == 9 || length > 18 || text.charAt(from + 2) != ':') {
      return Optional.empty();
    }
    int hour = digits(text, from, 2);
    int minute = digits(text, from + 3, 2);
    int second = digits(text, from + 6, 2);
    int nanos = 0;
    if (length > 8) {
      nanos = text.charAt(from + 8) == '.' ? digits(text, from + 9, length - 9) : -1;
      for (int i = length - 9; i < NANOS_DIGITS && nanos >= 0; i++) {
        nanos *= 10;
      }
    }
    boolean fits =
        text.charAt(from + 5) == ':'
            && hour >= 0
            && hour <= 23
            && minute >= 0
            && minute <= 59
            && second >= 0
            && second <= 59
            && nanos >= 0;
    return fits ? Optional.of(LocalTime.of(hour, minute, second, nanos)) : Optional.empty();
  }

  private static int digits(String text, int from, int count) {
    int number = 0;
    for (int i = from; i < from + count; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  /**
   * Numbers with units from {@code d h m s ms us ns}, the larger first: {@code 1h30m}, {@code
   * 3.5s}, {@code -250ms}; or {@code 0}.
   */
  public static Optional<Duration> duration(String text) {
    boolean negative = text.startsWith("-");
    int at = negative ? 1 : 0;
    if (text.length() > 64 || at == text.length()) {
      return Optional.empty();
    }
    if ("0".equals(text)) {
      return Optional.of(Duration.ZERO);
    }
    BigDecimal nanos = BigDecimal.ZERO;
    long previous = Long.MAX_VALUE;
    while (at < text.length()) {
      int end = numberEnd(text, at);
      int unitEnd = end;
      while (unitEnd < text.length() && Character.isLetter(text.charAt(unitEnd))) {
        unitEnd++;
      }
      long unit = unitNanos(text.substring(Math.max(end, at), unitEnd));
      if (end == at || unit == 0 || unit >= previous) {
        return Optional.empty();
      }
      nanos = nanos.add(new BigDecimal(text.substring(at, end)).multiply(BigDecimal.valueOf(unit)));
      previous = unit;
      at = unitEnd;
    }
    return fromNanos(negative ? nanos.negate() : nanos);
  }

  private static Optional<Duration> fromNanos(BigDecimal nanos) {
    if (nanos.stripTrailingZeros().scale() > 0 || nanos.precision() - nanos.scale() > 30) {
      return Optional.empty();
    }
    var parts =
        nanos.toBigInteger().divideAndRemainder(java.math.BigInteger.valueOf(1_000_000_000));
    if (parts[0].bitLength() > 62) {
      return Optional.empty();
    }
    var duration = Duration.ofSeconds(parts[0].longValue(), parts[1].longValue());
    return isInRange(duration) ? Optional.of(duration) : Optional.empty();
  }

  /** After digits, perhaps with a fraction; {@code from} where there are none. */
  private static int numberEnd(String text, int from) {
    int end = from;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    if (end > from
        && end + 1 < text.length()
        && text.charAt(end) == '.'
        && isDigit(text.charAt(end + 1))) {
      end++;
      while (end < text.length() && isDigit(text.charAt(end))) {
        end++;
      }
    }
    return end;
  }

  private static long unitNanos(String unit) {
    return switch (unit) {
      case "d" -> 86_400_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "s" -> 1_000_000_000L;
      case "ms" -> 1_000_000L;
      case "us" -> 1_000L;
      case "ns" -> 1L;
      default -> 0;
    };
  }

  private static boolean isDigit(char sign) {
    return sign >= '0' && sign <= '9';
  }

  /** The 36 characters of RFC 9562, in either case. */
  public static Optional<UUID> uuid(String text) {
    if (text.length() != UUID_LENGTH) {
      return Optional.empty();
    }
    for (int i = 0; i < UUID_LENGTH; i++) {
      char sign = text.charAt(i);
      boolean fits =
          i == 8 || i == 13 || i == 18 || i == 23
              ? sign == '-'
              : isDigit(sign) || ((sign | 0x20) >= 'a' && (sign | 0x20) <= 'f');
      if (!fits) {
        return Optional.empty();
      }
    }
    return Optional.of(UUID.fromString(text));
  }

  /** A number as JSON writes it: {@code 12}, {@code -0.50}, {@code 1.5e3}. */
  public static Optional<BigDecimal> decimal(String text) {
    if (text.length() > DECIMAL_LENGTH_MAX || !isNumber(text)) {
      return Optional.empty();
    }
    try {
      var number = new BigDecimal(text);
      return isInRange(number) ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty(); // An exponent beyond what BigDecimal holds.
    }
  }

  private static boolean isNumber(String text) {
    int at = text.startsWith("-") ? 1 : 0;
    int end = numberEnd(text, at);
    if (end == at
        || (text.charAt(at) == '0' && at + 1 < text.length() && isDigit(text.charAt(at + 1)))) {
      return false;
    }
    if (end < text.length() && (text.charAt(end) | 0x20) == 'e') {
      at = end + 1;
      at += at < text.length() && "+-".indexOf(text.charAt(at)) >= 0 ? 1 : 0;
      end = at;
      while (end < text.length() && isDigit(text.charAt(end))) {
        end++;
      }
      return end > at && end == text.length();
    }
    return end == text.length();
  }

  /** RFC 3339 in UTC, with only the digits of fraction that it needs. */
  public static String of(Instant moment) {
    var local = moment.atOffset(ZoneOffset.UTC);
    return of(local.toLocalDate()) + "T" + of(local.toLocalTime()) + "Z";
  }

  public static String of(LocalDate date) {
    var text = new StringBuilder(10);
    padded(text, date.getYear(), 4);
    padded(text.append('-'), date.getMonthValue(), 2);
    padded(text.append('-'), date.getDayOfMonth(), 2);
    return text.toString();
  }

  public static String of(LocalTime time) {
    var text = new StringBuilder(18);
    padded(text, time.getHour(), 2);
    padded(text.append(':'), time.getMinute(), 2);
    padded(text.append(':'), time.getSecond(), 2);
    return fraction(text, time.getNano()).toString();
  }

  /** Seconds with only the digits of fraction that it needs: {@code 3.5s}. */
  public static String of(Duration duration) {
    // A duration below zero counts its nanoseconds upwards; its text counts away from zero.
    var absolute = duration.abs();
    var text = new StringBuilder(duration.isNegative() ? "-" : "").append(absolute.getSeconds());
    return fraction(text, absolute.getNano()).append('s').toString();
  }

  private static void padded(StringBuilder text, int number, int width) {
    String digits = Integer.toString(number);
    text.repeat('0', width - digits.length()).append(digits);
  }

  private static StringBuilder fraction(StringBuilder text, int nanos) {
    if (nanos == 0) {
      return text;
    }
    padded(text.append('.'), nanos, NANOS_DIGITS);
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    text.setLength(end);
    return text;
  }
}
