package io.unikernal.expr;

import io.unikernal.model.Expression;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * Makes {@link Expression}s. They are interpreted until {@link Deployment} makes bytecode of them.
 */
public final class Expressions {
  private Expressions() {}

  /** Bare CEL, as in {@code when}. */
  public static Compiled cel(String text, Scope scope) {
    return switch (Compiler.compile(text, scope)) {
      case Compiler.Outcome.Failed(var problems) -> new Compiled.Bad(problems);
      case Compiler.Outcome.Done(var root, int locals) ->
          new Compiled.Good(IrExpression.of(root, locals, text));
    };
  }

  /**
   * A scalar that may hold markers: {@code ${...}} alone keeps its type, inside text it interpolates,
   * {@code $${} is a literal. Offsets of problems are in the whole scalar.
   */
  public static Compiled template(String text, Scope scope) {
    return template(text, scope, (_, _, _) -> Optional.empty());
  }

  /** As {@link #template(String, Scope)}, with markers that are known before any message comes. */
  public static Compiled template(String text, Scope scope, Markers known) {
    return Template.compile(text, scope, known);
  }

  /** Markers that are no expression of a message, as those of the environment. */
  @FunctionalInterface
  public interface Markers {
    /** What stands between the braces, and from where to where in the scalar. */
    Optional<Expression> find(String inside, int start, int end);
  }

  /** Whether the scalar holds a marker at all. */
  public static boolean hasMarker(String text) {
    return Template.hasMarker(text);
  }

  /**
   * An expression in a scalar, or what a template gives to one.
   *
   * @param start of the expression, after its {@code ${}
   * @param end of the expression, at its closing brace
   */
  public record Marker(int start, int end) {}

  /** The expressions in a scalar, in order; none after one that is not closed. */
  public static List<Marker> markers(String text) {
    return Template.markers(text);
  }

  /** The names that an expression reads a field of: where in the text {@code root.field} stands. */
  public static List<Reference> references(String expression, String root) {
    return Tokens.references(expression, root);
  }

  /**
   * {@code root.field} in an expression.
   *
   * @param end after the field
   */
  public record Reference(String field, int start, int end) {}

  /** The value as an expression would write it; empty for what none can. */
  public static Optional<String> literal(Value value) {
    return Literals.of(value);
  }

  /** The value of one that is a constant. */
  public static Optional<Value> known(Expression expression) {
    return expression instanceof IrExpression one && one.root() instanceof Ir.Constant constant
        ? Optional.of(constant.value())
        : Optional.empty();
  }

  public static Expression constant(Value value, Type type) {
    return IrExpression.of(new Ir.Constant(value, type, Span.NONE), 0, written(value));
  }

  /** A value that is not to be seen: {@code text} stands for it wherever it is shown. */
  public static Expression constant(Value value, Type type, String text) {
    return IrExpression.of(new Ir.Constant(value, type, Span.NONE), 0, text);
  }

  /** Nothing of a value but a scalar's text, and none of a labelled type reaches here. */
  private static String written(Value value) {
    try {
      return Texts.of(value);
    } catch (EvaluationException _) {
      return value == Value.Null.NULL ? "null" : "…";
    }
  }

  /** The variable itself. */
  public static Expression variable(Scope.Variable variable) {
    return IrExpression.of(
        new Ir.Variable(variable.name(), variable.slot(), variable.type(), Span.NONE),
        0,
        variable.name());
  }

  /** A mapping of YAML: a record in place with the types of its parts. */
  public static Expression mapping(SequencedMap<String, Expression> fields) {
    SequencedMap<String, Type> types = new LinkedHashMap<>();
    fields.forEach((name, part) -> types.put(name, part.type()));
    Type.Record record = Type.record(types);
    var parts = fields.values().stream().map(Expressions::embedded).toList();
    String text =
        fields.entrySet().stream()
            .map(field -> field.getKey() + ": " + field.getValue().text())
            .collect(Collectors.joining(", ", "{ ", " }"));
    return IrExpression.of(new Ir.Fields(record, parts, record, Span.NONE), 0, text);
  }

  /** A sequence of YAML. */
  public static Expression list(List<Expression> items) {
    List<Ir> given = items.stream().map(Expressions::embedded).toList();
    List<Ir> parts = Unification.unify(given).orElse(given);
    Type element =
        parts.stream()
            .map(Ir::type)
            .map(CelTypes::withoutMaybe)
            .reduce(Typing::join)
            .orElse(Type.Simple.ANY);
    String text = items.stream().map(Expression::text).collect(Collectors.joining(", ", "[", "]"));
    return IrExpression.of(new Ir.Items(parts, Type.ListOf.of(element), Span.NONE), 0, text);
  }

  /** A type that holds what either gives; {@code any} when they have nothing in common. */
  public static Type join(Type left, Type right) {
    return Typing.join(left, right);
  }

  private static Ir embedded(Expression part) {
    return new Ir.Embedded(part, part.type(), Span.NONE);
  }

  /**
   * Makes what {@code from} gives fit {@code to}: nothing, a widening, a projection or a check at
   * run time, whatever the types need. {@code what} begins the fault's message, as {@code `order`}.
   * The caller has asked {@link io.unikernal.model.Assign} already; labels of {@code from} are
   * kept.
   */
  public static Expression fit(Expression from, Type to, String what) {
    return Fitting.fit(from, to, what);
  }
}
