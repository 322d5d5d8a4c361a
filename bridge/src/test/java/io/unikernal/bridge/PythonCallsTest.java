package io.unikernal.bridge;

import static io.unikernal.bridge.Bench.map;
import static io.unikernal.bridge.Bench.operation;
import static io.unikernal.bridge.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Deadline;
import io.unikernal.model.Effect;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Label;
import io.unikernal.model.Reply;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One program in two processes, called in every way that it should be. */
class PythonCallsTest {
  private static final String PROGRAM =
      """
      import os, sys, time
      from dataclasses import dataclass
      from datetime import date, datetime, timedelta
      from decimal import Decimal
      from enum import Enum
      from typing import Any, Optional
      from uuid import UUID
      from unikernal import Fault, UnikernalClient, context

      client = UnikernalClient()

      class Colour(Enum):
          RED = "red"
          DARK = "dark blue"

      @dataclass
      class Line:
          sku: str
          qty: int
          price: Decimal

      @dataclass
      class Order:
          id: UUID
          lines: list[Line]
          note: Optional[str] = None

      def echo(value: Any) -> Any:
          return value

      def typed(at: datetime, day: date, took: timedelta, raw: bytes, ok: bool, x: float,
                colour: Colour) -> dict:
          assert type(at) is datetime and type(took) is timedelta and colour is Colour.DARK
          return {"at": at, "day": day, "took": took, "raw": raw, "ok": ok, "x": x, "colour": colour.value}

      def total(order: Order) -> Decimal:
          return sum((l.qty * l.price for l in order.lines), Decimal("0.00"))

      def same(order: Order) -> Order:
          return order

      def note(order: Order) -> bool:
          return order.note is None

      def wrong() -> int:
          return "text"

      def fails(ssn: str) -> int:
          raise ValueError("no such number " + ssn)

      def refuses() -> int:
          raise Fault("overloaded", "come back later", retryable=True)

      def prints() -> None:
          print("to the log")
          print("to the warnings", file=sys.stderr)

      def calls(operation: str, value: Any) -> Any:
          return client.call(operation, {"value": value})

      def catches(operation: str) -> str:
          try:
              client.call(operation, {})
          except Fault as fault:
              return f"{fault.code} {fault.retryable} {fault.message}"
          return "none"

      def gives_up(operation: str) -> str:
          try:
              client.call(operation, {}, timeout=0.2)
          except Fault as fault:
              return fault.code
          return "none"

      def pid() -> int:
          return os.getpid()

      def slow(ms: int) -> int:
          time.sleep(ms / 1000)
          return os.getpid()

      def keyed(order: str) -> str:
          return context().key

      def about() -> dict:
          c = context()
          return {"caller": c.caller, "trace": c.trace, "state": c.trace_state, "key": c.key, "left": c.remaining}

      def nothing() -> None:
          pass

      def environment() -> list[str]:
          return sorted(os.environ)
      """;
  private static final ConcurrentHashMap<String, Boolean> CANCELLED = new ConcurrentHashMap<>();
  @TempDir private static Path folder;
  private static Bench bench;

  @BeforeAll
  static void open() throws InterruptedException {
    bench =
        new Bench(folder, PROGRAM)
            .with(PythonAdapter.INSTANCES, 2)
            .with(PythonCallsTest::answer)
            .serving(operation("echo"))
            .open();
  }

  @AfterAll
  static void close() throws InterruptedException {
    bench.close();
    eventually(
        "no thread is left: " + bench.world.running(), () -> bench.world.running().isEmpty());
  }

  private static Reply answer(
      String operation, Value input, Deadline deadline, Optional<Trace> trace)
      throws InterruptedException {
    if (operation.equals("db.slow")) {
      try {
        Thread.sleep(5_000);
      } catch (InterruptedException e) {
        CANCELLED.put(operation, true);
        throw e;
      }
    }
    if (!operation.equals("db.same")) {
      throw Fault.of(Fault.Code.DISCONNECTED, "no " + operation).toException();
    }
    assertThat(deadline.remaining(System.nanoTime())).isLessThan(Duration.ofSeconds(40));
    return Reply.of(input.field("value"));
  }

