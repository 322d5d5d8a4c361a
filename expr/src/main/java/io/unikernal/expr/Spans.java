package io.unikernal.expr;

import dev.cel.common.CelSource;
import dev.cel.common.ast.CelExpr;
import java.util.HashMap;
import java.util.Map;

/**
 * Where each node of a tree stands in the text. CEL knows one position per node, of the operator,
 * dot or bracket; the rest follows from the node's children and from the text.
 */
final class Spans {
  private final String text;
  private final CelSource source;
  private final boolean plain;
  private final Map<Long, Span> known = new HashMap<>();

  Spans(String text, CelSource source) {
    this.text = text;
    this.source = source;
    plain = text.codePointCount(0, text.length()) == text.length();
  }

  Span of(CelExpr node) {
    Span found = known.get(node.id());
    if (found == null) {
      found = balanced(measure(node));
      known.put(node.id(), found);
    }
    return found;
  }

  /** The node's own token: its operator, name or field. */
  Span own(CelExpr node) {
    int at = position(node);
    if (at < 0) {
      return FrontEnd.whole(text);
    }
    if (at < text.length() && text.charAt(at) == '.') {
      int name = fieldStart(at);
      return new Span(name, Math.max(name + 1, Tokens.end(text, name)));
    }
    if (at < text.length() && text.charAt(at) == '(') {
      int end = at;
      while (end > 0 && Character.isWhitespace(text.charAt(end - 1))) {
        end--;
      }
      int start = nameStart(end);
      return start < end ? new Span(start, end) : new Span(at, at + 1);
    }
    return new Span(at, Math.min(text.length(), Math.max(at + 1, Tokens.end(text, at))));
  }

  private int position(CelExpr node) {
    Integer points = source.getPositionsMap().get(node.id());
    return points == null ? -1 : chars(points);
  }

  /** CEL counts code points. */
  int chars(int points) {
    if (plain) {
      return Math.min(points, text.length());
    }
    int total = text.codePointCount(0, text.length());
    return text.offsetByCodePoints(0, Math.min(points, total));
  }

  private Span measure(CelExpr node) {
    int start = Integer.MAX_VALUE;
    int end = -1;
    int at = position(node);
    if (at >= 0 && at < text.length()) {
      start = at;
      end = at + 1;
      switch (text.charAt(at)) {
        case '(' -> {
          start = own(node).start();
          end = Tokens.close(text, at);
        }
        case '[', '{' -> end = Tokens.close(text, at);
        case '.' -> end = Tokens.end(text, fieldStart(at));
        default -> end = Math.max(end, Tokens.end(text, at));
      }
    }
    for (CelExpr child : Trees.children(node)) {
      if (source.getPositionsMap().containsKey(child.id())) {
        Span span = of(child);
        start = Math.min(start, span.start());
        end = Math.max(end, span.end());
      }
    }
    return end < 0 ? FrontEnd.whole(text) : new Span(start, Math.min(end, text.length()));
  }

  private int fieldStart(int dot) {
    int at = dot + 1;
    while (at < text.length()
        && (text.charAt(at) == '?' || Character.isWhitespace(text.charAt(at)))) {
      at++;
    }
    return at;
  }

  private int nameStart(int end) {
    int start = end;
    while (start > 0 && Tokens.isNamePart(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  /** Takes the parenthesis of an operand in, where only one of the two was within. */
  private Span balanced(Span span) {
    int depth = 0;
    int lowest = 0;
    int at = span.start();
    while (at < span.end()) {
      char c = text.charAt(at);
      if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
        lowest = Math.min(lowest, depth);
      }
      at = c == '"' || c == '\'' ? Math.max(at + 1, Tokens.end(text, at)) : at + 1;
    }
    int start = span.start();
    for (int missing = -lowest; missing > 0 && start > 0; ) {
      start--;
      missing -= text.charAt(start) == '(' ? 1 : 0;
    }
    int end = span.end();
    for (int open = depth - lowest; open > 0 && end < text.length(); ) {
      open -= text.charAt(end) == ')' ? 1 : 0;
      end++;
    }
    return new Span(start, end);
  }
}
