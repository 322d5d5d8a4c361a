package io.unikernal.expr;

import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Texts in the forms that other systems have: read and written by a pattern. */
final class FormattingFunctions {
  private static final int PATTERNS_MAX = 256;
  private static final int PATTERN_LENGTH_MAX = 100;
  private static final Map<String, Form> PATTERNS = new ConcurrentHashMap<>();

  /** A pattern with the short way to print it, where it has one. */
  private record Form(DateTimeFormatter formatter, Optional<NumericPattern> numeric) {}

  private FormattingFunctions() {}

  static List<Definition> all() {
    var all = new java.util.ArrayList<>(parsing());
    all.addAll(formatting());
    all.addAll(numbers());
    return all;
  }

  private static List<Definition> parsing() {
    return List.of(
        Definition.of(
            "parse_date",
            "parse_date(string, string) -> date",
            "The day in a text of the pattern; `yyyy`, `MM`, `dd` and the other letters of Java's"
                + " `DateTimeFormatter`, with English names.",
            "parse_date('31.01.2026', 'dd.MM.yyyy')",
            "date('2026-01-31')",
            (a, _) -> new Value.Date(parsed(a, LocalDate::from))),
        Definition.of(
            "parse_time",
            "parse_time(string, string) -> time",
            "The time of day in a text of the pattern.",
            "parse_time('2.30 PM', 'h.mm a')",
            "time('14:30:00')",
            (a, _) -> new Value.Time(parsed(a, LocalTime::from))),
        Definition.of(
            "parse_timestamp",
            "parse_timestamp(string, string) -> timestamp; parse_timestamp(string, string, string)"
                + " -> timestamp",
            "The moment in a text of the pattern; where the text has no zone it is in the one"
                + " given, else in UTC.",
            "parse_timestamp('31.01.2026 14:30', 'dd.MM.yyyy HH:mm', 'Europe/Berlin')",
            "timestamp('2026-01-31T13:30:00Z')",
            (a, _) -> {
              ZoneId zone = zone(a, 2);
              return Arithmetic.timestamp(parsed(a, found -> moment(found, zone)));
            }));
  }

  private static List<Definition> formatting() {
    return List.of(
        Definition.of(
            "format_date",
            "format_date(date, string) -> string",
            "The day in the form of the pattern.",
            "format_date(date('2026-01-31'), 'd MMM yyyy')",
            "'31 Jan 2026'",
            (a, _) -> formatted(a, ZoneOffset.UTC)),
        Definition.of(
            "format_time",
            "format_time(time, string) -> string",
            "The time of day in the form of the pattern.",
            "format_time(time('14:30:00'), 'HH:mm')",
            "'14:30'",
            (a, _) -> formatted(a, ZoneOffset.UTC)),
        Definition.of(
            "format_timestamp",
            "format_timestamp(timestamp, string) -> string; format_timestamp(timestamp, string,"
                + " string) -> string",
            "The moment in the form of the pattern, in UTC or in the zone given.",
            "format_timestamp(timestamp('2026-01-31T13:30:00Z'), 'dd.MM.yyyy HH:mm',"
                + " 'Europe/Berlin')",
            "'31.01.2026 14:30'",
            (a, _) -> formatted(a, zone(a, 2))));
  }

  private static List<Definition> numbers() {
    return List.of(
        Definition.of(
            "parse_decimal",
            "parse_decimal(string, string, string) -> decimal",
            "The number in a text whose groups of digits, and whose fraction, are set off by"
                + " these.",
            "parse_decimal('1.234,50', '.', ',')",
            "decimal('1234.50')",
            (a, _) -> parseDecimal(a)),
        Definition.of(
            "format_decimal",
            "format_decimal(decimal, int, string, string) -> string; format_decimal(int, int,"
                + " string, string) -> string",
            "The number with so many digits after the point, rounded half to even, its groups of"
                + " three digits and its fraction set off by these.",
            "format_decimal(decimal('1234.5'), 2, '.', ',')",
            "'1.234,50'",
            (a, _) -> formatDecimal(a)),
        Definition.of(
            "parse_int",
            "parse_int(string, int) -> int",
            "The whole number that the text holds in a base from 2 to 36.",
            "parse_int('ff', 16)",
            "255",
            (a, _) -> {
              try {
                return Value.integer(Long.parseLong(TextFunctions.text(a[0]), base(a[1])));
              } catch (NumberFormatException _) {
                throw new EvaluationException("a text that is not an int of that base in");
              }
            }),
        Definition.of(
            "format_int",
            "format_int(int, int) -> string",
            "The whole number in a base from 2 to 36.",
            "format_int(255, 16)",
            "'ff'",
            (a, _) -> Value.text(Long.toString(TextFunctions.integer(a[0]), base(a[1])))));
  }

  private static int base(Value value) {
    long base = TextFunctions.integer(value);
    if (base < Character.MIN_RADIX || base > Character.MAX_RADIX) {
      throw new EvaluationException("a base that is not from 2 to 36 in");
    }
    return (int) base;
  }

