package io.unikernal.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Conform;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that are made up, and how they become small. */
class PropertyTest {
  private static final Type.Record ADDRESS =
      new Type.Record(
          "Address",
          List.of(
              Type.Field.of("street", new Type.Text(Type.Range.of(3, 9), Optional.empty())),
              Type.Field.of("since", new Type.Maybe(Type.Simple.DATE))));

  private static final Type.Record PERSON =
      new Type.Record(
          "Person",
          List.of(
              Type.Field.of("id", Type.Simple.UUID),
              Type.Field.of("age", new Type.Int(Type.Range.of(18, 99))),
              Type.Field.of(
                  "plate", new Type.Text(Type.Range.ALL, Optional.of("[A-Z]{1,3}-\\d{2,4}"))),
              Type.Field.of("kind", new Type.Enum(List.of("new", "old"))),
              Type.Field.of("total", new Type.Decimal(12, 2)),
              Type.Field.of("homes", new Type.ListOf(ADDRESS, Type.Range.of(1, 4))),
              Type.Field.of("tags", new Type.MapOf(Type.Text.ANY_TEXT)),
              Type.Field.of("size", new Type.Real(Type.Range.of(0, 3))),
              Type.Field.of("at", new Type.Maybe(Type.Simple.TIMESTAMP)),
              Type.Field.of("rest", Type.Simple.ANY)));

  @TempDir private Path folder;

  @Test
  void everyValueThatIsMadeUpFitsItsTypeAndBoundsAreAmongThem() {
    var ages = new java.util.TreeSet<Long>();
    int withoutAt = 0;
    for (int i = 0; i < 2000; i++) {
      Value value = new ValueMaker(new SplittableRandom(i)).make(PERSON);
      assertThat(Conform.check(PERSON, value, Conform.Extra.REFUSE))
          .as(value.toString())
          .isInstanceOf(Conform.Result.Fits.class);
      ages.add(((Value.Int) value.field("age")).value());
      withoutAt += value.field("at") == Value.Absent.ABSENT ? 1 : 0;
    }
    assertThat(ages).contains(18L, 99L).hasSizeGreaterThan(10);
    assertThat(withoutAt).isBetween(200, 1800);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[A-Z]{3}-[0-9]{4}",
        "(a|bc)*d+",
        "\\d{4}-\\d{2}",
        "[^x-z]{2,5}",
        "(?:ab){2}\\.[\\w-]+@x",
        "^\\w+\\s\\S$",
        "a?b{2,}c"
      })
  void textsOfAPatternMatchIt(String pattern) {
    for (int i = 0; i < 200; i++) {
      String text = PatternMaker.make(pattern, new SplittableRandom(i), false).orElseThrow();
      assertThat(Pattern.compile(pattern).matcher(text).matches()).as(text).isTrue();
    }
    String shortest = PatternMaker.make(pattern, new SplittableRandom(0), true).orElseThrow();
    assertThat(Pattern.compile(pattern).matcher(shortest).matches()).as(shortest).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\p{Greek}", "[[:alpha:]]", "(?i)a", "*a", "a{x}", "(", "[", "a\\"})
  void ofAPatternThatIsBeyondItNothingIsMade(String pattern) {
    assertThat(PatternMaker.make(pattern, new SplittableRandom(1), false)).isEmpty();
  }

  @Test
  void theSmallestValueThatStillDoesItIsFound() {
    Value value = new ValueMaker(new SplittableRandom(5)).make(PERSON);
    Value small =
        Shrinking.shrink(
            PERSON,
            value,
            one ->
                Conform.check(PERSON, one, Conform.Extra.REFUSE) instanceof Conform.Result.Fits
                    && one.field("age") instanceof Value.Int(var age)
                    && age >= 40);
    if (value.field("age") instanceof Value.Int(var age) && age >= 40) {
      assertThat(small.field("age")).isEqualTo(Value.integer(40));
    }
    assertThat(small.field("homes")).isInstanceOf(Value.Items.class);
    assertThat(((Value.Items) small.field("homes")).items()).hasSize(1);
    assertThat(small.field("tags")).isEqualTo(Value.Dict.EMPTY);
    assertThat(small.field("at")).isEqualTo(Value.Absent.ABSENT);
    assertThat(small.field("total")).isEqualTo(new Value.Decimal(BigDecimal.ZERO.setScale(2)));
  }

  @Test
  void aPropertyThatFailsIsShownWithASmallMessageAndItsSeed() throws Exception {
    Files.writeString(
        folder.resolve("a.udl.yaml"),
        """
        types:
          Line: { sku: string(1..9), qty: "int(0..500)" }
          Order: { id: uuid, lines: "list(Line, 1..9)", note: string? }
        systems:
          web: { type: http, listen: 8080, operations: { order: { post: /o, body: Order, returns: { per: int } } } }
        routes: [{ from: web.order, to: place }]
        pipelines:
          place:
            input: Order
            steps: [{ name: per, set: { per: "${1000 / input.lines[0].qty}" } }]
            output: ${per}
        """);
    Files.writeString(
        folder.resolve("a.test.udl.yaml"),
        """
        tests:
          - name: every order is answered
            send: { to: web.order, any: true, times: 300 }
            expect: { replies: { status: 200 } }
        """);
    var report = Suites.run(folder, 11);
    assertThat(report.results()).hasSize(1);
    Failing failing = report.results().getFirst().failings().getFirst();
    assertThat(failing.what()).isEqualTo("replies");
    assertThat(failing.came()).contains(" of 300").contains("422");
    assertThat(failing.trace().getFirst()).isEqualTo("with a message made smaller:");
    assertThat(failing.trace().get(1))
        .contains("\"lines\": [ { \"sku\": \"a\", \"qty\": 0 } ]")
        .doesNotContain("note");
    assertThat(Reports.summary(report)).contains("--seed 11");
  }
}
