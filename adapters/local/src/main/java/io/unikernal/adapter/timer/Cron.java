package io.unikernal.adapter.timer;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A cron expression: the times that it names. Day and weekday are joined by "or" when both are
 * given, as in every cron since 1979.
 */
record Cron(
    BitSet seconds,
    BitSet minutes,
    BitSet hours,
    BitSet days,
    BitSet months,
    BitSet weekdays,
    boolean anyDay,
    boolean anyWeekday) {

  sealed interface Result {
    record Parsed(Cron cron) implements Result {}

    /** {@code at} is an offset in the text. */
    record Wrong(int at, String message, String hint) implements Result {}
  }

  /** The calendar repeats itself after this; February 29 may be 8 years away. */
  private static final int YEARS_MAX = 28;

  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final List<String> WEEKDAYS =
      List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

  /** One of the six fields; {@code names} stand for numbers from {@code min} on. */
  private enum Part {
    SECOND("second", 0, 59, List.of()),
    MINUTE("minute", 0, 59, List.of()),
    HOUR("hour", 0, 23, List.of()),
    DAY("day", 1, 31, List.of()),
    MONTH("month", 1, 12, MONTHS),
    /** 7 is Sunday too. */
    WEEKDAY("weekday", 0, 7, WEEKDAYS);

    private final String label;
    private final int min;
    private final int max;
    private final List<String> names;

    Part(String label, int min, int max, List<String> names) {
      this.label = label;
      this.min = min;
      this.max = max;
      this.names = names;
    }
  }

  private static final class WrongException extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Result.Wrong wrong;

    private WrongException(int at, String message, String hint) {
      super(message, null, false, false);
      wrong = new Result.Wrong(at, message, hint);
    }
  }

  private record Token(String text, int at) {}

  static Result parse(String text) {
    var tokens = tokens(text);
    if (tokens.size() != 5 && tokens.size() != 6) {
      return new Result.Wrong(
          0,
          "a cron expression has 5 fields, or 6 with seconds, and not " + tokens.size(),
          "write cron: \"*/5 * * * *\"");
    }
    try {
      var sets = new ArrayList<BitSet>();
      if (tokens.size() == 5) {
        var second = new BitSet();
        second.set(0);
        sets.add(second);
      }
      for (Token token : tokens) {
        sets.add(part(Part.values()[sets.size()], token));
      }
      var weekdays = sets.get(5);
      if (weekdays.get(7)) {
        weekdays.set(0);
      }
      boolean anyDay = isAny(tokens.get(tokens.size() - 3));
      boolean anyWeekday = isAny(tokens.getLast());
      var cron =
          new Cron(
              sets.get(0),
              sets.get(1),
              sets.get(2),
              sets.get(3),
              sets.get(4),
              weekdays,
              anyDay,
              anyWeekday);
      if (!cron.comesEver()) {
        return new Result.Wrong(
            tokens.get(tokens.size() - 3).at(), "there is no such day in these months", "");
      }
      return new Result.Parsed(cron);
    } catch (WrongException exception) {
      return exception.wrong;
    }
  }

  private static boolean isAny(Token token) {
    return token.text().startsWith("*") || token.text().equals("?");
  }

  private static List<Token> tokens(String text) {
    var tokens = new ArrayList<Token>();
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
        end++;
      }
      if (end > at) {
        tokens.add(new Token(text.substring(at, end), at));
      }
      at = end + 1;
    }
    return tokens;
  }

  private static BitSet part(Part part, Token token) throws WrongException {
    var set = new BitSet();
    int at = token.at();
    for (String item : token.text().split(",", -1)) {
      item(part, new Token(item, at), set);
      at += item.length() + 1;
    }
    return set;
  }

  private static void item(Part part, Token token, BitSet set) throws WrongException {
    String text = token.text();
    int slash = text.indexOf('/');
    String range = slash < 0 ? text : text.substring(0, slash);
    int step =
        slash < 0 ? 1 : step(part, new Token(text.substring(slash + 1), token.at() + slash + 1));
    int dash = range.indexOf('-');
    int from;
    int to;
    if (range.equals("*") || range.equals("?")) {
      from = part.min;
      to = part == Part.WEEKDAY ? 6 : part.max;
    } else if (dash > 0) {
      from = number(part, new Token(range.substring(0, dash), token.at()));
      to = number(part, new Token(range.substring(dash + 1), token.at() + dash + 1));
    } else {
      from = number(part, new Token(range, token.at()));
      to = slash < 0 ? from : part.max;
    }
    if (part == Part.WEEKDAY && to == 0 && from > 0) {
      to = 7; // As in fri-sun.
    }
    if (from > to) {
      throw new WrongException(
          token.at(),
          "the range of `" + part.label + "` goes backwards",
          "write the smaller first");
    }
    for (int i = from; i <= to; i += step) {
      set.set(i);
    }
  }

  private static int step(Part part, Token token) throws WrongException {
    int step = digits(token.text());
    if (step < 1 || step > part.max) {
      throw new WrongException(
          token.at(), "the step of `" + part.label + "` must be from 1 to " + part.max, "");
    }
    return step;
  }

  private static int number(Part part, Token token) throws WrongException {
    int name = part.names.indexOf(token.text().toLowerCase(Locale.ROOT));
    int number = name >= 0 ? name + part.min : digits(token.text());
    if (number < part.min || number > part.max) {
      throw new WrongException(
          token.at(),
          "`" + part.label + "` must be from " + part.min + " to " + part.max,
          part.names.isEmpty() ? "" : "or a name, as " + part.names.get(1));
    }
    return number;
  }

  /** The number, or -1. */
  private static int digits(String text) {
    return text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : -1;
  }

  private boolean comesEver() {
    if (!anyWeekday) {
      return true;
    }
    return months.stream()
        .anyMatch(month -> days.nextSetBit(1) <= java.time.Month.of(month).maxLength());
  }

  /**
   * The first time after {@code after}; empty when there is none in sight. A time that the zone
   * skips comes at the end of the gap, once for all times in it; one that comes twice counts the
   * first time. An expression for every hour means every hour that passes: it has neither.
   */
  Optional<Instant> next(Instant after, ZoneId zone) {
    return hours.cardinality() == 24 ? nextOfEveryHour(after, zone) : search(after, zone);
  }

  /** As if the clock never changed, from each change to the next. */
  private Optional<Instant> nextOfEveryHour(Instant after, ZoneId zone) {
    var rules = zone.getRules();
    ZoneOffset offset = rules.getOffset(after);
    var change = rules.nextTransition(after);
    Optional<Instant> next = search(after, offset);
    while (next.isPresent() && change != null && !next.get().isBefore(change.getInstant())) {
      // The moment of the change itself is the first of the new offset.
      next = search(change.getInstant().minusNanos(1), change.getOffsetAfter());
      change = rules.nextTransition(change.getInstant());
    }
    return next;
  }

  private Optional<Instant> search(Instant after, ZoneId zone) {
    LocalDateTime local = LocalDateTime.ofInstant(after, zone).withNano(0);
    LocalDate date = local.toLocalDate();
    LocalDate last = date.plusYears(YEARS_MAX);
    LocalTime from = local.toLocalTime();
    while (date.isBefore(last)) {
      if (fits(date)) {
        Optional<Instant> time = nextOn(date, from, after, zone);
        if (time.isPresent()) {
          return time;
        }
      }
      date = date.plusDays(1);
      from = LocalTime.MIN;
    }
    return Optional.empty();
  }

  private Optional<Instant> nextOn(LocalDate date, LocalTime from, Instant after, ZoneId zone) {
    Optional<LocalTime> time = timeFrom(from);
    while (time.isPresent()) {
      Instant instant = resolve(date.atTime(time.get()), zone);
      if (instant.isAfter(after)) {
        return Optional.of(instant);
      }
      LocalTime following = time.get().plusSeconds(1);
      time = following.equals(LocalTime.MIN) ? Optional.empty() : timeFrom(following);
    }
    return Optional.empty();
  }

  private static Instant resolve(LocalDateTime local, ZoneId zone) {
    var transition = zone.getRules().getTransition(local);
    return transition != null && transition.isGap()
        ? transition.getInstant()
        : local.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
  }

  private boolean fits(LocalDate date) {
    if (!months.get(date.getMonthValue())) {
      return false;
    }
    boolean day = days.get(date.getDayOfMonth());
    boolean weekday = weekdays.get(date.getDayOfWeek().getValue() % 7);
    return anyDay || anyWeekday ? day && weekday : day || weekday;
  }

  /** The first time of day that fits, from {@code from} on. */
  private Optional<LocalTime> timeFrom(LocalTime from) {
    for (int hour = hours.nextSetBit(from.getHour());
        hour >= 0;
        hour = hours.nextSetBit(hour + 1)) {
      boolean sameHour = hour == from.getHour();
      int firstMinute = sameHour ? from.getMinute() : 0;
      for (int minute = minutes.nextSetBit(firstMinute);
          minute >= 0;
          minute = minutes.nextSetBit(minute + 1)) {
        boolean sameMinute = sameHour && minute == from.getMinute();
        int second = seconds.nextSetBit(sameMinute ? from.getSecond() : 0);
        if (second >= 0) {
          return Optional.of(LocalTime.of(hour, minute, second));
        }
      }
    }
    return Optional.empty();
  }
}
