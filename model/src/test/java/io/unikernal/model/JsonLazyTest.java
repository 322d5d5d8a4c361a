package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Bodies that nobody looks at, and those that are looked at in part. */
class JsonLazyTest {
  private static final int DOCUMENTS = 6000;
  private static final byte[] ORDER =
      bytes(
          "{ \"id\" : \"A-1\", \"total\": 1.10, \"items\": [ {\"qty\": 2.0} ], \"paid\":true }\n");

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static Value receive(byte[] bytes, String... wanted) {
    return Json.receive(bytes, Json.Limits.DEFAULT, Set.of(wanted));
  }

  @Test
  void whatNobodyTouchesGoesOutAsTheBytesThatCameIn() {
    Value value = receive(ORDER);
    assertThat(Json.forward(value)).isSameAs(ORDER);
    assertThat(value.field("id")).isEqualTo(Value.text("A-1"));
    assertThat(Json.forward(value)).as("looking changes nothing").isSameAs(ORDER);
    byte[] list = bytes("[ 1, 2 ]");
    assertThat(Json.forward(receive(list))).isSameAs(list);
    assertThat(Json.forward(Json.read(ORDER, Json.Limits.DEFAULT)))
        .isEqualTo(Json.write(Json.read(ORDER, Json.Limits.DEFAULT)));
  }

  @Test
  void onlyTheFieldsThatAreWantedBecomeValuesAndTheOthersAreWrittenAsTheyStand() {
    var dict = (Value.Dict) receive(ORDER, "total");
    var fields = (Fields) dict.fields();
    assertThat(List.of(fields.isRead(0), fields.isRead(1), fields.isRead(2), fields.isRead(3)))
        .containsExactly(false, true, false, false);
    Value changed = dict.with("paid", Value.Bool.FALSE).with("note", Value.text("x"));
    assertThat(text(Json.forward(changed)))
        .isEqualTo(
            "{\"id\":\"A-1\",\"total\":1.10,\"items\":[ {\"qty\": 2.0} ],\"paid\":false,"
                + "\"note\":\"x\"}");
    assertThat(((Fields) ((Value.Dict) changed).fields()).isRead(2)).isFalse();
    assertThat(Json.pretty(changed)).contains("    {\n      \"qty\": 2.0\n    }");
    assertThat(text(Json.forward(dict))).isEqualTo(text(ORDER));
  }

