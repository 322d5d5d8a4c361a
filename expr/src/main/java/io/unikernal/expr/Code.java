package io.unikernal.expr;

import io.unikernal.model.Frame;
import io.unikernal.model.Value;
import org.jspecify.annotations.Nullable;

/** What a generated class extends: the expressions of one group by number. */
abstract class Code {
  /** {@code run} may be null only where the expression was said not to need one. */
  abstract Value run(int number, Frame frame, @Nullable Evaluation run);
}
