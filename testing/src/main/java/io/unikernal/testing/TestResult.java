package io.unikernal.testing;

import io.unikernal.udl.DefinitionTest;
import java.time.Duration;
import java.util.List;

/**
 * How one test went.
 *
 * @param virtual how much virtual time it took
 * @param real how much real time it took
 */
public record TestResult(
    DefinitionTest test,
    long seed,
    List<Failing> failings,
    long messages,
    long calls,
    Duration virtual,
    Duration real) {
  public boolean isGood() {
    return failings.isEmpty();
  }
}
