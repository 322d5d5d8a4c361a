package io.unikernal.expr;

import static io.unikernal.expr.Fixture.SCOPE;
import static io.unikernal.expr.Fixture.good;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Label;
import io.unikernal.model.Labels;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UserFunctionsTest {
  /** Functions by name, each compiled with those declared before it. */
  private static final class Declared implements UserFunctions {
    private final Map<String, UserFunction> functions = new LinkedHashMap<>();

    Declared add(String name, String value, Object... namesAndTypes) {
      var parameters = new ArrayList<UserFunction.Parameter>();
      for (int i = 0; i < namesAndTypes.length; i += 2) {
        parameters.add(
            new UserFunction.Parameter((String) namesAndTypes[i], (Type) namesAndTypes[i + 1]));
      }
      functions.put(
          name,
          new UserFunction(
              name,
              parameters,
              "a.udl:" + functions.size(),
              "",
              types -> {
                var variables = new ArrayList<Scope.Variable>();
                for (int i = 0; i < types.size(); i++) {
                  variables.add(new Scope.Variable(parameters.get(i).name(), types.get(i), i));
                }
                return good(Expressions.cel(value, new Scope(variables, this)));
              }));
      return this;
    }

    @Override
    public Optional<UserFunction> find(String name) {
      return Optional.ofNullable(functions.get(name));
    }

    @Override
    public List<String> names() {
      return List.copyOf(functions.keySet());
    }
  }

  private static final Type TEXT = Type.Text.ANY_TEXT;
  private static final Type INT = Type.Int.ANY_INT;
  private static final Declared FUNCTIONS =
      new Declared()
          .add(
              "gross",
              "round(net * (1.0 + rate), 2)",
              "net",
              Fixture.MONEY,
              "rate",
              new Type.Decimal(4, 3))
          .add("ratio", "a / b", "a", INT, "b", INT)
          .add("twice", "ratio(a, 0) + ratio(a, 0)", "a", INT)
          .add("shout", "text.upperAscii() + '!'", "text", TEXT)
          .add("hidden", "mask(text) + other", "text", TEXT, "other", TEXT)
          .add("who", "order.email", "order", Fixture.ORDER)
          .add("ticket", "string(uuid()) + string(now())")
          .add("digit", "int(text)", "text", TEXT);

  private static Compiled compile(String text) {
    return Expressions.cel(text, SCOPE.with(FUNCTIONS));
  }

  private static Value run(String text) {
    Both.same(good(compile(text)), () -> Fixture.frame(Fixture.order().build()));
    return good(compile(text)).evaluate(Fixture.frame(Fixture.order().build()));
  }

  private static Compiled.Problem problem(String text) {
    return ((Compiled.Bad) compile(text)).problems().getFirst();
  }

  @Test
  void aFunctionRunsWhereverAnExpressionDoes() {
    assertThat(run("gross(input.total, 0.19)")).isEqualTo(Value.decimal("15.47"));
    assertThat(run("input.items.map(item, gross(item.price, 0.5))").toString()).contains("2.25");
    assertThat(run("shout(shout('a'))")).isEqualTo(Value.text("A!!"));
  }

  @Test
  void itsResultIsTypedByItsBody() {
    assertThat(good(compile("gross(input.total, 0.19)")).type()).hasToString("decimal(15,2)");
    assertThat(good(compile("ratio(1, 2)")).type()).isEqualTo(INT);
    assertThat(FUNCTIONS.find("ratio").orElseThrow().signature())
        .isEqualTo("ratio(a: int, b: int) -> int");
  }

  @Test
  void labelsFlowThroughTheBodyOfEachCall() {
    assertThat(LabelRules.outer(good(compile("shout(input.email)")).type()))
        .containsExactly(Label.PII);
    assertThat(Labels.within(good(compile("shout(input.customer)")).type())).isEmpty();
    assertThat(Labels.within(good(compile("hidden(input.email, 'x')")).type())).isEmpty();
    assertThat(Labels.within(good(compile("hidden('x', input.email)")).type()))
        .containsExactly(Label.PII);
    assertThat(Labels.within(good(compile("who(input)")).type())).containsExactly(Label.PII);
    assertThat(Labels.within(good(compile("mask(shout(input.email))")).type())).isEmpty();
  }

  @Test
  void argumentsAreCheckedForNumberAndTypeWithTheReason() {
    assertThat(problem("gross(input.total)").message())
        .isEqualTo("`gross` takes 2 arguments, and here is 1");
    assertThat(problem("gross()").message())
        .isEqualTo("`gross` takes 2 arguments, and here are none");
    assertThat(problem("input.total.gross(0.1)").message()).contains("no method of a value");
    Compiled.Problem wrong = problem("1 > 0 && ratio(1, input.customer) > 1");
    assertThat(wrong.kind()).isEqualTo(Compiled.Kind.ARGUMENT);
    assertThat(wrong.message()).isEqualTo("`ratio` needs `b: int`, and this is `string`");
    assertThat(wrong.hint()).isNotEmpty();
    assertThat(problem("shout(input.?note)").hint()).contains("may be absent");
    assertThat(problem("grosss(1, 2)").hint()).contains("gross");
  }

  @Test
  void anErrorNamesItsPlaceInTheFunctionAndTheCall() {
    assertThatThrownBy(() -> run("1 + ratio(input.count, 0)"))
        .hasMessageContaining(
            "division by zero in `a / b` of function `ratio` (a.udl:1), called in"
                + " `ratio(input.count, 0)`");
    assertThatThrownBy(() -> run("twice(4)"))
        .hasMessageContaining(
            "of function `ratio` (a.udl:1), called in `ratio(a, 0)` of function `twice` (a.udl:2),"
                + " called in `twice(4)`");
  }

  @Test
  void anErrorInAFunctionGivesWayAsAnyOther() {
    assertThat(run("ratio(1, 0) == 1 || true")).isEqualTo(Value.Bool.TRUE);
    assertThat(run("twice(1) == 1 && false")).isEqualTo(Value.Bool.FALSE);
  }

  @Test
  void anArgumentWhoseTypeIsNotKnownIsCheckedWhenItComes() {
    assertThat(run("ratio(input.extra, 2)")).isEqualTo(Value.integer(3));
    assertThatThrownBy(() -> run("shout(input.extra)"))
        .isInstanceOfSatisfying(
            FaultException.class,
            e -> {
              assertThat(e.fault().code()).isEqualTo(Fault.Code.INVALID);
              assertThat(e.fault().message()).contains("`text` of `shout`");
            });
  }

  @Test
  void timeAndIdsAreThoseOfTheMessage() {
    assertThat(run("ticket() == ticket()")).isEqualTo(Value.Bool.TRUE);
  }

  @Test
  void callsCountAgainstTheCallersSteps() {
    var tower = new Declared().add("f0", "sum([1, 2, 3, 4].map(x, x + n))", "n", INT);
    for (int i = 1; i < 24; i++) {
      tower.add("f%d".formatted(i), "f%1$d(n) + f%1$d(n)".formatted(i - 1), "n", INT);
    }
    var expression = good(Expressions.cel("f23(1)", SCOPE.with(tower)));
    assertThatThrownBy(() -> expression.evaluate(Fixture.frame(Fixture.order().build())))
        .hasMessageContaining("steps");
  }

  /** A sum, product or choice of the parameters and small numbers. */
  private static String anyBody(Random random, int depth) {
    if (depth == 0) {
      return List.of("a", "b", "2", "7", "-1").get(random.nextInt(5));
    }
    String left = anyBody(random, depth - 1);
    String right = anyBody(random, depth - 1);
    return switch (random.nextInt(5)) {
      case 0 -> "(" + left + " + " + right + ")";
      case 1 -> "(" + left + " * " + right + ")";
      case 2 -> "(" + left + " / " + right + ")";
      case 3 -> "(" + left + " % " + right + ")";
      default -> "(" + left + " > " + right + " ? " + left + " : " + right + ")";
    };
  }

  private static String outcome(Compiled compiled) {
    try {
      return good(compiled).evaluate(Fixture.frame(Fixture.order().build())).toString();
    } catch (FaultException e) {
      return e.fault().code() + " " + e.fault().message().split(" in ")[0];
    }
  }

  @Test
  void aCallGivesWhatItsBodyGivesInPlace() {
    var random = new Random(20260106);
    for (int i = 0; i < 300; i++) {
      String body = anyBody(random, 1 + random.nextInt(3));
      var functions = new Declared().add("f", body, "a", INT, "b", INT);
      int a = random.nextInt(7) - 3;
      int b = random.nextInt(7) - 3;
      String inPlace = "cel.bind(a, %d, cel.bind(b, %d, %s))".formatted(a, b, body);
      assertThat(outcome(Expressions.cel("f(%d, %d)".formatted(a, b), SCOPE.with(functions))))
          .as(inPlace)
          .isEqualTo(outcome(Expressions.cel(inPlace, SCOPE)));
    }
  }

  @Test
  void aFractionBesideADecimalIsThatDecimal() {
    assertThat(run("input.total * 1.1")).isEqualTo(Value.decimal("14.300"));
    assertThat(run("0.1 + input.total")).isEqualTo(Value.decimal("13.10"));
    assertThat(run("input.total > 12.99")).isEqualTo(Value.Bool.TRUE);
    assertThat(good(compile("input.total * 1.1")).type()).hasToString("decimal(14,3)");
    assertThat(run("1.5 + input.weight")).isEqualTo(new Value.Real(4.0));
    assertThat(problem("input.total * input.weight + 1.5").hint()).contains("decimal");
    assertThat(problem("input.total * (1.5 * input.weight)").hint()).contains("decimal");
  }

  @Test
  void aFunctionMayHaveTheNameOfAMethod() {
    var functions = new Declared().add("first", "x + 1", "x", Type.Int.ANY_INT);
    var expression = good(Expressions.cel("first(1) + [5].first().value()", SCOPE.with(functions)));
    assertThat(expression.evaluate(Fixture.frame(Fixture.order().build())))
        .isEqualTo(Value.integer(7));
    assertThat(Functions.isBuiltIn("first")).isFalse();
    assertThat(Functions.isBuiltIn("round")).isTrue();
    assertThat(Functions.isBuiltIn("sort_by")).isTrue();
  }
}
