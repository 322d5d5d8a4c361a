package io.unikernal.kernel.resilience;

import java.time.Duration;

/** Durations as definitions write them: {@code 1m30s}, {@code 250ms}. */
public final class Durations {
  private Durations() {}

  public static String text(Duration time) {
    if (time.isZero()) {
      return "0s";
    }
    var text = new StringBuilder();
    part(text, time.toDays(), "d");
    part(text, time.toHoursPart(), "h");
    part(text, time.toMinutesPart(), "m");
    part(text, time.toSecondsPart(), "s");
    part(text, time.toMillisPart(), "ms");
    return text.isEmpty() ? "less than 1ms" : text.toString();
  }

  private static void part(StringBuilder text, long amount, String unit) {
    if (amount > 0) {
      text.append(amount).append(unit);
    }
  }
}
