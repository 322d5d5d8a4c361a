package io.unikernal.expr;

import static io.unikernal.expr.Fixture.cel;
import static io.unikernal.expr.Fixture.frame;
import static io.unikernal.expr.Fixture.order;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What generated code must do beyond what {@link DifferentialTest} tells. */
class BytecodeTest {
  private static final int FIELDS = 5_000;

  private static Frame aFrame() {
    return frame(order().build());
  }

  @Test
  void aMappingOfThousandsOfFieldsIsCompiledInManyMethods() {
    var fields = new LinkedHashMap<String, Expression>();
    for (int i = 0; i < FIELDS; i++) {
      fields.put("f" + i, cel(i % 2 == 0 ? "input.count + " + i : "input.customer + '" + i + "'"));
    }
    var mapping = Expressions.mapping(fields);
    Both.same(mapping, BytecodeTest::aFrame);
    assertThat(Both.compiled(mapping).evaluate(aFrame()))
        .isInstanceOfSatisfying(
            Rec.class,
            rec -> assertThat(rec.get("f" + (FIELDS - 2))).isEqualTo(Value.integer(FIELDS + 1)));
    Both.same(Expressions.fit(mapping, wanted(fields), "`order`"), BytecodeTest::aFrame);
  }

  /** The seed that found it: the sum of a filtered list counted as one that cannot fail. */
  @Test
  void aSumThatOverflowsNamesItsPartAndIsAbsorbedAsOtherErrorsAre() {
    String sum = "sum([7, 9223372036854775807].filter(n, input.count > 0))";
    var fields = new LinkedHashMap<String, Expression>();
    fields.put("a", cel("input.customer"));
    fields.put("b", cel(sum));
    Both.same(Expressions.mapping(fields), BytecodeTest::aFrame);
    assertThat(Both.outcome(Both.compiled(Expressions.mapping(fields)), aFrame()))
        .contains("overflow in `" + sum + "`");
    Both.same(cel(sum + " > 3 || input.count > 0"), BytecodeTest::aFrame);
    assertThat(Both.compiled(cel(sum + " > 3 || input.count > 0")).evaluate(aFrame()))
        .isEqualTo(Value.Bool.TRUE);
  }

  @Test
  void aValueThatIsNotOfItsTypeInARecordIsAFault() {
    var frame = frame(order().build());
    frame.set(
        Frame.INPUT,
        new Value.Dict(new LinkedHashMap<>(java.util.Map.of("count", Value.text("x")))));
    var fields = new LinkedHashMap<String, Expression>();
    fields.put("n", cel("input.count"));
    String wanted = "INTERNAL: a value is not of its type: `n` cannot hold Text []";
    assertThat(Both.outcome(Expressions.mapping(fields), frame)).isEqualTo(wanted);
    assertThat(Both.outcome(Both.compiled(Expressions.mapping(fields)), frame)).isEqualTo(wanted);
    assertThat(Both.outcome(cel("{'n': input.count}.n"), frame)).contains("INTERNAL");
  }

  private static Type.Record wanted(LinkedHashMap<String, Expression> fields) {
    var types = new ArrayList<Type.Field>();
    fields.forEach((name, part) -> {
      boolean isSmall = part.type() instanceof Type.Int && name.endsWith("4");
      Type type = isSmall ? new Type.Int(Type.Range.of(0, 100)) : part.type();
      types.add(Type.Field.of(name, type));
    });
    return new Type.Record("Wanted", types);
  }

  @Test
  void whatIsWrittenInOneLongExpressionIsSplitToo() {
    String sum =
        IntStream.range(0, 60)
            .mapToObj(i -> "(input.count * " + i + " > 3 ? input.customer : '" + i + "')")
            .collect(Collectors.joining(" + "));
    String list =
        IntStream.range(0, 350)
            .mapToObj(i -> "input.count + " + i)
            .collect(Collectors.joining(","));
    String loops = "[%s].filter(x, x %% 2 == 0).exists(x, [%s].all(y, y > x - 10))";
    Both.same(cel(sum), BytecodeTest::aFrame);
    Both.same(cel("[" + list + "]"), BytecodeTest::aFrame);
    Both.same(cel("{'a': [" + list + "], 'b': " + sum + "}"), BytecodeTest::aFrame);
    Both.same(cel(loops.formatted(list, list)), BytecodeTest::aFrame);
  }

