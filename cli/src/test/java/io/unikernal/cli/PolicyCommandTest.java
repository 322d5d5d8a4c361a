package io.unikernal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code policy} and {@code check} print of policies, effects and guarantees. */
class PolicyCommandTest {
  private static final String DEFINITION =
      """
      types: { Job: { id: uuid } }
      defaults: { policy: { type: timeout, after: 30s } }
      systems:
        bus:
          type: memory
          operations:
            jobs: { receives: Job }
            more: { receives: Job }
            done: { accepts: Job, effect: idempotent }
            odd: { accepts: Job }
      policies:
        quick: { type: timeout, after: 1s }
      routes:
        - { from: bus.jobs, to: bus.done, policy: [quick, { type: cache, ttl: 5s }] }
        - { from: bus.more, to: bus.odd, policy: { type: retry } }
      """;

  @TempDir private Path folder;

  private record Ended(int exit, String out) {}

  private Ended unikernal(String text, String... arguments) throws Exception {
    Path file = Files.writeString(folder.resolve("a.udl.yaml"), text);
    String[] all = arguments.clone();
    for (int i = 0; i < all.length; i++) {
      all[i] = all[i].equals("DEFINITION") ? file.toString() : all[i];
    }
    PrintStream before = System.out;
    var bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      int exit = Main.execute(all);
      return new Ended(
          exit, bytes.toString(StandardCharsets.UTF_8).replace(file + "", "a.udl.yaml"));
    } finally {
      System.setOut(before);
    }
  }

  @Test
  void eachRouteHasItsPoliciesWithTheirLinesAndWhatTheyReplaced() throws Exception {
    var ended = unikernal(DEFINITION, "policy", "DEFINITION", "bus.jobs");
    assertThat(ended.exit()).isZero();
    assertThat(ended.out().lines())
        .containsExactly(
            "route bus.jobs -> bus.done",
            "  cache for 5s                    route     a.udl.yaml:14",
            "  timeout after 1s                route     a.udl.yaml:12",
            "    instead of timeout after 30s  defaults  a.udl.yaml:2");
  }

  @Test
  void programsReadTheSame() throws Exception {
    var ended = unikernal(DEFINITION, "policy", "--json", "DEFINITION");
    var routes =
        (Value.Items) Json.read(ended.out().getBytes(StandardCharsets.UTF_8), Json.Limits.DEFAULT);
    assertThat(routes.items()).hasSize(2);
    var places = (Value.Items) routes.items().getFirst().field("places");
    var policies = (Value.Items) places.items().getFirst().field("policies");
    assertThat(policies.items().get(1).fieldText("type")).isEqualTo("timeout");
    assertThat(policies.items().get(1).fieldText("level")).isEqualTo("route");
    assertThat(((Value.Items) policies.items().get(1).field("replaced")).items()).hasSize(1);
  }

  @Test
  void aRouteThatIsNotThereIsWrongUse() throws Exception {
    assertThat(unikernal(DEFINITION, "policy", "DEFINITION", "bus.nope").exit())
        .isEqualTo(ExitCode.USAGE);
    assertThat(unikernal("routes: [1]", "policy", "DEFINITION").exit())
        .isEqualTo(ExitCode.FINDINGS);
  }

  @Test
  void checkTellsProgramsWhatEachRouteGuaranteesAndWhy() throws Exception {
    var ended = unikernal(DEFINITION, "check", "--json", "DEFINITION");
    Value report = Json.read(ended.out().getBytes(StandardCharsets.UTF_8), Json.Limits.DEFAULT);
    assertThat(report.field("ok")).isEqualTo(Value.Bool.TRUE);
    assertThat(((Value.Items) report.field("diagnostics")).items())
        .extracting(one -> one.fieldText("code"))
        .containsExactly("UDL-5106", "UDL-5102");
    Value weak = ((Value.Items) report.field("routes")).items().get(1);
    assertThat(weak.fieldText("guarantee")).isEqualTo("at least once");
    assertThat(weak.field("ordered")).isEqualTo(Value.Bool.TRUE);
    assertThat(weak.fieldText("why")).isEqualTo("bus.odd: effect unknown, retried");
    assertThat(weak.field("weakest").field("line")).isEqualTo(Value.integer(15));
    assertThat(((Value.Items) weak.field("calls")).items().getFirst().fieldText("operation"))
        .isEqualTo("bus.odd");
    assertThat(((Value.Items) report.field("systems")).items().getFirst().field("operations"))
        .isEqualTo(Value.integer(4));
    assertThat(((Value.Items) report.field("operations")).items())
        .extracting(one -> one.fieldText("name") + " " + one.fieldText("by"))
        .contains("bus.done declared", "bus.odd nobody said");
  }

  @Test
  void checkPrintsTheEffectsOfWhatIsCalled() throws Exception {
    String good = DEFINITION.replace(", { type: cache, ttl: 5s }", "");
    var ended = unikernal(good, "check", "--effects", "DEFINITION");
    assertThat(ended.exit()).isZero();
    assertThat(ended.out())
        .contains("bus.done  idempotent  declared     a.udl.yaml:9")
        .contains("bus.odd   unknown     nobody said  a.udl.yaml:10")
        .contains("at least once, in order (bus.odd: effect unknown, retried, a.udl.yaml:15)")
        .doesNotContain("bus.jobs  unknown");
  }

  @Test
  void variablesComeFromTheFilesThatAreNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("other.env"), "QUEUE=main\n");
    String text =
        DEFINITION
            .replace("odd: { accepts: Job }", "odd: { accepts: Job, queue: \"${QUEUE_OF_TEST}\" }")
            .replace(", { type: cache, ttl: 5s }", "");
    Files.writeString(file, "QUEUE_OF_TEST=main\n");
    assertThat(unikernal(text, "check", "DEFINITION").exit()).isEqualTo(ExitCode.FINDINGS);
    assertThat(unikernal(text, "check", "--env", file.toString(), "DEFINITION").exit()).isZero();
  }
}
