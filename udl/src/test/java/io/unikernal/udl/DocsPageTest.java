package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocsPageTest {
  private static final String TEXT =
      """
      types:
        Note: { id: uuid, text: string = none, mail: pii(string)? }
      systems:
        web:
          type: http
          listen: "${PORT}"
          clearance: [pii]
          doc: The front. Takes `notes` | and more.
          operations:
            add: { post: /notes, body: Note, doc: Keeps a <note>. }
        pg:
          type: postgres
          connection: "${URL}"
          password: hunter2
          clearance: [pii]
          operations: { keep: { sql: "insert into n (id) values (:id)", effect: idempotent } }
      policies: { quick: { type: timeout, after: 5s } }
      routes:
        - { from: web.add, to: keep, policy: quick, doc: Notes are kept. }
      pipelines:
        keep:
          input: Note
          doc: Keeps one.
          steps: [ { name: kept, system: pg.keep, with: "${input}" } ]
          output: null
      """;

  @TempDir Path folder;

  private String page(boolean isHtml) throws Exception {
    Path file = Files.writeString(folder.resolve("notes.udl.yaml"), TEXT);
    var options =
        new UdlCompiler.Options(Map.of("PORT", "1", "URL", "postgres://a:hunter2@b/c"), false);
    var page = DocsPage.write(file, Fakes.all(), options, isHtml);
    return page.page()
        .orElseThrow(() -> new AssertionError(page.compilation().rendered().text(false)));
  }

  @Test
  void thePageSaysWhatThereIsAndNoSecret() throws Exception {
    String page = page(false);
    assertThat(page)
        .contains("# notes.udl.yaml\n")
        .contains("```mermaid\nflowchart LR\n")
        .contains("| `web.add` |  | `keep` | at most once")
        .contains("Notes are kept.")
        .contains("The front. Takes `notes` \\| and more.")
        .contains("| `listen` | `${PORT}` |")
        .contains("| `password` | `***` |")
        .contains("| `connection` | `${URL}` |")
        .contains(
            "| `add` | receives | [`Note`](#type-Note) | `null` | unknown | Keeps a &lt;note>. |")
        .contains("<a id=\"type-Note\"></a>")
        .contains("| `text` | `string` |  | `\"none\"` |")
        .contains("Keeps one.")
        .doesNotContain("hunter2");
  }

  @Test
  void everyTableStandsAloneAndEveryLinkLeadsSomewhere() throws Exception {
    String page = page(false);
    assertThat(page)
        .doesNotContain("\n\n\n")
        .doesNotContainPattern("\\|\n\\| [a-z ]+ \\|.*\n\\|---");
    var links = Pattern.compile("\\(#([^)]+)\\)").matcher(page);
    while (links.find()) {
      assertThat(page).contains("<a id=\"" + links.group(1) + "\">");
    }
  }

  @Test
  void theHtmlPageHasTheDrawingAndNoSecret() throws Exception {
    String page = page(true);
    assertThat(page)
        .startsWith("<!doctype html>")
        .contains("<title>notes.udl.yaml</title>")
        .contains("<svg xmlns")
        .contains("id=\"type-Note\"")
        .contains("href=\"#type-Note\"")
        .contains("Keeps a &lt;note&gt;.")
        .doesNotContain("hunter2");
    for (String tag : java.util.List.of("table", "tr", "td", "h2", "h3", "p", "figure")) {
      assertThat(page.split("<" + tag + "[ >]", -1))
          .as(tag)
          .hasSameSizeAs(page.split("</" + tag + ">", -1));
    }
  }

  @Test
  void everyGoodDefinitionHasAPage() throws Exception {
    for (Path file : Golden.cases()) {
      boolean offline = file.toString().contains("offline");
      var options = new UdlCompiler.Options(Golden.ENVIRONMENT, offline);
      var page = DocsPage.write(file, Fakes.all(), options, false);
      assertThat(page.page().isPresent()).isEqualTo(page.compilation().plan().isPresent());
      assertThat(page.page().orElse("")).doesNotContain("hunter2");
    }
  }
}
