package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * `--log-format json`: each line is an object, and a failure says where in the definition it was.
 */
class LogsIT {
  @TempDir private Path folder;

  @Test
  void aMessageThatFailedIsAnObjectWithTheFileAndLineOfItsStep() throws Exception {
    Path definition =
        Definitions.of(
            folder.resolve("own"),
            "halves.udl.yaml",
            """
            udl: 7
            systems:
              web: { type: http, listen: 0, operations: { half: { post: /half, body: any } } }
              down:
                type: http
                url: "http://127.0.0.1:1"
                operations: { tell: { post: /x, body: any, effect: idempotent } }
            routes:
              - { from: web.half, to: half }
            pipelines:
              half:
                input: any
                steps:
                  - { name: told, system: down.tell, with: "${input}" }
            """);
    try (var program =
        RunningProgram.start(
            folder, Map.of(), "run", "--log-format", "json", definition.toString())) {
      program.awaitOutput("Ctrl-C stops it.");
      assertThat(Http.post(program.url() + "/half", "{}").statusCode()).isGreaterThan(499);
      program.awaitErrors("message_failed");
      List<Value> lines =
          program
              .errors()
              .lines()
              .map(line -> Json.read(line.getBytes(StandardCharsets.UTF_8), Json.Limits.EXACT))
              .toList();
      Value failed =
          lines.stream()
              .filter(line -> line.fieldText("event").equals("message_failed"))
              .findFirst()
              .orElseThrow();
      assertThat(failed.fieldText("step")).isEqualTo("told");
      assertThat(failed.fieldText("file")).endsWith("halves.udl.yaml");
      assertThat(failed.field("line")).isEqualTo(Value.integer(14));
      assertThat(failed.fieldText("route")).isEqualTo("web.half -> half");
      assertThat(failed.fieldText("trace_id")).hasSize(32);
      assertThat(failed.fieldText("level")).isEqualTo("warning");
      assertThat(program.interrupt()).as(program.output()).isZero();
    }
  }
}
