package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Goal: what is not wanted of a document is checked as strictly, and is the same value when
 * somebody asks for it after all. Method: documents of random types, good and broken ones, read at
 * once and with random wishes.
 */
class JsonWantedTest {
  private static final int TYPES = 6000;
  private static final List<Conform.Extra> EXTRAS = List.of(Conform.Extra.values());

  private static final Type.Record ITEM =
      new Type.Record(
          "Item",
          List.of(
              Type.Field.of("sku", Type.Text.ANY_TEXT),
              Type.Field.of("qty", Type.Int.ANY_INT),
              Type.Field.of("price", new Type.Decimal(12, 2))));
  private static final Type.Record ORDER =
      new Type.Record(
          "Order",
          List.of(
              Type.Field.of("id", Type.Text.ANY_TEXT),
              Type.Field.of("total", Type.Real.ANY_DOUBLE),
              Type.Field.of("note", new Type.Text(Type.Range.of(1, 5), Optional.empty()).maybe()),
              Type.Field.of("items", Type.ListOf.of(ITEM)),
              Type.Field.of("meta", Type.Simple.ANY)));
  private static final byte[] BODY =
      bytes(
          """
          {"id": "A-1", "total": 1.5, "note": "hello",
           "items": [{"sku": "x", "qty": 2, "price": 1.10}], "meta": {"a": [1]}}
          """);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Reads reads(String... fields) {
    var all = new TreeMap<String, Reads>();
    for (String field : fields) {
      all.put(field, Reads.ALL);
    }
    return new Reads(false, all, Optional.empty());
  }

  private static Value receive(byte[] bytes, Type type, Conform.Extra extra, Wanted wanted) {
    return Json.receive(bytes, type, extra, Json.Limits.DEFAULT, wanted);
  }

  private static Rec order(byte[] body, Reads reads) {
    return (Rec) receive(body, ORDER, Conform.Extra.REFUSE, Wanted.of(ORDER, reads));
  }

  private static Fault refusal(String body, Reads reads) {
    try {
      order(bytes(body), reads);
    } catch (FaultException e) {
      return e.fault();
    }
    throw new AssertionError("it was taken");
  }

