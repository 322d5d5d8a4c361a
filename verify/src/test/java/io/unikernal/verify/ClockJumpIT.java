package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clock on the wall jumps, as it does when somebody sets it or a machine wakes up: nothing
 * fails by it, nothing waits for it, nothing is lost. Method: libfaketime, which moves the clock of
 * one process and leaves the monotonic one alone.
 */
class ClockJumpIT {
  private static final List<String> JUMPS = List.of("+2d", "-3d", "+1h", "-30s", "+400d", "+0");
  private static final int JUMP_EVERY_MS = 1_000;
  private static final int CLIENTS = 4;
  @TempDir private Path folder;

  private static Path library() {
    return List.of("x86_64-linux-gnu", "aarch64-linux-gnu").stream()
        .map(kind -> Path.of("/usr/lib", kind, "faketime/libfaketimeMT.so.1"))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(() -> new AssertionError("libfaketime is missing: apt-get install faketime"));
  }

  private Path definition() throws Exception {
    return Definitions.of(
        folder.resolve("jump"),
        "jump.udl.yaml",
        """
        udl: 7
        systems:
          web:
            type: http
            listen: 0
            operations:
              ask: { get: /ask, returns: string }
              note: { post: /notes, body: { n: int } }
          out:
            type: file
            path: ./out
            operations: { note: { append: notes.jsonl, accepts: { n: int }, effect: idempotent } }
        policies:
          guarded:
            - { type: rate_limit, limit: 100000, window: 1s }
            - { type: timeout, after: 5s }
            - { type: circuit_breaker, failure_rate: 0.5, window: 20, open_for: 10s }
            - { type: retry, attempts: 3, delay: 50ms }
        routes:
          - { from: web.ask, to: ask, policy: guarded }
          - { from: web.note, to: out.note, durable: true }
        pipelines:
          ask: { steps: [{ wait: 5ms }, { set: fine }] }
        """);
  }

  @Test
  void noRequestFailsAndNothingStoredIsLostWhileTheClockJumps() throws Exception {
    Path offset = Files.writeString(folder.resolve("offset"), "+0");
    var environment =
        Map.of(
            "LD_PRELOAD",
            library().toString(),
            "FAKETIME_TIMESTAMP_FILE",
            offset.toString(),
            "FAKETIME_NO_CACHE",
            "1",
            "DONT_FAKE_MONOTONIC",
            "1");
    var numbers = new AtomicInteger();
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    Set<Integer> promised = new HashSet<>();
    var isOver = new AtomicBoolean();
    try (var program = RunningProgram.start(folder, environment, "run", definition().toString())) {
      program.awaitOutput("Ctrl-C stops it.");
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            Thread.startVirtualThread(() -> load(program, isOver, numbers, promised, wrong)));
      }
      for (String jump : JUMPS) {
        Thread.sleep(JUMP_EVERY_MS);
        Files.writeString(offset, jump);
      }
      Thread.sleep(JUMP_EVERY_MS);
      isOver.set(true);
      for (Thread client : clients) {
        client.join();
      }
      assertThat(wrong).isEmpty();
      assertThat(promised).hasSizeGreaterThan(20); // libfaketime makes every look at a clock slow
      Path file = folder.resolve("jump/out/notes.jsonl");
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (DurableIT.delivered(file).size() < promised.size() && System.nanoTime() < end) {
        Thread.sleep(100);
      }
      assertThat(DurableIT.delivered(file).keySet()).containsAll(promised);
      assertThat(program.interrupt()).as(program.output()).isZero();
      assertThat(program.output()).contains("balanced").doesNotContain("DOES NOT BALANCE");
    }
  }

  private static void load(
      RunningProgram program,
      AtomicBoolean isOver,
      AtomicInteger numbers,
      Set<Integer> promised,
      Queue<String> wrong) {
    try {
      while (!isOver.get()) {
        int number = numbers.incrementAndGet();
        var asked = Http.get(program.url() + "/ask");
        var noted = Http.post(program.url() + "/notes", "{\"n\": " + number + "}");
        if (asked.statusCode() != 200) {
          wrong.add(asked.statusCode() + " " + asked.body());
        }
        if (noted.statusCode() != 202) {
          wrong.add(noted.statusCode() + " " + noted.body());
        }
        synchronized (promised) {
          promised.add(number);
        }
      }
    } catch (Exception e) {
      wrong.add("" + e);
    }
  }
}
