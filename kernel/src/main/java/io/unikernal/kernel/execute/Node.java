package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Policies;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A step with everything resolved that can be before a message comes. */
sealed interface Node {
  Head head();

  /** The operation or pipeline that it calls, for events and time-outs; else its name. */
  default String target() {
    return switch (this) {
      case CallNode call -> call.callee().id();
      case RunNode run -> run.graph().name();
      case SetNode _, ParallelNode _, EachNode _, ChooseNode _, TryNode _ -> head().name();
      case GatherNode _ -> head().name();
      case WaitNode _, ReplyNode _, FilterNode _, RoutedNode _ -> head().name();
    };
  }

  record Head(
      String name,
      int slot,
      Optional<Expression> when,
      Policies policies,
      List<Node> onError,
      List<Node> compensate,
      Origin origin) {}

  record CallNode(Head head, Callee callee, Expression with) implements Node {}

  record RunNode(Head head, Graph graph, Expression with) implements Node {}

  record RoutedNode(Head head, Several several, Expression with) implements Node {}

  record SetNode(Head head, Expression value) implements Node {}

  record ParallelNode(Head head, List<Node> branches) implements Node {}

  /** Steps in a row, and the value that they give. */
  record Block(List<Node> steps, Expression value) {}

  /**
   * For each item of a list, map or stream.
   *
   * @param isLast whether its value is what its pipeline gives: that of a stream is a stream then,
   *     whose steps are done as it is read
   */
  record EachNode(
      Head head,
      Expression in,
      int item,
      int index,
      int concurrency,
      boolean ordered,
      Block body,
      boolean isLast)
      implements Node {
    EachNode asLast() {
      return new EachNode(head, in, item, index, concurrency, ordered, body, true);
    }
  }

  record ChooseNode(Head head, List<Case> cases) implements Node {}

  /** {@code when} is empty for what is left. */
  record Case(Optional<Expression> when, Block body) {}

  /**
   * Steps that may fail.
   *
   * @param own the slots of all steps within: what an earlier attempt left there must not be seen
   * @param on the codes that are caught; empty for all
   */
  record TryNode(Head head, Block body, int[] own, Set<Fault.Code> on, Block handler)
      implements Node {}

  record WaitNode(Head head, Expression time, Expression before) implements Node {}

  record ReplyNode(Head head, Expression value, Expression before) implements Node {}

  /**
   * Holds messages back; what stands behind it is run once for several.
   *
   * @param at the time that a message counts for
   * @param measured whether the size of the value counts
   */
  record GatherNode(
      Head head,
      Gathering gathering,
      Expression value,
      Optional<Expression> key,
      Optional<Expression> at,
      boolean measured)
      implements Node {}

  record FilterNode(Head head, Expression keep, Expression before) implements Node {}
}
