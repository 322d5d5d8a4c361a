package io.unikernal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.Listener;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.server.Reloading;
import io.unikernal.server.RunningDefinition;
import io.unikernal.udl.UdlCompiler;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look at a definition that runs, through its control socket. */
class RunningCommandsTest {
  private static final String DEFINITION =
      """
      types:
        Note: { text: string, mail: pii(string), weight: int }
      systems:
        inbox:
          type: memory
          clearance: [pii]
          operations:
            noted: { receives: Note }
        notes:
          type: file
          path: ./notes
          clearance: [pii]
          operations:
            keep: { append: notes.jsonl, accepts: Note }
      routes:
        - { from: inbox.noted, when: input.weight > 100, to: heavy }
        - { from: inbox.noted, to: light }
      pipelines:
        heavy:
          input: Note
          steps:
            - { name: share, set: "${100 / (input.weight - 200)}" }
            - { system: notes.keep, with: "${input}" }
        light:
          input: Note
          steps:
            - { system: notes.keep, with: "${input}" }
      """;

  @TempDir private Path folder;
  private RunningDefinition running;
  private Path file;

  private record Ran(int exit, String out, String err) {}

  @BeforeEach
  void runsIt() throws Exception {
    file = Files.writeString(folder.resolve("notes.udl.yaml"), DEFINITION);
    var adapters = AdapterCatalog.load();
    var compilation = UdlCompiler.compile(file, adapters, new UdlCompiler.Options(Map.of(), true));
    assertThat(compilation.rendered().text(false)).isEmpty();
    Reloading.Compiler compiler =
        () -> UdlCompiler.compile(file, adapters, new UdlCompiler.Options(Map.of(), true));
    running =
        RunningDefinition.start(
            new Reloading(compilation, adapters, compiler),
            adapters,
            Listener.SILENT,
            OptionalInt.empty(),
            "");
  }

  @AfterEach
  void stopsIt() {
    running.close();
  }

