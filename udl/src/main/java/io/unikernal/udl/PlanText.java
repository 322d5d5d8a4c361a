package io.unikernal.udl;

import io.unikernal.model.Expression;
import io.unikernal.model.Operation;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Plan.PlannedSystem;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A plan as text that stays the same while the plan does; secrets are masked. */
public final class PlanText {
  private final StringBuilder text = new StringBuilder();

  private PlanText() {}

  public static String of(Plan plan) {
    var writer = new PlanText();
    plan.systems().forEach(writer::system);
    plan.routes().forEach(writer::route);
    plan.pipelines().values().forEach(writer::pipeline);
    return writer.text.toString();
  }

  private void line(int depth, String line) {
    text.repeat("  ", depth).append(line.stripTrailing()).append('\n');
  }

  private void system(PlannedSystem system) {
    line(0, "system " + system.name() + ": " + system.adapter());
    if (!system.clearance().isEmpty()) {
      line(1, "clearance " + system.clearance().stream().sorted().toList());
    }
    policies(1, system.policies());
    system.operations().values().forEach(this::operation);
  }

  private void operation(Operation operation) {
    String direction = operation.direction().name().toLowerCase(Locale.ROOT);
    line(1, operation.name() + " " + direction + " " + type(operation.input()));
    line(2, "-> " + type(operation.output()));
    String more = "effect " + operation.effect();
    if (!operation.capabilities().isEmpty()) {
      more +=
          operation.capabilities().stream()
              .sorted()
              .map(capability -> capability.name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", ", ", ", ""));
    }
    line(2, more);
  }

  /** A record by its name and fields, anything else as it is written. */
  private static String type(Type type) {
    boolean isNamed = type instanceof Type.Record record && !record.name().isEmpty();
    if (isNamed && type instanceof Type.Record record) {
      return record.name()
          + record.fields().stream()
              .map(field -> field.name() + ": " + field.type())
              .collect(Collectors.joining(", ", " { ", " }"));
    }
    return type.toString();
  }

  private void route(Route route) {
    line(0, "route " + route.name());
    line(1, "guarantee: " + route.guarantee());
    when(1, route.when());
    policies(1, route.policies());
    line(1, "with " + expression(route.with()));
    line(1, "reply " + expression(route.reply()));
  }

  private void when(int depth, Optional<Expression> when) {
    when.ifPresent(condition -> line(depth, "when " + condition.text()));
  }

  private static String expression(Expression expression) {
    return expression.text().replace('\n', ' ') + " : " + expression.type();
  }

  private void policies(int depth, List<Policy> policies) {
    policies.forEach(policy -> line(depth, "policy " + policy(policy)));
  }

  static String policy(Policy policy) {
    return switch (policy) {
      case Policy.RateLimit limit ->
          "rate_limit "
              + limit.limit()
              + " in "
              + Quantities.text(limit.window())
              + ", burst "
              + limit.burst();
      case Policy.Timeout timeout -> "timeout after " + Quantities.text(timeout.after());
      case Policy.Retry retry ->
          "retry "
              + retry.attempts()
              + " attempts, "
              + retry.backoff().name().toLowerCase(Locale.ROOT)
              + " "
              + Quantities.text(retry.delay())
              + " to "
              + Quantities.text(retry.maxDelay());
    };
  }

  private void pipeline(Pipeline pipeline) {
    line(0, "pipeline " + pipeline.name() + ": " + pipeline.slots() + " slots");
    line(1, "input " + type(pipeline.input()));
    policies(1, pipeline.policies());
    pipeline.steps().forEach(step -> step(1, step));
    line(1, "output " + expression(pipeline.output()));
    onError(1, pipeline.onError());
  }

  private void onError(int depth, List<Step> steps) {
    if (!steps.isEmpty()) {
      line(depth, "on_error");
      steps.forEach(step -> step(depth + 1, step));
    }
  }

  private void step(int depth, Step step) {
    Step.Head head = step.head();
    var more = new ArrayList<Step>();
    String what =
        switch (step) {
          case Step.Call call -> "call " + call.target().id() + " with " + expression(call.with());
          case Step.Run run -> "run " + run.pipeline() + " with " + expression(run.with());
          case Step.Set set -> "set " + expression(set.value());
          case Step.Parallel parallel -> {
            more.addAll(parallel.branches());
            yield "parallel";
          }
        };
    line(depth, head.name() + " [" + head.slot() + "]: " + what);
    when(depth + 1, head.when());
    policies(depth + 1, head.policies());
    more.forEach(branch -> step(depth + 1, branch));
    onError(depth + 1, head.onError());
  }
}
