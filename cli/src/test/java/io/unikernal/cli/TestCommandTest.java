package io.unikernal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code unikernal test} and {@code unikernal sim}, as they are called. */
class TestCommandTest {
  private static final String DEFINITION =
      """
      systems:
        bus:
          type: memory
          operations:
            get: { receives: { a: int } }
            out: { accepts: { a: int }, effect: idempotent }
      routes:
        - { from: bus.get, to: bus.out }
      """;

  private static final String TESTS =
      """
      tests:
        - name: what comes goes out
          send: { to: bus.get, input: { a: "${index}" }, times: 3 }
          expect: { calls: { bus.out: 3 } }
        - name: nothing goes out
          send: { to: bus.get, input: { a: 1 } }
          expect: { calls: { bus.out: 0 } }
      """;

  @TempDir private Path folder;

  private record Ran(int exit, String out, String err) {}

  private static Ran run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exit = Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    return new Ran(exit, out.toString(), err.toString());
  }

  @BeforeEach
  void write() throws Exception {
    Files.writeString(folder.resolve("a.udl.yaml"), DEFINITION);
    Files.writeString(folder.resolve("a.test.udl.yaml"), TESTS);
  }

  @Test
  void aFailingTestEndsWithOneAndIsShownWithItsPlace() {
    Ran ran = run("test", folder.toString());
    assertThat(ran.exit()).as(ran.err()).isEqualTo(ExitCode.FINDINGS);
    assertThat(ran.out())
        .contains("ok    what comes goes out  (3 messages, 3 calls, ")
        .contains("FAIL  nothing goes out")
        .contains("a.test.udl.yaml:7  calls of bus.out")
        .contains("expected  0")
        .contains("came      1")
        .contains("bus.out called with { \"a\": 1 } -> ")
        .contains("1 of 2 tests fail; --seed 1 runs them again just so");
  }

  @Test
  void onlySomeMayBeRunAndTheirResultsWritten() throws Exception {
    Path junit = folder.resolve("junit.xml");
    Ran ran =
        run(
            "test",
            "--only",
            "comes",
            "--coverage",
            "--junit",
            junit.toString(),
            folder.resolve("a.udl.yaml").toString());
    assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(ExitCode.OK);
    assertThat(ran.out()).contains("1 test holds").contains("branches: 1 of 1 taken");
    assertThat(Files.readString(junit)).contains("<testcase name=\"what comes goes out\"");
  }

  @Test
  void asJsonItIsOneObject() {
    Ran ran = run("test", "--json", "--coverage", "--seed", "5", folder.toString());
    Value json = Json.read(ran.out().getBytes(StandardCharsets.UTF_8), Json.Limits.EXACT);
    assertThat(json.field("ok")).isEqualTo(Value.Bool.FALSE);
    assertThat(json.field("seed")).isEqualTo(Value.integer(5));
    assertThat(((Value.Items) json.field("tests")).items()).hasSize(2);
    assertThat(json.field("coverage").field("of")).isEqualTo(Value.integer(1));
  }

  @Test
  void noTestIsAMistakeAndSoIsOneThatIsNotThere() throws Exception {
    Files.delete(folder.resolve("a.test.udl.yaml"));
    assertThat(run("test", folder.toString()).exit()).isEqualTo(ExitCode.USAGE);
    assertThat(run("test", folder.toString()).err()).contains("There is no test here");
    write();
    assertThat(run("test", "--only", "nope", folder.toString()).err())
        .contains("No test has `nope` in its name.");
    assertThat(run("test", "no/such").exit()).isEqualTo(ExitCode.USAGE);
    assertThat(run("test", "--real", "nobody", folder.toString()).exit())
        .isEqualTo(ExitCode.ENVIRONMENT);
  }

  @Test
  void aDefinitionWithErrorsShowsThem() throws Exception {
    Files.writeString(
        folder.resolve("a.udl.yaml"), DEFINITION.replace("to: bus.out", "to: bus.in"));
    Ran ran = run("test", folder.toString());
    assertThat(ran.exit()).isEqualTo(ExitCode.FINDINGS);
    assertThat(ran.out())
        .contains("error[UDL-")
        .contains("of 1 definition with errors no test ran");
  }

  @Test
  void aSimulationFindsNothingAndSaysWhatItDid() {
    String file = folder.resolve("a.udl.yaml").toString();
    Ran ran = run("sim", file, "--seeds", "3", "--hours", "48", "--messages", "50");
    assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(ExitCode.OK);
    assertThat(ran.out())
        .containsPattern("3 seeds, 1[0-9][0-9] messages") // some come while the kernel is down
        .contains("bus.get -> bus.out: received ")
        .contains("nothing is lost, duplicated, reordered or settled twice");
    Ran json = run("sim", file, "--seeds", "1", "--json", "--faults", "none");
    assertThat(json.out()).contains("\"ok\": true").contains("\"faults\": 0");
    assertThat(run("sim", file, "--faults", "fire").err()).contains("There is no fault `fire`");
    assertThat(run("sim", file, "--hours", "0").exit()).isEqualTo(ExitCode.USAGE);
  }
}
