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
 * Makes bytecode of every expression that a plan's routes and pipelines evaluate: a class for each
 * of them. The kernel knows no expression but by its interface, so it is done from here, in place:
 * the plan stays the same.
 */
public final class Compiling {
  private static final System.Logger LOG = System.getLogger(Compiling.class.getName());

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Expression> found = new ArrayList<>();

  private Compiling() {}

  /**
   * Does it on a thread of its own: until it is done, messages are taken with the interpreter, and
   * nothing waits.
   */
  static void begin(Plan plan) {
    Thread.ofPlatform()
        .daemon()
        .name("compiling")
        .start(() -> LOG.log(System.Logger.Level.DEBUG, "bytecode: " + compile(plan)));
  }

  /** What was made, of all together. What a caller compiled before is left as it is. */
  public static Deployment.Report compile(Plan plan) {
    var reports = new ArrayList<Deployment.Report>();
    for (Plan.PlannedSystem system : plan.systems()) {
      reports.add(Deployment.compile(expressions(system)));
    }
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

  /** Those of a route, a pipeline or a system, wherever in it they stand. */
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
