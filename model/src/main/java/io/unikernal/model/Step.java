package io.unikernal.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One step of a pipeline. */
public sealed interface Step {
  Head head();

  /**
   * What every step has.
   *
   * @param name its own, or one made from its place, as {@code steps[2]}
   * @param slot where its value goes in the {@link Frame}
   * @param when skip unless true; the slot then stays absent
   * @param compensate undoes the step: runs when a later step fails, after those of the steps
   *     behind it; sees the step's value in its slot
   */
  record Head(
      String name,
      int slot,
      Optional<Expression> when,
      List<Policy> policies,
      List<Step> onError,
      List<Step> compensate,
      Origin origin) {}

  /**
   * Calls an operation with the value of {@code with}, which already fits the operation's input.
   */
  record Call(Head head, Operation target, Expression with) implements Step {}

  /** Calls a pipeline of the same definition. */
  record Run(Head head, String pipeline, Expression with) implements Step {}

  /** Calls through a smart target, whose {@code given} slot holds the value of {@code with}. */
  record Routed(Head head, SmartTarget target, Expression with) implements Step {}

  /** Computes a value. */
  record Set(Head head, Expression value) implements Step {}

  /** Runs its branches at once; one that fails cancels the others. A branch is one step. */
  record Parallel(Head head, List<Step> branches) implements Step {}

  /**
   * Runs its steps for each item. The value is the list of {@code value} for each, without those
   * that a {@link Filter} dropped; over a stream it is a stream, pulled by what consumes it, and
   * run to the end if nothing does.
   *
   * @param in a list, a stream, or a map, whose items are records of {@code key} and {@code value}
   * @param item the slot of the item, of this run alone
   * @param index the slot of the item's number, from 0
   * @param concurrency how many items at most are under way at once; each has a copy of the frame
   * @param ordered whether values come in the order of the items, or as they are done
   */
  record ForEach(
      Head head,
      Expression in,
      int item,
      int index,
      int concurrency,
      boolean ordered,
      List<Step> steps,
      Expression value)
      implements Step {
    public static final int CONCURRENCY_MAX = 1000;
  }

  /** Runs the steps of the first case whose condition is true, whose value is the step's. */
  record Choose(Head head, List<Case> cases) implements Step {}

  /**
   * One case of a {@link Choose}.
   *
   * @param when empty for {@code otherwise}, which is the last
   * @param value in the type that all cases have in common
   */
  record Case(Optional<Expression> when, List<Step> steps, Expression value) {}

  /** Runs steps; where one fails with a fault that {@code handler} takes, its steps go on. */
  record Try(Head head, List<Step> steps, Expression value, Catch handler) implements Step {}

  /**
   * Recovers from a failure, which is in {@link Frame#ERROR}.
   *
   * @param on the codes that it takes; empty for all
   * @param value in the type that both ways have in common
   */
  record Catch(List<Fault.Code> on, List<Step> steps, Expression value) {}

  /** Lets the time pass that the expression gives; the value is that {@code before} it. */
  record Wait(Head head, Expression time, Expression before) implements Step {}

  /**
   * Answers the route's source now; the steps after it go on without a caller. {@code value} is
   * what {@link Route#reply} is made of; the step's own is that {@code before} it.
   */
  record Reply(Head head, Expression value, Expression before) implements Step {}

  /** Ends the pipeline, or the run for an item, unless true: no fault, but counted. */
  record Filter(Head head, Expression keep, Expression before) implements Step {}

  /**
   * Holds messages back and goes on once for several, with the list of their values. A message is
   * settled as its batch is.
   *
   * @param countMax goes on at so many values
   * @param bytesMax goes on before the values together, as JSON, are larger
   * @param within goes on at the latest so long after the first value
   * @param key a batch holds values with one key only
   * @param value what is collected of each message
   */
  record Batch(
      Head head,
      Optional<Integer> countMax,
      Optional<Long> bytesMax,
      Duration within,
      Optional<Expression> key,
      Expression value)
      implements Step {
    public static final int COUNT_MAX = 10_000;
  }

  /**
   * Collects the messages of a stretch of time, and goes on with the list of their values.
   *
   * @param every how long a window is
   * @param slide after how long the next begins; as {@code every} where they do not overlap
   * @param at the time that a message counts for; without it that at which it came
   * @param late how long a window waits for late messages after its end
   * @param countMax a window with so many values ends at once
   * @param key a window holds values with one key only
   * @param value what is collected of each message
   */
  record Window(
      Head head,
      Duration every,
      Duration slide,
      Optional<Expression> at,
      Duration late,
      int countMax,
      Optional<Expression> key,
      Expression value)
      implements Step {
    public static final int COUNT_MAX = 10_000;

    /** How many windows a message may be in at once: {@code every / slide}. */
    public static final int OVERLAP_MAX = 100;
  }

  /** The steps that are written within this one, wherever. */
  default List<Step> inner() {
    var inner = new ArrayList<Step>();
    switch (this) {
      case Call _, Run _, Routed _, Set _, Wait _, Reply _, Filter _, Batch _, Window _ -> {}
      case Parallel parallel -> inner.addAll(parallel.branches());
      case ForEach each -> inner.addAll(each.steps());
      case Choose choose -> choose.cases().forEach(one -> inner.addAll(one.steps()));
      case Try attempt -> {
        inner.addAll(attempt.steps());
        inner.addAll(attempt.handler().steps());
      }
    }
    inner.addAll(head().onError());
    inner.addAll(head().compensate());
    return inner;
  }
}
