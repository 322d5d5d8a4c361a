package io.unikernal.model;

import java.util.List;
import java.util.Optional;

/** One step of a pipeline. The kinds that the kernel does not run yet never reach a Plan. */
public sealed interface Step {
  Head head();

  /**
   * What every step has.
   *
   * @param name its own, or one made from its place, as {@code steps[2]}
   * @param slot where its value goes in the {@link Frame}
   * @param when skip unless true; the slot then stays absent
   */
  record Head(
      String name,
      int slot,
      Optional<Expression> when,
      List<Policy> policies,
      List<Step> onError,
      Origin origin) {}

  /**
   * Calls an operation with the value of {@code with}, which already fits the operation's input.
   */
  record Call(Head head, Operation target, Expression with) implements Step {}

  /** Calls a pipeline of the same definition. */
  record Run(Head head, String pipeline, Expression with) implements Step {}

  /** Computes a value. */
  record Set(Head head, Expression value) implements Step {}

  /** Runs its branches at once; one that fails cancels the others. A branch is one step. */
  record Parallel(Head head, List<Step> branches) implements Step {}
}
