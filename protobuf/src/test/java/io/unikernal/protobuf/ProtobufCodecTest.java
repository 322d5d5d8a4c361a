package io.unikernal.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.UnknownFieldSet;
import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages that users declare. The second reader and writer is protobuf's own. */
class ProtobufCodecTest {
  private static final int MESSAGES = 2000;
  private static final ProtobufCodec CODEC =
      ProtobufCodec.of(Protos.descriptors(), Protos.NAME, ProtobufLimits.DEFAULT);

  @Test
  void everyFieldOfEveryKindComesThroughAsProtobufItselfHasIt() throws Exception {
    var random = new Random(3);
    for (int i = 0; i < MESSAGES; i++) {
      DynamicMessage message = Protos.random(Protos.descriptor(), random, 3);
      byte[] bytes = message.toByteArray();
      Value value = CODEC.read(bytes);
      assertThat(Conform.check(CODEC.type(), value, Conform.Extra.REFUSE))
          .isEqualTo(new Conform.Result.Fits(value));
      byte[] again = CODEC.write(value);
      assertThat(DynamicMessage.parseFrom(message.getDescriptorForType(), again))
          .isEqualTo(message);
      assertThat(CODEC.read(again)).isEqualTo(value);
      byte[] json = Json.write(value);
      assertThat(Json.read(json, CODEC.type(), Conform.Extra.REFUSE, Json.Limits.DEFAULT))
          .isEqualTo(value);
    }
  }

  @Test
  void whatTheTypeDoesNotKnowIsKeptAndWrittenAgain() throws Exception {
    var unknown =
        UnknownFieldSet.newBuilder()
            .addField(
                5000,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("new"))
                    .build())
            .build();
    byte[] bytes =
        DynamicMessage.newBuilder(Protos.descriptor())
            .setField(Protos.descriptor().findFieldByName("one_string"), "a")
            .setUnknownFields(unknown)
            .build()
            .toByteArray();
    Value value = CODEC.read(bytes);
    assertThat(value.field("one_string")).isEqualTo(Value.text("a"));
    assertThat(value.field(ProtobufCodec.UNKNOWN)).isInstanceOf(Value.Bytes.class);
    assertThat(CODEC.write(value)).isEqualTo(bytes);
  }

  @Test
  void zerosAndAbsentFieldsAreWhatTheDescriptorSays() {
    Value empty = CODEC.read(new byte[0]);
    assertThat(empty.field("one_int64")).isEqualTo(Value.integer(0));
    assertThat(empty.field("one_string")).isEqualTo(Value.text(""));
    assertThat(empty.field("one_enum")).isEqualTo(Value.text("SIZE_NONE"));
    assertThat(empty.field("optional_int64")).isEqualTo(Value.Absent.ABSENT);
    assertThat(empty.field("many_double")).isEqualTo(Value.Items.EMPTY);
    assertThat(empty.field("names")).isEqualTo(Value.Dict.EMPTY);
    assertThat(empty.field("timestamp1")).isEqualTo(Value.Absent.ABSENT);
    assertThat(CODEC.write(empty)).isEmpty();
    assertThat(CODEC.type().shape().fields().stream().filter(f -> f.name().equals("one_uint32")))
        .singleElement()
        .satisfies(field -> assertThat(field.type().core()).isInstanceOf(Type.UInt.class));
  }

  @Test
  void ofAChoiceTheLastOneCountsAndPartsOfAMessageAreMerged() throws Exception {
    var type = Protos.descriptor();
    var text = type.findFieldByName("choice_text");
    var part = type.findFieldByName("choice_part");
    var inner = DynamicMessage.newBuilder(type).setField(type.findFieldByName("one_int32"), 7);
    var first = DynamicMessage.newBuilder(type).setField(text, "a").build().toByteString();
    var second = DynamicMessage.newBuilder(type).setField(part, inner.build()).build();
    var third =
        DynamicMessage.newBuilder(type)
            .setField(
                part,
                DynamicMessage.newBuilder(type)
                    .setField(type.findFieldByName("one_string"), "b")
                    .build())
            .build();
    byte[] all = first.concat(second.toByteString()).concat(third.toByteString()).toByteArray();
    Value value = CODEC.read(all);
    assertThat(value.field("choice_text")).isEqualTo(Value.Absent.ABSENT);
    assertThat(value.field("choice_part").field("one_int32")).isEqualTo(Value.integer(7));
    assertThat(value.field("choice_part").fieldText("one_string")).isEqualTo("b");
    assertThat(DynamicMessage.parseFrom(type, CODEC.write(value)))
        .isEqualTo(DynamicMessage.parseFrom(type, all));
  }

  @Test
  void boundsAreKept() {
    byte[] deep = new byte[0];
    var field = Protos.descriptor().findFieldByName("one_message");
    var message = DynamicMessage.newBuilder(Protos.descriptor()).build();
    for (int i = 0; i < 70; i++) {
      message = DynamicMessage.newBuilder(Protos.descriptor()).setField(field, message).build();
    }
    deep = message.toByteArray();
    refused(deep, Fault.Code.MALFORMED);
    var small = ProtobufCodec.of(Protos.descriptors(), Protos.NAME, new ProtobufLimits(64, 10));
    assertThatThrownBy(() -> small.read(new byte[11])).hasMessageContaining("larger than 10");
    assertThatThrownBy(
            () -> ProtobufCodec.of(Protos.descriptors(), "no.Such", ProtobufLimits.DEFAULT))
        .hasMessageContaining("no.Such");
    assertThatThrownBy(() -> ProtobufCodec.of(new byte[] {1, 2}, "x", ProtobufLimits.DEFAULT))
        .hasMessageContaining("no descriptors");
  }

  private static boolean refused(byte[] bytes, Fault.Code code) {
    try {
      CODEC.write(CODEC.read(bytes));
      return false;
    } catch (FaultException e) {
      assertThat(e.fault().code()).isEqualTo(code);
      assertThat(e.fault().details().fields()).containsKey("position");
      return true;
    }
  }

  /** Method: each beginning of many messages, and bytes changed at random. */
  @Test
  void corruptBytesAreMalformedAtTheirPlaceAndNeverAnotherFailure() {
    var random = new Random(4);
    int refused = 0;
    for (int i = 0; i < MESSAGES / 4; i++) {
      byte[] bytes = Protos.random(Protos.descriptor(), random, 3).toByteArray();
      for (int length = 0; length < Math.min(bytes.length, 300); length++) {
        refused += refused(Arrays.copyOf(bytes, length), Fault.Code.MALFORMED) ? 1 : 0;
      }
      for (int k = 0; k < 50 && bytes.length > 0; k++) {
        byte[] broken = bytes.clone();
        for (int n = random.nextInt(3); n >= 0; n--) {
          broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
        }
        refused += refused(broken, Fault.Code.MALFORMED) ? 1 : 0;
      }
    }
    assertThat(refused).isGreaterThan(MESSAGES);
  }
}