  @Test
  void valuesOfEveryKindComeBackAsTheyWent() throws InterruptedException {
    var values =
        List.of(
            Value.Bool.TRUE,
            Value.integer(Long.MIN_VALUE),
            Value.integer(Long.MAX_VALUE),
            new Value.UInt(-1L),
            new Value.Real(-0.0),
            new Value.Real(1e300),
            Value.decimal("0.10"),
            Value.decimal("123456789012345678901234567890.123456789"),
            Value.text("h\u00e9llo \ud83d\ude00\u0000"),
            new Value.Bytes(new byte[] {0, -1, 7}),
            new Value.Timestamp(Instant.parse("2026-02-03T04:05:06.123456789Z")),
            new Value.Timestamp(Instant.parse("1960-02-03T04:05:06.5Z")),
            new Value.Date(LocalDate.of(1999, 12, 31)),
            new Value.Duration(Duration.ofNanos(-1_500_000_001)),
            new Value.Uuid(UUID.fromString("0190a1b2-0000-7000-8000-000000000001")),
            new Value.Items(List.of(Value.integer(1), Value.text("a"))),
            map("a", map("b", 1)));
    for (Value value : values) {
      assertThat(bench.call("echo", "value", value)).isEqualTo(value);
    }
    assertThat(((Value.Decimal) bench.call("echo", "value", Value.decimal("0.10"))).value())
        .hasToString("0.10");
  }

  @Test
  void typedParametersArriveAsTheirTypes() throws InterruptedException {
    var input =
        map(
            "at", new Value.Timestamp(Instant.parse("2026-02-03T04:05:06.123456Z")),
            "day", new Value.Date(LocalDate.of(2026, 1, 2)),
            "took", new Value.Duration(Duration.ofMillis(1500)),
            "raw", new Value.Bytes(new byte[] {1}),
            "ok", Value.Bool.FALSE,
            "x", new Value.Real(2.5),
            "colour", "dark blue");
    assertThat(bench.call(operation("typed"), bench.message("typed", input, Duration.ofSeconds(5))))
        .isEqualTo(input);
  }

  @Test
  void nestedRecordsAreExactAndTheirAbsentFieldsAbsent() throws InterruptedException {
    var order =
        map(
            "id", new Value.Uuid(new UUID(1, 2)),
            "lines",
                new Value.Items(
                    List.of(
                        map("sku", "a", "qty", 3, "price", Value.decimal("19.99")),
                        map("sku", "b", "qty", 1, "price", Value.decimal("0.03")))));
    assertThat(bench.call("total", "order", order)).isEqualTo(Value.decimal("60.00"));
    assertThat(bench.call("same", "order", order)).isEqualTo(order);
    assertThat(bench.call("note", "order", order)).isEqualTo(Value.Bool.TRUE);
  }

  @Test
  void inputThatDoesNotFitIsInvalidWithItsPath() {
    var line = map("sku", "a", "qty", "three", "price", Value.decimal("1"));
    var order = map("id", new Value.Uuid(new UUID(1, 2)), "lines", new Value.Items(List.of(line)));
    Fault fault = bench.fault("total", "order", order);
    assertThat(fault.code()).isEqualTo(Fault.Code.INVALID);
    assertThat(fault.message()).contains("order.lines[0].qty", "needs int");
    assertThat(bench.fault("pid", "extra", 1).code()).isEqualTo(Fault.Code.INVALID);
    assertThat(bench.fault("nobody").code()).isEqualTo(Fault.Code.NOT_FOUND);
  }

  @Test
  void aResultThatIsNotWhatTheFunctionSaysIsItsFault() {
    assertThat(bench.fault("wrong").code()).isEqualTo(Fault.Code.INTERNAL);
    assertThat(bench.fault("wrong").message()).contains("py.wrong", "returned");
  }

  @Test
  void anExceptionsTextIsMaskedWhereTheInputHoldsALabel() {
    var labelled =
        new Type.Record(
            "", List.of(Type.Field.of("ssn", new Type.Labelled(Label.PII, Type.Text.ANY_TEXT))));
    var input = bench.message("fails", map("ssn", "123-45"), Duration.ofSeconds(5));
    Fault masked = bench.fault(operation("fails", labelled, Effect.UNKNOWN), input);
    assertThat(masked.message()).contains("ValueError").doesNotContain("123-45");
    Fault open = bench.fault("fails", "ssn", "123-45");
    assertThat(open.message()).contains("ValueError: no such number 123-45");
    assertThat(open.code()).isEqualTo(Fault.Code.INTERNAL);
    assertThat(open.retryable()).isFalse();
  }

