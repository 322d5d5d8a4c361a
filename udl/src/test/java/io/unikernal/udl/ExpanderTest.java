package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ExpanderTest {
  @TempDir Path folder;

  /** The whole corpus: what is written out does the same, in the folder of the definition. */
  @TestFactory
  Stream<DynamicTest> whatIsWrittenOutMeansTheSame() throws IOException {
    return Golden.cases().stream()
        .map(file -> DynamicTest.dynamicTest(file.toString(), () -> check(file)));
  }

  private void check(Path file) throws Exception {
    boolean offline = file.toString().contains("offline");
    var options = new UdlCompiler.Options(Golden.ENVIRONMENT, offline);
    var expanded = Expander.expand(file, Fakes.all(), options);
    assertThat(expanded.text().isPresent()).isEqualTo(expanded.compilation().plan().isPresent());
    if (expanded.text().isEmpty()) {
      return;
    }
    String text = expanded.text().get();
    assertThat(text).doesNotContain("hunter2");
    assertThat(expanded.json().orElseThrow()).doesNotContain("hunter2");
    if (!text.contains(OptionText.MASK)) {
      Path beside =
          Files.isDirectory(file) ? file.resolve("all.udl") : file.resolveSibling("all.udl");
      var overlaid =
          new UdlCompiler.Options(Golden.ENVIRONMENT, offline)
              .with(path ->
                  path.equals(beside.toAbsolutePath().normalize())
                      ? java.util.Optional.of(text)
                      : java.util.Optional.empty());
      Compilation again = UdlCompiler.compile(beside, Fakes.all(), overlaid);
      assertThat(again.plan()).as(again.rendered().text(false) + text).isPresent();
      assertThat(again.plan().map(Golden::meaning))
          .isEqualTo(expanded.compilation().plan().map(Golden::meaning));
      assertThat(Formatter.format("all.udl", text)).isInstanceOf(Formatter.Result.Formatted.class);
    }
  }

  private static String expanded(Path file, UdlCompiler.Options options) throws Exception {
    var expanded = Expander.expand(file, Fakes.all(), options);
    assertThat(expanded.text()).as(expanded.compilation().rendered().text(false)).isPresent();
    return expanded.text().orElseThrow();
  }

  @Test
  void importsInheritanceDefaultsAndOriginsAreShown() throws Exception {
    Files.createDirectories(folder.resolve("more"));
    Files.writeString(
        folder.resolve("more/db.udl.yaml"),
        """
        types:
          Base: { id: uuid }
          Note: { extends: Base, text: string = none }
        systems:
          db:
            type: sqlite
            path: ./notes.db
            operations:
              save: { sql: "insert into n (id) values (:id)", effect: idempotent }
        policies:
          quick: { type: retry, attempts: 2 }
          slow: { extends: quick, delay: 20s }
        """);
    Path file =
        Files.writeString(
            folder.resolve("a.udl.yaml"),
            """
            import: more/db.udl.yaml
            systems:
              web: { type: http, listen: "${PORT}", operations: { a: { post: /a, body: Note, policy: slow } } }
              pg: { type: postgres, connection: "${ORDER_DB}", password: "${secret.db_password}" }
            routes:
              - { from: web.a, to: db.save }
            """);
    var options = new UdlCompiler.Options(Golden.ENVIRONMENT, false);
    String text = expanded(file, options);
    assertThat(text.replaceAll(" +#", " #"))
        .contains(
            "  Note:\n    id: uuid # more/db.udl.yaml:2\n    text: string = none # more/db.udl.yaml:3\n")
        .contains("    listen: 8080 # env PORT, a.udl.yaml:3\n")
        .contains("    max_body: 1MiB # default\n")
        .contains("    connection: ./more/notes.db # more/db.udl.yaml:7\n")
        .contains("    connection: postgres://localhost/orders # env ORDER_DB, a.udl.yaml:4\n")
        .contains("    password: \"***\" # secret db_password, a.udl.yaml:4\n")
        .contains("  slow:\n    type: retry # more/db.udl.yaml:11\n    attempts: 2 #")
        .contains("    delay: 20s # more/db.udl.yaml:12\n    max_delay: 30s # default\n");
  }

  @Test
  void eachSystemHasTheOptionsOfItsTypeAndWhatElseHoldsEverywhereStays() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("a.udl.yaml"),
            """
            defaults:
              policy: { type: timeout, after: 5s }
              systems:
                http: { timeout: 7s, max_body: 2MiB }
            systems:
              web: { type: http, listen: 8080, max_body: 3MiB }
              other: { type: http, listen: 8081 }
            functions:
              twice: { params: { of: int }, value: of * 2 }
            """);
    String text = expanded(file, new UdlCompiler.Options(Golden.ENVIRONMENT, false));
    assertThat(text.replaceAll(" +#", " #"))
        .contains("defaults:\n  policy:\n    type: timeout # a.udl.yaml:2\n    after: 5s #")
        .contains("max_body: 3MiB # a.udl.yaml:6\n    timeout: 7s # a.udl.yaml:4\n")
        .contains("max_body: 2MiB # a.udl.yaml:4\n    timeout: 7s # a.udl.yaml:4\n")
        .contains("  twice:\n    params:\n      of: int # a.udl.yaml:9\n    value: of * 2 #")
        .containsOnlyOnce("systems:");
  }

  @Test
  void aValueOfATemplateShowsWhereTheTemplateIsUsed() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("a.udl.yaml"),
            """
            templates:
              queue:
                params: { name: string, path: string }
                systems:
                  "${param.name}": { type: file, path: "./${param.path}/out" }
              both:
                params: { name: string }
                use:
                  - template: queue
                    with: { name: "${param.name}", path: deep }
            use:
              - template: queue
                with: { name: one, path: flat }
              - template: both
                with: { name: two }
            """);
    String text = expanded(file, new UdlCompiler.Options(Golden.ENVIRONMENT, false));
    assertThat(text.replaceAll(" +#", " #"))
        .contains("  one:\n    type: file # a.udl.yaml:5, used at a.udl.yaml:12\n")
        .contains("path: ./flat/out # a.udl.yaml:5, used at a.udl.yaml:12\n")
        .contains("  two:\n    type: file # a.udl.yaml:5, used at a.udl.yaml:14\n")
        .doesNotContain("templates:")
        .doesNotContain("use:");
  }

  @Test
  void whatMayHoldAPasswordIsStars() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("a.udl.yaml"),
            """
            systems:
              pg: { type: postgres, connection: "${URL}" }
              py: { type: python, path: ./pricing.py, env: { API_TOKEN: "${T}", REGION: "${R}" } }
            """);
    var environment =
        java.util.Map.of("URL", "postgres://joe:hunter2@db/x", "T", "hunter2", "R", "eu");
    var expanded = Expander.expand(file, Fakes.all(), new UdlCompiler.Options(environment, false));
    assertThat(expanded.text().orElseThrow())
        .doesNotContain("hunter2")
        .contains("***")
        .contains("REGION: eu");
    assertThat(expanded.json().orElseThrow()).doesNotContain("hunter2");
  }
}
