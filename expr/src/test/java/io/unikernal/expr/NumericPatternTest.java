package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumericPatternTest {
  private static final List<String> PARTS =
      List.of("yyyy", "MM", "dd", "HH", "mm", "ss", "-", ".", "/", ":", ", ", " ");

  @Test
  void itPrintsWhatTheFormatterOfTheJdkPrints() {
    var random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      var pattern = new StringBuilder();
      for (int part = random.nextInt(6); part >= 0; part--) {
        pattern.append(PARTS.get(random.nextInt(PARTS.size())));
      }
      var moment =
          LocalDateTime.ofEpochSecond(
              random.nextLong(-62_135_596_800L, 253_402_300_800L), 0, ZoneOffset.UTC);
      var numeric = NumericPattern.of(pattern.toString());
      if (numeric.isPresent()) {
        assertThat(NumericPattern.fits(moment)).isTrue();
        assertThat(numeric.get().format(moment))
            .as("%s of %s", pattern, moment)
            .isEqualTo(
                DateTimeFormatter.ofPattern(pattern.toString(), Locale.ENGLISH).format(moment));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"MMM", "yy", "d.M.yyyy", "yyyyy", "MMMM", "HH'h'", "[dd]", "EEE", "", "yyyyyyyy"})
  void whatHasTextsOrOtherWidthsIsLeftToTheJdk(String pattern) {
    assertThat(NumericPattern.of(pattern)).isEmpty();
  }

  @Test
  void aYearOfFiveDigitsDoesNotFit() {
    assertThat(NumericPattern.fits(LocalDateTime.of(10_000, 1, 1, 0, 0))).isFalse();
    assertThat(NumericPattern.fits(LocalDateTime.of(0, 1, 1, 0, 0))).isFalse();
  }
}
