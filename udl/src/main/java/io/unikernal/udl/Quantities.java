package io.unikernal.udl;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as definitions write them. */
final class Quantities {
  private static final Pattern DURATION =
      Pattern.compile(
          "(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?"
              + "(?:([0-9]{1,9}(?:\\.[0-9]{1,9})?)s)?(?:([0-9]{1,12})ms)?");
  private static final Pattern SIZE =
      Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,6})?)\\s*(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?");

  private static final Pattern SPOKEN =
      Pattern.compile(
          "([0-9]{1,9})\\s*(milliseconds?|millis|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m"
              + "|hours?|hrs?|h|days?|d|weeks?|w)");
  private static final Pattern LARGE =
      Pattern.compile(
          "([0-9]{1,9})\\s*(b(?:ytes?)?|[kmgt](?:i?b|ilobytes?|egabytes?|igabytes?|erabytes?)?)");
  private static final Pattern SHARE = Pattern.compile("-?[0-9]{1,9}(?:\\.[0-9]{1,9})?");

  private Quantities() {}

  /** {@code 500ms}, {@code 5s}, {@code 1h30m}, {@code 7d}. */
  static Optional<Duration> duration(String text) {
    Matcher match = DURATION.matcher(text);
    if (text.isEmpty() || !match.matches()) {
      return Optional.empty();
    }
    Duration time =
        Duration.ofDays(whole(match.group(1)))
            .plusHours(whole(match.group(2)))
            .plusMinutes(whole(match.group(3)))
            .plusMillis(whole(match.group(5)));
    if (match.group(4) != null) {
      time = time.plusNanos(new BigDecimal(match.group(4)).movePointRight(9).longValue());
    }
    return Optional.of(time);
  }

  private static long whole(String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /** {@code 5 seconds}, {@code 5sec}, {@code PT5S} as they are written here. */
  static Optional<String> meantDuration(String text) {
    String plain = text.strip().toLowerCase(Locale.ROOT);
    Matcher match = SPOKEN.matcher(plain);
    if (match.matches()) {
      String unit = match.group(2);
      String ours =
          unit.startsWith("ms") || unit.startsWith("milli")
              ? "ms"
              : unit.startsWith("w") ? "d" : unit.substring(0, 1);
      String count = match.group(1);
      return Optional.of(unit.startsWith("w") ? Long.parseLong(count) * 7 + ours : count + ours);
    }
    if (plain.startsWith("p")) {
      try {
        return Optional.of(text(Duration.parse(plain)));
      } catch (DateTimeParseException _) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** {@code 1 megabyte}, {@code 10mb}, {@code 4k} as they are written here. */
  static Optional<String> meantSize(String text) {
    Matcher match = LARGE.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!match.matches()) {
      return Optional.empty();
    }
    String unit =
        match.group(2).isEmpty() ? "" : match.group(2).substring(0, 1).toUpperCase(Locale.ROOT);
    boolean isBinary = match.group(2).contains("i") && !match.group(2).contains("il");
    return Optional.of(match.group(1) + unit + (unit.equals("B") ? "" : isBinary ? "iB" : "B"));
  }

  /** {@code 1,000} and {@code 10.0} as whole numbers. */
  static Optional<String> meantInteger(String text) {
    String plain =
        text.strip().replaceAll("[,'\\s](?=[0-9]{3}(?:[^0-9]|$))", "").replaceFirst("\\.0+$", "");
    return plain.matches("[0-9]{1,9}") ? Optional.of(plain) : Optional.empty();
  }

  /** {@code 16KiB}, {@code 10MB}, {@code 512}. */
  static Optional<Long> size(String text) {
    Matcher match = SIZE.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    String unit = match.group(2) == null ? "B" : match.group(2);
    long base = unit.endsWith("iB") ? 1024 : 1000;
    int power = "BKMGT".indexOf(Character.toUpperCase(unit.charAt(0)));
    var factor = BigDecimal.valueOf(base).pow(power);
    BigDecimal bytes = new BigDecimal(match.group(1)).multiply(factor);
    return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
        ? Optional.empty()
        : Optional.of(bytes.longValue());
  }

  /** {@code 0.2} or {@code 20%}; the range is the option's. */
  static Optional<Double> share(String text) {
    boolean isPercent = text.endsWith("%");
    String number = isPercent ? text.substring(0, text.length() - 1).strip() : text;
    if (!SHARE.matcher(number).matches()) {
      return Optional.empty();
    }
    var share = new BigDecimal(number);
    return Optional.of((isPercent ? share.movePointLeft(2) : share).doubleValue());
  }

  /** As a definition would write it. */
  static String text(Duration time) {
    if (time.isZero()) {
      return "0s";
    }
    var text = new StringBuilder();
    append(text, time.toDaysPart(), "d");
    append(text, time.toHoursPart(), "h");
    append(text, time.toMinutesPart(), "m");
    append(text, time.toSecondsPart(), "s");
    append(text, time.toMillisPart(), "ms");
    return text.toString();
  }

  private static void append(StringBuilder text, long count, String unit) {
    if (count > 0) {
      text.append(count).append(unit);
    }
  }
}
