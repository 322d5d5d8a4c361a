package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9}, of workers and of the kernel: nothing that was promised is lost. */
class KilledIT {
  private static final boolean LONG = Boolean.getBoolean("unikernal.long");
  private static final int ROUNDS = LONG ? 100 : 3;
  private static final int CLIENTS = 8;
  @TempDir private Path folder;

  @Test
  void everyOrderAnsweredWith201IsInTheStoreOnceWhenTheKernelIsKilledUnderLoad() throws Exception {
    Path example = Definitions.example("01-orders", folder);
    var promised = new HashSet<String>();
    for (int round = 0; round < ROUNDS; round++) {
      try (var program = RunningProgram.run(folder, example)) {
        Queue<String> answered = load(program, 200 + round * 37 % 500);
        promised.addAll(answered);
        assertThat(answered).as("orders before the kill of round " + round).isNotEmpty();
      }
    }
    var stored = new ArrayList<String>();
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + example.resolve(".unikernal/orders.db"));
        var rows = connection.createStatement().executeQuery("select id from orders")) {
      while (rows.next()) {
        stored.add(rows.getString(1));
      }
    }
    assertThat(stored).containsAll(promised).doesNotHaveDuplicates();
  }

  /**
   * Sends orders from several clients, kills the kernel in the middle; the ids answered with 201.
   */
  private static Queue<String> load(RunningProgram program, int killAfterMs) throws Exception {
    Queue<String> answered = new ConcurrentLinkedQueue<>();
    String url = program.url();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          Thread.startVirtualThread(() -> {
            try {
              while (true) {
                var response = OrdersExampleIT.order(url, "ann");
                if (response.statusCode() == 201) {
                  answered.add(id(response));
                }
              }
            } catch (Exception _) {
              // Killed: this client is done.
            }
          }));
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
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

  private static String id(HttpResponse<String> response) {
    var body = response.body().getBytes(StandardCharsets.UTF_8);
    return Json.read(body, Json.Limits.DEFAULT).fieldText("id");
  }

  @Test
  void aWorkerKilledInTheMiddleOfACallGivesARetryableFaultAndTheNextCallWorks() throws Exception {
    Path definition =
        Definitions.of(
            folder.resolve("slow"),
            "slow.udl.yaml",
            """
            udl: 7
            systems:
              web:
                type: http
                listen: 0
                operations:
                  nap: { post: /nap, body: { ms: int }, returns: { pid: int } }
              jobs: { type: python, path: ./jobs.py }
            routes:
              - { from: web.nap, to: jobs.nap }
            """,
            "jobs.py",
            """
            import os
            import time
            from dataclasses import dataclass


            @dataclass
            class Answer:
                pid: int


            def nap(ms: int) -> Answer:
                time.sleep(ms / 1000)
                return Answer(os.getpid())
            """);
    try (var program = RunningProgram.run(folder, definition)) {
      String url = program.url() + "/nap";
      long pid = pid(Http.post(url, "{\"ms\": 1}"));
      var waiting = new ArrayList<HttpResponse<String>>();
      Thread caller =
          Thread.startVirtualThread(() -> {
            try {
              waiting.add(Http.post(url, "{\"ms\": 30000}"));
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
      Thread.sleep(500);
      assertThat(new ProcessBuilder("kill", "-9", "" + pid).start().waitFor()).isZero();
      caller.join();

      assertThat(waiting).hasSize(1);
      assertThat(waiting.getFirst().statusCode()).isEqualTo(502);
      assertThat(waiting.getFirst().body()).contains("disconnected", "jobs.nap");
      var next = Http.post(url, "{\"ms\": 1}");
      assertThat(next.statusCode()).as(next.body() + program.errors()).isEqualTo(200);
      assertThat(pid(next)).isNotEqualTo(pid);
    }
  }

  @Test
  void workersEndByThemselvesWhenTheKernelIsKilled() throws Exception {
    Path example = Definitions.example("01-orders", folder);
    try (var program = RunningProgram.run(folder, example)) {
      List<ProcessHandle> workers = program.process().descendants().toList();
      assertThat(workers).hasSizeGreaterThanOrEqualTo(2);
      program.kill();
      for (ProcessHandle worker : workers) {
        worker.onExit().get(20, TimeUnit.SECONDS);
        assertThat(worker.isAlive()).isFalse();
      }
    }
  }

  private static long pid(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    var body = response.body().getBytes(StandardCharsets.UTF_8);
    return Json.read(body, Json.Limits.DEFAULT).field("pid") instanceof Value.Int(var pid)
        ? pid
        : -1;
  }
}
