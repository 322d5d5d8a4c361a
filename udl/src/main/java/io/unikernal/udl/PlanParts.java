package io.unikernal.udl;

import io.unikernal.model.Expression;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.Step;
import java.util.List;

/**
 * What graphs, pages and comparisons ask of a plan's parts: the only place that tells them apart.
 */
final class PlanParts {
  private PlanParts() {}

  /** Something that is called: {@code system.operation}, or a pipeline by its name. */
  record Callee(String name, boolean isPipeline) {}

  /**
   * What a step does.
   *
   * @param what in one word
   * @param inside steps that it runs
   * @param gives what it computes: for a call, what it gives to what it calls
   */
  record Does(String what, List<Callee> calls, List<Step> inside, List<Expression> gives) {}

  static List<Callee> callees(Route.Target target) {
    return switch (target) {
      case Route.Target.ToOperation(var operation) -> List.of(new Callee(operation.id(), false));
      case Route.Target.ToPipeline(var pipeline) -> List.of(new Callee(pipeline, true));
    };
  }

  static Does does(Step step) {
    return switch (step) {
      case Step.Call call ->
          new Does(
              "call",
              List.of(new Callee(call.target().id(), false)),
              List.of(),
              List.of(call.with()));
      case Step.Run run ->
          new Does(
              "run", List.of(new Callee(run.pipeline(), true)), List.of(), List.of(run.with()));
      case Step.Set set -> new Does("set", List.of(), List.of(), List.of(set.value()));
      case Step.Parallel parallel ->
          new Does("parallel", List.of(), parallel.branches(), List.of());
    };
  }

  static String text(Policy policy) {
    return PlanText.policy(policy);
  }

  static List<String> texts(List<Policy> policies) {
    return policies.stream().map(PlanParts::text).toList();
  }
}
