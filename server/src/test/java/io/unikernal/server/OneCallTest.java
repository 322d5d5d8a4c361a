package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.kernel.Listener;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Plan;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One definition with a store and a file: called without running, running, and twice. */
class OneCallTest {
  private static final String DEFINITION =
      """
      udl: 7
      types:
        Note: { text: string, weight: "decimal(6,2)" }
      systems:
        inbox:
          type: memory
          operations:
            noted: { receives: Note }
        notes:
          type: file
          path: ./notes
          operations:
            keep: { append: notes.jsonl, accepts: Note }
        other:
          type: file
          path: ./other
          operations:
            keep: { append: other.jsonl, accepts: Note }
      routes:
        - { from: inbox.noted, to: both }
      pipelines:
        both:
          input: Note
          steps:
            - { system: notes.keep, with: "${input}" }
            - { system: other.keep, with: "${input}" }
      """;

  private final Map<String, Adapter> adapters = AdapterCatalog.load(List.of());
  @TempDir private Path folder;

  private Plan plan() throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("notes.udl.yaml"), DEFINITION);
    var compilation = UdlCompiler.compile(file, adapters, new UdlCompiler.Options(Map.of(), false));
    return compilation
        .plan()
        .orElseThrow(() -> new AssertionError(compilation.rendered().text(false)));
  }

  private static Value json(String text) {
    return Json.read(text.getBytes(StandardCharsets.UTF_8), Json.Limits.EXACT);
  }

  @Test
  void aCallOpensWhatItReachesAndNothingElse() throws Exception {
    Value input = json("{\"text\": \"a\", \"weight\": 1.25}");
    OneCall.call(plan(), adapters, "notes.keep", input, Duration.ofSeconds(10), Listener.SILENT);

    assertThat(Files.readAllLines(folder.resolve("notes/notes.jsonl")))
        .containsExactly("{\"text\":\"a\",\"weight\":1.25}");
    assertThat(folder.resolve("other")).doesNotExist();
  }

  @Test
  void aCallOfAnOperationThatReceivesGoesThroughItsRoutes() throws Exception {
    Value input = json("{\"text\": \"a\", \"weight\": 1.2}");
    OneCall.call(plan(), adapters, "inbox.noted", input, Duration.ofSeconds(10), Listener.SILENT);

    assertThat(Files.readAllLines(folder.resolve("other/other.jsonl")))
        .containsExactly("{\"text\":\"a\",\"weight\":1.20}");
  }

  @Test
  void anUnknownOperationIsToldWhichThereAre() {
    assertThatThrownBy(() ->
            OneCall.call(
                plan(),
                adapters,
                "notes.nope",
                Value.Dict.EMPTY,
                Duration.ofSeconds(10),
                Listener.SILENT))
        .isInstanceOfSatisfying(
            FaultException.class,
            e -> assertThat(e.fault().hint()).contains("notes.keep", "inbox.noted"));
  }

  @Test
  void anInputThatBreaksItsTypeIsRefusedWithEveryRule() {
    assertThatThrownBy(() ->
            OneCall.call(
                plan(),
                adapters,
                "notes.keep",
                json("{\"text\": 1, \"weight\": 1.255}"),
                Duration.ofSeconds(10),
                Listener.SILENT))
        .isInstanceOfSatisfying(
            FaultException.class, e -> assertThat(e.fault().violations()).hasSize(2));
  }

  @Test
  void aRunningDefinitionAnswersOnItsSocketAndKeepsASecondOneOut() throws Exception {
    Plan plan = plan();
    try (var running =
        RunningDefinition.start(plan, adapters, Listener.SILENT, OptionalInt.empty())) {
      var answer =
          ControlClient.ask(
              plan.stateDir(),
              ControlWords.dict(
                  "do", Value.text("call"),
                  "operation", Value.text("notes.keep"),
                  "input", json("{\"text\": \"b\", \"weight\": 0.10}")));
      assertThat(answer).isPresent();
      assertThat(answer.get().field("fault")).isEqualTo(Value.Absent.ABSENT);
      var unknown =
          ControlClient.ask(plan.stateDir(), ControlWords.dict("do", Value.text("dance")));
      assertThat(unknown.orElseThrow().field("fault")).isInstanceOf(Value.Dict.class);
      assertThatThrownBy(
              () -> RunningDefinition.start(plan, adapters, Listener.SILENT, OptionalInt.empty()))
          .hasMessageContaining("runs already");
      assertThat(running.drain(Duration.ofSeconds(5)).isBalanced()).isTrue();
    }
    assertThat(ControlClient.ask(plan.stateDir(), ControlWords.dict("do", Value.text("status"))))
        .isEmpty();
  }
}
