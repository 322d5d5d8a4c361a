package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Deadline;
import io.unikernal.model.Effect;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Field;
import io.unikernal.model.Operation;
import io.unikernal.model.Plan;
import io.unikernal.model.Reply;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule.Result.Shaped;
import io.unikernal.spi.SystemContext;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code defaults:} says is what runs. */
class DefaultsRunTest {
  private static final Field<Integer> FAILURES = Field.integer("failures", "at first").or(0);
  private static final Field<Duration> TAKES = Field.duration("takes", "each").or(Duration.ZERO);

  private final Map<String, Adapter> adapters = new TreeMap<>(AdapterCatalog.load(List.of()));
  private final Flaky flaky = new Flaky();
  @TempDir private Path folder;

  /** Fails some times, takes some time, and counts. */
  private static final class Flaky implements Adapter {
    private final List<Value> calls = new ArrayList<>();

    @Override
    public AdapterSpec spec() {
      return new AdapterSpec(
          "flaky",
          List.of(),
          AdapterSpec.Stability.EXPERIMENTAL,
          "A fake.",
          ConfigSpec.of(FAILURES, TAKES),
          ConfigSpec.NONE,
          (_, _, _) ->
              new Shaped(
                  Operation.Direction.CALLED,
                  Type.Text.ANY_TEXT,
                  Type.Text.ANY_TEXT,
                  new Effect(Effect.Kind.IDEMPOTENT, ""),
                  Set.of(),
                  ""),
          List.of());
    }

    @Override
    public OpenSystem open(SystemContext context) {
      int failures = context.config().get(FAILURES);
      Duration takes = context.config().get(TAKES);
      Endpoint.Duplex endpoint =
          message -> {
            calls.add(message.body().value());
            context.world().sleep(takes);
            if (calls.size() <= failures) {
              throw Fault.of(Fault.Code.DISCONNECTED, "not now").toException();
            }
            return Reply.of(message.body().value());
          };
      return new OpenSystem() {
        @Override
        public Endpoint bind(Operation operation) {
          return endpoint;
        }

        @Override
        public Health probe() {
          return new Health.Up();
        }

        @Override
        public String describe() {
          return "flaky";
        }

        @Override
        public void close() {}
      };
    }
  }

  private Plan plan(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("a.udl.yaml"), text);
    adapters.put("flaky", flaky);
    var compilation = UdlCompiler.compile(file, adapters, new UdlCompiler.Options(Map.of(), true));
    return compilation
        .plan()
        .orElseThrow(() -> new AssertionError(compilation.rendered().text(false)));
  }

  private interface Body {
    void run(Kernel kernel) throws Exception;
  }

  private void running(String text, Body body) throws Exception {
    var kernel = Kernel.open(plan(text), adapters, new SystemWorld(), Listener.SILENT);
    kernel.start();
    try {
      body.run(kernel);
    } finally {
      kernel.drain(Duration.ofSeconds(1));
    }
  }

  private static Reply call(Kernel kernel) throws InterruptedException {
    return kernel.call("inbox.asked", Value.text("hello"), Deadline.NONE, Optional.empty());
  }

  private static final String ROUTE =
      """
      systems:
        inbox: { type: memory, operations: { asked: { receives: string } } }
        shop: { type: flaky, operations: { ask: {} } }
      routes:
        - { from: inbox.asked, to: p }
      pipelines:
        p:
          steps:
            - { system: shop.ask, with: "${input}" }
      """;

  private static Fault.Code fault(Throwable thrown) {
    return ((FaultException) thrown).fault().code();
  }

  @Test
  void aRetryOfTheDefaultsIsForEachCall() throws Exception {
    String defaults =
        "defaults: { policy: { type: retry, attempts: 3, delay: 1ms }, systems: { flaky: { failures: 2 } } }\n";
    running(defaults + ROUTE, DefaultsRunTest::call);
    assertThat(flaky.calls).hasSize(3);
  }

  @Test
  void withoutARetryTheFirstFailureIsTheLast() throws Exception {
    String defaults = "defaults: { systems: { flaky: { failures: 2 } } }\n";
    running(
        defaults + ROUTE,
        kernel ->
            assertThatThrownBy(() -> call(kernel))
                .satisfies(e -> assertThat(fault(e)).isEqualTo(Fault.Code.DISCONNECTED)));
    assertThat(flaky.calls).hasSize(1);
  }

  @Test
  void whatASystemWritesItselfIsNoneOfTheDefaults() throws Exception {
    String defaults = "defaults: { systems: { flaky: { failures: 2 } } }\n";
    String own = ROUTE.replace("type: flaky,", "type: flaky, failures: 0,");
    running(defaults + own, DefaultsRunTest::call);
    assertThat(flaky.calls).hasSize(1);
  }

  @Test
  void aTimeLimitOfTheDefaultsIsForTheWholeRoute() throws Exception {
    String defaults =
        "defaults: { policy: { type: timeout, after: 50ms }, systems: { flaky: { takes: 10s } } }\n";
    running(
        defaults + ROUTE,
        kernel ->
            assertThatThrownBy(() -> call(kernel))
                .satisfies(e -> assertThat(fault(e)).isEqualTo(Fault.Code.TIMEOUT)));
  }

  @Test
  void aLimitOfTheDefaultsIsForEachRoute() throws Exception {
    String defaults = "defaults: { policy: { type: rate_limit, limit: 2, window: 1h } }\n";
    running(
        defaults + ROUTE,
        kernel -> {
          call(kernel);
          call(kernel);
          assertThatThrownBy(() -> call(kernel))
              .satisfies(e -> assertThat(fault(e)).isEqualTo(Fault.Code.OVERLOADED));
        });
    assertThat(flaky.calls).hasSize(2);
  }

  @Test
  void aLimitOfASystemThatReceivesHoldsForAllOfItsRoutes() throws Exception {
    String text =
        """
        systems:
          inbox:
            type: memory
            policy: { type: rate_limit, limit: 2, window: 1h }
            operations: { asked: { receives: string }, other: { receives: string } }
          shop: { type: flaky, operations: { ask: {} } }
        routes:
          - { from: inbox.asked, to: shop.ask }
          - { from: inbox.other, to: shop.ask }
        """;
    running(
        text,
        kernel -> {
          call(kernel);
          kernel.call("inbox.other", Value.text("x"), Deadline.NONE, Optional.empty());
          assertThatThrownBy(() -> call(kernel))
              .satisfies(e -> assertThat(fault(e)).isEqualTo(Fault.Code.OVERLOADED));
        });
    assertThat(flaky.calls).hasSize(2);
  }
}
