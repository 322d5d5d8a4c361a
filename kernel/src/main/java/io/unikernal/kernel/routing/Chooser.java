package io.unikernal.kernel.routing;

import java.util.List;
import java.util.function.Supplier;

/** A way to choose. Safe for many threads. */
interface Chooser {
  /**
   * One of {@code candidates}, of which there is at least one.
   *
   * @param key of the message; empty if it has none
   * @param scores hears what each was worth
   */
  Candidate choose(List<Candidate> candidates, Supplier<String> key, Scores scores);
}
