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
import io.unikernal.model.SmartTarget;
import io.unikernal.spi.World;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** The routes of a plan by the operation they start from, with the books of each. */
final class Routing {
  private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, Entry> injected = new LinkedHashMap<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final Books books;
  private final Ledger unrouted;
  private final Linker linker;

  private final Lines lines;

  /** Binds the operations that routes and pipelines call. */
  Routing(
      World world,
      Limits limits,
      Plan plan,
      Systems systems,
      Keeping.Draft keeping,
      Books books,
      Lines lines) {
    this.books = books;
    this.lines = lines;
    unrouted = books.unrouted();
    linker = new Linker(world, limits, plan.pipelines(), systems::callee, systems::outage);
    plan.pipelines().keySet().forEach(linker::pipeline);
    var bySource = new LinkedHashMap<String, List<Lane>>();
    for (var route : plan.routes()) {
      var policies = Policies.of(limits, route.policies(), place(plan, route, linker));
      var target = target(route, policies, linker, systems);
      var recovery = recovery(route, linker, keeping);
      var lane =
          new Lane(route, target, policies, recovery, keeping.keeper(route), books.of(route));
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

  /** With those whose systems are not open. */
  List<Entry> allEntries() {
    return Stream.concat(entries.values().stream(), injected.values().stream()).toList();
  }

  /** A part of a plan may lack the system of a source: its messages come by calls only. */
  private void addUnboundEntries(Map<String, List<Lane>> bySource) {
    bySource.forEach((id, routes) -> {
      if (!entries.containsKey(id)) {
        var operation = routes.getFirst().route().from();
        injected.put(id, entry(operation, routes));
      }
    });
  }

  private void addEntry(Operation operation, List<Lane> routes) {
    entries.put(operation.id(), entry(operation, routes));
  }

  private Entry entry(Operation operation, List<Lane> routes) {
    boolean isOrdered =
        routes.stream().anyMatch(lane -> lane.route().handling().order().isPresent());
    return new Entry(
        operation,
        operation.id(),
        List.copyOf(routes),
        unrouted,
        isOrdered ? Optional.of(lines.of(operation.id())) : Optional.empty());
  }

  private static Policies.Place place(Plan plan, Route route, Linker linker) {
    var ofSource =
        plan.systems().stream()
            .filter(system -> system.name().equals(route.from().system()))
            .flatMap(system -> system.policies().stream())
            .toList();
    return new Policies.Place("route " + route.name(), linker.answer(route.to()), ofSource);
  }

  private static Target target(Route route, Policies policies, Linker linker, Systems systems) {
    return switch (route.to()) {
      case Route.Target.ToOperation(var operation) -> {
        var callee = systems.callee(operation);
        yield new Target.Call(callee, callee.systemPolicies().within(policies, operation.output()));
      }
      case Route.Target.ToPipeline(var name) -> new Target.Run(graph(linker, name));
      case SmartTarget several -> new Target.ToSeveral(linker.several(several, route.origin()));
    };
  }

  private static Recovery recovery(Route route, Linker linker, Keeping.Draft keeping) {
    var handling = route.handling();
    var letters = keeping.letterBox(route);
    if (handling.onError().isEmpty() && handling.deadLetter().isEmpty() && letters.isEmpty()) {
      return Recovery.NONE;
    }
    return new Recovery(
        linker.handlers("route " + route.name(), handling.onError()),
        handling
            .deadLetter()
            .map(letter -> new DeadLetters(linker.aim(letter.to(), route.origin()), letter.with())),
        letters);
  }

  private static Graph graph(Linker linker, String name) {
    return linker.pipeline(name);
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
    return books.status(lanes.stream().map(Lane::route).toList());
  }
}
