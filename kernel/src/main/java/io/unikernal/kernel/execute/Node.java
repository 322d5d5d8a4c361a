package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Policies;
import io.unikernal.model.Expression;
import io.unikernal.model.Origin;
import java.util.List;
import java.util.Optional;

/** A step with everything resolved that can be before a message comes. */
sealed interface Node {
  Head head();

  /** The operation or pipeline that it calls, for events and time-outs; else its name. */
  default String target() {
    return switch (this) {
      case CallNode call -> call.callee().id();
      case RunNode run -> run.graph().name();
      case SetNode _, ParallelNode _ -> head().name();
    };
  }

  record Head(
      String name,
      int slot,
      Optional<Expression> when,
      Policies policies,
      List<Node> onError,
      Origin origin) {}

  record CallNode(Head head, Callee callee, Expression with) implements Node {}

  record RunNode(Head head, Graph graph, Expression with) implements Node {}

  record SetNode(Head head, Expression value) implements Node {}

  record ParallelNode(Head head, List<Node> branches) implements Node {}
}
