package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What a message can do to an expression: large texts, long lists, and numbers that make functions
 * grow. Each ends with a fault in good time, and neither hangs nor runs out of memory.
 */
class BudgetTest {
  private static final Duration IN_GOOD_TIME = Duration.ofSeconds(60);

  /** A million chars, a list of 100,000 texts, and what a message may give as a number. */
  private static final Scope SCOPE =
      new Scope(
          List.of(
              new Scope.Variable("text", Type.Text.ANY_TEXT, 0),
              new Scope.Variable("list", Type.ListOf.of(Type.Text.ANY_TEXT), 1),
              new Scope.Variable("number", Type.Int.ANY_INT, 2),
              new Scope.Variable("bytes", Type.Bytes.ANY_BYTES, 3),
              new Scope.Variable("numbers", Type.ListOf.of(Type.Int.ANY_INT), 4)));

  private static Frame frame() {
    var frame = new Frame(8, Fixture.frame(Fixture.order().build()).ambient());
    frame.set(0, Value.text("a".repeat(1_000_000)));
    var texts = new ArrayList<Value>();
    var numbers = new ArrayList<Value>();
    for (int i = 0; i < 100_000; i++) {
      texts.add(Value.text("t" + i));
      numbers.add(Value.integer(i));
    }
    frame.set(1, new Value.Items(texts));
    frame.set(2, Value.integer(Long.MAX_VALUE));
    frame.set(3, new Value.Bytes(new byte[15_000_000]));
    frame.set(4, new Value.Items(numbers));
    return frame;
  }

  /** What both the interpreter and bytecode end with. */
  private static Fault fault(String expression) {
    var compiled = Fixture.good(Expressions.cel(expression, SCOPE));
    Fault interpreted = fault(compiled);
    assertThat(fault(Both.compiled(compiled)).message()).isEqualTo(interpreted.message());
    return interpreted;
  }

  private static Fault fault(Expression expression) {
    return assertTimeoutPreemptively(
        IN_GOOD_TIME,
        () -> {
          try {
            Value value = expression.evaluate(frame());
            throw new AssertionError("gave " + value.getClass());
          } catch (FaultException e) {
            return e.fault();
          }
        },
        expression.text());
  }

  private static Stream<DynamicTest> each(Fault.Code code, String... expressions) {
    return Stream.of(expressions)
        .map(expression ->
            dynamicTest(expression, () -> assertThat(fault(expression).code()).isEqualTo(code)));
  }

  @TestFactory
  Stream<DynamicTest> whatWouldGrowBeyondAllMemoryIsRefused() {
    return each(
        Fault.Code.INTERNAL,
        "lists.range(number)",
        "lists.range(2000000)",
        "list.map(x, text + x)",
        "list.map(x, text.substring(1))",
        "list.map(x, text.replace('a', 'b'))",
        "list.map(x, list + list)",
        "list.map(x, bytes + bytes)",
        "list.map(x, list.reverse())",
        "list.map(x, '%s %s'.format([text, text]))",
        "text.replace('a', text)",
        "text.replace('', text)",
        "text.replace('a', text, 1000000)",
        "list.join(text)",
        "text.split('').join(text)",
        "list.map(x, list.join())",
        "list.map(x, json(list))",
        "list.map(x, text.split(''))",
        "list.map(x, text.upperAscii())",
        "list.map(x, text.reverse())",
        "list.map(x, strings.quote(text))",
        "list.map(x, list.map(y, y)).flatten()",
        "list.map(x, list.zip(list))",
        "list.map(x, list.slice(1, 90000))",
        "base64.encode(bytes)",
        "hex.encode(bytes)",
        "list.map(x, base64.decode(text))",
        "list.map(x, hex.decode(text))",
        "list.map(x, string(bytes))",
        "list.map(x, bytes(text))",
        "'%x'.format([bytes])",
        "list.map(x, regex.replace(text, 'a', 'bb'))",
        "regex.replace(text, 'a', text)",
        "list.map(x, regex.extractAll(text, 'a'))",
        "list.map(x, parse_json('[' + list.join(',').replace('t', '1') + ']'))",
        "format_decimal(div(1, 3, 400), 400, text, text).replace('3', text)",
        "cel.bind(a, text + text, cel.bind(b, a + a, cel.bind(c, b + b, c + c + c)))");
  }

