package io.unikernal.expr;

import static io.unikernal.expr.Fixture.SCOPE;
import static io.unikernal.expr.Fixture.bad;
import static io.unikernal.expr.Fixture.frame;
import static io.unikernal.expr.Fixture.good;
import static io.unikernal.expr.Fixture.order;
import static io.unikernal.expr.Fixture.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExpressionsTest {
  private static Expression template(String text) {
    return good(Expressions.template(text, SCOPE));
  }

  private static Value evaluate(Expression expression) {
    Both.same(expression, () -> frame(order().build()));
    return expression.evaluate(frame(order().build()));
  }

  private static Fault fault(Expression expression) {
    try {
      evaluate(expression);
    } catch (FaultException e) {
      return e.fault();
    }
    throw new AssertionError("no fault");
  }

  @Test
  void aWholeMarkerKeepsItsType() {
    assertThat(template("${input.items}").type()).isEqualTo(Type.ListOf.of(Fixture.ITEM));
    assertThat(template("${input.?note}").type().isMaybe()).isTrue();
  }

  @Test
  void markersInsideTextInterpolate() {
    assertThat(evaluate(template("${input.customer} owes ${input.total} of ${input.placed}")))
        .isEqualTo(Value.text("Ada owes 13.00 of 2026-01-31T12:00:00Z"));
  }

  @Test
  void anEscapedMarkerIsText() {
    assertThat(evaluate(template("$${x} ${input.count}"))).isEqualTo(Value.text("${x} 3"));
    assertThat(Expressions.hasMarker("$${x}")).isFalse();
    assertThat(Expressions.hasMarker("a $${x} ${y}")).isTrue();
    assertThat(Expressions.hasMarker("{$}")).isFalse();
  }

  @Test
  void bracesOfTheExpressionDoNotCloseTheMarker() {
    assertThat(evaluate(template("<${{'a': '}'}['a']}>"))).isEqualTo(Value.text("<}>"));
  }

  @Test
  void problemsOfATemplateHaveTheirPlaceInTheWholeScalar() {
    var problem = bad(Expressions.template("dear ${input.custmer}!", SCOPE)).getFirst();
    assertThat("dear ${input.custmer}!".substring(problem.start(), problem.end()))
        .isEqualTo("custmer");
    assertThat(bad(Expressions.template("a ${input.customer", SCOPE)).getFirst())
        .satisfies(open -> {
          assertThat(open.start()).isEqualTo(2);
          assertThat(open.message()).isEqualTo("this `${` has no `}`");
        });
  }

  @Test
  void listsAndAbsentValuesCannotStandInText() {
    assertThat(bad(Expressions.template("x ${input.items}", SCOPE)).getFirst().message())
        .isEqualTo("a value of type `list(Item)` cannot stand in a text");
    assertThat(bad(Expressions.template("x ${input.?note}", SCOPE)).getFirst().kind())
        .isEqualTo(Compiled.Kind.MAYBE_ABSENT);
  }

  @Test
  void faultsSayWhereAndNeverWhat() {
    var fault = fault(good(Expressions.cel("1 + (10 / (input.count - 3))", SCOPE)));
    assertThat(fault.code()).isEqualTo(Fault.Code.INVALID);
    assertThat(fault.message()).isEqualTo("division by zero in `10 / (input.count - 3)`");
    assertThat(fault(good(Expressions.cel("int(input.email)", SCOPE))).message())
        .isEqualTo("a text that is not an int in `int(input.email)`");
  }

  @Test
  void overflowIsAnError() {
    assertThat(fault(good(Expressions.cel("input.count + 9223372036854775807", SCOPE))).message())
        .startsWith("overflow in");
  }

  @Test
  void errorsGiveWayInLogic() {
    assertThat(run("1 / (input.count - 3) > 0 || true")).isEqualTo(Value.Bool.TRUE);
    assertThat(run("false && 1 / (input.count - 3) > 0")).isEqualTo(Value.Bool.FALSE);
    assertThat(run("[0, 1].exists(x, 1 / x == 1)")).isEqualTo(Value.Bool.TRUE);
    assertThat(run("[0, 2].all(x, 1 / x == 1)")).isEqualTo(Value.Bool.FALSE);
  }

  @Test
  void decimalsAreExactAndTheirTypesKeepTheScale() {
    assertThat(run("sum(input.items.map(i, i.price * i.qty))")).isEqualTo(Value.decimal("13.00"));
    assertThat(Fixture.cel("input.total * input.items[0].qty").type())
        .isEqualTo(new Type.Decimal(15, 2));
    assertThat(Fixture.cel("round(input.total * input.total, 2)").type())
        .isEqualTo(new Type.Decimal(23, 2));
    assertThat(run("sum(input.items.filter(i, i.qty > 99).map(i, i.price))"))
        .isEqualTo(Value.decimal("0"));
  }

  @Test
  void loopsThatTakeTooLongEnd() {
    String wide = "[0,1,2,3,4,5,6,7,8,9]";
    String text = "true";
    for (int i = 0; i < 7; i++) {
      text = wide + ".all(x" + i + ", " + text + ")";
    }
    assertThat(fault(good(Expressions.cel(text, SCOPE))).code()).isEqualTo(Fault.Code.INTERNAL);
  }

  @Test
  void anInterruptEndsALoop() {
    var loop = Fixture.cel("input.items.all(i, i.qty > 0)");
    Thread.currentThread().interrupt();
    try {
      assertThat(fault(loop).code()).isEqualTo(Fault.Code.CANCELLED);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aMappingIsARecordWithTheTypesOfItsParts() {
    var fields = new LinkedHashMap<String, Expression>();
    fields.put("who", template("${input.customer}"));
    fields.put("note", template("${input.?note}"));
    var mapping = Expressions.mapping(fields);
    assertThat(mapping.type()).hasToString("{ who: string, note: string? }");
    assertThat(evaluate(mapping))
        .isInstanceOfSatisfying(
            Rec.class, rec -> assertThat(rec.toMap().keySet()).containsExactly("who"));
  }

  @Test
  void aListHasTheCommonTypeOfItsItems() {
    assertThat(Expressions.list(List.of(template("${input.count}"), template("${1}"))).type())
        .hasToString("list(int)");
    assertThat(Expressions.list(List.of(template("${input.count}"), template("x"))).type())
        .hasToString("list(any)");
  }

  @Test
  void recordsInPlaceWithTheSameFieldsAreOneType() {
    assertThat(Fixture.cel("[{'a': 1, 'b': 'x'}, {'b': 'y', 'a': 2}]").type())
        .hasToString("list({ a: int, b: string })");
    assertThat(run("(input.paid ? {'a': 1} : {'a': 2}).a")).isEqualTo(Value.integer(2));
    var first = new LinkedHashMap<String, Expression>();
    first.put("a", template("${input.count}"));
    var second = new LinkedHashMap<String, Expression>();
    second.put("a", template("${7}"));
    var list = Expressions.list(List.of(Expressions.mapping(first), Expressions.mapping(second)));
    assertThat(list.type()).hasToString("list({ a: int })");
    assertThat(evaluate(list))
        .isInstanceOfSatisfying(
            Value.Items.class,
            items ->
                assertThat(items.items())
                    .allSatisfy(item ->
                        assertThat(((Rec) item).shape())
                            .isSameAs(((Rec) items.items().getFirst()).shape())));
  }

  @Test
  void variablesAndConstantsAreThemselves() {
    var variable = Expressions.variable(SCOPE.variables().getFirst());
    assertThat(evaluate(variable)).isEqualTo(order().build());
    var constant = Expressions.constant(Value.integer(3), Type.Int.ANY_INT);
    assertThat(evaluate(constant)).isEqualTo(Value.integer(3));
    assertThat(constant.text()).isEqualTo("3");
  }

  private static final Type.Record ORDER =
      new Type.Record(
          "Order",
          List.of(
              Type.Field.of("id", Type.Simple.UUID),
              Type.Field.of("customer", new Type.Text(Type.Range.of(1, 5), Optional.empty())),
              Type.Field.of("note", new Type.Maybe(Type.Text.ANY_TEXT)),
              Type.Field.of("total", Fixture.MONEY),
              new Type.Field(
                  "status",
                  new Type.Enum(List.of("new", "paid")),
                  Optional.of(Value.text("new")),
                  ""),
              Type.Field.of("weight", Type.Real.ANY_DOUBLE)));

  private static Expression set(String customer, String total) {
    var fields = new LinkedHashMap<String, Expression>();
    fields.put("id", template("${uuid()}"));
    fields.put("customer", template(customer));
    fields.put("note", template("${input.?note}"));
    fields.put("total", template(total));
    fields.put("weight", template("${input.count}"));
    fields.put("more", template("left out"));
    return Expressions.fit(Expressions.mapping(fields), ORDER, "`order`");
  }

  @Test
  void aFittedMappingIsBuiltInTheShapeOfItsTypeWithDefaults() {
    assertThat(evaluate(set("${input.customer}", "${input.total}")))
        .isInstanceOfSatisfying(
            Rec.class,
            rec -> {
              assertThat(rec.shape()).isSameAs(ORDER.shape());
              assertThat(rec.toMap().keySet())
                  .containsExactly("id", "customer", "total", "status", "weight");
              assertThat(rec.get("weight")).isEqualTo(new Value.Real(3));
              assertThat(rec.get("status")).isEqualTo(Value.text("new"));
            });
  }

  @Test
  void aFittedMappingReportsEveryFieldThatBreaksItsType() {
    assertThatThrownBy(() -> evaluate(set("far too long", "${decimal('1.234')}")))
        .isInstanceOfSatisfying(
            FaultException.class,
            e -> {
              assertThat(e.fault().message()).startsWith("`order` does not fit its type");
              assertThat(e.fault().violations())
                  .extracting(Fault.Violation::path)
                  .containsExactly("customer", "total");
            });
  }

  @Test
  void aRecordIsProjectedOnTheFieldsOfAnother() {
    var placed = new Type.Record("Placed", List.of(Type.Field.of("customer", Type.Text.ANY_TEXT)));
    var fitted =
        Expressions.fit(Expressions.variable(SCOPE.variables().getFirst()), placed, "`with`");
    assertThat(evaluate(fitted))
        .isInstanceOfSatisfying(
            Rec.class,
            rec ->
                assertThat(rec.toMap()).isEqualTo(java.util.Map.of("customer", Value.text("Ada"))));
  }

  @Test
  void whatFitsAlreadyIsLeftAlone() {
    var variable = Expressions.variable(SCOPE.variables().getFirst());
    assertThat(Expressions.fit(variable, Fixture.ORDER, "`with`")).isSameAs(variable);
  }

  @Test
  void timeAndIdsComeFromTheFrame() {
    assertThat(run("string(now()) + ' ' + string(uuid()) + ' ' + string(random())"))
        .isEqualTo(Value.text("2026-02-01T00:00:00Z 00000000-0000-0000-0000-00000000002a 0.5"));
  }

  @Test
  void anOptionalVariableIsReadWithoutFear() {
    assertThat(run("saved.?sku.orValue('none')")).isEqualTo(Value.text("none"));
    var full = frame(order().build());
    full.set(4, Fixture.item("AAA", 1, "2.00"));
    assertThat(Fixture.cel("saved.?sku.orValue('none')").evaluate(full))
        .isEqualTo(Value.text("AAA"));
    assertThat(full.get(Frame.META)).isEqualTo(Value.Absent.ABSENT);
  }
}
