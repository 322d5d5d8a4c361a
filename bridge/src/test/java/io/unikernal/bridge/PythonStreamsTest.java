package io.unikernal.bridge;

import static io.unikernal.bridge.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unikernal.model.Config;
import io.unikernal.model.Effect;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Operation;
import io.unikernal.model.Origin;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Generators of real processes, read as streams. */
@Timeout(60)
class PythonStreamsTest {
  private static final String PROGRAM =
      """
      import asyncio, os, signal, time
      from typing import AsyncIterator, Iterator
      from unikernal import Fault

      def pid() -> int:
          return os.getpid()

      def numbers(count: int) -> Iterator[int]:
          for number in range(count):
              yield number

      def endless() -> Iterator[int]:
          number = 0
          try:
              while True:
                  number += 1
                  yield number
          finally:
              print(f"ended after {number}")

      def quiet() -> Iterator[int]:
          try:
              yield 1
              while True:
                  time.sleep(0.01)
                  yield 2
          finally:
              print("quiet ended")

      async def later(count: int) -> AsyncIterator[str]:
          for number in range(count):
              await asyncio.sleep(0.001)
              yield str(number)

      def listed(count: int) -> Iterator[int]:
          return iter(list(range(count)))

      def breaks(after: int) -> Iterator[int]:
          for number in range(after):
              yield number
          raise ValueError("no more")

      def refuses() -> Iterator[int]:
          raise Fault("overloaded", "come back later", retryable=True)
          yield 1

      def wrong() -> Iterator[int]:
          yield 1
          yield "two"

      def dies() -> Iterator[int]:
          yield 1
          os.kill(os.getpid(), signal.SIGKILL)
          yield 2
      """;

  @TempDir private Path folder;
  private Bench bench;

  @BeforeEach
  void open() throws InterruptedException {
    bench = new Bench(folder, PROGRAM).with(PythonAdapter.INSTANCES, 1).open();
  }

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    bench.close();
    eventually("no thread is left", () -> bench.world.running().isEmpty());
  }

  private static Operation streaming(String name) {
    return new Operation(
        "py",
        name,
        Operation.Direction.CALLED,
        Type.Simple.ANY,
        new Type.StreamOf(Type.Simple.ANY),
        Effect.UNKNOWN,
        Set.of(),
        Config.EMPTY,
        "",
        Origin.NONE);
  }

  private ValueStream stream(String name, Object... input) throws InterruptedException {
    return (ValueStream)
        bench.call(streaming(name), bench.message(name, Bench.map(input), Duration.ofSeconds(10)));
  }

  private static List<Value> all(ValueStream stream) throws InterruptedException {
    var all = new ArrayList<Value>();
    for (var next = stream.next(); next.isPresent(); next = stream.next()) {
      all.add(next.get());
    }
    return all;
  }

  private static Fault broken(ValueStream stream) {
    return catchThrowableOfType(FaultException.class, () -> all(stream)).fault();
  }

  private long logged(String part) {
    return bench.log.lines().stream().filter(line -> line.contains(part)).count();
  }

  @Test
  void aGeneratorIsReadToItsEndThroughManyWindows() throws InterruptedException {
    List<Value> read = all(stream("numbers", "count", Value.integer(1_000)));
    assertThat(read).hasSize(1_000).first().isEqualTo(Value.integer(0));
    assertThat(read).last().isEqualTo(Value.integer(999));
    assertThat(all(stream("numbers", "count", Value.integer(0)))).isEmpty();
    assertThat(all(stream("listed", "count", Value.integer(3)))).hasSize(3);
  }

  @Test
  void anAsyncGeneratorToo() throws InterruptedException {
    assertThat(all(stream("later", "count", Value.integer(40))))
        .hasSize(40)
        .contains(Value.text("39"));
  }

  @Test
  void aReaderThatDoesNotReadHoldsTheGeneratorBackAndItEndsWhenNobodyWantsMore()
      throws InterruptedException {
    ValueStream stream = stream("endless");
    assertThat(stream.next()).contains(Value.integer(1));
    Thread.sleep(300); // The time to go too far, if it could.
    stream.close();
    eventually("it ends", () -> logged("ended after ") == 1);
    String line =
        bench.log.lines().stream().filter(one -> one.contains("ended after ")).findFirst().get();
    int made = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
    assertThat(made).isBetween(Peer.WINDOW, Peer.WINDOW * 2 + 1);
    assertThat(all(stream("numbers", "count", Value.integer(2)))).hasSize(2);
  }

  @Test
  void whoeverWaitsIsWokenByAClose() throws Exception {
    ValueStream stream = stream("quiet");
    assertThat(stream.next()).contains(Value.integer(1));
    var waiting = Thread.startVirtualThread(() -> broken(stream));
    stream.close();
    waiting.join(5_000);
    assertThat(waiting.isAlive()).isFalse();
    eventually("its `finally` ran", () -> logged("quiet ended") == 1);
  }

  @Test
  void whatGoesWrongInTheMiddleIsAFaultAfterWhatWasGiven() throws InterruptedException {
    ValueStream stream = stream("breaks", "after", Value.integer(2));
    assertThat(stream.next()).contains(Value.integer(0));
    assertThat(stream.next()).contains(Value.integer(1));
    Fault fault = broken(stream);
    assertThat(fault.code()).isEqualTo(Fault.Code.INTERNAL);
    assertThat(fault.message()).contains("ValueError: no more");
    assertThat(broken(stream("wrong")).message()).contains("function `wrong` returned");
  }

  @Test
  void whatFailsAtOnceIsACallThatFailedAndMayBeTriedAgain() {
    Fault fault =
        bench.fault(
            streaming("refuses"),
            bench.message("refuses", Value.Dict.EMPTY, Duration.ofSeconds(10)));
    assertThat(fault.code()).isEqualTo(Fault.Code.OVERLOADED);
    assertThat(fault.retryable()).isTrue();
  }

  @Test
  void aWorkerThatDiesBreaksItsStreams() throws InterruptedException {
    ValueStream stream = stream("dies");
    assertThat(stream.next()).contains(Value.integer(1));
    assertThat(broken(stream).code()).isEqualTo(Fault.Code.DISCONNECTED);
    eventually("another one runs", bench::isUp);
  }
}