  @Test
  void aFaultThatAFunctionChoosesKeepsItsCode() {
    Fault fault = bench.fault("refuses");
    assertThat(fault.code()).isEqualTo(Fault.Code.OVERLOADED);
    assertThat(fault.retryable()).isTrue();
    assertThat(fault.message()).contains("come back later");
  }

  @Test
  void printedLinesAreLogLinesWithTheWorkersName() throws InterruptedException {
    assertThat(bench.call("prints")).isEqualTo(Value.Null.NULL);
    eventually(
        "both lines",
        () ->
            bench.log.lines().stream().anyMatch(line -> line.matches("INFO py#[12]: to the log"))
                && bench.log.lines().stream()
                    .anyMatch(line -> line.matches("WARNING py#[12]: to the warnings")));
  }

  @Test
  void aWorkerCallsOtherOperations() throws InterruptedException {
    assertThat(bench.call("calls", "operation", "db.same", "value", Value.decimal("1.50")))
        .isEqualTo(Value.decimal("1.50"));
    assertThat(bench.call("catches", "operation", "db.none"))
        .isEqualTo(Value.text("unavailable True no db.none"));
  }

  @Test
  void aCallThatAWorkerGivesUpIsInterrupted() throws InterruptedException {
    assertThat(bench.call("gives_up", "operation", "db.slow")).isEqualTo(Value.text("timeout"));
    eventually("it is interrupted", () -> CANCELLED.containsKey("db.slow"));
  }

  @Test
  void callerTraceKeyAndTimeLeftTravel() throws InterruptedException {
    var trace =
        Trace.parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "them=1")
            .orElseThrow();
    var headers = new LinkedHashMap<String, String>();
    headers.put("idempotency-key", "k-7");
    var plain = bench.message("about", Value.Absent.ABSENT, Duration.ofSeconds(3));
    var message =
        new io.unikernal.model.Message(
            "m", "py.about", headers, plain.body(), plain.principal(), plain.deadline(), trace);
    Value about = bench.call(operation("about"), message);
    assertThat(about.fieldText("caller")).isEqualTo("ann");
    assertThat(about.fieldText("trace")).isEqualTo(trace.text());
    assertThat(about.fieldText("state")).isEqualTo("them=1");
    assertThat(about.fieldText("key")).isEqualTo("k-7");
    assertThat(((Value.Real) about.field("left")).value()).isBetween(1.0, 3.0);
  }

  @Test
  void theFieldThatAnOperationIsKeyedByIsItsKey() throws InterruptedException {
    var keyed = operation("keyed", Type.Simple.ANY, new Effect(Effect.Kind.KEYED, "order"));
    var input = bench.message("keyed", map("order", "o-1"), Duration.ofSeconds(5));
    assertThat(bench.call(keyed, input)).isEqualTo(Value.text("o-1"));
  }

  @Test
  void aWorkersEnvironmentIsSmallAndHoldsNoToken() throws InterruptedException {
    assertThat(((Value.Items) bench.call("environment")).items())
        .contains(Value.text("PATH"), Value.text("UNIKERNAL_SOCKET"))
        .doesNotContain(Value.text("UNIKERNAL_TOKEN"), Value.text("JAVA_HOME"));
  }

  @Test
  void sixtyFourCallsAtOnceAreAnsweredByBothProcesses() throws InterruptedException {
    Set<Value> pids = ConcurrentHashMap.newKeySet();
    List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
    var done = new CountDownLatch(64);
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 64; i++) {
      threads.add(
          Thread.startVirtualThread(() -> {
            try {
              pids.add(bench.call("slow", "ms", 20));
            } catch (FaultException | InterruptedException e) {
              failures.add(e);
            } finally {
              done.countDown();
            }
          }));
    }
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(threads).hasSize(64);
    assertThat(failures).isEmpty();
    assertThat(pids).hasSize(2);
  }

  @Test
  void inputThatDoesNotFitAFrameIsRefusedBeforeItIsSent() throws InterruptedException {
    Value large = new Value.Bytes(new byte[Frame.LENGTH_MAX]);
    assertThat(bench.fault("echo", "value", large).code()).isEqualTo(Fault.Code.TOO_LARGE);
    Value fits = new Value.Bytes(new byte[5_000_000]);
    assertThat(bench.call("echo", "value", fits)).isEqualTo(fits);
  }
}
