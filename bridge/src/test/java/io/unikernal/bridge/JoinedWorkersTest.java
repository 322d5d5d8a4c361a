package io.unikernal.bridge;

import static io.unikernal.bridge.Bench.map;
import static io.unikernal.bridge.Bench.operation;
import static io.unikernal.bridge.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.spi.Health;
import io.unikernal.spi.Invites;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that somebody else starts, as real processes of the real SDK. */
class JoinedWorkersTest {
  private static final String PROGRAM =
      """
      import os, time

      def pid() -> int:
          return os.getpid()

      def sleeps(seconds: float) -> str:
          time.sleep(seconds)
          return "done"
      """;

  @TempDir private Path folder;
  private final List<Process> started = new ArrayList<>();
  private Optional<Bench> opened = Optional.empty();

  private Bench open(int instances) throws InterruptedException {
    var bench =
        new Bench(folder, PROGRAM)
            .with(PythonAdapter.INSTANCES, instances)
            .with(PythonAdapter.CONCURRENCY, 2)
            .serving(operation("pid"))
            .serving(operation("sleeps"));
    opened = Optional.of(bench);
    return bench.open();
  }

  private static Invites.Invitation invite(Bench bench) {
    return ((Invites) bench.system()).invite();
  }

  private Process join(Bench bench, Invites.Invitation invitation) throws IOException {
    var builder = PythonRuntime.of(bench.config(), folder).process("serve", "--threads", "2");
    builder.environment().put("UNIKERNAL_SOCKET", invitation.socket());
    builder.environment().put("UNIKERNAL_TOKEN", invitation.token());
    builder.environment().put("UNIKERNAL_WORKER", "py");
    var process = builder.redirectErrorStream(true).start();
    started.add(process);
    return process;
  }

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    opened.ifPresent(Bench::close);
    for (Process process : started) {
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("it has ended by itself").isTrue();
    }
    if (opened.isPresent()) {
      var world = opened.get().world;
      eventually("no thread is left: " + world.running(), () -> world.running().isEmpty());
    }
  }

  @Test
  void aWorkerThatJoinsDoesCallsAndOneThatLeavesIsMissedByNobody() throws Exception {
    var bench = open(1);
    long own = bench.pid();
    Process guest = join(bench, invite(bench));
    Set<Long> seen = new HashSet<>();
    eventually(
        "both do calls",
        () -> {
          try {
            seen.add(bench.pid());
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return seen.equals(Set.of(own, guest.pid()));
        });
    Bench.signal("KILL", guest.pid());
    guest.waitFor();
    for (int i = 0; i < 20; i++) {
      if (bench.isUp()) {
        assertThat(bench.pid()).isEqualTo(own);
      }
    }
  }

  @Test
  void aSystemWithoutProcessesOfItsOwnIsDownUntilSomebodyJoins() throws Exception {
    var bench = open(0);
    assertThat(bench.system().probe()).isInstanceOf(Health.Down.class);
    Fault fault = bench.fault("pid", Duration.ofMillis(300));
    assertThat(fault.code()).isEqualTo(Fault.Code.DISCONNECTED);
    assertThat(fault.message()).contains("unikernal join py");
    var waiting = new FutureTask<>(() -> bench.call("pid"));
    Thread.startVirtualThread(waiting);
    Process guest = join(bench, invite(bench));
    assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(Value.integer(guest.pid()));
    assertThat(bench.isUp()).isTrue();
  }

  @Test
  void anInvitationHoldsOnceAndAnotherTokenForNothing() throws Exception {
    var bench = open(0);
    var invitation = invite(bench);
    join(bench, invitation);
    eventually("it has joined", bench::isUp);
    Process second = join(bench, invitation);
    assertThat(second.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).isNotZero();
    assertThat(invitation.toString()).doesNotContain(invitation.token());
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                invite(bench);
              }
            })
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("at most 64");
  }

  @Test
  void aWorkerWithoutTheFunctionsIsNotLetIn() throws Exception {
    var bench = open(0).serving(operation("missing"));
    bench.close();
    bench.open();
    Process guest = join(bench, invite(bench));
    assertThat(guest.waitFor(10, TimeUnit.SECONDS)).isTrue();
    eventually("it is said", () -> bench.log.lines().toString().contains("no function `missing`"));
    assertThat(bench.isUp()).isFalse();
  }

  @Test
  void aWorkerThatJoinedFinishesItsCallsWhenTheKernelStops() throws Exception {
    var bench = open(0);
    join(bench, invite(bench));
    eventually("it has joined", bench::isUp);
    var call =
        new FutureTask<>(() ->
            bench.call(
                operation("sleeps"),
                bench.message(
                    "sleeps", map("seconds", new Value.Real(0.5)), Duration.ofSeconds(5))));
    Thread.startVirtualThread(call);
    Thread.sleep(200);
    bench.close();
    assertThat(call.get(5, TimeUnit.SECONDS)).isEqualTo(Value.text("done"));
  }
}
