package io.unikernal.bridge;

import static io.unikernal.bridge.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Reply;
import io.unikernal.model.Value;
import io.unikernal.spi.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that goes wrong with a process, and what is left of it. */
class PythonFailuresTest {
  private static final String PROGRAM =
      """
      import os, subprocess, sys, time
      from unikernal import UnikernalClient, context

      client = UnikernalClient()

      def pid() -> int:
          return os.getpid()

      def sleeps(seconds: float) -> str:
          time.sleep(seconds)
          return "done"

      def patient() -> str:
          end = time.monotonic() + 20
          while time.monotonic() < end and not context().cancelled:
              time.sleep(0.01)
          print("cancelled" if context().cancelled else "not cancelled")
          return "done"

      def child() -> int:
          return subprocess.Popen(["sleep", "100"]).pid

      def dies() -> None:
          print("about to die", file=sys.stderr)
          os._exit(3)

      def asks() -> str:
          return client.call("db.slow", {})
      """;
  @TempDir private Path folder;
  private Optional<Bench> bench = Optional.empty();
  private final List<Long> pids = new ArrayList<>();

  private Bench open(Bench opening) throws InterruptedException {
    bench = Optional.of(opening);
    return opening.open();
  }

  private Bench open() throws InterruptedException {
    return open(new Bench(folder, PROGRAM));
  }

  private long pid(Bench of) throws InterruptedException {
    long pid = of.pid();
    pids.add(pid);
    return pid;
  }

  @AfterEach
  void nothingIsLeft() throws InterruptedException, IOException {
    if (bench.isPresent()) {
      bench.get().close();
      bench.get().close();
      var world = bench.get().world;
      eventually("no thread is left: " + world.running(), () -> world.running().isEmpty());
    }
    // A process that is not this one's child stays a moment until somebody asks how it ended.
    eventually("no process is left", () -> pids.stream().noneMatch(Bench::isAlive));
    assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
  }

  private static FutureTask<Value> later(Bench of, String name, Object... input) {
    var task = new FutureTask<>(() -> of.call(name, input));
    Thread.startVirtualThread(task);
    return task;
  }

  private static Fault fault(FutureTask<Value> task) {
    var thrown =
        catchThrowableOfType(ExecutionException.class, () -> task.get(10, TimeUnit.SECONDS));
    assertThat(thrown).isNotNull();
    assertThat(thrown).cause().isInstanceOf(FaultException.class);
    return thrown.getCause() instanceof FaultException e
        ? e.fault()
        : Fault.of(Fault.Code.INTERNAL, "");
  }

  private Fault faultOfOpening(Bench opening) {
    var thrown = catchThrowableOfType(FaultException.class, () -> open(opening));
    assertThat(thrown).isNotNull();
    return thrown.fault();
  }

  private static long count(Bench of, String part) {
    return of.log.lines().stream().filter(line -> line.contains(part)).count();
  }

  @Test
  void aDeadlineThatPassesIsATimeoutAndTheWorkerIsTold() throws InterruptedException {
    var py = open();
    long pid = pid(py);
    Fault fault = py.fault("patient", Duration.ofMillis(200));
    assertThat(fault.code()).isEqualTo(Fault.Code.TIMEOUT);
    eventually("the function sees it", () -> count(py, "py#1: cancelled") == 1);
    assertThat(pid(py)).as("the same process").isEqualTo(pid);
  }

  @Test
  void aKilledWorkerFailsItsCallsAndTheNextOneWorks() throws Exception {
    var py = open();
    long pid = pid(py);
    var call = later(py, "sleeps", "seconds", new Value.Real(20));
    Thread.sleep(100);
    Bench.signal("KILL", pid);
    Fault fault = fault(call);
    assertThat(fault.code()).isEqualTo(Fault.Code.DISCONNECTED);
    assertThat(fault.retryable()).isTrue();
    assertThat(pid(py)).isNotEqualTo(pid);
    assertThat(py.system().probe()).isEqualTo(Health.UP);
    assertThat(count(py, "was killed by signal 9; starting another in 50 ms")).isOne();
  }

