package io.unikernal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  private static final String GOOD =
      """
      systems:
        bus:
          type: memory
          operations:
            get: { receives: { a: int } }
            out: { accepts: { a: int }, effect: idempotent }
      routes:
        - from: bus.get
          to: bus.out
      """;

  @TempDir private Path folder;

  private record Ran(int exit, String out, String err) {}

  private static Ran run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exit = Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    return new Ran(
        exit, out.toString().replace("\r\n", "\n"), err.toString().replace("\r\n", "\n"));
  }

  private static Ran runWith(String input, String... arguments) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      return run(arguments);
    } finally {
      System.setIn(before);
    }
  }

  private String file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(java.util.Optional.ofNullable(file.getParent()).orElse(folder));
    return Files.writeString(file, text).toString();
  }

  @Test
  void fmtWritesFilesAndSaysWhich() throws IOException {
    String bad = file("a.udl.yaml", "routes: []\nudl:   7\n");
    String good = file("sub/b.udl", "udl: 7\n");
    file(".unikernal/c.udl", "udl:   7\n");
    assertThat(run("fmt", "--check", folder.toString()))
        .isEqualTo(new Ran(ExitCode.FINDINGS, "not formatted: " + bad + "\n", ""));
    assertThat(run("fmt", folder.toString()))
        .isEqualTo(new Ran(ExitCode.OK, "formatted " + bad + "\n", ""));
    assertThat(Files.readString(Path.of(bad))).isEqualTo("udl: 7\nroutes: []\n");
    assertThat(run("fmt", "--check", bad, good)).isEqualTo(new Ran(ExitCode.OK, "", ""));
    assertThat(Files.readString(folder.resolve(".unikernal/c.udl"))).contains("   7");
  }

  @Test
  void fmtLeavesWhatItCannotReadAlone() throws IOException {
    String broken = file("a.udl.yaml", "types: { A: decimal(12,2) }\n");
    Ran ran = run("fmt", broken);
    assertThat(ran.exit()).isEqualTo(ExitCode.FINDINGS);
    assertThat(ran.err()).contains("UDL-1007").contains("^^^^");
    assertThat(Files.readString(Path.of(broken))).isEqualTo("types: { A: decimal(12,2) }\n");
    assertThat(run("fmt", folder.resolve("nobody").toString()).exit()).isEqualTo(ExitCode.USAGE);
    assertThat(run("fmt").exit()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void fmtPrintsInsteadOfWriting() throws IOException {
    assertThat(runWith("a:   1\r\n", "fmt", "-")).isEqualTo(new Ran(ExitCode.OK, "a: 1\n", ""));
    String bad = file("a.udl.yaml", "udl:   7\n");
    assertThat(run("fmt", "--stdout", bad)).isEqualTo(new Ran(ExitCode.OK, "udl: 7\n", ""));
    assertThat(Files.readString(Path.of(bad))).isEqualTo("udl:   7\n");
    assertThat(run("fmt", "--check", "--json", bad).out()).contains("\"outcome\": \"changed\"");
  }

  @Test
  void fixShowsADiffThenWritesIt() throws IOException {
    String bad = file("a.udl.yaml", GOOD.replace("    to: bus.out", "    tto: bus.out"));
    Ran dry = run("fix", "--dry-run", bad);
    assertThat(dry.out())
        .isEqualTo(
            """
            --- %1$s
            +++ %1$s
            @@ -6,4 +6,4 @@
                   out: { accepts: { a: int }, effect: idempotent }
             routes:
               - from: bus.get
            -    tto: bus.out
            +    to: bus.out
            would fix 1, left 0
            """
                .formatted(bad));
    assertThat(dry.exit()).isEqualTo(ExitCode.OK);
    assertThat(run("fix", bad).out()).isEqualTo("changed " + bad + "\nfixed 1, left 0\n");
    assertThat(Files.readString(Path.of(bad))).isEqualTo(GOOD);
    assertThat(run("fix", "--json", bad).out()).contains("\"fixed\": 0");
  }

  @Test
  void expandPrintsADefinitionThatChecks() throws IOException {
    String good = file("a.udl.yaml", GOOD);
    Ran expanded = run("expand", good);
    assertThat(expanded.exit()).isEqualTo(ExitCode.OK);
    assertThat(expanded.out()).contains("# a.udl.yaml:3");
    String again = file("b.udl.yaml", expanded.out());
    assertThat(run("check", "--strict", again).exit()).isEqualTo(ExitCode.OK);
    assertThat(run("plan", good, again)).isEqualTo(new Ran(ExitCode.OK, "no change\n", ""));
    assertThat(run("expand", "--json", good).out()).contains("\"origin\": \"a.udl.yaml:3\"");
    Ran broken = run("expand", file("c.udl.yaml", "sytems: {}\n"));
    assertThat(broken.exit()).isEqualTo(ExitCode.FINDINGS);
    assertThat(broken.err()).contains("UDL-1011");
  }

  @Test
  void theExampleWrittenOutMeansTheSame() throws IOException {
    Path example = Path.of("../examples/01-orders");
    Ran expanded = run("expand", "--offline", example.toString());
    Path beside = example.resolve("expanded.tmp.yaml");
    Files.writeString(beside, expanded.out());
    try {
      assertThat(run("plan", "--offline", example.toString(), beside.toString()))
          .isEqualTo(new Ran(ExitCode.OK, "no change\n", ""));
    } finally {
      Files.delete(beside);
    }
  }

  @Test
  void graphIsWrittenInEveryFormat() throws IOException {
    String good = file("a.udl.yaml", GOOD);
    assertThat(run("graph", good).out())
        .isEqualTo("bus.get -> bus.out   at most once, in order (bus.get does not send again)\n");
    assertThat(run("graph", "--format", "mermaid", good).out()).startsWith("flowchart LR\n");
    assertThat(run("graph", "--format", "dot", good).out()).startsWith("digraph ");
    assertThat(run("graph", "--format", "svg", good).out()).startsWith("<svg ");
    assertThat(run("graph", "--format", "gif", good).exit()).isEqualTo(ExitCode.USAGE);
    assertThat(run("graph", "--json", good).out()).contains("\"format\": \"TEXT\"");
  }

  @Test
  void docsArePrintedOrWritten() throws IOException {
    String good = file("a.udl.yaml", GOOD);
    assertThat(run("docs", good).out()).startsWith("# a.udl.yaml\n");
    Path out = folder.resolve("site");
    assertThat(run("docs", "--html", "-o", out.toString(), good).out())
        .isEqualTo("wrote " + out.resolve("a.html") + "\n");
    assertThat(Files.readString(out.resolve("a.html"))).startsWith("<!doctype html>");
  }

  @Test
  void planSaysWhatChangesAndItsExitCodeHowMuch() throws IOException {
    String before = file("a.udl.yaml", GOOD);
    String after =
        file(
            "b.udl.yaml",
            GOOD.replace("get: { receives: { a: int } }", "get: { receives: { a: int(0..9) } }"));
    Ran ran = run("plan", before, after);
    assertThat(ran.exit()).isEqualTo(ExitCode.FINDINGS);
    assertThat(ran.out())
        .startsWith("~ operation bus.get: input ")
        .contains("in place, BREAKS CALLERS")
        .endsWith("1 break callers\n");
    assertThat(run("plan", "--fail-on", "breaking", before, after).exit())
        .isEqualTo(ExitCode.FINDINGS);
    assertThat(run("plan", "--fail-on", "drain", before, after).exit()).isEqualTo(ExitCode.OK);
    assertThat(run("plan", "--json", before, after).out()).contains("\"breaking\": true");
    assertThat(run("plan", before, folder.resolve("no").toString()).exit())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void evalPrintsJson() throws IOException {
    String input = file("in.json", "{\"items\": [{\"qty\": 2}, {\"qty\": 3}]}");
    assertThat(run("eval", "1 + 2")).isEqualTo(new Ran(ExitCode.OK, "3\n", ""));
    assertThat(run("eval", "input.items[1].qty", "--input", input).out()).isEqualTo("3\n");
    assertThat(runWith("[1, 2]", "eval", "input[0]", "--input", "-").out()).isEqualTo("1\n");
    assertThat(run("eval", "--explain", "input.items.size()", "--input", input).out())
        .isEqualTo("input  { items: list({ qty: int }) }\ntype   int\nvalue  2\n");
    Ran wrong = run("eval", "input.itms", "--input", input);
    assertThat(wrong.exit()).isEqualTo(ExitCode.FINDINGS);
    assertThat(wrong.err())
        .isEqualTo(
            """
            error[UDL-2103]: `{ items }` has no field `itms`
             --> expression:1:7
              |
            1 | input.itms
              |       ^^^^ did you mean `items`? its fields are `items`
              = do: Correct the name, or add the field to the type.
              = see: unikernal explain UDL-2103
            """);
    assertThat(run("eval", "--json", "1 +").err()).contains("\"code\":\"UDL-2101\"");
    assertThat(run("eval").exit()).isEqualTo(ExitCode.USAGE);
    assertThat(run("eval", "--filter", "true").exit()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void evalIsAFilterOverJsonLines() {
    String lines = "{\"t\":1}\n\n{\"t\":200}\nxx\n{\"t\":\"a\"}\n{\"t\":300}";
    Ran filtered = runWith(lines, "eval", "--lines", "--filter", "input.t > 100");
    assertThat(filtered.out()).isEqualTo("{\"t\":200}\n{\"t\":300}\n");
    assertThat(filtered.err())
        .contains("line 4: error[malformed]")
        .contains("line 5: error[UDL-2105]");
    assertThat(filtered.exit()).isEqualTo(ExitCode.FINDINGS);
    assertThat(runWith("1\n2\n", "eval", "--lines", "input * 2"))
        .isEqualTo(new Ran(ExitCode.OK, "2\n4\n", ""));
    assertThat(runWith("1\n", "eval", "--lines", "--filter", "input").err())
        .contains("line 1: the expression is no condition");
  }

  @Test
  void evalKnowsTypesOfADefinition() throws IOException {
    String types =
        file("t.udl.yaml", "types: { P: { name: string(1..3), pin: secret(string)? } }\n");
    assertThat(
            runWith(
                "{\"name\":\"joe\",\"pin\":\"1\"}\n{\"name\":\"long\"}\n",
                "eval",
                "--lines",
                "input",
                "--type",
                "P",
                "--definition",
                types))
        .satisfies(ran -> {
          assertThat(ran.out()).isEqualTo("{ \"name\": \"joe\", \"pin\": \"***\" }\n");
          assertThat(ran.err()).contains("line 2: error[invalid]").contains("name");
        });
    String functions =
        file("f.udl.yaml", "functions: { twice: { params: { n: int }, value: \"${n * 2}\" } }\n");
    assertThat(run("eval", "twice(21)", "--definition", functions).out()).isEqualTo("42\n");
    assertThat(run("eval", "twice('a')", "--definition", functions).exit())
        .isEqualTo(ExitCode.FINDINGS);
  }

  @Test
  void evalListsEveryFunction() throws Exception {
    String text = run("eval", "--functions").out();
    assertThat(text)
        .contains("round: ")
        .contains("    round(decimal, int) -> decimal")
        .contains("e.g. ");
    assertThat(run("eval", "--functions", "--json").out()).contains("\"signatures\"");
    String own =
        file(
            "own.udl.yaml",
            "functions: { twice: { doc: doubles it, params: { n: int }, value: \"${n * 2}\" } }\n");
    assertThat(run("eval", "--functions", "--definition", own).out())
        .contains("round: ")
        .contains("twice: doubles it\n    twice(n: int) -> int\n    in ");
    assertThat(run("eval", "--functions", "--definition", own, "--json").out())
        .contains("\"twice(n: int) -> int\"");
  }

  @Test
  void schemaIsPrinted() {
    assertThat(run("schema").out()).startsWith("{\n  \"$schema\"").contains("\"operation_http\"");
  }

  @Test
  void explainWithoutACodeListsAll() {
    assertThat(run("explain").out()).contains("  UDL-4002  ").contains("  UDL-9001  ");
    assertThat(run("explain", "--json").out()).contains("\"code\": \"UDL-1001\"");
  }

  @Test
  void completionKnowsEveryCommand() {
    assertThat(run("completion").out())
        .contains("fmt", "fix", "expand", "graph", "docs", "plan", "eval", "schema")
        .contains("--dry-run")
        .contains("--fail-on");
  }

  @Test
  void everyCommandHasHelpWithAnExample() {
    for (String command : Main.commands()) {
      Ran help = run(command, "--help");
      assertThat(help.exit()).as(command).isEqualTo(ExitCode.OK);
      assertThat(help.out()).as(command).contains("Example").contains("unikernal " + command);
    }
  }
}
