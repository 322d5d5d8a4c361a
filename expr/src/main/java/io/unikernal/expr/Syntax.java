package io.unikernal.expr;

import io.unikernal.expr.Compiled.Kind;
import io.unikernal.expr.Compiled.Problem;
import java.util.Map;

/** Syntax errors in words for people: the parser's own speak of its grammar. */
final class Syntax {
  private static final Map<String, String> INSTEAD =
      Map.of(
          "=", "==",
          "and", "&&",
          "or", "||",
          "&", "&&",
          "|", "||",
          "not", "!",
          "<>", "!=",
          "===", "==");
  private static final int SHOWN_MAX = 24;

  private Syntax() {}

  static Problem problem(String message, String text, int at) {
    if (message.contains("recursion limit")
        || message.contains("limit exceeded")
        || message.contains("exceeds limit")
        || message.contains("node limit")) {
      return Problems.limit("the expression is too large or nested too deeply", whole(text));
    }
    if (text.isBlank()) {
      return Problems.of(Kind.SYNTAX, whole(text), "the expression is empty", "");
    }
    int start = Math.min(at, text.length());
    Span span = new Span(start, Math.min(text.length(), Math.max(start, Tokens.end(text, start))));
    if (message.contains("reserved identifier")) {
      String word = message.substring(message.indexOf(':') + 1).strip();
      return Problems.of(
          Kind.SYNTAX, span, "`" + word + "` is a reserved word", "choose another name");
    }
    if (start < text.length()
        && isQuote(text.charAt(start))
        && message.contains("token recognition")) {
      return Problems.of(
          Kind.SYNTAX,
          new Span(start, text.length()),
          "this text has no closing quote",
          "write a `" + text.charAt(start) + "` at its end");
    }
    if (text.substring(start).isBlank()) {
      int end = text.stripTrailing().length();
      return Problems.of(
          Kind.SYNTAX,
          new Span(Math.max(0, end - 1), end),
          "the expression ends where something must follow",
          "");
    }
    String token = span.start() < span.end() ? span.of(text) : "";
    String instead = INSTEAD.getOrDefault(token, "");
    if (message.contains("expression") || message.contains("argument")) {
      return Problems.of(Kind.SYNTAX, span, firstLine(message), "");
    }
    return Problems.of(
        Kind.SYNTAX,
        span,
        token.isEmpty()
            ? "something is missing here"
            : "`" + shorten(token) + "` is not expected here",
        instead.isEmpty() ? "" : "write `" + instead + "`");
  }

  private static Span whole(String text) {
    return FrontEnd.whole(text);
  }

  private static boolean isQuote(char c) {
    return c == '\'' || c == '"';
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse(message);
  }

  private static String shorten(String token) {
    return token.length() > SHOWN_MAX ? token.substring(0, SHOWN_MAX) + "…" : token;
  }
}
