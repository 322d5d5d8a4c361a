package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** `unikernal test --watch`: what it says after each change, until it is stopped. */
class WatchedTestsIT {
  private static final String TESTS =
      """
      tests:
        - name: %s
          send: { to: bus.get, input: { a: 1 }, times: 3 }
          expect: { calls: { bus.out: %s } }
      """;

  @TempDir private Path folder;

  @Test
  void testsRunAgainAfterEachChangeAndWhatTheyWriteIsNone() throws Exception {
    Path own = folder.resolve("own");
    Definitions.of(
        own,
        "a.udl.yaml",
        """
        systems:
          bus:
            type: memory
            operations: { get: { receives: { a: int } }, out: { accepts: { a: int }, effect: idempotent } }
        routes:
          - { from: bus.get, to: bus.out }
        """);
    Path tests = Files.writeString(own.resolve("a.test.udl.yaml"), TESTS.formatted("first", "3"));
    Path junit = own.resolve("junit.xml");
    try (var program =
        RunningProgram.start(
            folder, Map.of(), "test", "--watch", "--junit", junit.toString(), own.toString())) {
      program.awaitOutput("waiting for a change");
      assertThat(program.output()).contains("1 test holds");
      Files.writeString(tests, TESTS.formatted("second", "4"));
      program.awaitOutput("1 of 1 test fails");
      Files.writeString(tests, TESTS.formatted("third", "nonsense"));
      program.awaitOutput("UDL-8002");
      Files.writeString(tests, TESTS.formatted("fourth", "3"));
      program.awaitOutput("ok    fourth");
      Thread.sleep(1_500); // what was written is not taken for another change
      assertThat(program.output().split("ok    fourth", -1)).hasSize(2);
      assertThat(junit).isNotEmptyFile();
      program.interrupt();
    }
  }
}
