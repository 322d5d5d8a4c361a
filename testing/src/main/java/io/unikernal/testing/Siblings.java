package io.unikernal.testing;

import io.unikernal.model.Operation;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Route;
import io.unikernal.model.SmartTarget;
import io.unikernal.model.Step;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The operations that stand in one target with another. */
final class Siblings {
  private final String wanted;
  private final Set<String> found = new TreeSet<>();

  private Siblings(String wanted) {
    this.wanted = wanted;
  }

  /** With the operation itself, which alone is there where it stands in no target of several. */
  static Set<String> of(Plan plan, Operation operation) {
    var siblings = new Siblings(operation.id());
    for (Route route : plan.routes()) {
      siblings.look(route.to());
      siblings.steps(route.handling().onError());
    }
    for (Pipeline pipeline : plan.pipelines().values()) {
      siblings.steps(pipeline.steps());
      siblings.steps(pipeline.onError());
    }
    siblings.found.add(operation.id());
    return siblings.found;
  }

  private void steps(List<Step> steps) {
    for (Step step : steps) {
      if (step instanceof Step.Routed routed) {
        look(routed.target());
      }
      steps(step.inner());
    }
  }

  private void look(Route.Target target) {
    if (target instanceof SmartTarget smart) {
      var names = new TreeSet<String>();
      smart.everyone().forEach(member -> collect(member.target(), names));
      if (names.contains(wanted)) {
        found.addAll(names);
      }
    }
  }

  private static void collect(Route.Target target, Set<String> names) {
    switch (target) {
      case Route.Target.ToOperation(var operation) -> names.add(operation.id());
      case Route.Target.ToPipeline _ -> {}
      case SmartTarget smart -> smart.everyone().forEach(member -> collect(member.target(), names));
    }
  }
}
