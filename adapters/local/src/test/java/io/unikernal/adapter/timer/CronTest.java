package io.unikernal.adapter.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTest {
  private static Cron cron(String text) {
    return switch (Cron.parse(text)) {
      case Cron.Result.Parsed(var cron) -> cron;
      case Cron.Result.Wrong wrong -> throw new AssertionError(wrong.toString());
    };
  }

  private static List<String> next(String text, String zone, String from, int count) {
    var times = new ArrayList<String>();
    Instant at = Instant.parse(from);
    for (int i = 0; i < count; i++) {
      at = cron(text).next(at, ZoneId.of(zone)).orElseThrow();
      times.add(at.toString());
    }
    return times;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/5 * * * * | 2026-01-01T00:00:00Z | 2026-01-01T00:05:00Z",
        "*/5 * * * * | 2026-01-01T00:04:59.999Z | 2026-01-01T00:05:00Z",
        "0 0 * * * | 2026-01-01T00:00:00Z | 2026-01-02T00:00:00Z",
        "59 23 31 12 * | 2026-01-01T00:00:00Z | 2026-12-31T23:59:00Z",
        "0 12 * * mon-fri | 2026-01-02T12:00:00Z | 2026-01-05T12:00:00Z",
        "0 12 * * SUN | 2026-01-01T00:00:00Z | 2026-01-04T12:00:00Z",
        "0 12 * * 7 | 2026-01-01T00:00:00Z | 2026-01-04T12:00:00Z",
        "0 12 * * fri-sun | 2026-01-03T13:00:00Z | 2026-01-04T12:00:00Z",
        "0 0 1 jan,jul * | 2026-01-01T00:00:00Z | 2026-07-01T00:00:00Z",
        "10-20/5 8 * * * | 2026-01-01T08:15:00Z | 2026-01-01T08:20:00Z",
        "50/5 8 * * * | 2026-01-01T08:50:00Z | 2026-01-01T08:55:00Z",
        "0 0 29 2 * | 2026-01-01T00:00:00Z | 2028-02-29T00:00:00Z",
        "0 0 29 feb * | 2097-01-01T00:00:00Z | 2104-02-29T00:00:00Z",
        "0 0 31 * * | 2026-01-31T00:00:00Z | 2026-03-31T00:00:00Z",
        "0 0 13 * fri | 2026-01-01T00:00:00Z | 2026-01-02T00:00:00Z",
        "0 0 13 * fri | 2026-01-09T00:00:00Z | 2026-01-13T00:00:00Z",
        "*/20 * * * * * | 2026-01-01T00:00:05Z | 2026-01-01T00:00:20Z",
        "30 0 8 ? * mon | 2026-01-01T00:00:00Z | 2026-01-05T08:00:30Z",
      })
  void theNextTimeIsTheOneThatTheExpressionNames(String text, String from, String expected) {
    assertThat(next(text, "UTC", from, 1)).containsExactly(expected);
  }

  @Test
  void aTimeThatSpringSkipsComesAtTheEndOfTheGapOnce() {
    // Berlin, 2026-03-29: 02:00 becomes 03:00, which is 01:00 UTC.
    assertThat(next("0,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2))
        .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z");
    assertThat(next("0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2))
        .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z");
  }

  @Test
  void aTimeThatAutumnRepeatsCountsTheFirstTime() {
    // Berlin, 2026-10-25: 03:00 becomes 02:00, which is 01:00 UTC.
    assertThat(next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2))
        .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
  }

  @Test
  void everyHourMeansEveryHourThatPasses() {
    assertThat(next("0 * * * *", "Europe/Berlin", "2026-10-24T23:00:00Z", 4))
        .containsExactly(
            "2026-10-25T00:00:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T02:00:00Z",
            "2026-10-25T03:00:00Z");
    assertThat(next("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 4))
        .containsExactly(
            "2026-03-29T00:30:00Z",
            "2026-03-29T01:00:00Z",
            "2026-03-29T01:30:00Z",
            "2026-03-29T02:00:00Z");
  }

  @Test
  void aZoneThatSkipsADayHasNoTimesOnIt() {
    // Apia left out 2011-12-30.
    assertThat(next("0 12 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", 3))
        .containsExactly("2011-12-29T22:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "* * * * | 0 | 5 fields",
        "* * * * * * * | 0 | 5 fields",
        "60 * * * * | 0 | minute",
        "* 24 * * * | 2 | hour",
        "* * 0 * * | 4 | day",
        "* * 32 * * | 4 | day",
        "* * * 13 * | 6 | month",
        "* * * foo * | 6 | month",
        "* * * * 8 | 8 | weekday",
        "5-1 * * * * | 0 | backwards",
        "*/0 * * * * | 2 | step",
        "*/x * * * * | 2 | step",
        "1,,2 * * * * | 2 | minute",
        "1,99 * * * * | 2 | minute",
        "-1 * * * * | 0 | minute",
        "0 0 30 2 * | 4 | no such day",
        "0 0 31 4,6 * | 4 | no such day",
      })
  void whatIsWrongIsSaidWithItsPlace(String text, int at, String message) {
    var wrong = (Cron.Result.Wrong) Cron.parse(text);
    assertThat(wrong.at()).isEqualTo(at);
    assertThat(wrong.message()).contains(message);
  }
}
