package io.unikernal.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: no byte that is missing or wrong makes a decoder fail in another way than by a fault with
 * its place. Method: right documents of every format, cut after each of their bytes, and with each
 * of their bits turned over; {@link FuzzTarget#check} is the judge.
 */
class EveryByteTest {

  static List<Seeds.Seed> documents() {
    return Seeds.ALL;
  }

  @ParameterizedTest
  @MethodSource("documents")
  void aDocumentThatIsCutIsReadOrRefusedAtItsPlace(Seeds.Seed seed) throws Exception {
    int refused = 0;
    for (int length = 0; length < seed.bytes().length; length++) {
      refused += isRead(seed, Arrays.copyOf(seed.bytes(), length)) ? 0 : 1;
    }
    assertThat(refused).as("that were refused").isGreaterThan(isOfLines(seed) ? -1 : 0);
    assertThat(isRead(seed, seed.bytes())).isTrue();
  }

  /** Texts, rows and documents without a type may be whole wherever they end. */
  private static boolean isOfLines(Seeds.Seed seed) {
    return seed.type() instanceof io.unikernal.model.Type.Simple || seed.format().equals("text");
  }

  @ParameterizedTest
  @MethodSource("documents")
  void aBitThatIsTurnedOverIsReadOrRefusedAtItsPlace(Seeds.Seed seed) throws Exception {
    int refused = 0;
    for (int at = 0; at < seed.bytes().length; at++) {
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        byte[] bytes = seed.bytes().clone();
        bytes[at] ^= (byte) (1 << bit);
        refused += isRead(seed, bytes) ? 0 : 1;
      }
    }
    assertThat(refused).as("that were refused").isPositive();
  }

  private static boolean isRead(Seeds.Seed seed, byte[] bytes) throws Exception {
    try {
      return FuzzTarget.check(Codecs.of(seed.format()), bytes, seed.type());
    } catch (RuntimeException e) {
      throw new IllegalStateException(seed.format() + " " + seed.type() + ": " + hex(bytes), e);
    }
  }

  private static String hex(byte[] bytes) {
    return java.util.stream.IntStream.range(0, bytes.length)
        .mapToObj(i -> String.format("%02x", bytes[i]))
        .collect(Collectors.joining());
  }
}
