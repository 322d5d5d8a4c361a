package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.unikernal.model.Expression;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Where an expression is CEL's alone, bytecode gives what CEL's own runtime gives. */
class PureCelTest {
  private static final int COUNT = Boolean.getBoolean("unikernal.long") ? 20_000 : 1_500;
  private static final String ERROR = "error";
  private static final Pattern DOUBLE =
      Pattern.compile("[0-9]+(\\.[0-9]+)?[eE][+-]?[0-9]+|[0-9]+\\.0(?![0-9])");
  private static final Scope SCOPE =
      new Scope(
          List.of(
              new Scope.Variable("id", Type.Int.ANY_INT, 0),
              new Scope.Variable("ratio", Type.Real.ANY_DOUBLE, 1),
              new Scope.Variable("name", Type.Text.ANY_TEXT, 2),
              new Scope.Variable("flag", Type.Simple.BOOL, 3),
              new Scope.Variable("numbers", Type.ListOf.of(Type.Int.ANY_INT), 4),
              new Scope.Variable("names", Type.ListOf.of(Type.Text.ANY_TEXT), 5),
              new Scope.Variable("table", new Type.MapOf(Type.Int.ANY_INT), 6)));
  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("id", SimpleType.INT)
          .addVar("ratio", SimpleType.DOUBLE)
          .addVar("name", SimpleType.STRING)
          .addVar("flag", SimpleType.BOOL)
          .addVar("numbers", ListType.create(SimpleType.INT))
          .addVar("names", ListType.create(SimpleType.STRING))
          .addVar("table", MapType.create(SimpleType.STRING, SimpleType.INT))
          .build();
  private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder().build();

  /** No NaN: to CEL for Java a variable that is NaN equals itself, against cel-spec. */
  private static Map<String, Object> input(Random random) {
    long[] wholes = {0, 1, -1, 3, Long.MAX_VALUE, Long.MIN_VALUE};
    double[] reals = {0, 1.5, -2.25, 1e300, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY};
    List<String> texts = List.of("", "a", "b", "abc", "\uD83D\uDE00z");
    var input = new LinkedHashMap<String, Object>();
    input.put("id", wholes[random.nextInt(wholes.length)]);
    input.put("ratio", reals[random.nextInt(reals.length)]);
    input.put("name", texts.get(random.nextInt(texts.size())));
    input.put("flag", random.nextBoolean());
    var numbers = new ArrayList<Object>();
    var names = new ArrayList<Object>();
    var table = new LinkedHashMap<String, Object>();
    for (int i = random.nextInt(4); i > 0; i--) {
      numbers.add(wholes[random.nextInt(wholes.length)]);
      names.add(texts.get(random.nextInt(texts.size())));
      table.put(texts.get(random.nextInt(texts.size())), (long) i);
    }
    input.put("numbers", numbers);
    input.put("names", names);
    input.put("table", table);
    return input;
  }

  private static Value value(Object object) {
    return switch (object) {
      case Long number -> Value.integer(number);
      case Double number -> new Value.Real(number);
      case String text -> Value.text(text);
      case Boolean bool -> Value.Bool.of(bool);
      case List<?> list -> new Value.Items(list.stream().map(PureCelTest::value).toList());
      case Map<?, ?> map -> {
        var fields = new LinkedHashMap<String, Value>();
        map.forEach((key, one) -> fields.put(key.toString(), value(one)));
        yield new Value.Dict(fields);
      }
      default -> throw new IllegalArgumentException("no " + object.getClass());
    };
  }

  /**
   * A record in place is a map to CEL. CEL for Java writes a large or small double as Java does,
   * {@code 1.0} and {@code 1.0E7}, where we write as few characters as JavaScript.
   */
  private static Value plain(Value value) {
    return switch (value) {
      case Value.Text(var text) ->
          Value.text(DOUBLE.matcher(text).replaceAll(found -> ourText(found.group())));
      case Value.Items(var items) ->
          new Value.Items(items.stream().map(PureCelTest::plain).toList());
      case Value.Dict _, Rec _ -> {
        var fields = new LinkedHashMap<String, Value>();
        Collections.entries(value).forEach((key, one) -> fields.put(key, plain(one)));
        yield new Value.Dict(fields);
      }
      default -> value;
    };
  }

  private static String ourText(String number) {
    return Texts.of(new Value.Real(Double.parseDouble(number)));
  }

  private static Object ours(Expression expression, Map<String, Object> input) {
    var frame = new Frame(7, Fixture.frame(Fixture.order().build()).ambient());
    int slot = 0;
    for (Object one : input.values()) {
      frame.set(slot++, value(one));
    }
    try {
      return plain(expression.evaluate(frame));
    } catch (FaultException _) {
      return ERROR;
    }
  }

  private static Object theirs(CelRuntime.Program program, Map<String, Object> input) {
    try {
      return plain(value(program.eval(input)));
    } catch (CelEvaluationException _) {
      return ERROR;
    }
  }

  @Test
  void expressionsThatAreCelGiveWhatCelGives() throws Exception {
    var random = new Random(4711);
    var texts = new RandomExpressions(random);
    int compared = 0;
    int errors = 0;
    for (int i = 0; i < COUNT; i++) {
      String text = texts.next().replaceAll("input\\.(\\w+)", "$1");
      var theirs = COMPILER.compile(text);
      if (theirs.hasError()
          || !(Expressions.cel(text, SCOPE) instanceof Compiled.Good(var expression))) {
        continue;
      }
      var program = RUNTIME.createProgram(theirs.getAst());
      Both.compiled(expression);
      for (int run = 0; run < 4; run++) {
        var input = input(random);
        Object wanted;
        try {
          wanted = theirs(program, input);
        } catch (IllegalArgumentException _) {
          continue; // A kind of value that is not among the variables'.
        }
        assertThat(ours(expression, input)).as("%s of %s", text, input).isEqualTo(wanted);
        compared++;
        errors += wanted.equals(ERROR) ? 1 : 0;
      }
    }
    assertThat(compared).as("of " + COUNT + " texts").isGreaterThan(COUNT / 3);
    assertThat(errors).as("errors of " + compared).isGreaterThan(compared / 50);
  }
}
