package io.unikernal.kernel.explain;

import io.unikernal.kernel.routing.Decision;
import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import java.time.Duration;

/** Something that was decided about a message, as data: the words are made when somebody asks. */
public sealed interface Note {
  /** A route of the operation whose condition was looked at. */
  record Considered(String route, boolean isTaken, Origin origin) implements Note {}

  /** A member of a smart target was chosen. */
  record Chosen(String target, Decision decision) implements Note {}

  /** An attempt failed, and another follows after {@code pause}, or none. */
  record TriedAgain(int attempt, Fault fault, Duration pause, boolean isLast) implements Note {}

  /** A step was passed over since its condition was not true. */
  record Skipped(String step, Origin origin) implements Note {}

  /** Where it lies after it failed for good. */
  record DeadLettered(String to) implements Note {}
}
