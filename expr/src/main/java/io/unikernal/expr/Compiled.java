package io.unikernal.expr;

import io.unikernal.model.Expression;
import java.util.List;

/** What became of an expression's text. */
public sealed interface Compiled {
  record Good(Expression expression) implements Compiled {}

  record Bad(List<Problem> problems) implements Compiled {}

  /**
   * @param start offset in the text given, in chars
   * @param end after the last char of it
   * @param message what is wrong, with UDL's type names
   * @param hint what to write, or empty
   */
  record Problem(Kind kind, int start, int end, String message, String hint) {}

  enum Kind {
    SYNTAX,
    UNKNOWN_NAME,
    UNKNOWN_FIELD,
    UNKNOWN_FUNCTION,
    TYPE,
    /** A call of one of the definition's own functions with what it does not take. */
    ARGUMENT,
    /** A plain select of a field that may be absent. */
    MAYBE_ABSENT,
    LIMIT
  }
}
