package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Values whose type both sides know. */
class CborSlotsTest {
  private static final int TYPES = 6000;

  private static final Type.Record ITEM =
      new Type.Record(
          "Item",
          List.of(
              Type.Field.of("sku", Type.Text.ANY_TEXT),
              Type.Field.of("qty", new Type.Int(Type.Range.of(1, 99))),
              Type.Field.of("kind", new Type.Enum(List.of("small", "large"))),
              new Type.Field("note", new Type.Maybe(Type.Text.ANY_TEXT), Optional.empty(), ""),
              Type.Field.of("sizes", Type.ListOf.of(Type.Int.ANY_INT))));

  private static Value item() {
    return Rec.builder(ITEM.shape())
        .set("sku", Value.text("A"))
        .set("qty", Value.integer(2))
        .set("kind", Value.text("large"))
        .set("sizes", new Value.Items(List.of(Value.integer(1), Value.integer(-1))))
        .build();
  }

  private static Value read(Type type, byte[] bytes) {
    return Cbor.readSlots(type, bytes, 0, bytes.length);
  }

  @Test
  void aRecordIsTheListOfItsFieldsInTheOrderOfItsType() {
    byte[] bytes = Cbor.writeSlots(ITEM, item());
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo("85" + "6141" + "02" + "01" + "f7" + "820120");
    assertThat(read(ITEM, bytes)).isEqualTo(item());
    Rec.Builder builder = Rec.builder(ITEM.shape());
    ((Rec) item()).toMap().forEach(builder::set);
    Value more = builder.extra("more", Value.Bool.TRUE).build();
    assertThat(read(ITEM, Cbor.writeSlots(ITEM, more))).isEqualTo(more);
    assertThat(((Value.Items) read(ITEM, bytes).field("sizes")).items())
        .isInstanceOf(Numbers.class);
  }

  @Test
  void bytesOfAnotherTypeAreMalformedAtTheirPlace() {
    refused("85614118640 1f7820120".replace(" ", ""), 3); // qty is 100
    refused("8561410202f7820120", 4); // no such symbol
    refused("84614102018 0".replace(" ", ""), 0); // a field too few
    refused("85f70201f7820120", 1); // sku is absent
    refused("8561410201f6820120", 5); // null for a text
    refused("8561410201f7820120a0", 9); // more after it
    refused("866141020 1f7820120a0".replace(" ", ""), 9); // more fields, but none
    refused("8661410201f7820120a16371747901", 9); // a known field among the others
    refused("8561410201f782015f", 8); // an item that is none
  }

  private static void refused(String hex, int position) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> read(ITEM, bytes))
        .as(hex)
        .isInstanceOfSatisfying(
            FaultException.class,
            e -> {
              assertThat(e.fault().code()).isEqualTo(Fault.Code.MALFORMED);
              assertThat(e.fault().details().fields().get("position"))
                  .isEqualTo(Value.integer(position));
            });
  }

  @Test
  void onlyAValueThatWasFittedToTheTypeIsWritten() {
    assertThatThrownBy(() -> Cbor.writeSlots(ITEM, Value.Dict.EMPTY))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Method: random types and values; each beginning of the bytes, and bytes changed at random. */
  @Test
  void everyValueOfEveryTypeComesBackAndNothingElseDoes() {
    int refused = 0;
    for (int seed = 0; seed < TYPES; seed++) {
      var samples = new Samples(seed, 0);
      Type type = samples.type(4);
      Value value = samples.value(type);
      byte[] bytes = Cbor.writeSlots(type, value);
      Value again = read(type, bytes);
      assertThat(again).as("seed %d, %s", seed, type).isEqualTo(value);
      assertThat(Cbor.writeSlots(type, again)).isEqualTo(bytes);
      assertThat(Cbor.write(again)).as("scales and all").isEqualTo(Cbor.write(value));
      for (int length = 0; length < Math.min(bytes.length, 200); length++) {
        refused += isRefused(type, Arrays.copyOf(bytes, length)) ? 1 : 0;
      }
      for (int i = 0; i < 10; i++) {
        byte[] broken = bytes.clone();
        broken[samples.random.nextInt(broken.length)] = (byte) samples.random.nextInt(256);
        refused += isRefused(type, broken) ? 1 : 0;
      }
    }
    assertThat(refused).isGreaterThan(TYPES * 10);
  }

  /** What is taken has a slot form of its own. */
  private static boolean isRefused(Type type, byte[] bytes) {
    try {
      Value value = read(type, bytes);
      byte[] again = Cbor.writeSlots(type, value);
      assertThat(Cbor.writeSlots(type, read(type, again))).isEqualTo(again);
      return false;
    } catch (FaultException e) {
      assertThat(e.fault().code()).isEqualTo(Fault.Code.MALFORMED);
      assertThat(e.fault().details().fields()).containsKey("position");
      return true;
    }
  }
}
