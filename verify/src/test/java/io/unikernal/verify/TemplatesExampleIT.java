package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Templates and functions run: the example as a black box over HTTP. */
class TemplatesExampleIT {
  private static final int EXCHANGES = 7;
  @TempDir private Path folder;

  @Test
  void everyExchangeHoldsAndOnlyWhatIsDearIsInTheAudit() throws Exception {
    Path example = Definitions.example("02-templates", folder);
    try (var program = RunningProgram.run(folder, example)) {
      assertThat(new Exchanges(program.url()).play(example.resolve("exchanges.yaml")))
          .isEqualTo(EXCHANGES);
      assertThat(program.interrupt()).isZero();
      assertThat(program.output()).contains("balanced").doesNotContain("DOES NOT BALANCE");
    }
    assertThat(Files.readAllLines(example.resolve("outbox/audit.jsonl")))
        .containsExactly("{\"text\":\"product ABC-0002\"}", "{\"text\":\"customer ann\"}");
  }
}
