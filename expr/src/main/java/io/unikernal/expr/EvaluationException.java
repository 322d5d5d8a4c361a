package io.unikernal.expr;

import org.jspecify.annotations.Nullable;

/**
 * An error of CEL's semantics: {@code &&} and {@code ||} may absorb it, else it becomes a fault.
 * The node that raised it is named once, by the innermost interpreter call. Messages never hold
 * values.
 */
final class EvaluationException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private transient @Nullable Span span;

  EvaluationException(String message) {
    super(message, null, false, false);
  }

  EvaluationException at(Span place) {
    if (span == null) {
      span = place;
    }
    return this;
  }

  Span span() {
    return span == null ? Span.NONE : span;
  }
}
