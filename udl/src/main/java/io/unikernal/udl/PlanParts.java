package io.unikernal.udl;

import io.unikernal.model.Expression;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.SmartTarget;
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
   * @param branches steps that it runs: those of one branch one after the other
   * @param gives what it computes: for a call, what it gives to what it calls
   */
  record Does(String what, List<Callee> calls, List<List<Step>> branches, List<Expression> gives) {
    /** The steps of all branches. */
    List<Step> inside() {
      return branches.stream().flatMap(List::stream).toList();
    }
  }

  static List<Callee> callees(Route.Target target) {
    return switch (target) {
      case Route.Target.ToOperation(var operation) -> List.of(new Callee(operation.id(), false));
      case Route.Target.ToPipeline(var pipeline) -> List.of(new Callee(pipeline, true));
      case SmartTarget smart ->
          smart.everyone().stream().flatMap(one -> callees(one.target()).stream()).toList();
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
          new Does(
              "parallel",
              List.of(),
              parallel.branches().stream().map(List::of).toList(),
              List.of());
      case Step.Routed routed ->
          new Does("route", callees(routed.target()), List.of(), List.of(routed.with()));
      case Step.ForEach each ->
          new Does("for_each", List.of(), List.of(each.steps()), List.of(each.in()));
      case Step.Choose choose ->
          new Does(
              "choose",
              List.of(),
              choose.cases().stream().map(Step.Case::steps).toList(),
              choose.cases().stream().flatMap(one -> one.when().stream()).toList());
      case Step.Try attempt ->
          new Does(
              "try", List.of(), List.of(attempt.steps(), attempt.handler().steps()), List.of());
      case Step.Wait wait -> new Does("wait", List.of(), List.of(), List.of(wait.time()));
      case Step.Reply reply -> new Does("reply", List.of(), List.of(), List.of(reply.value()));
      case Step.Filter filter -> new Does("filter", List.of(), List.of(), List.of(filter.keep()));
      case Step.Batch batch -> new Does("batch", List.of(), List.of(), List.of(batch.value()));
      case Step.Window window -> new Does("window", List.of(), List.of(), List.of(window.value()));
    };
  }

  static List<String> texts(List<Policy> policies) {
    return policies.stream().map(PolicyText::of).toList();
  }
}
