package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Policies;
import io.unikernal.model.Expression;
import io.unikernal.model.Pipeline;
import java.util.List;

/** A pipeline, compiled. */
public record Graph(
    String name,
    Pipeline pipeline,
    List<Node> steps,
    Expression output,
    List<Node> onError,
    Policies policies,
    int slots) {
  /** How many messages may wait in it for each other; 0 if none does. */
  public int heldMax() {
    return steps.stream()
        .mapToInt(node -> node instanceof Node.GatherNode held ? held.gathering().countMax() : 0)
        .max()
        .orElse(0);
  }
}
