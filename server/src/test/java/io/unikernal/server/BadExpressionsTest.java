package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Plan;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.UdlCompiler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: an expression that goes wrong is a fault with its place in the definition, soon, and never
 * a hang, an out-of-memory or a wrong number. Method: definitions as a user writes them, through
 * the compiler and the kernel, interpreted and as bytecode.
 */
class BadExpressionsTest {
  private static final Duration IN_GOOD_TIME = Duration.ofSeconds(20);
  private static final String FILE = "bad.udl.yaml";

  /** The step stands in line {@value #LINE}. */
  private static final String DEFINITION =
      """
      udl: 7
      types:
        Order: { number: int, text: string, list: list(int), letters: string }
      systems:
        inbox: { type: memory, operations: { asked: { receives: Order } } }
      routes:
        - { from: inbox.asked, to: work }
      pipelines:
        work:
          input: Order
          steps:
            - name: fine
              set: ${input.number}
            - name: bad
              set: "${EXPRESSION}"
      """;

  private static final int LINE = 14;
  private static final String INPUT =
      "{\"number\": 9223372036854775807, \"text\": \"%s\", \"list\": [%s], \"letters\": \"%s\"}"
          .formatted("a".repeat(100_000), "1,".repeat(19_999) + "1", "a".repeat(2_000) + "b");

  private final Map<String, Adapter> adapters = AdapterCatalog.load(List.of());
  @TempDir private Path folder;

  private record Case(String what, Fault.Code code, String expression, String told) {}

  private static final List<Case> CASES =
      List.of(
          new Case(
              "a loop that is too long",
              Fault.Code.INTERNAL,
              "input.list.all(x, input.list.all(y, x == y))",
              "steps"),
          new Case(
              "a loop in a function of the table",
              Fault.Code.INTERNAL,
              "input.list.all(x, sum(input.list) > 0)",
              "steps"),
          new Case(
              "a division by zero",
              Fault.Code.INVALID,
              "1 / (input.number - input.number)",
              "zero"),
          new Case(
              "a remainder by zero",
              Fault.Code.INVALID,
              "1 % (input.number - input.number)",
              "zero"),
          new Case("an overflow", Fault.Code.INVALID, "input.number + 1", "overflow"),
          new Case("an overflow of a product", Fault.Code.INVALID, "input.number * 2", "overflow"),
          new Case(
              "an overflow of a sum",
              Fault.Code.INVALID,
              "sum(input.list.map(x, input.number - x + 1).filter(x, x > 0))",
              "overflow"),
          new Case("an index outside", Fault.Code.INVALID, "input.list[20000]", "index"),
          new Case("an index before the first", Fault.Code.INVALID, "input.list[-1]", "index"),
          new Case(
              "a pattern that is large when it is made",
              Fault.Code.INVALID,
              "input.letters.matches(string('((a{1000}){1000}){1000}'))",
              "pattern"),
          new Case(
              "a huge text",
              Fault.Code.INTERNAL,
              "input.text.replace('a', input.text)",
              "too large"),
          new Case(
              "huge texts one after the other",
              Fault.Code.INTERNAL,
              "input.list.map(x, input.text + string(x)).size()",
              "too large"),
          new Case(
              "a huge list",
              Fault.Code.INTERNAL,
              "input.list.map(x, input.list + input.list).size()",
              "too large"),
          new Case("a huge range", Fault.Code.INTERNAL, "lists.range(input.number)", "too large"));

  @TestFactory
  Stream<DynamicTest> whatGoesWrongIsAFaultAtItsPlaceOnBothEngines() {
    return CASES.stream()
        .map(one ->
            dynamicTest(
                one.what(),
                () -> {
                  Told interpreted = told(one, false);
                  assertThat(interpreted.fault().code()).isEqualTo(one.code());
                  assertThat(interpreted.fault().message()).containsIgnoringCase(one.told());
                  assertThat(interpreted.places())
                      .singleElement()
                      .asString()
                      .contains(FILE + ":" + LINE);
                  assertThat(told(one, true)).isEqualTo(interpreted);
                }));
  }

  /** RE2 needs no time that grows faster than the text, so this is no error at all. */
  @TestFactory
  Stream<DynamicTest> aPatternThatOthersChokeOnIsMatchedInGoodTime() {
    return Stream.of(false, true)
        .map(isCompiled ->
            dynamicTest(
                isCompiled ? "bytecode" : "interpreted",
                () ->
                    assertTimeoutPreemptively(
                        IN_GOOD_TIME,
                        () -> {
                          var kernel =
                              kernel("input.letters.matches('^(a|aa)+$')", isCompiled, e -> {});
                          try (kernel) {
                            kernel.call("inbox.asked", input(), deadline(), Optional.empty());
                          }
                        })));
  }

  private record Told(Fault fault, List<String> places) {}

  private Told told(Case one, boolean isCompiled) {
    return assertTimeoutPreemptively(
        IN_GOOD_TIME,
        () -> {
          var places = new ArrayList<String>();
          Listener listener =
              event -> {
                if (event instanceof Listener.Event.MessageFailed failed) {
                  places.add(failed.step() + " " + failed.origin());
                }
              };
          try (var kernel = kernel(one.expression(), isCompiled, listener)) {
            kernel.call("inbox.asked", input(), deadline(), Optional.empty());
          } catch (FaultException e) {
            return new Told(e.fault(), places);
          }
          throw new AssertionError(one.what() + " gave a value");
        });
  }

  private static io.unikernal.model.Value input() {
    return Json.read(INPUT.getBytes(StandardCharsets.UTF_8), Json.Limits.DEFAULT);
  }

  private static Deadline deadline() {
    return Deadline.after(IN_GOOD_TIME, new SystemWorld().nanos());
  }

  private Kernel kernel(String expression, boolean isCompiled, Listener listener) throws Exception {
    Path file =
        Files.writeString(folder.resolve(FILE), DEFINITION.replace("EXPRESSION", expression));
    var compilation = UdlCompiler.compile(file, adapters, new UdlCompiler.Options(Map.of(), true));
    Plan plan =
        compilation
            .plan()
            .orElseThrow(() -> new AssertionError(compilation.rendered().text(false)));
    if (isCompiled) {
      assertThat(Compiling.compile(plan).interpreted()).isZero();
    }
    var kernel = Kernel.open(plan, adapters, new SystemWorld(), listener);
    kernel.start();
    return kernel;
  }
}
