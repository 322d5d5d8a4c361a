package io.unikernal.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The way of a route's messages, wherever it may lead: through members of smart targets, pipelines,
 * their steps and what runs after an error. Each pipeline is walked once.
 */
public final class PlanWalk {
  private final Plan plan;
  private final Visitor visitor;
  private final Set<String> seen = new HashSet<>();

  /** Is told what is on the way, in its order. */
  public interface Visitor {
    /** What is called, by whatever leads there. */
    default void operation(Operation operation) {}

    /** Before its steps. */
    default void pipeline(Pipeline pipeline) {}

    /**
     * Before what it calls, and before the steps within it.
     *
     * @param of the name of its pipeline, or {@code route} and its name
     */
    default void step(String of, Step step) {}

    /**
     * Before what it calls.
     *
     * @param at whose target it is in: {@code pipeline.step}, or {@code route} and its name
     */
    default void member(String at, SmartTarget.Member member) {}
  }

  private PlanWalk(Plan plan, Visitor visitor) {
    this.plan = plan;
    this.visitor = visitor;
  }

  public static void of(Plan plan, Route route, Visitor visitor) {
    var walk = new PlanWalk(plan, visitor);
    String name = "route " + route.name();
    walk.target(name, route.to());
    walk.steps(name, route.handling().onError());
    route.handling().deadLetter().ifPresent(letter -> walk.target(name, letter.to()));
  }

  private void target(String at, Route.Target target) {
    switch (target) {
      case Route.Target.ToOperation(var operation) -> visitor.operation(operation);
      case Route.Target.ToPipeline(var name) -> pipeline(name);
      case SmartTarget smart ->
          smart
              .everyone()
              .forEach(member -> {
                visitor.member(at, member);
                target(at, member.target());
              });
    }
  }

  private void pipeline(String name) {
    Pipeline pipeline = plan.pipelines().get(name);
    if (pipeline != null && seen.add(name)) {
      visitor.pipeline(pipeline);
      steps(name, pipeline.steps());
      steps(name, pipeline.onError());
    }
  }

  private void steps(String of, List<Step> steps) {
    for (Step step : steps) {
      visitor.step(of, step);
      switch (step) {
        case Step.Call call -> visitor.operation(call.target());
        case Step.Run run -> pipeline(run.pipeline());
        case Step.Routed routed -> target(of + "." + step.head().name(), routed.target());
        case Step.Set _, Step.Parallel _, Step.ForEach _, Step.Choose _, Step.Try _ -> {}
        case Step.Wait _, Step.Reply _, Step.Filter _, Step.Batch _, Step.Window _ -> {}
      }
      steps(of, step.inner());
    }
  }
}
