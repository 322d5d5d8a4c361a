package io.unikernal.expr;

import io.unikernal.expr.Compiled.Problem;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Most expressions are a path, as {@code input.items} or {@code order.?note}, or a literal. They
 * are compiled here, with the same outcome as by {@link FrontEnd}, so that a definition that needs
 * no more never loads CEL.
 */
final class Paths {
  /** What CEL's grammar keeps for itself; a path with one of these goes the long way. */
  private static final Set<String> RESERVED =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "false",
          "for",
          "function",
          "if",
          "import",
          "in",
          "let",
          "loop",
          "namespace",
          "null",
          "package",
          "return",
          "true",
          "var",
          "void",
          "while");

  private static final int DIGITS_MAX = 18;

  private final String text;
  private final Scope scope;
  private int at;

  private Paths(String text, Scope scope) {
    this.text = text;
    this.scope = scope;
  }

  /** Empty when the text is more than a path or literal. */
  static Optional<Compiler.Outcome> compile(String text, Scope scope) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    if (start == end) {
      return Optional.empty();
    }
    var literal = literal(text.substring(start, end), new Span(start, end));
    return literal.isPresent() ? literal : new Paths(text, scope).path(start, end);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  }

  private static Optional<Compiler.Outcome> literal(String token, Span span) {
    switch (token) {
      case "true", "false" -> {
        return done(new Ir.Constant(Value.Bool.of(token.equals("true")), Type.Simple.BOOL, span));
      }
      case "null" -> {
        return done(new Ir.Constant(Value.Null.NULL, Type.Simple.NULL, span));
      }
      default -> {}
    }
    char first = token.charAt(0);
    if (first == '\'' || first == '"') {
      String inner = token.length() < 2 ? "\n" : token.substring(1, token.length() - 1);
      boolean simple =
          token.charAt(token.length() - 1) == first
              && inner.chars().noneMatch(c -> c == first || c == '\\' || c == '\n' || c == '\r');
      return simple
          ? done(new Ir.Constant(Value.text(inner), Type.Text.ANY_TEXT, span))
          : Optional.empty();
    }
    boolean number =
        token.length() <= DIGITS_MAX && token.chars().allMatch(c -> c >= '0' && c <= '9');
    return number
        ? done(new Ir.Constant(Value.integer(Long.parseLong(token)), Type.Int.ANY_INT, span))
        : Optional.empty();
  }

  private static Optional<Compiler.Outcome> done(Ir root) {
    return Optional.of(new Compiler.Outcome.Done(root, 0));
  }

  private static Optional<Compiler.Outcome> failed(Problem problem) {
    return Optional.of(new Compiler.Outcome.Failed(List.of(problem)));
  }

  private Optional<Compiler.Outcome> path(int start, int end) {
    if (!isPath(start, end)) {
      return Optional.empty();
    }
    at = start;
    String root = name();
    var variable =
        scope.variables().stream().filter(found -> found.name().equals(root)).findFirst();
    if (variable.isEmpty()) {
      return failed(Problems.unknownName(root, Compiler.names(scope), new Span(start, at)));
    }
    Ir node =
        new Ir.Variable(root, variable.get().slot(), variable.get().type(), new Span(start, at));
    while (at < end) {
      at++;
      boolean optional = text.charAt(at) == '?';
      at += optional ? 1 : 0;
      int fieldStart = at;
      String field = name();
      var problem = missing(node, field, new Span(fieldStart, at));
      if (problem.isPresent()) {
        return failed(problem.get());
      }
      Span span = new Span(start, at);
      node = optional ? Selects.optional(node, field, span) : Selects.plain(node, field, span);
    }
    return done(node);
  }

  private static Optional<Problem> missing(Ir operand, String field, Span span) {
    Type core = Selects.core(operand);
    if (core instanceof Type.Record || core instanceof Type.Union) {
      return CelTypes.field(core, field).isPresent()
          ? Optional.empty()
          : Optional.of(Problems.unknownField(core, field, span));
    }
    if (core instanceof Type.MapOf || core == Type.Simple.ANY) {
      return Optional.empty();
    }
    return Optional.of(Problems.noFields(Problems.describe(core), field, span));
  }

  private String name() {
    int start = at;
    while (at < text.length() && Tokens.isNamePart(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  /**
   * Names between dots or {@code .?}, none reserved, nothing else; not deeper than the long way.
   */
  private boolean isPath(int start, int end) {
    int from = start;
    int names = 0;
    while (true) {
      int next = from;
      while (next < end && Tokens.isNamePart(text.charAt(next))) {
        next++;
      }
      if (next == from
          || !Tokens.isNameStart(text.charAt(from))
          || RESERVED.contains(text.substring(from, next))
          || ++names > FrontEnd.DEPTH_MAX / 4) {
        return false;
      }
      if (next == end) {
        return true;
      }
      if (text.charAt(next) != '.') {
        return false;
      }
      from = next + 1;
      if (from < end && text.charAt(from) == '?') {
        from++;
      }
    }
  }
}
