package io.unikernal.expr;

import io.unikernal.expr.Compiled.Kind;
import io.unikernal.expr.Compiled.Problem;
import io.unikernal.model.Expression;
import io.unikernal.model.Label;
import io.unikernal.model.Labels;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A scalar of YAML with markers in it. */
final class Template {
  private final String text;
  private final Scope scope;
  private final Expressions.Markers known;
  private final List<Problem> problems = new ArrayList<>();

  private Template(String text, Scope scope, Expressions.Markers known) {
    this.text = text;
    this.scope = scope;
    this.known = known;
  }

  /** {@code start} and {@code end} are those of the expression, without the marker around it. */
  private sealed interface Part {
    record Literal(String text) implements Part {}

    record Marker(int start, int end) implements Part {}
  }

  static Compiled compile(String text, Scope scope, Expressions.Markers known) {
    return new Template(text, scope, known).compile();
  }

  static boolean hasMarker(String text) {
    int at = text.indexOf("${");
    while (at >= 0) {
      if (!isEscaped(text, at)) {
        return true;
      }
      at = text.indexOf("${", at + 2);
    }
    return false;
  }

  static List<Expressions.Marker> markers(String text) {
    var template = new Template(text, new Scope(List.of()), (_, _, _) -> Optional.empty());
    return template.parts().stream()
        .filter(Part.Marker.class::isInstance)
        .map(Part.Marker.class::cast)
        .map(marker -> new Expressions.Marker(marker.start(), marker.end()))
        .toList();
  }

  private static boolean isEscaped(String text, int marker) {
    return marker > 0 && text.charAt(marker - 1) == '$';
  }

  private Compiled compile() {
    List<Part> parts = parts();
    if (!problems.isEmpty()) {
      return new Compiled.Bad(problems);
    }
    if (parts.size() == 1 && parts.getFirst() instanceof Part.Marker marker) {
      return whole(marker);
    }
    if (parts.stream().allMatch(Part.Literal.class::isInstance)) {
      var constant = new Ir.Constant(Value.text(joined(parts)), Type.Text.ANY_TEXT, Span.NONE);
      return new Compiled.Good(IrExpression.of(constant, 0, text));
    }
    return interpolation(parts);
  }

  private static String joined(List<Part> parts) {
    var joined = new StringBuilder();
    for (Part part : parts) {
      if (part instanceof Part.Literal(var literal)) {
        joined.append(literal);
      }
    }
    return joined.toString();
  }

