package io.unikernal.bench;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** A date as {@code 14.03.2025}, as one writes it by hand when it is to be fast. */
final class OrderDates {
  private static final int UTC_SECONDS_LENGTH = 20;

  private OrderDates() {}

  static String of(Instant moment) {
    return of(LocalDate.ofInstant(moment, ZoneOffset.UTC));
  }

  /** From RFC 3339; what is no time is refused. */
  static String of(String text) {
    if (text.length() == UTC_SECONDS_LENGTH && text.charAt(UTC_SECONDS_LENGTH - 1) == 'Z') {
      return of(
          LocalDateTime.of(
                  two(text, 0) * 100 + two(text, 2),
                  two(text, 5),
                  two(text, 8),
                  two(text, 11),
                  two(text, 14),
                  two(text, 17))
              .toLocalDate());
    }
    return of(OffsetDateTime.parse(text).toInstant());
  }

  private static int two(String text, int at) {
    return (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
  }

  private static String of(LocalDate date) {
    byte[] text = new byte[10];
    two(text, 0, date.getDayOfMonth());
    text[2] = '.';
    two(text, 3, date.getMonthValue());
    text[5] = '.';
    two(text, 6, date.getYear() / 100);
    two(text, 8, date.getYear() % 100);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static void two(byte[] text, int at, int number) {
    text[at] = (byte) ('0' + number / 10);
    text[at + 1] = (byte) ('0' + number % 10);
  }
}
