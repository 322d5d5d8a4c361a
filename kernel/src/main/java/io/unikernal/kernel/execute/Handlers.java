package io.unikernal.kernel.execute;

import java.util.List;

/** The {@code on_error} steps of a route. */
public final class Handlers {
  public static final Handlers NONE = new Handlers(List.of());
  final List<Node> steps;

  Handlers(List<Node> steps) {
    this.steps = steps;
  }

  public boolean areNone() {
    return steps.isEmpty();
  }
}