  @TestFactory
  Stream<DynamicTest> whatWouldTakeTooLongEnds() {
    return each(
        Fault.Code.INTERNAL,
        "list.all(x, list.all(y, x != y || true))",
        "list.all(x, x in list || true)",
        "list.all(x, list == list)",
        "list.all(x, text.contains('b') || true)",
        "list.all(x, text.indexOf('b') < 0)",
        "list.all(x, text.lastIndexOf('b') < 0)",
        "list.all(x, size(text) > 0)",
        "list.all(x, text.startsWith(text))",
        "list.all(x, list.distinct().size() > 0)",
        "list.all(x, list.sort().size() > 0)",
        "list.all(x, list.sort_by(y, y).size() > 0)",
        "list.all(x, sets.contains(list, list))",
        "list.all(x, sets.intersects(list, list))",
        "list.all(x, sets.equivalent(list, list))",
        "list.all(x, sum(numbers) > 0)",
        "list.all(x, avg(numbers) > 0.0)",
        "list.all(x, max(numbers) > 0)",
        "list.all(x, math.greatest(numbers) > 0)",
        "list.all(x, hash(text) != '')",
        "list.all(x, hmac(text, 'k') != '')",
        "list.all(x, text.matches('b'))" + " || list.all(x, text.matches('b') || true)",
        "list.all(x, text.matches('^(a|aa)+$'))",
        "text.matches('(((a|aa|aaa|aaaa){1,20}){1,20})b')",
        "list.all(x, text.trim() != '')",
        "list.all(x, text.charAt(999999) == 'a')");
  }

  @TestFactory
  Stream<DynamicTest> whatIsNoGoodValueIsAnErrorAtItsPlace() {
    return each(
        Fault.Code.INVALID,
        "1 / (number - number)",
        "1 % (number - number)",
        "number + 1",
        "number * 2",
        "-number - 2",
        "math.abs(-number - 1)",
        "list[number]",
        "list[-1]",
        "text.substring(number)",
        "text.charAt(-1)",
        "list.slice(5, number)",
        "div(1, 0, 2)",
        "div(1, 3, number)",
        "round(decimal('1.5'), number)",
        "'%.1000000f'.format([1.5])",
        "'%.500f'.format([1.5])",
        "'%99999999999d'.format([1])",
        "'%s'.format([])",
        "text.matches('(' + text)",
        "'a'.matches(string('((a{1000}){1000}){1000}'))",
        "parse_int('zz', number)",
        "parse_int(text, 16)",
        "parse_decimal(text, '.', ',')",
        "decimal('1e999999999')",
        "decimal(text)",
        "duration(text)",
        "timestamp(text)",
        "date(text)",
        "uuid(text)",
        "ip(text)",
        "cidr('10.0.0.0/' + text)",
        "timestamp(number)",
        "timestamp('9999-12-31T23:59:59Z') + duration('24h')",
        "duration('87600000h') + duration('87600000h')",
        "int(1e300)",
        "uint(-1)",
        "lists.range(3)[number]",
        "math.bitShiftLeft(1, -number)",
        "[1, 2].zip([1])",
        "avg(numbers.filter(n, false))",
        "min(numbers.filter(n, false))",
        "parse_json('[' + text)",
        "parse_date('2026-02-30x', 'yyyy-MM-dd')",
        "hash('a', text)",
        "hmac('a', '')",
        "base64.decode('*')",
        "hex.decode('0')");
  }

  @Test
  void anErrorNamesThePartThatFailed() {
    assertThat(fault("list.size() > 0 && 10 / (number - number) > 1").message())
        .isEqualTo("division by zero in `10 / (number - number)`");
  }

  /** Both are found before anything runs. */
  @Test
  void aPatternThatIsTooLargeIsFoundByTheChecker() {
    var problem = Fixture.problem("'a'.matches('((a{1000}){1000}){1000}')");
    assertThat(problem.message()).contains("its repetitions make it too large");
    assertThat(Fixture.problem("parse_date('x', 'QQQQQQQQQ')").message())
        .contains("no pattern of `DateTimeFormatter`");
  }

  @Test
  void anInterruptEndsAFunctionThatGoesThroughMuch() {
    var compiled = Fixture.good(Expressions.cel("text.contains('b')", SCOPE));
    Thread.currentThread().interrupt();
    try {
      assertThat(compiled).isNotNull();
      Fault fault = null;
      try {
        compiled.evaluate(frame());
      } catch (FaultException e) {
        fault = e.fault();
      }
      assertThat(fault).isNotNull().extracting(Fault::code).isEqualTo(Fault.Code.CANCELLED);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