  private List<Part> parts() {
    var parts = new ArrayList<Part>();
    var literal = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      if (text.startsWith("$${", at)) {
        literal.append("${");
        at += 3;
      } else if (text.startsWith("${", at)) {
        int end = close(at + 2);
        if (end < 0) {
          problems.add(
              Problems.of(
                  Kind.SYNTAX,
                  new Span(at, text.length()),
                  "this `${` has no `}`",
                  "write `$${` where you mean the characters themselves"));
          return parts;
        }
        if (!literal.isEmpty()) {
          parts.add(new Part.Literal(literal.toString()));
          literal.setLength(0);
        }
        parts.add(new Part.Marker(at + 2, end));
        at = end + 1;
      } else {
        literal.append(text.charAt(at));
        at++;
      }
    }
    if (!literal.isEmpty() || parts.isEmpty()) {
      parts.add(new Part.Literal(literal.toString()));
    }
    return parts;
  }

  /** The brace that closes the marker: those in texts and in pairs of their own do not. */
  private int close(int start) {
    int depth = 0;
    int at = start;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '{') {
        depth++;
      } else if (c == '}' && depth-- == 0) {
        return at;
      }
      boolean token = c == '"' || c == '\'' || c == '`' || Tokens.isNamePart(c);
      at = token ? Math.max(at + 1, Tokens.end(text, at)) : at + 1;
    }
    return -1;
  }

  private Compiled whole(Part.Marker marker) {
    String cel = text.substring(marker.start(), marker.end());
    Optional<Expression> constant = known.find(cel.strip(), marker.start(), marker.end());
    if (constant.isPresent()) {
      return new Compiled.Good(constant.get());
    }
    return switch (compiled(cel, marker)) {
      case Compiler.Outcome.Failed(var found) -> new Compiled.Bad(shifted(found, marker.start()));
      case Compiler.Outcome.Done(var root, int locals) ->
          new Compiled.Good(IrExpression.of(root, locals, cel));
    };
  }

  private Compiler.Outcome compiled(String cel, Part.Marker marker) {
    return cel.isBlank()
        ? new Compiler.Outcome.Failed(
            List.of(
                Problems.of(
                    Kind.SYNTAX,
                    new Span(-2, marker.end() - marker.start() + 1),
                    "this marker is empty",
                    "write `$${` where you mean the characters themselves")))
        : Compiler.compile(cel, scope);
  }

  private static List<Problem> shifted(List<Problem> found, int by) {
    return found.stream()
        .map(problem ->
            new Problem(
                problem.kind(),
                problem.start() + by,
                problem.end() + by,
                problem.message(),
                problem.hint()))
        .toList();
  }

  private Compiled interpolation(List<Part> parts) {
    var nodes = new ArrayList<Ir>();
    Set<Label> labels = EnumSet.noneOf(Label.class);
    for (Part part : parts) {
      switch (part) {
        case Part.Literal(var literal) ->
            nodes.add(new Ir.Constant(Value.text(literal), Type.Text.ANY_TEXT, Span.NONE));
        case Part.Marker marker -> {
          String cel = text.substring(marker.start(), marker.end());
          Optional<Expression> constant = known.find(cel.strip(), marker.start(), marker.end());
          if (constant.isPresent()) {
            Type type = constant.get().type();
            labels.addAll(Labels.within(type));
            nodes.add(new Ir.Embedded(constant.get(), type, Span.NONE));
            continue;
          }
          switch (compiled(cel, marker)) {
            case Compiler.Outcome.Failed(var found) ->
                problems.addAll(shifted(found, marker.start()));
            case Compiler.Outcome.Done(var root, int locals) -> {
              check(root, cel, marker);
              labels.addAll(Labels.within(root.type()));
              nodes.add(
                  new Ir.Embedded(
                      IrExpression.of(root, locals, cel),
                      root.type(),
                      new Span(marker.start(), marker.end())));
            }
          }
        }
      }
    }
    if (!problems.isEmpty()) {
      return new Compiled.Bad(List.copyOf(problems));
    }
    Type type = LabelRules.wrap(Type.Text.ANY_TEXT, labels);
    var root = new Ir.Interpolation(nodes, type, Span.NONE);
    return new Compiled.Good(IrExpression.of(root, 0, text));
  }

  private void check(Ir root, String cel, Part.Marker marker) {
    Span span = new Span(marker.start(), marker.end());
    if (root.type().isMaybe()) {
      problems.add(
          Problems.maybeAbsent(
              cel.strip(), "write `${%s.orValue('')}`".formatted(cel.strip()), span));
      return;
    }
    Type core = Selects.core(root);
    boolean scalar =
        switch (core) {
          case Type.Simple simple -> simple != Type.Simple.NULL && simple != Type.Simple.BLOB;
          case Type.Int _, Type.UInt _, Type.Real _, Type.Decimal _, Type.Text _, Type.Enum _ ->
              true;
          default -> false;
        };
    if (!scalar) {
      problems.add(
          Problems.of(
              Kind.TYPE,
              span,
              "a value of type `" + Problems.describe(core) + "` cannot stand in a text",
              core instanceof Type.Bytes
                  ? "write `${string(%s)}`".formatted(cel.strip())
                  : "write `${json(%s)}`, or take a part of it".formatted(cel.strip())));
    }
  }
}
