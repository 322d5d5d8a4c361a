package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Builtin;
import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Label;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The orders that the tests speak of, and short ways to compile and run. */
final class Fixture {
  static final Type MONEY = new Type.Decimal(12, 2);
  static final Type.Record ITEM =
      new Type.Record(
          "Item",
          List.of(
              Type.Field.of("sku", Type.Text.ANY_TEXT),
              Type.Field.of("qty", new Type.Int(Type.Range.of(1, 999))),
              Type.Field.of("price", MONEY)));
  static final Type.Record ADDRESS =
      new Type.Record(
          "Address",
          List.of(
              Type.Field.of("city", Type.Text.ANY_TEXT),
              Type.Field.of("zip", new Type.Maybe(Type.Text.ANY_TEXT))));
  static final Type.Record ORDER =
      new Type.Record(
          "NewOrder",
          List.of(
              Type.Field.of("customer", Type.Text.ANY_TEXT),
              Type.Field.of("email", new Type.Labelled(Label.PII, Type.Text.ANY_TEXT)),
              Type.Field.of("items", Type.ListOf.of(ITEM)),
              Type.Field.of("note", new Type.Maybe(Type.Text.ANY_TEXT)),
              Type.Field.of("address", new Type.Maybe(ADDRESS)),
              Type.Field.of("status", new Type.Enum(List.of("new", "paid"))),
              Type.Field.of("extra", Type.Simple.ANY),
              Type.Field.of("weight", Type.Real.ANY_DOUBLE),
              Type.Field.of("tags", new Type.MapOf(Type.Text.ANY_TEXT)),
              Type.Field.of("count", Type.Int.ANY_INT),
              Type.Field.of("total", MONEY),
              Type.Field.of("placed", Type.Simple.TIMESTAMP),
              Type.Field.of("paid", Type.Simple.BOOL)));

  static final Scope SCOPE =
      new Scope(
          List.of(
              new Scope.Variable("input", ORDER, Frame.INPUT),
              new Scope.Variable("meta", Builtin.META, Frame.META),
              new Scope.Variable("auth", Builtin.AUTH, Frame.AUTH),
              new Scope.Variable("saved", new Type.Maybe(ITEM), 4),
              new Scope.Variable("anything", Type.Simple.ANY, 5)));

  private Fixture() {}

  static Rec item(String sku, long qty, String price) {
    return Rec.builder(ITEM.shape())
        .set("sku", Value.text(sku))
        .set("qty", Value.integer(qty))
        .set("price", Value.decimal(price))
        .build();
  }

  static Rec.Builder order() {
    var tags = new java.util.LinkedHashMap<String, Value>();
    tags.put("a", Value.text("1"));
    tags.put("b", Value.text("2"));
    return Rec.builder(ORDER.shape())
        .set("customer", Value.text("Ada"))
        .set("email", Value.text("ada@example.org"))
        .set("items", new Value.Items(List.of(item("AAA", 2, "1.50"), item("BBB", 1, "10.00"))))
        .set("status", Value.text("new"))
        .set("extra", Value.integer(7))
        .set("weight", new Value.Real(2.5))
        .set("tags", new Value.Dict(tags))
        .set("count", Value.integer(3))
        .set("total", Value.decimal("13.00"))
        .set("placed", new Value.Timestamp(Instant.parse("2026-01-31T12:00:00Z")))
        .set("paid", Value.Bool.FALSE);
  }

  static Frame frame(Rec input) {
    var frame =
        new Frame(
            8,
            new Frame.Ambient() {
              @Override
              public Instant now() {
                return Instant.parse("2026-02-01T00:00:00Z");
              }

              @Override
              public UUID uuid() {
                return new UUID(0, 42);
              }

              @Override
              public double random() {
                return 0.5;
              }
            });
    frame.set(Frame.INPUT, input);
    return frame;
  }

  static Expression good(Compiled compiled) {
    assertThat(compiled).isInstanceOf(Compiled.Good.class);
    return ((Compiled.Good) compiled).expression();
  }

  static List<Compiled.Problem> bad(Compiled compiled) {
    assertThat(compiled).isInstanceOf(Compiled.Bad.class);
    return ((Compiled.Bad) compiled).problems();
  }

  static Expression cel(String text) {
    return good(Expressions.cel(text, SCOPE));
  }

  static Value run(String text) {
    Both.same(cel(text), () -> frame(order().build()));
    return cel(text).evaluate(frame(order().build()));
  }

  static Compiled.Problem problem(String text) {
    var problems = bad(Expressions.cel(text, SCOPE));
    assertThat(problems).as(text).hasSize(1);
    return problems.getFirst();
  }

  static Optional<BigDecimal> decimal(Value value) {
    return value instanceof Value.Decimal(var number) ? Optional.of(number) : Optional.empty();
  }
}
