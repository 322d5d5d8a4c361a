package io.unikernal.kernel.step;

import io.unikernal.model.Outcome;

/** What a step says to the loop. */
sealed interface Next {
  enum Go implements Next {
    ON
  }

  /** It is decided; only Settle is left. */
  record End(Outcome outcome) implements Next {}
}
