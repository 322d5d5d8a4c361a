package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** `unikernal join`: a worker that a user starts, at a definition that starts none. */
class JoinIT {
  @TempDir private Path folder;

  private static Path definition(Path own) throws IOException {
    Path definition =
        Definitions.of(
            own,
            "sums.udl.yaml",
            """
            udl: 7
            systems:
              web:
                type: http
                listen: 0
                operations: { sum: { get: "/sum/{a}/{b}", path: { a: int, b: int }, returns: int } }
              sums:
                type: python
                path: ./sums.py
                instances: 0
                operations: { sum: { params: { a: int, b: int }, returns: int, effect: reads } }
            routes:
              - { from: web.sum, to: sums.sum }
            """);
    Files.writeString(
        own.resolve("sums.py"), "def sum(a: int, b: int) -> int:\n    return a + b\n");
    return definition;
  }

  @Test
  void aWorkerThatAUserStartsDoesTheCallsUntilItIsStopped() throws Exception {
    Path own = folder.resolve("own");
    Path definition = definition(own);
    Path sdk = Path.of(System.getProperty("unikernal.dist"), "sdks", "python");
    try (var program = RunningProgram.run(folder, definition)) {
      String url = program.url() + "/sum/2/3";
      assertThat(Http.get(url).statusCode()).isGreaterThanOrEqualTo(500);
      try (var nobody =
          RunningProgram.start(folder, Map.of(), "join", "-d", own.toString(), "web")) {
        assertThat(nobody.exitCode()).isEqualTo(1);
        assertThat(nobody.errors()).contains("no worker joins it");
      }
      var joining =
          RunningProgram.start(
              folder,
              Map.of("PYTHONPATH", sdk.toString()),
              "join",
              "-d",
              own.toString(),
              "sums",
              "--",
              "python3",
              "-m",
              "unikernal",
              "serve",
              own.resolve("sums.py").toString());
      try (joining) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (Http.get(url).statusCode() != 200 && System.nanoTime() < end) {
          Thread.sleep(50);
        }
        assertThat(Http.get(url).body()).as(joining.errors()).isEqualTo("5");
        try (var workers =
            RunningProgram.start(folder, Map.of(), "get", "workers", "-d", own.toString())) {
          assertThat(workers.exitCode()).isZero();
          assertThat(workers.output()).containsPattern("sums#guest1 .* 8 +0");
        }
        joining.interrupt();
      }
      assertThat(Http.get(url).statusCode()).isGreaterThanOrEqualTo(500);
      assertThat(program.interrupt()).as(program.output()).isZero();
    }
  }
}
