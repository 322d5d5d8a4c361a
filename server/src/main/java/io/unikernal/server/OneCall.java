package io.unikernal.server;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Operation;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.PlanWalk;
import io.unikernal.model.Route;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Calls one operation of a definition that does not run: opens what the call reaches and nothing
 * else.
 */
public final class OneCall {
  private OneCall() {}

  /**
   * @param operation {@code system.operation}; of one that receives, the message goes into its
   *     routes
   * @throws io.unikernal.model.FaultException what the call, or opening its systems, failed with
   */
  public static Value call(
      Plan plan,
      Map<String, Adapter> adapters,
      String operation,
      Value input,
      Duration limit,
      Listener listener)
      throws InterruptedException {
    var world = new SystemWorld();
    try (var kernel = Kernel.open(reaching(plan, operation), adapters, world, listener)) {
      var answer =
          kernel.call(operation, input, Deadline.after(limit, world.nanos()), Optional.empty());
      var body = WholeStream.read(answer.body());
      kernel.drain(limit); // a message may go on after its answer
      return body;
    }
  }

  /** The part of the plan that a call of the operation can reach. */
  static Plan reaching(Plan plan, String operation) {
    Operation called = find(plan, operation);
    Set<String> systems = new LinkedHashSet<>();
    List<Route> routes =
        called.direction() == Operation.Direction.RECEIVES
            ? plan.routes().stream()
                .filter(route -> route.from().id().equals(operation))
                .map(OneCall::direct)
                .toList()
            : List.of();
    if (routes.isEmpty()) {
      systems.add(called.system());
    }
    var pipelines = new HashSet<String>();
    for (Route route : routes) {
      PlanWalk.of(
          plan,
          route,
          new PlanWalk.Visitor() {
            @Override
            public void operation(Operation reached) {
              systems.add(reached.system());
            }

            @Override
            public void pipeline(Pipeline reached) {
              pipelines.add(reached.name());
            }
          });
    }
    SequencedMap<String, Pipeline> reached = new LinkedHashMap<>(plan.pipelines());
    reached.keySet().retainAll(pipelines);
    return new Plan(
        plan.file(),
        plan.stateDir(),
        plan.systems().stream().filter(system -> systems.contains(system.name())).toList(),
        reached,
        routes,
        plan.access());
  }

  /** Nothing is left to deliver it later, so the caller waits for a durable route too. */
  private static Route direct(Route route) {
    return new Route(
        route.name(),
        route.from(),
        route.when(),
        route.to(),
        route.with(),
        route.reply(),
        route.policies(),
        route.guarantee(),
        route.handling().direct(),
        route.slots(),
        route.origin());
  }

  private static Operation find(Plan plan, String id) {
    var known = new ArrayList<String>();
    for (var system : plan.systems()) {
      for (Operation operation : system.operations().values()) {
        if (operation.id().equals(id)) {
          return operation;
        }
        known.add(operation.id());
      }
    }
    throw Fault.of(
            Fault.Code.NOT_FOUND,
            "there is no operation `" + id + "`",
            "one of " + String.join(", ", known))
        .toException();
  }
}
