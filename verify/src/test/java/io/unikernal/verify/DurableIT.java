package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Durable routes over HTTP: what is answered with 202 arrives, whatever happens to the kernel. */
class DurableIT {
  private static final boolean LONG = Boolean.getBoolean("unikernal.long");
  private static final int KILLS = LONG ? 100 : 5;
  private static final int CLIENTS = 8;
  private static final Pattern LINE = Pattern.compile("\\{\"n\":(\\d+)}");
  @TempDir private Path folder;

  private Path definition() throws IOException {
    return Definitions.of(
        folder.resolve("durable"),
        "durable.udl.yaml",
        """
        udl: 7
        systems:
          web:
            type: http
            listen: 0
            operations:
              note: { post: /notes, body: { n: int }, returns: { id: string } }
              lost: { post: /lost, body: { n: int } }
          out:
            type: file
            path: ./out
            operations:
              note: { append: notes.jsonl, accepts: { n: int }, effect: idempotent }
          down:
            type: http
            url: http://127.0.0.1:1
            operations:
              tell: { post: /notes, body: { n: int }, effect: idempotent }
        routes:
          - { from: web.note, to: out.note, durable: true }
          - { from: web.lost, to: down.tell, durable: { attempts: 1 } }
        """);
  }

  @Test
  void whatWasAnsweredWith202ArrivesWhenTheKernelIsKilledUnderLoad() throws Exception {
    Path definition = definition();
    Set<Integer> promised = new HashSet<>();
    var numbers = new AtomicInteger();
    for (int round = 0; round < KILLS; round++) {
      try (var program = RunningProgram.run(folder, definition)) {
        promised.addAll(load(program, numbers, 200 + round * 37 % 500));
      }
    }
    assertThat(promised).hasSizeGreaterThan(KILLS * 10);
    try (var program = RunningProgram.run(folder, definition)) {
      Path file = folder.resolve("durable/out/notes.jsonl");
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (!delivered(file).keySet().containsAll(promised) && System.nanoTime() < end) {
        Thread.sleep(100);
      }
      assertThat(delivered(file).keySet()).containsAll(promised);
      assertThat(delivered(file).values()).allMatch(times -> times <= 1 + KILLS);
      assertThat(program.interrupt()).as(program.output()).isZero();
      assertThat(program.output()).contains("balanced").doesNotContain("DOES NOT BALANCE");
    }
  }

  @Test
  void aDeadLetterIsListedReplayedAndDroppedWhetherTheDefinitionRunsOrNot() throws Exception {
    Path definition = definition();
    try (var program = RunningProgram.run(folder, definition)) {
      assertThat(Http.post(program.url() + "/lost", "{\"n\": 7}").statusCode()).isEqualTo(202);
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!dlq(definition, 0, "list").contains("disconnected") && System.nanoTime() < end) {
        Thread.sleep(100);
      }
      assertThat(dlq(definition, 0, "list")).contains("disconnected", "web.lost -> down.tell");
      assertThat(dlq(definition, 1, "replay", "--all")).contains("1 of 1", "failed: DISCONNECTED");
      assertThat(program.interrupt()).as(program.output()).isZero();
    }
    assertThat(dlq(definition, 0, "list", "--json")).contains("\"n\": 7");
    assertThat(dlq(definition, 1, "replay", "--code", "disconnected")).contains("failed");
    assertThat(dlq(definition, 0, "drop", "--all")).contains("dropped");
    assertThat(dlq(definition, 0, "list")).contains("no dead letters");
  }

  private String dlq(Path definition, int exitCode, String action, String... more)
      throws Exception {
    var arguments = new ArrayList<>(List.of("dlq", action, definition.toString()));
    arguments.addAll(List.of(more));
    try (var program = RunningProgram.start(folder, Map.of(), arguments.toArray(String[]::new))) {
      assertThat(program.exitCode()).as(program.output() + program.errors()).isEqualTo(exitCode);
      return program.output();
    }
  }

  /** How often each number stands in the file. */
  static Map<Integer, Integer> delivered(Path file) throws IOException {
    Map<Integer, Integer> times = new HashMap<>();
    if (Files.exists(file)) {
      // A kill may have cut a line off, and the next stands behind it.
      var match = LINE.matcher(Files.readString(file, StandardCharsets.UTF_8));
      while (match.find()) {
        times.merge(Integer.parseInt(match.group(1)), 1, Integer::sum);
      }
    }
    return times;
  }

  private static Queue<Integer> load(RunningProgram program, AtomicInteger numbers, int killAfterMs)
      throws Exception {
    Queue<Integer> answered = new ConcurrentLinkedQueue<>();
    String url = program.url() + "/notes";
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          Thread.startVirtualThread(() -> {
            try {
              while (true) {
                int number = numbers.incrementAndGet();
                if (Http.post(url, "{\"n\": " + number + "}").statusCode() == 202) {
                  answered.add(number);
                }
              }
            } catch (Exception _) {
              // Killed: this client is done.
            }
          }));
    }
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (answered.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    Thread.sleep(killAfterMs);
    program.kill();
    for (Thread client : clients) {
      client.join();
    }
    return answered;
  }
}
