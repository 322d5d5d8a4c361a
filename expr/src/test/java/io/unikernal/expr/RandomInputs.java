package io.unikernal.expr;

import io.unikernal.model.Frame;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * Frames for {@link RandomExpressions}: mostly of their types, at their edges, and some that lie.
 */
final class RandomInputs {
  private static final Type TEXT = Type.Text.ANY_TEXT;
  private static final Type INT = Type.Int.ANY_INT;

  static final Type.Record LINE =
      new Type.Record(
          "Line",
          List.of(
              Type.Field.of("sku", TEXT),
              Type.Field.of("qty", INT),
              Type.Field.of("price", new Type.Decimal(12, 2)),
              Type.Field.of("weight", Type.Real.ANY_DOUBLE),
              Type.Field.of("note", new Type.Maybe(TEXT)),
              Type.Field.of("tag", Type.Simple.ANY)));
  private static final Type.Record LEFT =
      new Type.Record(
          "Left",
          List.of(Type.Field.of("kind", new Type.Enum(List.of("l"))), Type.Field.of("x", INT)));
  private static final Type.Record RIGHT =
      new Type.Record(
          "Right",
          List.of(Type.Field.of("kind", new Type.Enum(List.of("r"))), Type.Field.of("y", TEXT)));
  static final Type.Record ORDER =
      new Type.Record(
          "Order",
          List.of(
              Type.Field.of("id", INT),
              Type.Field.of("big", Type.UInt.ANY_UINT),
              Type.Field.of("ratio", Type.Real.ANY_DOUBLE),
              Type.Field.of("total", new Type.Decimal(12, 2)),
              Type.Field.of("name", TEXT),
              Type.Field.of("kind", new Type.Enum(List.of("a", "b"))),
              Type.Field.of("flag", Type.Simple.BOOL),
              Type.Field.of("when", Type.Simple.TIMESTAMP),
              Type.Field.of("span", Type.Simple.DURATION),
              Type.Field.of("note", new Type.Maybe(TEXT)),
              Type.Field.of("count", new Type.Maybe(INT)),
              Type.Field.of("part", LINE),
              Type.Field.of("maybe", new Type.Maybe(LINE)),
              Type.Field.of("lines", Type.ListOf.of(LINE)),
              Type.Field.of("numbers", Type.ListOf.of(INT)),
              Type.Field.of("names", Type.ListOf.of(TEXT)),
              Type.Field.of("amounts", Type.ListOf.of(new Type.Decimal(12, 2))),
              Type.Field.of("table", new Type.MapOf(INT)),
              Type.Field.of("anything", Type.Simple.ANY),
              Type.Field.of("either", new Type.Union("", List.of(LEFT, RIGHT), "kind"))));

  static final Scope SCOPE =
      new Scope(
          List.of(
              new Scope.Variable("input", ORDER, Frame.INPUT),
              new Scope.Variable("saved", new Type.Maybe(LINE), 4),
              new Scope.Variable("anything", Type.Simple.ANY, 5)));

  private final Random random;

  RandomInputs(Random random) {
    this.random = random;
  }

  /** Makes the same frame again and again. */
  Supplier<Frame> next() {
    Value input = lying(ORDER, order());
    Value saved = random.nextBoolean() ? Value.Absent.ABSENT : line();
    Value anything = any(2);
    return () -> {
      var frame = Fixture.frame(Fixture.order().build());
      frame.set(Frame.INPUT, input);
      frame.set(4, saved);
      frame.set(5, anything);
      return frame;
    };
  }

  private long whole() {
    long[] edges = {0, 1, -1, 2, 3, 7, Long.MAX_VALUE, Long.MIN_VALUE, random.nextInt(100)};
    return edges[random.nextInt(edges.length)];
  }

  private double real() {
    double[] edges = {0, -0.0, 1, -2.25, 1e300, Double.NaN, Double.POSITIVE_INFINITY, 0.5, 3};
    return edges[random.nextInt(edges.length)];
  }

