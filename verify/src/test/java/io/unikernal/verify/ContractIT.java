package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The published vocabulary: {@code check v7.udl} says what {@code expected.yaml} says and nothing
 * else.
 */
class ContractIT {
  @TempDir private Path folder;

  @Test
  @SuppressWarnings("unchecked")
  void v7GivesExactlyWhatIsExpected() throws Exception {
    Path v7 = Definitions.root().resolve("verify/src/test/contract/v7");
    var expected =
        (Map<String, List<Map<String, Object>>>)
            new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(v7.resolve("expected.yaml")));
    try (var program =
        RunningProgram.start(
            folder, Map.of(), "check", "--json", v7.resolve("v7.udl").toString())) {
      assertThat(program.exitCode()).isEqualTo(1);
      var found =
          ((Value.Items)
                  Json.read(
                          program.output().strip().getBytes(StandardCharsets.UTF_8),
                          Json.Limits.DEFAULT)
                      .field("diagnostics"))
              .items();
      assertMatches(found, "error", expected.getOrDefault("errors", List.of()));
      assertMatches(found, "warning", expected.getOrDefault("warnings", List.of()));
    }
  }

  private static void assertMatches(
      List<Value> found, String severity, List<Map<String, Object>> expected) {
    var lines = new ArrayList<String>();
    for (Value diagnostic : found) {
      if (!diagnostic.fieldText("severity").equals(severity)) {
        continue;
      }
      String line = diagnostic.field("line") instanceof Value.Int(var number) ? "" + number : "";
      String message = diagnostic.fieldText("message");
      expected.stream()
          .filter(
              one -> ("" + one.get("line")).equals(line) && message.contains("" + one.get("about")))
          .findFirst()
          .ifPresentOrElse(
              one -> lines.add(one.get("line") + " " + one.get("about")),
              () -> lines.add("unexpected: " + line + " " + message));
    }
    assertThat(lines)
        .containsExactlyInAnyOrderElementsOf(
            expected.stream().map(one -> one.get("line") + " " + one.get("about")).toList());
  }
}
