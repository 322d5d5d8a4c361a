package io.unikernal.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.formats.Seeds.Seed;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The short form of {@link JazzerTest}: seeded, and a few seconds long. */
class FuzzTest {
  private static final int CASES = 6000;
  private static final String SIGNS =
      "{}[]():,-#&*!|>'\"%@`$\\?=~;+ \t\n\r0a.<>/\u00e4\u0000\u00ff";

  @Test
  void mutatedDocumentsAreReadOrRefusedWithTheirPlace() throws Exception {
    var random = new Random(20260101);
    int read = 0;
    for (int i = 0; i < CASES; i++) {
      Seed seed = Seeds.ALL.get(i % Seeds.ALL.size());
      byte[] bytes = mutate(seed.bytes(), random);
      try {
        read += FuzzTarget.check(Codecs.of(seed.format()), bytes, seed.type()) ? 1 : 0;
      } catch (RuntimeException e) {
        throw new IllegalStateException(
            "case "
                + i
                + ", "
                + seed.format()
                + " "
                + seed.type()
                + ": "
                + new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1),
            e);
      }
    }
    assertThat(read).as("cases that are right still").isBetween(CASES / 20, CASES * 19 / 20);
  }

  private static byte[] mutate(byte[] seed, Random random) {
    byte[] bytes = seed;
    for (int times = 1 + random.nextInt(4); times > 0 && bytes.length > 2; times--) {
      int at = random.nextInt(bytes.length);
      int length = Math.min(bytes.length - at, 1 + random.nextInt(20));
      byte sign = (byte) SIGNS.charAt(random.nextInt(SIGNS.length()));
      var result = new ByteArrayOutputStream();
      result.write(bytes, 0, at);
      switch (random.nextInt(5)) {
        case 0 -> result.write(bytes, at + length, bytes.length - at - length);
        case 1 -> {
          result.write(sign);
          result.write(bytes, at, bytes.length - at);
        }
        case 2 -> {
          result.write(sign);
          result.write(bytes, at + 1, bytes.length - at - 1);
        }
        case 3 -> {
          int from = random.nextInt(bytes.length);
          result.write(bytes, from, Math.min(length, bytes.length - from));
          result.write(bytes, at, bytes.length - at);
        }
        default -> {
          // Cut.
        }
      }
      bytes = result.toByteArray();
    }
    return Arrays.copyOf(bytes, bytes.length);
  }
}
