package io.unikernal.kernel;

import io.unikernal.kernel.routing.OperationStatistics;
import io.unikernal.kernel.step.Entry;
import io.unikernal.model.Route;
import io.unikernal.model.Route.Guarantee;
import io.unikernal.spi.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The books of all routes by name, and how the calls of operations went. They go on when the
 * definition changes.
 */
final class Books {
  private static final Guarantee UNROUTED =
      new Guarantee(Guarantee.Level.AT_MOST_ONCE, false, "nothing takes it");
  private static final Guarantee GONE =
      new Guarantee(Guarantee.Level.AT_MOST_ONCE, false, "the definition has it no more");

  private final Map<String, Ledger> ledgers = new ConcurrentHashMap<>();

  private final Map<String, OperationStatistics> operations = new ConcurrentHashMap<>();

  /** How the calls of that operation go. */
  OperationStatistics calls(String operation, World world) {
    return operations.computeIfAbsent(operation, _ -> new OperationStatistics(world));
  }

  /** By name; those of operations that are there no more too, if there were calls. */
  List<Status.OperationStatus> calls() {
    var list = new ArrayList<Status.OperationStatus>();
    new ConcurrentSkipListMap<>(operations)
        .forEach((name, calls) -> list.add(new Status.OperationStatus(name, calls.report())));
    return list;
  }

  Ledger of(Route route) {
    return ledgers.computeIfAbsent(route.name(), _ -> new Ledger());
  }

  Ledger unrouted() {
    return ledgers.computeIfAbsent(Entry.NO_ROUTE, _ -> new Ledger());
  }

  /** Those of the routes, then what no route took, then of routes that were and had messages. */
  List<Status.RouteStatus> status(List<Route> routes) {
    var list = new ArrayList<Status.RouteStatus>();
    for (var route : routes) {
      list.add(new Status.RouteStatus(route.name(), route.guarantee(), of(route).counts()));
    }
    list.add(new Status.RouteStatus(Entry.NO_ROUTE, UNROUTED, unrouted().counts()));
    var known = Set.copyOf(list.stream().map(Status.RouteStatus::name).toList());
    new ConcurrentSkipListMap<>(ledgers)
        .forEach((name, ledger) -> ofRemoved(name, ledger, known).ifPresent(list::add));
    return list;
  }

  private static Optional<Status.RouteStatus> ofRemoved(
      String name, Ledger ledger, Set<String> known) {
    var counts = ledger.counts();
    return known.contains(name) || counts.received() == 0
        ? Optional.empty()
        : Optional.of(new Status.RouteStatus(name, GONE, counts));
  }
}