  @Test
  void aWorkerThatEndsAtTheStartSaysWhy() {
    Fault missing = faultOfOpening(new Bench(folder, "import no_such_module\n"));
    assertThat(missing.message())
        .contains("worker `py#1` did not start", "exit code 1", "No module named 'no_such_module'");
    Fault noFunction =
        faultOfOpening(new Bench(folder, PROGRAM).serving(Bench.operation("vanished")));
    assertThat(noFunction.message()).contains("has no function `vanished`");
    Fault noInterpreter =
        faultOfOpening(new Bench(folder, PROGRAM).with(PythonAdapter.INTERPRETER, "python-no"));
    assertThat(noInterpreter.message()).contains("python-no");
    Fault slow =
        faultOfOpening(
            new Bench(folder, "import time\ntime.sleep(30)\n")
                .with(PythonAdapter.START_TIMEOUT, Duration.ofMillis(300)));
    assertThat(slow.message()).contains("did not connect within 300 ms");
    Fault range = faultOfOpening(new Bench(folder, PROGRAM).with(PythonAdapter.CONCURRENCY, 0));
    assertThat(range.message()).contains("`concurrency` of `py` must be from 1 to 1024");
    Fault noFile =
        faultOfOpening(new Bench(folder, "").with(PythonAdapter.PATH, folder.resolve("gone.py")));
    assertThat(noFile.message()).contains("there is no file");
  }