  @Test
  void whatIsNotWantedIsCheckedAsStrictly() {
    for (String bad :
        List.of(
            "{\"a\":{\"b\":1,\"b\":2}}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":[01]}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":tru}",
            "{\"a\":1e99999}",
            "{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}",
            "{\"a\":1}}",
            "[{\"k1\":1,\"k2\":1,\"k1\":1}]")) {
      assertThat(fault(() -> receive(bytes(bad))))
          .as(bad)
          .isEqualTo(fault(() -> Json.read(bytes(bad), Json.Limits.DEFAULT)));
      assertThat(fault(() -> Json.check(bytes(bad), Json.Limits.DEFAULT)))
          .as(bad)
          .isEqualTo(fault(() -> Json.read(bytes(bad), Json.Limits.DEFAULT)));
    }
    byte[] invalid = {'{', '"', 'a', '"', ':', '"', (byte) 0xff, '"', '}'};
    assertThatThrownBy(() -> receive(invalid)).hasMessageContaining("not UTF-8");
  }

  private static Fault fault(Runnable reading) {
    try {
      reading.run();
    } catch (FaultException e) {
      return e.fault();
    }
    throw new AssertionError("it was taken");
  }

  /** Method: documents of all forms and broken ones, read whole and read lazily. */
  @Test
  void readingLazilyIsReading() {
    int read = 0;
    int refused = 0;
    for (int seed = 0; seed < DOCUMENTS; seed++) {
      var samples = new Samples(seed, 10);
      String text = samples.render(samples.document(samples.type(4)), false);
      if (seed % 3 == 0 && !text.isEmpty()) {
        int at = samples.random.nextInt(text.length());
        text = text.substring(0, at) + "\"{}[],:0\\".charAt(seed % 9) + text.substring(at + 1);
      }
      byte[] bytes = bytes(text);
      Object whole = outcome(() -> Json.read(bytes, Json.Limits.DEFAULT));
      assertThat(outcome(() -> receive(bytes))).as(text).isEqualTo(whole);
      assertThat(outcome(() -> receive(bytes, "f0", "f2", "kind"))).as(text).isEqualTo(whole);
      if (whole instanceof Value value) {
        read++;
        assertThat(Json.read(Json.write(receive(bytes)), Json.Limits.DEFAULT)).isEqualTo(value);
      } else {
        refused++;
        assertThat(
                outcome(() -> {
                  Json.check(bytes, Json.Limits.DEFAULT);
                  return Value.Null.NULL;
                }))
            .isEqualTo(whole);
      }
    }
    assertThat(read).isGreaterThan(DOCUMENTS / 2);
    assertThat(refused).isGreaterThan(DOCUMENTS / 8);
  }

  private static Object outcome(java.util.function.Supplier<Value> reading) {
    try {
      return reading.get();
    } catch (FaultException e) {
      return e.fault();
    }
  }

  private static Type.Record order(Type total, Optional<Value> paid) {
    return new Type.Record(
        "Order",
        List.of(
            Type.Field.of("id", Type.Text.ANY_TEXT),
            Type.Field.of("total", total),
            new Type.Field("paid", Type.Simple.BOOL, paid, "")));
  }

  private static Value typed(String json, Type type, Conform.Extra extra) {
    return Json.receive(bytes(json), type, extra, Json.Limits.DEFAULT);
  }

  @Test
  void aTypedBodyGoesOutAsItCameOnlyWhereTheBytesSayWhatTheValueSays() {
    var plain = order(Type.Real.ANY_DOUBLE, Optional.of(Value.Bool.FALSE));
    String whole = "{ \"id\":\"a\", \"total\":1.0, \"paid\":true }";
    assertThat(text(Json.forward(typed(whole, plain, Conform.Extra.REFUSE)))).isEqualTo(whole);
    String noPaid = "{ \"id\":\"a\", \"total\":1.0 }";
    assertThat(text(Json.forward(typed(noPaid, plain, Conform.Extra.REFUSE))))
        .isEqualTo("{\"id\":\"a\",\"total\":1.0,\"paid\":false}");
    String more = "{ \"id\":\"a\", \"total\":1.0, \"paid\":true, \"x\": 1 }";
    assertThat(text(Json.forward(typed(more, plain, Conform.Extra.KEEP)))).isEqualTo(more);
    assertThat(text(Json.forward(typed(more, plain, Conform.Extra.DROP))))
        .isEqualTo("{\"id\":\"a\",\"total\":1.0,\"paid\":true}");
    var exact = order(Type.Decimal.ANY_DECIMAL, Optional.empty());
    String asText = "{ \"id\":\"a\", \"total\":\"1.10\", \"paid\":true }";
    assertThat(text(Json.forward(typed(asText, exact, Conform.Extra.REFUSE))))
        .isEqualTo("{\"id\":\"a\",\"total\":1.10,\"paid\":true}");
    assertThatThrownBy(() -> typed("{\"id\":1}", plain, Conform.Extra.REFUSE))
        .isInstanceOfSatisfying(
            FaultException.class, e -> assertThat(e.fault().code()).isEqualTo(Fault.Code.INVALID));
  }

  @Test
  void aBodyKeepsWhatItCameAsUntilItsValueIsAnother() {
    var original = new Body.Original(ORDER, "application/json");
    var body = Body.received(original, bytes -> receive(bytes));
    assertThat(body.isDecoded()).isFalse();
    var message = Message.received("a.b", new LinkedHashMap<>(), body, Trace.NONE);
    Value value = message.body().value();
    assertThat(message.call("c.d", value, Deadline.NONE).body().original()).contains(original);
    assertThat(message.call("c.d", Value.text("x"), Deadline.NONE).body().original()).isEmpty();
    assertThat(message.withBody(Value.text("x")).body().original()).isEmpty();
  }
}
