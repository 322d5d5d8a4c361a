package io.unikernal.server;

import io.unikernal.expr.Deployment;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.PlanExpressions;
import io.unikernal.model.Route;
import java.util.ArrayList;

/**
 * Makes bytecode of every expression that a plan's routes and pipelines evaluate: a class for each
 * of them. The kernel knows no expression but by its interface, so it is done from here, in place:
 * the plan stays the same.
 */
public final class Compiling {
  private static final System.Logger LOG = System.getLogger(Compiling.class.getName());

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
      reports.add(Deployment.compile(PlanExpressions.of(system)));
    }
    for (Pipeline pipeline : plan.pipelines().values()) {
      reports.add(Deployment.compile(PlanExpressions.of(pipeline)));
    }
    for (Route route : plan.routes()) {
      reports.add(Deployment.compile(PlanExpressions.of(route)));
    }
    return new Deployment.Report(
        reports.stream().mapToInt(Deployment.Report::compiled).sum(),
        reports.stream().mapToInt(Deployment.Report::interpreted).sum(),
        reports.stream().mapToInt(Deployment.Report::classes).sum(),
        reports.stream().mapToLong(Deployment.Report::bytes).sum());
  }
}
