package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Formats in and out: the example as a black box over HTTP and in its folders. */
class FormatsExampleIT {
  private static final int EXCHANGES = 10;
  private static final int WAIT_MS = 20_000;
  private static final int STEP_MS = 50;
  @TempDir private Path folder;

  @Test
  void everyExchangeHoldsAndFilesAreInTheirFormats() throws Exception {
    Path example = Definitions.example("03-formats", folder);
    try (var program = RunningProgram.run(folder, example)) {
      assertThat(new Exchanges(program.url()).play(example.resolve("exchanges.yaml")))
          .isEqualTo(EXCHANGES);
      waitFor(example.resolve("outbox/supplied.ndjson"));
      assertThat(program.interrupt()).isZero();
      assertThat(program.output()).contains("balanced").doesNotContain("DOES NOT BALANCE");
    }
    assertThat(Files.readAllLines(example.resolve("outbox/supplied.ndjson")))
        .containsExactly(
            "{\"sku\":\"ABC-0001\",\"price\":19.90,\"valid_from\":\"2026-01-01\",\"note\":\"bright; warm\"}",
            "{\"sku\":\"ABC-0002\",\"price\":5.00,\"valid_from\":\"2026-02-01\"}");
    assertThat(Files.readString(example.resolve("outbox/contacts.csv")))
        .isEqualTo("name,age,topics\r\nAnn Lee,,\"[\"\"prices\"\",\"\"ä\"\"]\"\r\n");
    assertThat(Files.readString(example.resolve("outbox/published.xml"))).contains("<Price>");
  }

  private static void waitFor(Path file) throws InterruptedException {
    for (int waited = 0; waited < WAIT_MS && !Files.exists(file); waited += STEP_MS) {
      Thread.sleep(STEP_MS);
    }
    assertThat(file).exists();
  }
}
