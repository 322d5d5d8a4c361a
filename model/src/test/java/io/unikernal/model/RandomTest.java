package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds for all types and values, tried on many that a seeded random makes. */
class RandomTest {
  private static final int TYPES = 6000;

  private static final List<Conform.Extra> EXTRAS = List.of(Conform.Extra.values());

  private sealed interface Outcome {
    record Is(Value value, String exactly) implements Outcome {}

    record Faulty(Fault.Code code, Object why) implements Outcome {}
  }

  private interface Reading {
    Value read();
  }

  /** What came of it, in a form that tells scales and signs of zeros apart. */
  private static Outcome outcome(Reading reading) {
    try {
      Value value = reading.read();
      return new Outcome.Is(value, new String(Json.write(value), StandardCharsets.UTF_8));
    } catch (FaultException e) {
      var fault = e.fault();
      return new Outcome.Faulty(
          fault.code(), fault.code() == Fault.Code.INVALID ? fault.violations() : fault.details());
    }
  }

  private static Value typed(byte[] bytes, Type type, Conform.Extra extra) {
    return Json.read(bytes, type, extra, Json.Limits.DEFAULT);
  }

  private static Value untyped(byte[] bytes) {
    return Json.read(bytes, Json.Limits.DEFAULT);
  }

  @Test
  void readingIntoATypeIsReadingAndThenFitting() {
    int fitting = 0;
    int breaking = 0;
    for (int seed = 0; seed < TYPES; seed++) {
      var samples = new Samples(seed, seed % 2 == 0 ? 0 : 12);
      Type type = samples.type(4);
      var extra = EXTRAS.get(seed % 3);
      for (int i = 0; i < 3; i++) {
        Value document = samples.document(type);
        byte[] digits = JsonTest.bytes(samples.render(document, false));
        byte[] texts = JsonTest.bytes(samples.render(document, true));
        var direct = outcome(() -> typed(digits, type, extra));
        var fitted = outcome(() -> Conform.to(type, untyped(texts), extra, "it"));
        assertThat(direct)
            .as("seed %d, %s: %s", seed, type, new String(digits, StandardCharsets.UTF_8))
            .isEqualTo(fitted);
        if (direct instanceof Outcome.Is) {
          fitting++;
        } else {
          breaking++;
        }
      }
    }
    assertThat(fitting).isGreaterThan(TYPES);
    assertThat(breaking).isGreaterThan(TYPES / 4);
  }

  @Test
  void whatIsNoJsonIsRefusedAlikeWithAndWithoutAType() {
    int malformed = 0;
    for (int seed = 0; seed < TYPES; seed++) {
      var samples = new Samples(seed, 20);
      Type type = samples.type(4);
      byte[] bytes = JsonTest.bytes(samples.render(samples.document(type), false));
      for (int i = 0; i < 5; i++) {
        byte[] broken = broken(samples, bytes, "{}[]\",:0123-eE.\\ntfu \u00e9");
        var without = outcome(() -> untyped(broken));
        var with = outcome(() -> typed(broken, type, Conform.Extra.DROP));
        if (without instanceof Outcome.Faulty) {
          assertThat(with)
              .as("seed %d, %s: %s", seed, type, new String(broken, StandardCharsets.UTF_8))
              .isEqualTo(without);
          malformed++;
        } else if (with instanceof Outcome.Faulty(var code, _)) {
          assertThat(code).isEqualTo(Fault.Code.INVALID);
        }
      }
    }
    assertThat(malformed).isGreaterThan(TYPES);
  }

  private static byte[] broken(Samples samples, byte[] bytes, String signs) {
    var random = samples.random;
    byte[] broken =
        random.nextInt(4) == 0
            ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1))
            : bytes.clone();
    for (int k = random.nextInt(3); k > 0 && broken.length > 0; k--) {
      broken[random.nextInt(broken.length)] = (byte) signs.charAt(random.nextInt(signs.length()));
    }
    return broken;
  }

  @Test
  void aValueSurvivesJsonAndCborExactly() {
    for (int seed = 0; seed < TYPES; seed++) {
      var samples = new Samples(seed, 0);
      Type type = samples.type(4);
      Value value = samples.value(type);
      var is = outcome(() -> value);
      byte[] json = Json.write(value);
      assertThat(outcome(() -> typed(json, type, Conform.Extra.REFUSE)))
          .as("seed %d, %s: %s", seed, type, value)
          .isEqualTo(is);
      assertThat(outcome(() -> untyped(JsonTest.bytes(Json.pretty(value)))))
          .isEqualTo(outcome(() -> untyped(json)));
      byte[] cbor = Cbor.write(value);
      Value read = Cbor.read(cbor, 0, cbor.length);
      // The keys of a map come back sorted, so only the bytes tell whether all is exact.
      Value again = Conform.to(type, read, Conform.Extra.REFUSE, "it");
      assertThat(again).as("seed %d, %s", seed, type).isEqualTo(value);
      assertThat(Cbor.write(again)).isEqualTo(cbor);
      assertThat(Cbor.write(read)).isEqualTo(cbor);
      assertThat(Conform.to(type, value, Conform.Extra.REFUSE, "it")).isEqualTo(value);
    }
  }

  @Test
  void brokenCborIsRefusedOrHasOneMeaning() {
    int refused = 0;
    for (int seed = 0; seed < TYPES; seed++) {
      var samples = new Samples(seed, 0);
      byte[] bytes = Cbor.write(samples.value(samples.type(4)));
      for (int i = 0; i < 10; i++) {
        byte[] broken =
            broken(
                samples,
                bytes,
                "\0\1\27\30\31\32\33\37@`\200\237\240\277\300\302\304\330\331\364\367\371\373\377");
        try {
          Value value = Cbor.read(broken, 0, broken.length);
          byte[] again = Cbor.write(value);
          assertThat(Cbor.write(Cbor.read(again, 0, again.length))).isEqualTo(again);
        } catch (FaultException e) {
          assertThat(e.fault().code()).isEqualTo(Fault.Code.MALFORMED);
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(TYPES);
  }

  @Test
  void whatFitsByItsTypeFitsByItsValues() {
    int fitting = 0;
    for (int seed = 0; seed < TYPES; seed++) {
      var samples = new Samples(seed, 0);
      Type from = samples.type(3);
      var related = new Samples(seed, 0); // Draws alike for a while, then apart.
      Type to = seed % 2 == 0 ? related.type(2) : samples.type(1);
      if (Assign.check(from, to) instanceof Assign.Verdict.Fits) {
        for (int i = 0; i < 3; i++) {
          Value value = samples.value(from);
          assertThat(Conform.check(to, value, Conform.Extra.DROP))
              .as("seed %d, %s to %s: %s", seed, from, to, value)
              .isInstanceOf(Conform.Result.Fits.class);
          fitting++;
        }
      }
    }
    assertThat(fitting).isGreaterThan(TYPES / 4);
  }

  @Test
  void aTypeIsReadAsItPrints() {
    for (int seed = 0; seed < TYPES; seed++) {
      Type type = new Samples(seed, 0).type(0);
      assertThat(JsonTest.type(type.toString())).hasToString(type.toString());
    }
  }

  @Test
  void nothingLabelledIsShown() {
    Type type = JsonTest.type("pii(map(string, any))");
    for (int seed = 0; seed < 100; seed++) {
      Value value = new Samples(seed, 0).value(type);
      assertThat(Json.masked(value, type)).isEqualTo("\"***\"");
    }
  }
}