  private static Ran run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exit = Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    return new Ran(exit, out.toString(), err.toString());
  }

  private Ran note(int weight) {
    return run(
        "call",
        file.toString(),
        "inbox.noted",
        "{\"text\": \"hello\", \"mail\": \"ann@example.com\", \"weight\": %d}".formatted(weight));
  }

  private static Value json(String text) {
    return Json.read(text.getBytes(StandardCharsets.UTF_8), Json.Limits.EXACT);
  }

  @Test
  void whySaysWhatTheLastFailureWasAndWhere() {
    assertThat(note(200).exit()).isEqualTo(ExitCode.FINDINGS);
    var why = run("why", "-d", file.toString());
    assertThat(why.err()).isEmpty();
    assertThat(why.exit()).isZero();
    assertThat(why.out())
        .contains("inbox.noted -> heavy", "failed after")
        .containsPattern("route inbox.noted -> heavy takes it: its `when` is true \\(.*:16\\)")
        .containsPattern("└─ share .*notes.udl.yaml:22 +FAILED: .*zero")
        .doesNotContain("ann@example.com");
    var trace = Pattern.compile("trace ([0-9a-f]{32})").matcher(why.out());
    assertThat(trace.find()).isTrue();
    var same = run("why", trace.group(1), "-d", folder.toString(), "--json");
    assertThat(json(same.out()).toString()).contains("heavy");
  }

  @Test
  void applyGoesOnWithWhatTheFileSaysNow() throws Exception {
    assertThat(note(200).exit()).isEqualTo(ExitCode.FINDINGS);
    var same = run("apply", "-d", file.toString());
    assertThat(same.out()).contains("no change");
    assertThat(same.exit()).isZero();
    Files.writeString(file, DEFINITION.replace("input.weight - 200", "input.weight + 200"));
    var tried = run("apply", "--dry-run", "-d", file.toString());
    assertThat(tried.out()).contains("heavy", "nothing was changed");
    assertThat(note(200).exit()).isEqualTo(ExitCode.FINDINGS);
    var applied = run("apply", "-d", file.toString());
    assertThat(applied.err()).isEmpty();
    assertThat(applied.out()).contains("heavy").endsWith("applied\n");
    assertThat(note(200).exit()).isZero();
    var kept = run("apply", "--trial", "0.2", "--json", "-d", file.toString());
    assertThat(json(kept.out()).fieldText("outcome")).isEqualTo("changed");
  }

  @Test
  void applyRefusesErrorsAndWhatItIsToldToRefuse() throws Exception {
    Files.writeString(file, DEFINITION.replace("to: light", "to: lite"));
    var errors = run("apply", "-d", file.toString());
    assertThat(errors.exit()).isEqualTo(ExitCode.FINDINGS);
    assertThat(errors.err()).contains("lite", "notes.udl.yaml:17");
    Files.writeString(file, DEFINITION.replace("text: string, mail", "text: int, mail"));
    var breaking = run("apply", "--refuse", "breaking", "-d", file.toString());
    assertThat(breaking.exit()).as(breaking.out()).isEqualTo(ExitCode.FINDINGS);
    assertThat(breaking.out()).contains("nothing was changed");
    assertThat(note(5).exit()).isZero();
    var none = run("apply", "--trial", "0", "-d", file.toString());
    assertThat(none.err()).as(none.toString()).contains("a trial is");
    assertThat(run("apply", "-d", folder.resolve("no.udl").toString()).exit())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void whyKnowsNothingOfWhatItDoesNotRememberAndCanBeToldToRememberAll() {
    assertThat(run("why", "-d", file.toString()).exit()).isEqualTo(ExitCode.FINDINGS);
    assertThat(run("why", "--record", "all", "-d", file.toString()).exit()).isZero();
    assertThat(note(5).exit()).isZero();
    var why = run("why", "--all", "-d", file.toString());
    assertThat(why.out())
        .contains("delivered after", "does not take it: its `when` is not true", "call notes.keep");
  }

  @Test
  void getPrintsBooksSystemsAndGroupedErrors() {
    note(5);
    note(200);
    note(200);
    assertThat(run("get", "routes", "-d", file.toString()).out())
        .containsPattern("inbox.noted -> light +1 +1 +0 +0")
        .containsPattern("inbox.noted -> heavy +2 +0 +2 +0");
    assertThat(run("get", "systems", "-d", file.toString()).out())
        .containsPattern("notes +file +up");
    assertThat(run("get", "inflight", "-d", file.toString()).out())
        .contains("no messages in flight");
    assertThat(run("get", "operations", "-d", file.toString()).out())
        .containsPattern("notes\\.keep +1 +0 +[0-9.]+");
    assertThat(run("get", "workers", "-d", file.toString()).out()).contains("no workers");
    var errors = run("get", "errors", "--json", "-d", file.toString());
    assertThat(json(errors.out()))
        .isInstanceOfSatisfying(
            Value.Items.class,
            items -> {
              assertThat(items.items()).hasSize(1);
              assertThat(items.items().getFirst().field("count")).isEqualTo(Value.integer(2));
              assertThat(items.items().getFirst().fieldText("step")).isEqualTo("share");
            });
  }

  @Test
  void tapShowsWhatPassesAndMasksWhatIsLabelled() throws Exception {
    var tapped = new Ran[1];
    var reader =
        Thread.ofVirtual()
            .start(
                () -> tapped[0] = run("tap", "inbox.noted", "--max", "2", "-d", file.toString()));
    while (reader.isAlive()) {
      note(7);
      Thread.sleep(20);
    }
    assertThat(tapped[0].exit()).isZero();
    assertThat(tapped[0].out().lines()).hasSize(2);
    assertThat(tapped[0].out())
        .contains("inbox.noted -> light", "delivered", "\"text\":\"hello\"", "\"mail\":\"***\"")
        .doesNotContain("ann@example.com");
  }

  @Test
  void topShowsRatesBetweenTwoLooks() {
    note(5);
    assertThat(run("top", "--times", "1", "-d", file.toString()).out())
        .containsPattern("inbox.noted -> light +0.0 +0.0 +0.0 +0 +1")
        .contains("health");
  }

  @Test
  void whereNothingRunsIsSaid() {
    running.close();
    var why = run("why", "-d", file.toString());
    assertThat(why.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(why.err()).contains("Nothing runs at", "unikernal run");
  }
}
