package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Diagnostic.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class FixerTest {
  @TempDir Path folder;

  @Test
  void whatTheMessageIsSureOfIsWrittenAndNothingElseIsTouched() throws Exception {
    assertThat(
            fix(
                "# caf\u00e9 \uD83D\uDE00\r\nudl: 6\r\nsytems:\r\n\tweb: x\r\n"
                        .replace(
                            "\tweb: x",
                            "  web: { type: htp, listen: 8080, operations: { list: { get: /a } } } # \t\uD83D\uDE00")
                    + "routes:\r\n  - { from: web.lits, to: p }\r\npipelines: { p: { output: 'x' } }\r\n",
                false))
        .isEqualTo(
            "# caf\u00e9 \uD83D\uDE00\r\nudl: 7\r\nsystems:\r\n  web: { type: http, listen: 8080, operations: { list: { get: /a } } } # \t\uD83D\uDE00\r\n"
                + "routes:\r\n  - { from: web.list, to: p }\r\npipelines: { p: { output: 'x' } }\r\n");
  }

  @Test
  void quotesAreAddedUntilTheFileCanBeReadAndThenTheRestIsFixed() throws Exception {
    assertThat(
            fix(
                """
                types:
                  A: { price: decimal(12,2) }
                systems:
                  web: { type: http, listen: 8080, operations: { a: { post: /a, body: A } } }
                routes:
                  - from: web.a
                    when: ${input.price > decimal('1')}
                    to: p
                pipelines:
                  p: { stps: [ { set: ${input.price} } ] }
                """,
                false))
        .isEqualTo(
            """
            types:
              A: { price: "decimal(12,2)" }
            systems:
              web: { type: http, listen: 8080, operations: { a: { post: /a, body: A } } }
            routes:
              - from: web.a
                when: "input.price > decimal('1')"
                to: p
            pipelines:
              p: { steps: [ { set: "${input.price}" } ] }
            """);
  }

  @Test
  void whereTwoThingsCouldBeMeantNothingIsDoneUnlessAllIsAskedFor() throws Exception {
    String text =
        """
        systems:
          web: { type: http, listen: 8080, operations: { aab: { get: /a }, aac: { get: /b } } }
        routes:
          - { from: web.aad, to: p }
        pipelines: { p: { output: x } }
        """;
    assertThat(fix(text, false)).isEqualTo(text);
    assertThat(fix(text, true)).isEqualTo(text.replace("web.aad", "web.aab"));
  }

  @Test
  void anEditThatDoesNotHelpIsTakenBack() throws Exception {
    // `stesp` becomes `steps`, which shows two mistakes where there was one.
    String text =
        """
        systems:
          web: { type: http, listen: 8080, operations: { a: { get: /a } } }
        routes:
          - { from: web.a, to: p }
        pipelines:
          p: { stesp: [ { set: "${nobody}" }, { set: "${nothing}" } ], output: x }
        """;
    Path file = write(text);
    var fixed = Fixer.fix(file, Fakes.all(), options(), false);
    assertThat(fixed.changes()).isEmpty();
    assertThat(fixed.takenBack()).isEqualTo(1);
    assertThat(fixed.applied()).isZero();
  }

  @Test
  void aFileThatIsImportedIsFixedToo() throws Exception {
    Files.writeString(folder.resolve("b.udl.yaml"), "\uFEFFpipelines: { p: { ouput: x } }");
    Path file =
        write(
            "import: b.udl.yaml\nsystems: { w: { type: timer, operations: { t: { every: 1s } } } }\n"
                + "routes: [ { from: w.t, to: p } ]\n");
    var fixed = Fixer.fix(file, Fakes.all(), options(), false);
    assertThat(fixed.changes())
        .containsExactly(
            new Fixer.Change(
                folder.resolve("b.udl.yaml").toAbsolutePath(),
                "\uFEFFpipelines: { p: { ouput: x } }",
                "\uFEFFpipelines: { p: { output: x } }"));
    assertThat(fixed.after().diagnostics()).isEmpty();
    assertThat(Files.readString(folder.resolve("b.udl.yaml"))).contains("ouput");
  }

  /** Over the whole corpus: never more errors, and never one that was not there with all edits. */
  @TestFactory
  Stream<DynamicTest> noFileGetsWorse() throws IOException {
    return Golden.cases().stream()
        .flatMap(file ->
            Stream.of(false, true)
                .map(isAll ->
                    DynamicTest.dynamicTest(file + " " + isAll, () -> check(file, isAll))));
  }

  private static void check(Path file, boolean isAll) throws InterruptedException {
    boolean offline = file.toString().contains("offline");
    var options = new UdlCompiler.Options(Golden.ENVIRONMENT, offline);
    Compilation before = Golden.compile(file, offline);
    var fixed = Fixer.fix(file, Fakes.all(), options, isAll);
    boolean couldBeRead =
        before.diagnostics().stream().noneMatch(d -> d.code().startsWith("UDL-100"));
    if (couldBeRead) {
      assertThat(errors(fixed.after())).isLessThanOrEqualTo(errors(before));
    }
    assertThat(fixed.applied() > 0).isEqualTo(!fixed.changes().isEmpty());
    boolean isSafeLeft =
        fixed.after().diagnostics().stream()
            .flatMap(diagnostic -> diagnostic.edits().stream())
            .anyMatch(Diagnostic.Edit::isSafe);
    assertThat(isSafeLeft && fixed.takenBack() == 0).isFalse();
  }

  private static long errors(Compilation compilation) {
    return compilation.diagnostics().stream()
        .filter(diagnostic -> diagnostic.severity() == Severity.ERROR)
        .count();
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("a.udl.yaml"), text);
  }

  private static UdlCompiler.Options options() {
    return new UdlCompiler.Options(Golden.ENVIRONMENT, false);
  }

  private String fix(String text, boolean isAll) throws Exception {
    var fixed = Fixer.fix(write(text), Fakes.all(), options(), isAll);
    return fixed.changes().isEmpty() ? text : fixed.changes().getFirst().after();
  }
}
