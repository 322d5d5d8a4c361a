package io.unikernal.verify;

import static java.util.stream.Collectors.joining;

import io.unikernal.expr.Function;
import io.unikernal.expr.Functions;
import io.unikernal.udl.Code;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pages about the language: its functions and its diagnostics. */
final class LanguageReference {
  private LanguageReference() {}

  static Map<String, String> pages() {
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("functions.md", functions());
    pages.put("diagnostics.md", diagnostics());
    return pages;
  }

  private static String functions() {
    var page =
        new StringBuilder(
            """
            # Functions and operators

            What an expression may use, besides CEL's macros (`has`, `all`, `exists`, `exists_one`, `map`, `filter`,
            `cel.bind`). Upper-case letters stand for any type. Each example is run by a test.

            | name | signatures | meaning | example | gives |
            |---|---|---|---|---|
            """);
    for (Function function : Functions.all()) {
      page.append(
          row(
              code(function.name()),
              String.join(
                  "<br>", function.signatures().stream().map(LanguageReference::code).toList()),
              function.meaning(),
              code(function.example()),
              code(function.result())));
    }
    return page.toString();
  }

  private static String diagnostics() {
    var page =
        new StringBuilder(
            """
            # Diagnostics

            Every finding of `check` has one of these codes. `unikernal explain CODE` prints the same.
            """);
    for (Code code : Code.values()) {
      var explained = code.page();
      page.append("\n## " + code.id() + ": " + explained.title() + "\n\n");
      page.append(explained.why() + " " + explained.fix() + "\n\n");
      page.append("Before:\n\n" + example(explained.before()));
      page.append("\nAfter:\n\n" + example(explained.after()));
    }
    return page.toString();
  }

  private static String example(List<Code.Snippet> snippets) {
    return snippets.stream().map(snippet -> snippet.text().indent(4)).collect(joining("\n"));
  }

  private static String code(String text) {
    String escaped = text.replace("|", "\\|");
    return escaped.contains("`") ? "`` " + escaped + " ``" : "`" + escaped + "`";
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
