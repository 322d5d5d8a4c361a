package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lists of numbers without an object each, and the maps and lists beside them. */
class NumbersTest {
  private static Value read(String json, Type element) {
    return Json.read(
        json.getBytes(StandardCharsets.UTF_8),
        Type.ListOf.of(element),
        Conform.Extra.REFUSE,
        Json.Limits.DEFAULT);
  }

  @Test
  void aListOfNumbersIsReadAndWrittenWithoutObjects() {
    for (Type element : List.of(Type.Int.ANY_INT, Type.Real.ANY_DOUBLE, Type.UInt.ANY_UINT)) {
      var value = (Value.Items) read("[1,2,300]", element);
      assertThat(value.items()).isInstanceOf(Numbers.class);
      assertThat(new Value.Items(value.items()).items()).isSameAs(value.items());
      var boxed = new ArrayList<>(value.items());
      assertThat(value).isEqualTo(new Value.Items(boxed)).hasSameHashCodeAs(new Value.Items(boxed));
      assertThat(Json.write(value)).isEqualTo(Json.write(new Value.Items(boxed)));
      assertThat(Cbor.write(value)).isEqualTo(Cbor.write(new Value.Items(boxed)));
      assertThat(read(new String(Json.write(value), StandardCharsets.UTF_8), element))
          .isEqualTo(value);
    }
    var edges =
        (Numbers)
            ((Value.Items)
                    read("[-9223372036854775808, 9223372036854775807, -0, 10]", Type.Int.ANY_INT))
                .items();
    assertThat(edges.bits(0)).isEqualTo(Long.MIN_VALUE);
    assertThat(edges.get(1)).isEqualTo(Value.integer(Long.MAX_VALUE));
    assertThat(
            ((Numbers) ((Value.Items) read("[1, -0.0, 2.5e-3]", Type.Real.ANY_DOUBLE)).items())
                .real(2))
        .isEqualTo(0.0025);
    assertThatThrownBy(() -> read("[1.5]", Type.Int.ANY_INT)).isInstanceOf(FaultException.class);
    assertThatThrownBy(() -> Numbers.of(Shape.Slot.REF, new long[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void listsAndMapsDoNotChangeWithWhatTheyWereMadeOf() {
    var items = new ArrayList<>(List.of(Value.text("a"), Value.text("b")));
    var list = new Value.Items(items);
    items.clear();
    assertThat(list.items()).hasSize(2);
    assertThatThrownBy(() -> list.items().set(0, Value.text("c")))
        .isInstanceOf(UnsupportedOperationException.class);
    var fields = new LinkedHashMap<String, Value>();
    for (int i = 0; i < 40; i++) {
      fields.put("key " + i, Value.integer(i));
    }
    var dict = new Value.Dict(fields);
    var before = new LinkedHashMap<>(fields);
    fields.clear();
    assertThat(dict.fields()).isEqualTo(before).hasSameHashCodeAs(before);
    assertThat(before).isEqualTo(dict.fields());
    assertThat(dict.fields().keySet()).containsExactlyElementsOf(before.keySet());
    assertThat(dict.fields().reversed().firstEntry().getKey()).isEqualTo("key 39");
    assertThat(dict.fields().get("key 17")).isEqualTo(Value.integer(17));
    assertThat(dict.fields().containsKey("key 40")).isFalse();
    assertThat(dict.fields().getOrDefault("none", Value.Null.NULL)).isEqualTo(Value.Null.NULL);
    assertThatThrownBy(() -> dict.fields().put("x", Value.Null.NULL))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> dict.fields().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(dict.with("key 3", Value.text("x")).fields().get("key 3"))
        .isEqualTo(Value.text("x"));
    assertThat(dict.with("new", Value.text("x")).fields().lastEntry().getKey()).isEqualTo("new");
  }

  /** The tree of known keys has an end: objects whose keys are data still come out right. */
  @Test
  void keysThatAreDataAreReadAllTheSame() {
    for (int document = 0; document < 3000; document++) {
      var text = new StringBuilder("{");
      int keys = document % 100;
      for (int i = 0; i < keys; i++) {
        text.append(i == 0 ? "" : ",")
            .append("\"k")
            .append(document * 31 + i)
            .append("\":")
            .append(i);
      }
      byte[] bytes = text.append('}').toString().getBytes(StandardCharsets.UTF_8);
      var fields = ((Value.Dict) Json.read(bytes, Json.Limits.DEFAULT)).fields();
      assertThat(fields).hasSize(keys);
      Json.check(bytes, Json.Limits.DEFAULT);
      assertThat(Json.write(new Value.Dict(fields))).isEqualTo(bytes);
      if (keys > 1) {
        String twice = text.substring(0, text.length() - 1) + ",\"k" + document * 31 + "\":1}";
        byte[] bad = twice.getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Json.read(bad, Json.Limits.DEFAULT)).hasMessageContaining("twice");
        assertThatThrownBy(() -> Json.check(bad, Json.Limits.DEFAULT))
            .hasMessageContaining("twice");
      }
    }
  }

  @Test
  void doublesAreWrittenInTheirShortestDigits() {
    var random = new java.util.Random(7);
    for (int i = 0; i < 200_000; i++) {
      double number =
          switch (i % 5) {
            case 0 -> random.nextInt(10_000_000) / 100.0;
            case 1 -> random.nextLong(1L << 53) / 1e5;
            case 2 -> Double.longBitsToDouble(random.nextLong());
            case 3 -> random.nextGaussian();
            default -> random.nextInt(-100_000, 100_000) / 1e7;
          };
      if (Double.isFinite(number)) {
        String text = new String(Json.write(new Value.Real(number)), StandardCharsets.UTF_8);
        assertThat(text).isEqualTo(Double.toString(number));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var read = (Value.Real) Json.read(bytes, Json.Limits.DEFAULT);
        assertThat(Double.doubleToRawLongBits(read.value()))
            .isEqualTo(Double.doubleToRawLongBits(number));
      }
    }
    for (double edge : new double[] {0.0, -0.0, 1e-3, 1e7, 9999999.99, 0.00123, 123.0, 1e22}) {
      assertThat(Json.write(new Value.Real(edge)))
          .isEqualTo(Double.toString(edge).getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void aBufferUsedAgainHoldsNothingOfWhatWasWrittenBefore() {
    byte[] large = Json.write(Value.text("x".repeat(5000)));
    assertThat(Json.write(Value.text("y"))).isEqualTo(new byte[] {'"', 'y', '"'});
    assertThat(Arrays.copyOf(large, 3)).isEqualTo(new byte[] {'"', 'x', 'x'});
  }
}
