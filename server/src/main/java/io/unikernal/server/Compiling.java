package io.unikernal.server;

import io.unikernal.expr.Deployment;
import io.unikernal.model.Expression;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Route;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes bytecode of every expression that a plan's routes and pipelines evaluate: one class for
 * each. The kernel knows no expression but by its interface, so it is done before it gets the plan.
 */
final class Compiling {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Expression> found = new ArrayList<>();

  private Compiling() {}

  /** What was made, of all routes and pipelines together. */
  static Deployment.Report compile(Plan plan) {
    var reports = new ArrayList<Deployment.Report>();
    for (Pipeline pipeline : plan.pipelines().values()) {
      reports.add(Deployment.compile(expressions(pipeline)));
    }
    for (Route route : plan.routes()) {
      reports.add(Deployment.compile(expressions(route)));
    }
    return new Deployment.Report(
        reports.stream().mapToInt(Deployment.Report::compiled).sum(),
        reports.stream().mapToInt(Deployment.Report::interpreted).sum(),
        reports.stream().mapToInt(Deployment.Report::classes).sum(),
        reports.stream().mapToLong(Deployment.Report::bytes).sum());
  }

  /** Those of a route or a pipeline, wherever in it they stand. */
  static List<Expression> expressions(Record part) {
    var walk = new Compiling();
    walk.visit(part);
    return walk.found;
  }

  /** Plans are records all through: what is found so cannot be forgotten for a new kind of step. */
  private void visit(Object part) {
    switch (part) {
      case Expression expression -> {
        if (seen.add(expression)) {
          found.add(expression);
        }
      }
      case Type _, Value _ -> {}
      case Optional<?> optional -> optional.ifPresent(this::visit);
      case Collection<?> all -> all.forEach(this::visit);
      case Map<?, ?> map -> map.values().forEach(this::visit);
      case Record data -> {
        if (seen.add(data)) {
          for (RecordComponent component : data.getClass().getRecordComponents()) {
            visit(value(data, component));
          }
        }
      }
      default -> {}
    }
  }

  private static Object value(Record data, RecordComponent component) {
    try {
      return component.getAccessor().invoke(data);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a plan's records are public", e);
    }
  }
}
