package io.unikernal.protobuf;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Goal: no byte that is missing or wrong makes a decoder fail in another way than by a fault with
 * its place. Method: random messages, cut after each of their bytes, and with each of their bits
 * turned over.
 */
class EveryByteTest {
  private static final int MESSAGES = 40;
  private static final int BYTES_MAX = 400;
  private static final ProtobufCodec CODEC =
      ProtobufCodec.of(Protos.descriptors(), Protos.NAME, ProtobufLimits.DEFAULT);

  @Test
  void aMessageOfAUserIsReadOrRefusedAtItsPlace() {
    broken(
        random -> Protos.random(Protos.descriptor(), random, 2).toByteArray(),
        bytes -> CODEC.write(CODEC.read(bytes)));
  }

  @Test
  void aValueIsReadOrRefusedAtItsPlace() {
    broken(
        random -> UdmProto.write(UdmProtoTest.value(random, 3)),
        bytes -> UdmProto.write(UdmProto.read(bytes, ProtobufLimits.DEFAULT)));
  }

  private static void broken(Function<Random, byte[]> make, Function<byte[], byte[]> coding) {
    int read = 0;
    int malformed = 0;
    for (int seed = 0; seed < MESSAGES; seed++) {
      byte[] made = make.apply(new Random(seed));
      byte[] bytes = Arrays.copyOf(made, Math.min(made.length, BYTES_MAX));
      for (int at = 0; at < bytes.length; at++) {
        boolean isCutRead = isRead(coding, Arrays.copyOf(bytes, at));
        read += isCutRead ? 1 : 0;
        malformed += isCutRead ? 0 : 1;
        for (int bit = 0; bit < Byte.SIZE; bit++) {
          byte[] other = bytes.clone();
          other[at] ^= (byte) (1 << bit);
          boolean isRead = isRead(coding, other);
          read += isRead ? 1 : 0;
          malformed += isRead ? 0 : 1;
        }
      }
    }
    assertThat(read).isPositive();
    assertThat(malformed).isPositive();
  }

  private static boolean isRead(Function<byte[], byte[]> coding, byte[] bytes) {
    try {
      byte[] _ = coding.apply(bytes);
      return true;
    } catch (FaultException e) {
      Fault fault = e.fault();
      assertThat(fault.code()).isIn(Fault.Code.MALFORMED, Fault.Code.INVALID, Fault.Code.TOO_LARGE);
      assertThat(fault.details().field("position"))
          .as(fault.toString())
          .isInstanceOfSatisfying(
              Value.Int.class, at -> assertThat(at.value()).isBetween(0L, (long) bytes.length));
      return false;
    }
  }
}
