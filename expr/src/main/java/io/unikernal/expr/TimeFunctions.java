package io.unikernal.expr;

import io.unikernal.model.Value;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.function.ToLongFunction;

/** Parts of timestamps and durations. */
final class TimeFunctions {
  private static final String MOMENT = "timestamp('2026-01-31T12:30:45.5Z')";

  private TimeFunctions() {}

  static List<Definition> all() {
    return List.of(
        part("getFullYear", "The year.", "2026", ZonedDateTime::getYear),
        part("getMonth", "The month from 0.", "0", t -> t.getMonthValue() - 1L),
        part("getDate", "The day of the month from 1.", "31", ZonedDateTime::getDayOfMonth),
        part("getDayOfMonth", "The day of the month from 0.", "30", t -> t.getDayOfMonth() - 1L),
        part("getDayOfYear", "The day of the year from 0.", "30", t -> t.getDayOfYear() - 1L),
        part(
            "getDayOfWeek",
            "The day of the week; Sunday is 0.",
            "6",
            t -> t.getDayOfWeek().getValue() % 7L),
        both("getHours", "hours", "12", ZonedDateTime::getHour, java.time.Duration::toHours),
        both(
            "getMinutes", "minutes", "30", ZonedDateTime::getMinute, java.time.Duration::toMinutes),
        both(
            "getSeconds",
            "seconds",
            "45",
            ZonedDateTime::getSecond,
            java.time.Duration::getSeconds),
        both(
            "getMilliseconds",
            "milliseconds of its second",
            "500",
            t -> t.getNano() / 1_000_000L,
            java.time.Duration::toMillisPart));
  }

  private static Definition part(
      String name, String meaning, String result, ToLongFunction<ZonedDateTime> get) {
    return Definition.of(
        name,
        "timestamp.%s() -> int; timestamp.%s(string) -> int; date.%s() -> int"
            .formatted(name, name, name),
        meaning + " Of a timestamp in UTC, or in the time zone given.",
        MOMENT + "." + name + "()",
        result,
        (a, _) -> Value.integer(get.applyAsLong(zoned(a))));
  }

  private static Definition both(
      String name,
      String unit,
      String result,
      ToLongFunction<ZonedDateTime> ofMoment,
      ToLongFunction<java.time.Duration> ofDuration) {
    return Definition.of(
        name,
        "timestamp.%s() -> int; timestamp.%s(string) -> int; time.%s() -> int; duration.%s() -> int"
            .formatted(name, name, name, name),
        "The "
            + unit
            + " of a time of day, in UTC or in the time zone given; of a duration, all of it in"
            + " that unit.",
        MOMENT + "." + name + "()",
        result,
        (a, _) ->
            Value.integer(
                a[0] instanceof Value.Duration(var length)
                    ? ofDuration.applyAsLong(length)
                    : ofMoment.applyAsLong(zoned(a))));
  }

  private static ZonedDateTime zoned(Value[] arguments) {
    if (arguments[0] instanceof Value.Date(var date)) {
      return date.atStartOfDay(ZoneOffset.UTC);
    }
    if (arguments[0] instanceof Value.Time(var time)) {
      return time.atDate(LocalDate.EPOCH).atZone(ZoneOffset.UTC);
    }
    if (!(arguments[0] instanceof Value.Timestamp(var moment))) {
      throw new EvaluationException("a timestamp is needed in");
    }
    ZoneId zone = arguments.length > 1 ? zone(TextFunctions.text(arguments[1])) : ZoneOffset.UTC;
    return moment.atZone(zone);
  }

  static ZoneId zone(String name) {
    try {
      boolean bareOffset = !name.isEmpty() && Character.isDigit(name.charAt(0));
      return ZoneId.of(bareOffset ? "+" + name : name);
    } catch (DateTimeException _) {
      throw new EvaluationException("no such time zone in");
    }
  }
}