  @Test
  void anExpressionThatNoCodeCanBeMadeOfStaysInterpretedAndOthersDoNot() {
    var good = cel("input.count + 1");
    var bad = cel("input.count + 2");
    var report =
        Deployment.compile(
            List.of(bad, good),
            (analyses, roots) -> {
              if (roots.contains(((IrExpression) bad).root())) {
                throw new IllegalStateException("not this one");
              }
              return Bytecode.make(analyses, roots);
            },
            true);
    assertThat(report.compiled()).isEqualTo(1);
    assertThat(report.interpreted()).isEqualTo(1);
    assertThat(((IrExpression) good).isCompiled()).isTrue();
    assertThat(((IrExpression) bad).isCompiled()).isFalse();
    assertThat(bad.evaluate(aFrame())).isEqualTo(Value.integer(5));
  }

  @Test
  void whatIsCompiledAlreadyIsLeftAlone() {
    var expression = cel("input.count + 1");
    assertThat(Deployment.compile(List.of(expression, expression)).compiled()).isEqualTo(1);
    assertThat(Deployment.compile(List.of(expression)).classes()).isZero();
  }

  @Test
  void valuesThatLieAreInterpretedAndManyOfThemEndTheTrying() {
    var expression = Both.compiled(cel("input.count + 1 > 3"));
    for (int i = 0; i < CompiledProgram.LIES_MAX + 10; i++) {
      var lying = frame(order().build());
      lying.set(Frame.INPUT, new Value.Dict(new LinkedHashMap<>()));
      assertThat(Both.outcome(expression, lying))
          .contains("a field that is absent in `input.count`");
    }
    assertThat(((IrExpression) expression).lies()).isEqualTo(CompiledProgram.LIES_MAX);
    assertThat(expression.evaluate(aFrame())).isEqualTo(Value.Bool.TRUE);
  }

  @Test
  void aFunctionIsCompiledWithWhatCallsItAndItsCallerPays() {
    var function =
        new UserFunction(
            "twice",
            List.of(new UserFunction.Parameter("n", Type.Int.ANY_INT)),
            "here:1",
            "",
            types ->
                Fixture.good(
                    Expressions.cel(
                        "[n, n].map(x, x).filter(x, x > 0).size() == 2 ? n * 2 : 10 / n",
                        new Scope(List.of(new Scope.Variable("n", types.getFirst(), 0))))));
    var functions =
        new UserFunctions() {
          @Override
          public Optional<UserFunction> find(String name) {
            return Optional.of(function).filter(it -> it.name().equals(name));
          }

          @Override
          public List<String> names() {
            return List.of(function.name());
          }
        };
    var scope = Fixture.SCOPE.with(functions);
    for (String text : List.of("twice(input.count)", "twice(input.count - 3)", "twice(-1) + 1")) {
      Both.same(Fixture.good(Expressions.cel(text, scope)), BytecodeTest::aFrame);
    }
    assertThat(((IrExpression) function.body()).isCompiled()).isTrue();
  }

  @Test
  void stepsAreCountedAcrossNestedLoopsAndLiftedOnes() {
    String wide = "[0,1,2,3,4,5,6,7,8,9].map(q, q + input.count)";
    for (String inner : List.of("x%d >= 0", "10 / (x%d + 1) >= 0 && true")) {
      String text = "true";
      for (int i = 0; i < 7; i++) {
        text = wide + ".all(x" + i + ", " + inner.formatted(i) + " && " + text + ")";
      }
      assertThat(Both.same(cel(text), BytecodeTest::aFrame)).contains("more than 1000000 steps");
    }
  }

  @Test
  void anInterruptEndsALoopOfGeneratedCode() {
    var loop = Both.compiled(cel("input.items.all(i, i.qty > 0)"));
    Thread.currentThread().interrupt();
    try {
      assertThat(Both.outcome(loop, aFrame())).startsWith("CANCELLED");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "input.count > 2 && input.customer == 'Ada'",
        "input.customer in ['Bob', 'Ada'] && input.count in [1, 2, 3]",
        "input.status == 'new' || input.paid",
        "has(input.note) || size(input.customer) == 3 && size(input.items) > 1",
        "input.total > decimal('1.00') && input.total <= input.total",
        "input.items.exists(i, i.qty == 1 && i.sku == 'BBB')",
        "input.items.all(i, i.price > decimal('1.00'))",
        "10 / (input.count - 2) > 1 || input.weight * 2.0 > 4.0",
        "input.customer.startsWith('A') && !input.customer.endsWith('x') && size(input.?note.orValue('')) == 0",
        "input.?note.hasValue() || input.placed > input.placed",
        "input.items.filter(i, i.qty > 1).size() == 1"
      })
  void aConditionAllocatesNothing(String text) {
    var condition = Both.compiled(cel(text));
    var frame = aFrame();
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    int runs = 20_000;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 20 && least > 0; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int run = 0; run < runs; run++) {
        condition.evaluate(frame);
      }
      least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / runs);
    }
    assertThat(least).as("bytes for each run of " + text).isZero();
  }
}