  @Test
  void whatNobodyReadsStaysInTheDocumentUntilSomebodyAsks() {
    Rec order = order(BODY, reads("id"));
    assertThat(order.isRead(0)).isTrue();
    assertThat(order.isRead(1)).as("a number costs nothing").isTrue();
    assertThat(List.of(order.isRead(2), order.isRead(3), order.isRead(4))).doesNotContain(true);
    assertThat(order.has(3)).isTrue();
    assertThat(Json.forward(order)).isSameAs(BODY);
    assertThat(order.get("note")).isEqualTo(Value.text("hello"));
    assertThat(order.isRead(2)).isTrue();
    assertThat(order).isEqualTo(order(BODY, Reads.ALL));
    assertThat(new String(Json.write(order(BODY, reads())), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"id\":\"A-1\",\"total\":1.5,\"note\":\"hello\",\"items\":[{\"sku\":\"x\",\"qty\":2,"
                + "\"price\":1.10}],\"meta\":{\"a\":[1]}}");
  }

  @Test
  void ofTheElementsOfAListOnlyTheFieldsThatAreReadBecomeValues() {
    var elements = new TreeMap<>(reads("sku").fields());
    var list =
        new Reads(
            false, new TreeMap<>(), Optional.of(new Reads(false, elements, Optional.empty())));
    var fields = new TreeMap<String, Reads>();
    fields.put("items", list);
    Rec order = order(BODY, new Reads(false, fields, Optional.empty()));
    var item = (Rec) ((Value.Items) order.get("items")).items().getFirst();
    assertThat(List.of(item.isRead(0), item.isRead(1), item.isRead(2)))
        .containsExactly(true, true, false);
    assertThat(item.get("price")).isEqualTo(Value.decimal("1.10"));
  }

  @Test
  void elementsOfWhichAFewAreReadStayWhereTheyStand() {
    var few = new Reads(false, new TreeMap<>(), Optional.of(reads("sku")), true);
    byte[] body =
        bytes(
            "{\"id\":\"a\",\"total\":1.5,\"items\":[ {\"sku\":\"x\",\"qty\":2,\"price\":1.10} ,"
                + "{\"sku\":\"y\",\"qty\":3,\"price\":2}],\"meta\":1}");
    var fields = new TreeMap<String, Reads>();
    fields.put("items", few);
    Rec order = order(body, new Reads(false, fields, Optional.empty()));
    List<Value> items = ((Value.Items) order.get("items")).items();
    assertThat(items).hasSize(2);
    var first = (Rec) items.getFirst();
    assertThat(items.getFirst()).as("made once").isSameAs(first);
    assertThat(List.of(first.isRead(0), first.isRead(2))).containsExactly(true, false);
    assertThat(first.get("price")).isEqualTo(Value.decimal("1.10"));
    assertThat(order).isEqualTo(order(body, Reads.ALL));
    String wrong = text(body).replace("\"qty\":3", "\"qty\":3.5");
    assertThat(refusal(wrong, new Reads(false, fields, Optional.empty())))
        .isEqualTo(refusal(wrong, Reads.ALL));
  }

  @Test
  void whatNobodyReadsIsCheckedAsStrictly() {
    for (String body :
        List.of(
            "{\"id\":1,\"total\":1.5,\"items\":[],\"meta\":1}",
            "{\"id\":\"a\",\"total\":1.5,\"note\":\"toolong\",\"items\":[],\"meta\":1}",
            "{\"id\":\"a\",\"total\":1.5,\"note\":\"\",\"items\":[],\"meta\":1}",
            "{\"id\":\"a\",\"total\":1.5,\"items\":[{\"sku\":\"x\",\"qty\":2.5}],\"meta\":1}",
            "{\"id\":\"a\",\"total\":1.5,\"items\":[{\"sku\":\"x\",\"qty\":2,\"price\":1.101}],"
                + "\"meta\":1}",
            "{\"id\":\"a\",\"total\":1.5,\"items\":[{\"sku\":\"x\",\"qty\":2,\"price\":1,"
                + "\"prise\":1}],\"meta\":1}",
            "{\"id\":\"a\",\"total\":1.5,\"items\":[],\"meta\":{\"a\":1,\"a\":2}}",
            "{\"id\":\"a\",\"total\":1.5,\"items\":[],\"meta\":\"\\ud800\"}",
            "{\"id\":\"a\",\"total\":1.5,\"items\":[],\"meta\":1,\"id\":\"a\"}",
            "{\"id\":\"a\",\"total\":1.5,\"items\":[]}")) {
      assertThat(refusal(body, reads())).as(body).isEqualTo(refusal(body, Reads.ALL));
      assertThat(refusal(body, reads("total", "meta"))).isEqualTo(refusal(body, Reads.ALL));
    }
  }

  private sealed interface Outcome {
    record Is(Value value, String written, String forwarded) implements Outcome {}

    record Faulty(Fault fault) implements Outcome {}
  }

  private static Outcome outcome(byte[] bytes, Type type, Conform.Extra extra, Wanted wanted) {
    try {
      Value value = receive(bytes.clone(), type, extra, wanted);
      return new Outcome.Is(value, text(Json.write(value)), text(Json.forward(value)));
    } catch (FaultException e) {
      return new Outcome.Faulty(e.fault());
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Some of a type's fields, and of those some of theirs. */
  private static Reads some(Samples samples, Type type, int depth) {
    if (depth == 0 || samples.random.nextInt(4) == 0) {
      return samples.random.nextBoolean() ? Reads.ALL : Reads.NONE;
    }
    var fields = new TreeMap<String, Reads>();
    if (type.core() instanceof Type.Record record) {
      for (Type.Field field : record.fields()) {
        if (samples.random.nextInt(3) == 0) {
          fields.put(field.name(), some(samples, field.type(), depth - 1));
        }
      }
    }
    Optional<Reads> elements =
        type.core() instanceof Type.ListOf(var element, _)
            ? Optional.of(some(samples, element, depth - 1))
            : Optional.empty();
    return new Reads(false, fields, elements, samples.random.nextBoolean());
  }

  @Test
  void readingWhatIsWantedIsReading() {
    int read = 0;
    int invalid = 0;
    int malformed = 0;
    for (int seed = 0; seed < TYPES; seed++) {
      var samples = new Samples(seed, seed % 2 == 0 ? 0 : 12);
      Type type = samples.type(5);
      var extra = EXTRAS.get(seed % 3);
      for (int i = 0; i < 4; i++) {
        byte[] document = bytes(samples.render(samples.document(type), false));
        if (i == 3 && document.length > 0) {
          int at = samples.random.nextInt(document.length);
          document[at] = (byte) "\"{}[],:0\\n".charAt(samples.random.nextInt(10));
        }
        var wanted = Wanted.of(type, some(samples, type, 4));
        Outcome whole = outcome(document, type, extra, Wanted.ALL);
        assertThat(outcome(document, type, extra, wanted))
            .as("seed %d, %s: %s", seed, type, text(document))
            .isEqualTo(whole);
        switch (whole) {
          case Outcome.Is _ -> read++;
          case Outcome.Faulty(var fault) when fault.code() == Fault.Code.INVALID -> invalid++;
          case Outcome.Faulty _ -> malformed++;
        }
      }
    }
    assertThat(read).isGreaterThan(TYPES);
    assertThat(invalid).isGreaterThan(TYPES / 4);
    assertThat(malformed).isGreaterThan(TYPES / 4);
  }
}
