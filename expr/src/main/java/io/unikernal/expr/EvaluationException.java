package io.unikernal.expr;

import io.unikernal.model.Fault;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An error of CEL's semantics: {@code &&} and {@code ||} may absorb it, else it becomes a fault.
 * The node that raised it is named once, by the innermost interpreter call. Messages never hold
 * values.
 */
final class EvaluationException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private transient @Nullable Span span;

  /** What a function's body threw: its violations stay. */
  private final transient Optional<Fault> inner;

  EvaluationException(String message) {
    this(message, Optional.empty());
  }

  EvaluationException(String message, Optional<Fault> inner) {
    super(message, null, false, false);
    this.inner = inner;
  }

  Fault fault(String message) {
    return inner
        .map(found -> found.withMessage(message))
        .orElseGet(() -> Fault.of(Fault.Code.INVALID, message));
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