  private String text() {
    return List.of("", "a", "b", "abc", "12", "\uD83D\uDE00", "\uFFFDz").get(random.nextInt(7));
  }

  private Value amount() {
    return Value.decimal(List.of("0", "1.50", "-0.01", "99999999.99", "2").get(random.nextInt(5)));
  }

  private Value line() {
    var line =
        Rec.builder(LINE.shape())
            .set("sku", Value.text(text()))
            .set("qty", Value.integer(whole()))
            .set("price", amount())
            .set("weight", new Value.Real(real()))
            .set("tag", any(1));
    if (random.nextBoolean()) {
      line.set("note", Value.text(text()));
    }
    return lying(LINE, line.build());
  }

  /** Now and then a map, or a record that lacks something: what the types exclude. */
  private Value lying(Type.Record type, Rec rec) {
    int lie = random.nextInt(20);
    if (lie == 0) {
      return new Value.Dict(rec.toMap());
    }
    if (lie == 1) {
      var builder = Rec.builder(type.shape());
      int left = random.nextInt(type.shape().size());
      for (int i = 0; i < type.shape().size(); i++) {
        builder.set(i, i == left ? Value.Absent.ABSENT : rec.get(i));
      }
      return builder.build();
    }
    return rec;
  }

  private Value list(Supplier<Value> element) {
    var items = new ArrayList<Value>();
    for (int i = random.nextInt(4); i > 0; i--) {
      items.add(random.nextInt(40) == 0 ? any(1) : element.get());
    }
    return new Value.Items(items);
  }

  private Value any(int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> Value.integer(whole());
      case 1 -> new Value.Real(real());
      case 2 -> Value.text(text());
      case 3 -> Value.Bool.of(random.nextBoolean());
      case 4 -> Value.Null.NULL;
      case 5 -> new Value.UInt(whole());
      case 6 -> list(() -> any(depth - 1));
      case 7 -> dict(() -> any(depth - 1));
      default -> amount();
    };
  }

  private Value dict(Supplier<Value> value) {
    SequencedMap<String, Value> fields = new LinkedHashMap<>();
    for (String key : List.of("a", "b", "")) {
      if (random.nextBoolean()) {
        fields.put(key, value.get());
      }
    }
    return new Value.Dict(fields);
  }

  private Rec order() {
    var order =
        Rec.builder(ORDER.shape())
            .set("id", Value.integer(whole()))
            .set("big", new Value.UInt(whole()))
            .set("ratio", new Value.Real(real()))
            .set("total", amount())
            .set("name", Value.text(text()))
            .set("kind", Value.text(random.nextBoolean() ? "a" : "b"))
            .set("flag", Value.Bool.of(random.nextBoolean()))
            .set("when", new Value.Timestamp(Instant.ofEpochSecond(random.nextInt())))
            .set("span", new Value.Duration(Duration.ofSeconds(random.nextInt(100_000))))
            .set("part", line())
            .set("lines", list(this::line))
            .set("numbers", list(() -> Value.integer(whole())))
            .set("names", list(() -> Value.text(text())))
            .set("amounts", list(this::amount))
            .set("table", dict(() -> Value.integer(whole())))
            .set("anything", any(2))
            .set("either", either());
    Optional.of(random.nextBoolean()).filter(yes -> yes).ifPresent(_ -> order.set("maybe", line()));
    if (random.nextBoolean()) {
      order.set("note", Value.text(text())).set("count", Value.integer(whole()));
    }
    return order.build();
  }

  private Value either() {
    return random.nextBoolean()
        ? Rec.builder(LEFT.shape()).set("kind", Value.text("l")).set("x", Value.integer(4)).build()
        : Rec.builder(RIGHT.shape()).set("kind", Value.text("r")).set("y", Value.text("q")).build();
  }
}
