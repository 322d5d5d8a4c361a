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
    for (Code code : Code.values()) {
      pages.put("diagnostics/" + code.id() + ".md", diagnostic(code));
    }
    return pages;
  }

  private static String functions() {
    var page =
        new StringBuilder(
            """
            # Functions and operators

            What an expression may use: CEL's standard library, its extensions for texts, numbers, lists, sets,
            encodings, regular expressions and addresses of the network, and UDL's own. Upper-case letters stand for
            any type; `x`, `k` and `v` are names that you choose, for the expressions after them. Each example is run
            by a test.

            `now()`, `uuid()` and `random()` come from the message: a replay gives the same. A fault of `INVALID` names
            the part of the expression that failed. One run may take 1,000,000 turns of loops, and build 32 Mi
            characters or 2 Mi elements in all, no value larger than 16 Mi characters or 1 Mi elements: beyond that it
            ends with a fault.

            | name | signatures | meaning | example | gives |
            |---|---|---|---|---|
            """);
    for (Function function : Functions.documented()) {
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

  /** The page that lists all codes; each has one of its own, see {@link #diagnostic}. */
  private static String diagnostics() {
    var page =
        new StringBuilder(
            """
            # Diagnostics

            Every finding of `check` has one of these codes, which never change their meaning.
            `unikernal explain CODE` prints the same as its page here.

            | code | what it says |
            |---|---|
            """);
    for (Code code : Code.values()) {
      page.append(
          row(
              "[" + code.id() + "](diagnostics/" + code.id() + ".md)",
              code.page().title().replace("|", "\\|")));
    }
    return page.toString();
  }

  private static String diagnostic(Code code) {
    Code.Page explained = code.page();
    return "# "
        + code.id()
        + ": "
        + explained.title()
        + "\n\n"
        + explained.why()
        + "\n\n"
        + explained.fix()
        + "\n\n## Before\n\n"
        + example(explained.before())
        + "\n## After\n\n"
        + example(explained.after())
        + "\n[All diagnostics](../diagnostics.md)\n";
  }

  private static String example(List<Code.Snippet> snippets) {
    return snippets.stream()
        .map(snippet ->
            (snippet.file().isEmpty() ? "" : "`" + snippet.file() + "`:\n\n")
                + ("```" + snippet.language() + "\n" + snippet.text() + "\n```\n"))
        .collect(joining("\n"));
  }

  private static String code(String text) {
    String escaped = text.replace("|", "\\|");
    return escaped.contains("`") ? "`` " + escaped + " ``" : "`" + escaped + "`";
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