  /** What is wrong with a pattern of dates; empty when nothing is. */
  static Optional<String> patternProblem(String pattern) {
    try {
      form(pattern);
      return Optional.empty();
    } catch (EvaluationException e) {
      return Optional.of("this is no pattern of `DateTimeFormatter`");
    }
  }

  private static Form form(String pattern) {
    Form known = PATTERNS.get(pattern);
    if (known != null) {
      return known;
    }
    try {
      if (pattern.isEmpty() || pattern.length() > PATTERN_LENGTH_MAX) {
        throw new IllegalArgumentException("too long");
      }
      var formatter = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
      var made = new Form(formatter, NumericPattern.of(pattern));
      if (PATTERNS.size() < PATTERNS_MAX) {
        PATTERNS.put(pattern, made);
      }
      return made;
    } catch (IllegalArgumentException _) {
      throw new EvaluationException("a pattern that is none in");
    }
  }

  private static <T> T parsed(Value[] a, java.time.temporal.TemporalQuery<T> query) {
    DateTimeFormatter formatter = form(TextFunctions.text(a[1])).formatter();
    try {
      return formatter.parse(TextFunctions.text(a[0]), query);
    } catch (DateTimeException | ArithmeticException _) {
      throw new EvaluationException("a text that does not have the form of the pattern in");
    }
  }

  /** A day without a time of day begins at midnight. */
  private static Instant moment(TemporalAccessor found, ZoneId zone) {
    ZoneId own = found.query(TemporalQueries.zone());
    LocalTime time = found.query(TemporalQueries.localTime());
    return LocalDateTime.of(LocalDate.from(found), time == null ? LocalTime.MIDNIGHT : time)
        .atZone(own == null ? zone : own)
        .toInstant();
  }

  private static ZoneId zone(Value[] a, int index) {
    return a.length > index ? TimeFunctions.zone(TextFunctions.text(a[index])) : ZoneOffset.UTC;
  }

  private static Value formatted(Value[] a, ZoneId zone) {
    Form form = form(TextFunctions.text(a[1]));
    return Value.text(
        form.numeric()
            .flatMap(numeric -> moment(a[0], numeric, zone).map(numeric::format))
            .orElseGet(() -> formatted(a[0], form.formatter(), zone)));
  }

  /** The value where it has all that the pattern asks for. */
  private static Optional<LocalDateTime> moment(Value value, NumericPattern pattern, ZoneId zone) {
    Optional<LocalDateTime> local =
        switch (value) {
          case Value.Date(var date) when !pattern.hasTime() -> Optional.of(date.atStartOfDay());
          case Value.Time(var time) when !pattern.hasDate() ->
              Optional.of(LocalDate.EPOCH.atTime(time));
          case Value.Timestamp(var moment) -> Optional.of(LocalDateTime.ofInstant(moment, zone));
          default -> Optional.empty();
        };
    return local.filter(NumericPattern::fits);
  }

  private static String formatted(Value given, DateTimeFormatter formatter, ZoneId zone) {
    TemporalAccessor value =
        switch (given) {
          case Value.Date(var date) -> date;
          case Value.Time(var time) -> time;
          case Value.Timestamp(var moment) -> moment.atZone(zone);
          default -> throw Definition.noOverload("format");
        };
    try {
      return formatter.format(value);
    } catch (DateTimeException _) {
      throw new EvaluationException("a pattern that asks for what the value has not in");
    }
  }

  private static Value parseDecimal(Value[] a) {
    String group = TextFunctions.text(a[1]);
    String point = TextFunctions.text(a[2]);
    if (point.isEmpty() || point.equals(group)) {
      throw new EvaluationException("marks that cannot be told apart in");
    }
    String text = TextFunctions.text(a[0]).strip();
    int at = text.indexOf(point);
    String whole = at < 0 ? text : text.substring(0, at);
    String fraction = at < 0 ? "" : text.substring(at + point.length());
    String digits = group.isEmpty() ? whole : whole.replace(group, "");
    if (!digits.matches("[+-]?[0-9]+") || !fraction.matches("[0-9]*")) {
      throw new EvaluationException("a text that is not a decimal number in");
    }
    return new Value.Decimal(
        Texts.parseDecimal(fraction.isEmpty() ? digits : digits + "." + fraction));
  }

  private static Value formatDecimal(Value[] a) {
    BigDecimal number =
        UdlFunctions.number(a[0], "format_decimal")
            .setScale(Math.max(0, UdlFunctions.scale(a[1])), RoundingMode.HALF_EVEN);
    String group = TextFunctions.text(a[2]);
    String point = TextFunctions.text(a[3]);
    Evaluation.checkSize((long) number.precision() * (1 + group.length()) + point.length());
    String plain = number.abs().toPlainString();
    int dot = plain.indexOf('.');
    String whole = dot < 0 ? plain : plain.substring(0, dot);
    var text = new StringBuilder(number.signum() < 0 ? "-" : "");
    for (int i = 0; i < whole.length(); i++) {
      text.append(i > 0 && (whole.length() - i) % 3 == 0 ? group : "").append(whole.charAt(i));
    }
    return Value.text(dot < 0 ? text.toString() : text + point + plain.substring(dot + 1));
  }
}
