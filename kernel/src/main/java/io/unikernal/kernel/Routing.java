package io.unikernal.kernel;

import io.unikernal.kernel.execute.Beside;
import io.unikernal.kernel.execute.Graph;
import io.unikernal.kernel.execute.Linker;
import io.unikernal.kernel.resilience.Limits;
import io.unikernal.kernel.resilience.Policies;
import io.unikernal.kernel.step.Entry;
import io.unikernal.kernel.step.Entry.DeadLetters;
import io.unikernal.kernel.step.Entry.Lane;
import io.unikernal.kernel.step.Entry.Recovery;
import io.unikernal.kernel.step.Entry.Target;
import io.unikernal.model.Operation;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Plan;
import io.unikernal.model.Route;
import io.unikernal.model.Route.Guarantee;
import io.unikernal.model.SmartTarget;
import io.unikernal.spi.World;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** The routes of a plan by the operation they start from, with the books of each. */
final class Routing {
  private static final Guarantee UNROUTED =
      new Guarantee(Guarantee.Level.AT_MOST_ONCE, false, "nothing takes it");

  private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, Entry> injected = new LinkedHashMap<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final Ledger unrouted = new Ledger();
  private final Linker linker;

  /** Binds the operations that routes and pipelines call. */
  Routing(World world, Plan plan, Systems systems) {
    var limits = new Limits();
    linker = new Linker(world, limits, plan.pipelines(), systems::callee, systems::outage);
    plan.pipelines().keySet().forEach(linker::pipeline);
    var bySource = new LinkedHashMap<String, List<Lane>>();
    for (var route : plan.routes()) {
      var policies = Policies.of(world, limits, route.policies());
      var target = target(route, policies, linker, systems);
      var lane = new Lane(route, target, policies, recovery(route, linker), new Ledger());
      lanes.add(lane);
      bySource.computeIfAbsent(route.from().id(), _ -> new ArrayList<>()).add(lane);
    }
    for (var system : plan.systems()) {
      for (var operation : system.operations().values()) {
        if (operation.direction() == Direction.RECEIVES) {
          addEntry(operation, bySource.getOrDefault(operation.id(), List.of()));
        }
      }
    }
    addUnboundEntries(bySource);
  }

  /** A part of a plan may lack the system of a source: its messages come by calls only. */
  private void addUnboundEntries(Map<String, List<Lane>> bySource) {
    bySource.forEach((id, routes) -> {
      if (!entries.containsKey(id)) {
        var operation = routes.getFirst().route().from();
        injected.put(id, new Entry(operation, id, List.copyOf(routes), unrouted));
      }
    });
  }

  private void addEntry(Operation operation, List<Lane> routes) {
    entries.put(
        operation.id(), new Entry(operation, operation.id(), List.copyOf(routes), unrouted));
  }

  private static Target target(Route route, Policies policies, Linker linker, Systems systems) {
    return switch (route.to()) {
      case Route.Target.ToOperation(var operation) -> {
        var callee = systems.callee(operation);
        yield new Target.Call(callee, around(callee.systemPolicies(), policies));
      }
      case Route.Target.ToPipeline(var name) -> new Target.Run(graph(linker, name));
      case SmartTarget several -> new Target.ToSeveral(linker.several(several, route.origin()));
    };
  }

  private static Recovery recovery(Route route, Linker linker) {
    var handling = route.handling();
    if (handling.onError().isEmpty() && handling.deadLetter().isEmpty()) {
      return Recovery.NONE;
    }
    return new Recovery(
        linker.handlers(handling.onError()),
        handling
            .deadLetter()
            .map(
                letter -> new DeadLetters(linker.aim(letter.to(), route.origin()), letter.with())));
  }

  private static Graph graph(Linker linker, String name) {
    return linker.pipeline(name);
  }

  /** Time limit and retries of the system; the route's own retries are nearer and replace them. */
  private static Policies around(Policies system, Policies route) {
    var retry =
        route.retry().isPresent()
            ? Optional.<io.unikernal.kernel.resilience.Retry>empty()
            : system.retry();
    return system.timeout().isEmpty() && retry.isEmpty()
        ? Policies.NONE
        : new Policies(List.of(), system.timeout(), retry);
  }

  Optional<Entry> entry(String operation) {
    return Optional.ofNullable(entries.get(operation))
        .or(() -> Optional.ofNullable(injected.get(operation)));
  }

  /** Those whose systems are open. */
  List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /** What goes on beside single messages. */
  Beside beside() {
    return linker.beside();
  }

  Status.Targets targets() {
    return TargetReports.of(linker);
  }

  List<Status.RouteStatus> status() {
    var list = new ArrayList<Status.RouteStatus>();
    for (var lane : lanes) {
      list.add(
          new Status.RouteStatus(
              lane.route().name(), lane.route().guarantee(), lane.ledger().counts()));
    }
    list.add(new Status.RouteStatus(Entry.NO_ROUTE, UNROUTED, unrouted.counts()));
    return list;
  }
}