  @Test
  void startingCanBeInterruptedAndLeavesNothing() throws Exception {
    bench = Optional.of(new Bench(folder, "import time\ntime.sleep(30)\n"));
    var task = new FutureTask<>(() -> bench.get().open());
    var thread = Thread.startVirtualThread(task);
    eventually(
        "it starts", () -> ProcessHandle.current().descendants().anyMatch(ProcessHandle::isAlive));
    thread.interrupt();
    var thrown =
        catchThrowableOfType(ExecutionException.class, () -> task.get(5, TimeUnit.SECONDS));
    assertThat(thrown).hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void aCrashLoopIsSlowedDown() throws Exception {
    Path mark = folder.resolve("mark");
    var py =
        open(
            new Bench(
                folder,
                """
                import os, sys

                if os.path.exists("mark"):
                    sys.exit("again")

                def pid() -> int:
                    return os.getpid()
                """));
    Files.createFile(mark);
    Bench.signal("KILL", pid(py));
    eventually(
        "it is down", () -> py.log.lines().toString().contains("exit code 1: SystemExit: again"));
    assertThat(py.system().probe().toString()).contains("0 of 1 workers run", "again");
    assertThat(py.fault("pid", Duration.ofMillis(100)).message()).contains("again");
    Thread.sleep(1_200);
    assertThat(count(py, "starting another")).isBetween(3L, 7L);
    assertThat(count(py, "starting another in 400 ms")).isPositive();
    Files.delete(mark);
    assertThat(pid(py)).isPositive();
  }

  @Test
  void aWorkerThatStandsStillIsReplaced() throws Exception {
    var py = open();
    long pid = pid(py);
    Bench.signal("STOP", pid);
    eventually("it is killed", () -> !Bench.isAlive(pid));
    assertThat(pid(py)).isNotEqualTo(pid);
  }

  @Test
  void aWorkerThatIsBusyInsideADeadlineIsNotReplaced() throws Exception {
    var py = open();
    long pid = pid(py);
    var call = later(py, "sleeps", "seconds", new Value.Real(2));
    Thread.sleep(100);
    Bench.signal("STOP", pid);
    Thread.sleep(1_200);
    Bench.signal("CONT", pid);
    assertThat(call.get(5, TimeUnit.SECONDS)).isEqualTo(Value.text("done"));
    assertThat(pid(py)).isEqualTo(pid);
  }

  @Test
  void aWorkerThatKeepsACancelledCallIsReplacedOnceTheOthersAreDone() throws Exception {
    var py = open();
    long pid = pid(py);
    assertThat(py.fault("sleeps", Duration.ofMillis(100), "seconds", new Value.Real(60)).code())
        .isEqualTo(Fault.Code.TIMEOUT);
    var other = later(py, "sleeps", "seconds", new Value.Real(1));
    eventually("it is killed", () -> !Bench.isAlive(pid));
    assertThat(other.get(5, TimeUnit.SECONDS)).isEqualTo(Value.text("done"));
    assertThat(pid(py)).isNotEqualTo(pid);
  }

  @Test
  void moreCallsThanSeatsWaitAndAreOverloadedAtTheirDeadline() throws Exception {
    var py = open(new Bench(folder, PROGRAM).with(PythonAdapter.CONCURRENCY, 1));
    var first = later(py, "sleeps", "seconds", new Value.Real(0.6));
    Thread.sleep(100);
    Fault fault = py.fault("pid", Duration.ofMillis(100));
    assertThat(fault.code()).isEqualTo(Fault.Code.OVERLOADED);
    assertThat(fault.retryable()).isTrue();
    assertThat(pid(py)).as("waits for the seat").isPositive();
    assertThat(first.isDone()).isTrue();
  }

  @Test
  void aWorkerToldToEndFinishesWhatItHasAndIsReplaced() throws Exception {
    var py = open();
    long pid = pid(py);
    var call = later(py, "sleeps", "seconds", new Value.Real(0.5));
    Thread.sleep(100);
    Bench.signal("TERM", pid);
    eventually("GOODBYE", () -> count(py, "says goodbye") == 1);
    assertThat(pid(py)).isNotEqualTo(pid);
    assertThat(call.get(5, TimeUnit.SECONDS)).isEqualTo(Value.text("done"));
  }

  @Test
  void closingLetsCallsFinishAndFailsThoseThatTakeTooLong() throws Exception {
    var py = open();
    pids.add(((Value.Int) py.call("child")).value());
    var quick = later(py, "sleeps", "seconds", new Value.Real(0.5));
    Thread.sleep(100);
    py.close();
    assertThat(quick.get(1, TimeUnit.SECONDS)).isEqualTo(Value.text("done"));
    assertThat(py.fault("pid").code()).isEqualTo(Fault.Code.DISCONNECTED);
  }

  @Test
  void closingFailsWhoeverStillWaits() throws Exception {
    var py = open(new Bench(folder, PROGRAM).with(PythonAdapter.CONCURRENCY, 1));
    pid(py);
    var running = later(py, "sleeps", "seconds", new Value.Real(60));
    Thread.sleep(100);
    var queued = later(py, "pid");
    Thread.sleep(100);
    py.close();
    assertThat(fault(running).code()).isEqualTo(Fault.Code.DISCONNECTED);
    assertThat(fault(queued).code()).isEqualTo(Fault.Code.DISCONNECTED);
  }

  @Test
  void theCallsOfADeadWorkerAreInterrupted() throws Exception {
    var interrupted = new java.util.concurrent.CountDownLatch(1);
    var started = new java.util.concurrent.CountDownLatch(1);
    var py =
        open(
            new Bench(folder, PROGRAM)
                .with((_, _, _, _) -> {
                  started.countDown();
                  try {
                    Thread.sleep(20_000);
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                  }
                  return Reply.NONE;
                }));
    long pid = pid(py);
    var call = later(py, "asks");
    assertThat(started.await(5, TimeUnit.SECONDS)).isTrue();
    Bench.signal("KILL", pid);
    assertThat(fault(call).code()).isEqualTo(Fault.Code.DISCONNECTED);
    assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aWorkerThatExitsInACallSaysItsLastLine() throws Exception {
    var py = open();
    assertThat(py.fault("dies").code()).isEqualTo(Fault.Code.DISCONNECTED);
    eventually("why", () -> count(py, "ended with exit code 3: about to die") == 1);
    assertThat(pid(py)).isPositive();
  }
}
