package io.unikernal.udl;

import io.unikernal.model.Expression;
import io.unikernal.model.Operation;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Plan.PlannedSystem;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.SmartTarget;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
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
    AccessText.lines(plan).forEach(line -> writer.line(0, line));
    if (plan.state().isPresent()) {
      writer.line(0, "state " + StateDiff.text(plan.state()));
    }
    plan.systems().forEach(writer::system);
    plan.routes().forEach(writer::route);
    plan.pipelines().values().forEach(writer::pipeline);
    return writer.text.toString();
  }

  void line(int depth, String line) {
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
              .map(field -> field.name() + ": " + field.written())
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
    if (route.to() instanceof SmartTarget smart) {
      new TargetPlan(this).write(1, smart);
    }
    line(1, "reply " + expression(route.reply()));
    Route.Handling handling = route.handling();
    handling
        .durable()
        .ifPresent(durable ->
            line(
                1,
                "durable: %d attempts, %s, %d stored"
                    .formatted(
                        durable.attempts(), Quantities.text(durable.keep()), durable.stored())));
    handling
        .order()
        .ifPresent(
            order -> line(1, "order: by %s, %d lanes".formatted(order.by().text(), order.lanes())));
    if (handling.keepsLetters()) {
      line(1, "dead_letter store");
    }
    handling
        .deadLetter()
        .ifPresent(letter -> {
          line(1, "dead_letter " + TargetPlan.name(letter.to()));
          line(2, "with " + expression(letter.with()));
        });
    onError(1, handling.onError());
  }

  static String lower(Enum<?> symbol) {
    return symbol.name().toLowerCase(Locale.ROOT);
  }

  private void when(int depth, Optional<Expression> when) {
    when.ifPresent(condition -> line(depth, "when " + condition.text()));
  }

  static String expression(Expression expression) {
    return expression.text().replace('\n', ' ') + " : " + expression.type();
  }

  void policies(int depth, List<Policy> policies) {
    policies.forEach(policy -> line(depth, "policy " + PolicyText.of(policy)));
  }

  private void pipeline(Pipeline pipeline) {
    String replies = pipeline.replies() ? ", replies" : "";
    line(0, "pipeline " + pipeline.name() + ": " + pipeline.slots() + " slots" + replies);
    line(1, "input " + type(pipeline.input()));
    policies(1, pipeline.policies());
    pipeline.steps().forEach(step -> step(1, step));
    line(1, "output " + expression(pipeline.output()));
    onError(1, pipeline.onError());
  }

  private void onError(int depth, List<Step> steps) {
    block(depth, "on_error", steps);
  }

  private void step(int depth, Step step) {
    Step.Head head = step.head();
    line(depth, head.name() + " [" + head.slot() + "]: " + what(step));
    when(depth + 1, head.when());
    policies(depth + 1, head.policies());
    inner(depth + 1, step);
    onError(depth + 1, head.onError());
    block(depth + 1, "compensate", head.compensate());
  }

  private static String what(Step step) {
    return switch (step) {
      case Step.Call call -> "call " + call.target().id() + " with " + expression(call.with());
      case Step.Run run -> "run " + run.pipeline() + " with " + expression(run.with());
      case Step.Routed routed -> "route with " + expression(routed.with());
      case Step.Set set -> "set " + expression(set.value());
      case Step.Parallel _ -> "parallel";
      case Step.ForEach each ->
          "for_each in "
              + expression(each.in())
              + ", item ["
              + each.item()
              + "], index ["
              + each.index()
              + "], concurrency "
              + each.concurrency()
              + (each.ordered() ? ", ordered" : ", unordered");
      case Step.Choose _ -> "choose";
      case Step.Try _ -> "try";
      case Step.Wait wait -> "wait " + expression(wait.time());
      case Step.Reply reply -> "reply " + expression(reply.value());
      case Step.Filter filter -> "filter " + filter.keep().text();
      case Step.Batch batch ->
          "batch of "
              + expression(batch.value())
              + batch.countMax().map(count -> ", count " + count).orElse("")
              + batch.bytesMax().map(bytes -> ", bytes " + bytes).orElse("")
              + ", within "
              + Quantities.text(batch.within())
              + key(batch.key());
      case Step.Window window ->
          "window of "
              + expression(window.value())
              + ", every "
              + Quantities.text(window.every())
              + ", slide "
              + Quantities.text(window.slide())
              + window.at().map(at -> ", at " + at.text()).orElse("")
              + ", late "
              + Quantities.text(window.late())
              + ", count "
              + window.countMax()
              + key(window.key());
    };
  }

  private static String key(Optional<Expression> key) {
    return key.map(expression -> ", key " + expression.text()).orElse("");
  }

  private void inner(int depth, Step step) {
    switch (step) {
      case Step.Call _, Step.Run _, Step.Set _, Step.Wait _, Step.Reply _, Step.Filter _ -> {}
      case Step.Batch _, Step.Window _ -> {}
      case Step.Routed routed -> new TargetPlan(this).write(depth, routed.target());
      case Step.Parallel parallel -> steps(depth, parallel.branches());
      case Step.ForEach each -> {
        steps(depth, each.steps());
        line(depth, "value " + expression(each.value()));
      }
      case Step.Choose choose -> {
        for (Step.Case one : choose.cases()) {
          line(depth, one.when().map(when -> "when " + when.text()).orElse("otherwise"));
          steps(depth + 1, one.steps());
          line(depth + 1, "value " + expression(one.value()));
        }
      }
      case Step.Try attempt -> {
        steps(depth, attempt.steps());
        line(depth, "value " + expression(attempt.value()));
        Step.Catch handler = attempt.handler();
        line(depth, "catch" + (handler.on().isEmpty() ? "" : " " + handler.on()));
        steps(depth + 1, handler.steps());
        line(depth + 1, "value " + expression(handler.value()));
      }
    }
  }

  private void steps(int depth, List<Step> steps) {
    steps.forEach(step -> step(depth, step));
  }

  private void block(int depth, String name, List<Step> steps) {
    if (!steps.isEmpty()) {
      line(depth, name);
      steps(depth + 1, steps);
    }
  }
}
