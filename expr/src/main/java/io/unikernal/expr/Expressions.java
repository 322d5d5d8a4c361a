package io.unikernal.expr;

import io.unikernal.model.Expression;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.List;
import java.util.SequencedMap;

/**
 * Makes {@link Expression}s. The interpreter stands behind it today; bytecode will take its place.
 */
public final class Expressions {
  private Expressions() {}

  /** Bare CEL, as in {@code when}. */
  public static Compiled cel(String text, Scope scope) {
    throw new UnsupportedOperationException("not written yet");
  }

  /**
   * A scalar that may hold markers: {@code ${...}} alone keeps its type, inside text it interpolates,
   * {@code $${} is a literal. Offsets of problems are in the whole scalar.
   */
  public static Compiled template(String text, Scope scope) {
    throw new UnsupportedOperationException("not written yet");
  }

  /** Whether the scalar holds a marker at all. */
  public static boolean hasMarker(String text) {
    throw new UnsupportedOperationException("not written yet");
  }

  public static Expression constant(Value value, Type type) {
    throw new UnsupportedOperationException("not written yet");
  }

  /** The variable itself. */
  public static Expression variable(Scope.Variable variable) {
    throw new UnsupportedOperationException("not written yet");
  }

  /** A mapping of YAML: a record in place with the types of its parts. */
  public static Expression mapping(SequencedMap<String, Expression> fields) {
    throw new UnsupportedOperationException("not written yet");
  }

  /** A sequence of YAML. */
  public static Expression list(List<Expression> items) {
    throw new UnsupportedOperationException("not written yet");
  }

  /**
   * Makes what {@code from} gives fit {@code to}: nothing, a widening, a projection or a check at
   * run time, whatever the types need. {@code what} begins the fault's message, as {@code `order`}.
   * The caller has asked {@link io.unikernal.model.Assign} already; labels of {@code from} are
   * kept.
   */
  public static Expression fit(Expression from, Type to, String what) {
    throw new UnsupportedOperationException("not written yet");
  }
}
