package io.unikernal.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The messages of {@code udm.proto}. */
class UdmProtoTest {
  private static final int VALUES = 3000;

  static Value value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 15 : 13)) {
      case 0 -> Value.Null.NULL;
      case 1 -> Value.Bool.of(random.nextBoolean());
      case 2 -> new Value.Int(random.nextLong() >> random.nextInt(64));
      case 3 -> new Value.UInt(random.nextLong());
      case 4 -> new Value.Real(random.nextGaussian());
      case 5 ->
          new Value.Decimal(
              new BigDecimal(
                  new BigInteger(random.nextInt(200), random).subtract(BigInteger.TEN),
                  random.nextInt(-99, 99)));
      case 6 -> Value.text("aü水𐅑".repeat(random.nextInt(3)));
      case 7 -> new Value.Bytes(new byte[random.nextInt(5)]);
      case 8 ->
          new Value.Timestamp(
              Instant.ofEpochSecond(
                  random.nextLong(-62_135_596_800L, 253_402_300_800L),
                  random.nextInt(1_000_000_000)));
      case 9 -> new Value.Date(LocalDate.ofEpochDay(random.nextInt(-700_000, 2_900_000)));
      case 10 -> new Value.Time(LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000_000L)));
      case 11 ->
          new Value.Duration(
              Duration.ofSeconds(
                  random.nextLong(-315_576_000_000L, 315_576_000_000L),
                  random.nextInt(1_000_000_000)));
      case 12 -> new Value.Uuid(new UUID(random.nextLong(), random.nextLong()));
      case 13 -> {
        var items = new ArrayList<Value>();
        for (int i = random.nextInt(5); i > 0; i--) {
          items.add(value(random, depth - 1));
        }
        yield new Value.Items(items);
      }
      default -> {
        var fields = new LinkedHashMap<String, Value>();
        for (int i = random.nextInt(5); i > 0; i--) {
          fields.put("f" + random.nextInt(9), value(random, depth - 1));
        }
        yield new Value.Dict(fields);
      }
    };
  }

  private static Value read(byte[] bytes) {
    return UdmProto.read(bytes, ProtobufLimits.DEFAULT);
  }

  @Test
  void everyValueComesBackExactly() {
    var random = new Random(1);
    for (int i = 0; i < VALUES; i++) {
      Value value = value(random, 4);
      byte[] bytes = UdmProto.write(value);
      assertThat(read(bytes)).hasToString(value.toString()).isEqualTo(value);
      assertThat(UdmProto.write(read(bytes))).isEqualTo(bytes);
    }
    assertThat(read(new byte[0])).isEqualTo(Value.Absent.ABSENT);
  }

  @Test
  void aMessageHasAValueOrTheBytesThatNobodyTouched() {
    var headers = new LinkedHashMap<String, String>();
    headers.put("content-language", "de");
    headers.put("empty", "");
    var value =
        new UdmProto.Envelope(
            "id-1",
            "shop.order",
            headers,
            "00-1-2-01",
            Optional.of(Value.integer(1)),
            Optional.empty(),
            "");
    var raw =
        new UdmProto.Envelope(
            "",
            "shop.order",
            headers,
            "",
            Optional.empty(),
            Optional.of(new Value.Bytes(new byte[] {1, 2})),
            "application/json");
    for (UdmProto.Envelope envelope : java.util.List.of(value, raw)) {
      byte[] bytes = UdmProto.write(envelope);
      assertThat(UdmProto.readEnvelope(bytes, ProtobufLimits.DEFAULT)).isEqualTo(envelope);
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        isRefused(() -> UdmProto.readEnvelope(cut, ProtobufLimits.DEFAULT));
      }
    }
    var both =
        new UdmProto.Envelope(
            "",
            "",
            headers,
            "",
            Optional.of(Value.integer(1)),
            Optional.of(new Value.Bytes(new byte[0])),
            "");
    assertThatThrownBy(() -> UdmProto.write(both)).hasMessageContaining("one body");
  }

  private static boolean isRefused(Runnable reading) {
    try {
      reading.run();
      return false;
    } catch (FaultException e) {
      assertThat(e.fault().code()).isEqualTo(Fault.Code.MALFORMED);
      assertThat(e.fault().details().fields()).containsKey("position");
      return true;
    }
  }

  /** Method: each beginning of many values, and bytes changed at random. */
  @Test
  void corruptBytesAreMalformedAtTheirPlaceAndWhatIsTakenCanBeWritten() {
    var random = new Random(2);
    int refused = 0;
    for (int i = 0; i < VALUES; i++) {
      byte[] bytes = UdmProto.write(value(random, 4));
      for (int length = 0; length < Math.min(bytes.length, 200); length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        refused += isRefused(() -> read(cut)) ? 1 : 0;
      }
      for (int k = 0; k < 20 && bytes.length > 0; k++) {
        byte[] broken = bytes.clone();
        broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
        refused += isRefused(() -> UdmProto.write(read(broken))) ? 1 : 0;
      }
    }
    assertThat(refused).isGreaterThan(VALUES);
  }
}
