package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state folder on a disk that is full: what cannot be kept is refused, what was kept arrives. */
class DiskFullIT {
  private static final int DISK_KB = 8192;
  private static final String PAD = "x".repeat(2000);
  private static final int REFUSED_WANTED = 10;
  private static final int SENT_MAX = 5_000;
  @TempDir private Path folder;
  private final Set<String> arrived = ConcurrentHashMap.newKeySet();
  private HttpServer backend;
  private volatile boolean isDown;

  private Path disk() {
    return folder.resolve("disk");
  }

  @BeforeEach
  void mount() throws Exception {
    Files.createDirectories(disk());
    run("mount", "-t", "tmpfs", "-o", "size=" + DISK_KB + "k", "unikernal", disk().toString());
    backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    backend.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if (!isDown) {
            arrived.add(body.replaceAll("(?s).*\"n\"\\s*:\\s*(\\d+).*", "$1"));
          }
          exchange.sendResponseHeaders(isDown ? 503 : 204, -1);
          exchange.close();
        });
    backend.start();
  }

  @AfterEach
  void unmount() throws Exception {
    backend.stop(0);
    run("umount", "-l", disk().toString());
  }

  /** As root, as CI is; elsewhere this fails and says so. */
  private static void run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + " (needs root): " + said).isZero();
  }

  private Path definition() throws IOException {
    return Definitions.of(
        disk(),
        "full.udl.yaml",
        """
        udl: 7
        systems:
          web:
            type: http
            listen: 0
            operations:
              note: { post: /notes, body: { n: int, pad: string } }
              health: { get: /health, returns: string }
          store:
            type: http
            url: http://127.0.0.1:%d
            operations:
              tell: { post: /notes, body: { n: int, pad: string }, effect: idempotent }
        policies:
          patient:
            { type: retry, attempts: 100, backoff: constant, delay: 200ms, on: [OVERLOADED, REJECTED, DISCONNECTED] }
        routes:
          - { from: web.note, to: store.tell, durable: true, policy: patient }
          - { from: web.health, to: fine }
        pipelines:
          fine: { steps: [{ set: fine }] }
        """
            .formatted(backend.getAddress().getPort()));
  }

  @Test
  void whatCannotBeKeptIsRefusedAndAllThatWasPromisedArrives() throws Exception {
    isDown = true;
    Set<String> promised = new HashSet<>();
    try (var program = RunningProgram.run(folder, definition())) {
      String url = program.url();
      int refused = 0;
      for (int n = 1; refused < REFUSED_WANTED && n <= SENT_MAX; n++) {
        var answer = Http.post(url + "/notes", "{\"n\": %d, \"pad\": \"%s\"}".formatted(n, PAD));
        if (answer.statusCode() == 202) {
          promised.add("" + n);
        } else {
          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
          assertThat(answer.body()).contains("OVERLOADED", "disk").doesNotContain("Exception");
          refused++;
        }
      }
      assertThat(refused).isEqualTo(REFUSED_WANTED);
      assertThat(promised).hasSizeGreaterThan(100);
      assertThat(Http.get(url + "/health").statusCode()).as("other routes go on").isEqualTo(200);
      isDown = false;
      await(promised);
      var last = "{\"n\": 999999, \"pad\": \"\"}";
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      var after = Http.post(url + "/notes", last);
      while (after.statusCode() != 202 && System.nanoTime() < end) {
        Thread.sleep(100);
        after = Http.post(url + "/notes", last);
      }
      assertThat(after.statusCode()).as(after.body()).isEqualTo(202);
      promised.add("999999");
      await(promised);
      assertThat(program.interrupt()).as(program.output() + program.errors()).isZero();
      assertThat(program.output()).contains("balanced").doesNotContain("DOES NOT BALANCE");
    }
  }

  @Test
  void aFullDiskAndAKillTogetherLoseNothingThatWasPromised() throws Exception {
    isDown = true;
    Set<String> promised = new HashSet<>();
    var definition = definition();
    try (var program = RunningProgram.run(folder, definition)) {
      for (int n = 1; n <= SENT_MAX; n++) {
        var answer =
            Http.post(program.url() + "/notes", "{\"n\": %d, \"pad\": \"%s\"}".formatted(n, PAD));
        if (answer.statusCode() != 202) {
          break;
        }
        promised.add("" + n);
      }
      program.kill();
    }
    isDown = false;
    try (var program = RunningProgram.run(folder, definition)) {
      await(promised);
      assertThat(program.interrupt()).as(program.output() + program.errors()).isZero();
    }
  }

  private void await(Set<String> wanted) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!arrived.containsAll(wanted) && System.nanoTime() < end) {
      Thread.sleep(50);
    }
    assertThat(arrived).containsAll(wanted);
  }
}
