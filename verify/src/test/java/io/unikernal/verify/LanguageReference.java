package io.unikernal.verify;

import io.unikernal.expr.Function;
import io.unikernal.expr.Functions;
import io.unikernal.udl.Code;
import java.util.LinkedHashMap;
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
      page.append("\n## " + code.id() + ": " + code.title() + "\n\n");
      page.append(code.why() + " " + code.fix() + "\n\n");
      page.append(
          "Before:\n\n" + code.before().indent(4) + "\nAfter:\n\n" + code.after().indent(4));
    }
    return page.toString();
  }

  private static String code(String text) {
    String escaped = text.replace("|", "\\|");
    return escaped.contains("`") ? "`` " + escaped + " ``" : "`" + escaped + "`";
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
