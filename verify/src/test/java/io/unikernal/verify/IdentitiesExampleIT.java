package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers with keys: the example as a black box over HTTP, and what its audit says. */
class IdentitiesExampleIT {
  private static final int EXCHANGES = 13;
  @TempDir private Path folder;

  @Test
  void everyExchangeHoldsAndEachRefusalIsInTheAudit() throws Exception {
    Path example = Definitions.example("06-identities", folder);
    try (var program = RunningProgram.run(folder, example)) {
      assertThat(new Exchanges(program.url()).play(example.resolve("exchanges.yaml")))
          .isEqualTo(EXCHANGES);
      assertThat(program.interrupt()).isZero();
      assertThat(program.output()).contains("balanced").doesNotContain("DOES NOT BALANCE");
    }
    var audit = Files.readAllLines(example.resolve(".unikernal/audit.jsonl"));
    assertThat(audit)
        .extracting(line ->
            Json.read(line.getBytes(StandardCharsets.UTF_8), Json.Limits.DEFAULT).fieldText("why"))
        .containsExactly(
            "`anonymous` has no role, and `web.get_products` is for `clerk`, `web_frontend`",
            "`shop` has the roles `web_frontend`, and `web.put_product` is for `clerk`",
            "`anonymous` has no role, and `web.put_product` is for `clerk`",
            audit.get(3).replaceFirst(".*\"why\":\"([^\"]*)\".*", "$1"),
            "`clients`: there is no key `AAAAAAAAAAAAAAAA`",
            "`clients`: what `x-api-key` holds has not the form of a key",
            "access of web.put_product -> put_product: the caller may not use `web.put_product`");
    assertThat(audit.get(3)).contains("of `clerk` expired at 2026-01-31T00:00:00Z");
    assertThat(String.join("\n", audit)).doesNotContain("uk_");
  }
}
