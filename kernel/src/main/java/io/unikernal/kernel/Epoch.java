package io.unikernal.kernel;

import io.unikernal.kernel.execute.Engine;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.explain.Taps;
import io.unikernal.kernel.resilience.Limits;
import io.unikernal.kernel.step.Passage;
import io.unikernal.model.Plan;
import io.unikernal.model.SourceReads;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.Caller;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One plan while it runs, with all that is made of it. When the definition changes the next one
 * begins, and messages that began in this one end in it.
 */
final class Epoch {
  final Plan plan;
  final InFlight inFlight = new InFlight();
  final Limits limits;
  final Admission admission;
  final Systems systems;
  final Routing routing;
  final Sources sources;
  final Probes probes;
  final Calls calls;
  private final Keeping.Draft keeping;

  /** What lives longer than a plan. */
  record Lasting(
      Site site,
      Listener listener,
      Engine engine,
      Passage passage,
      Stories stories,
      Taps taps,
      Keeping keeping,
      Books books,
      Lines lines,
      Function<String, Caller> callers) {}

  /** What goes on from the epoch before: systems with these names are as they were. */
  record Before(Epoch epoch, Set<String> alike) {}

  /**
   * Opens what the plan has and the epoch before has not. Nothing that runs knows of it yet.
   *
   * @throws io.unikernal.model.FaultException if something cannot be opened; what was is closed
   */
  Epoch(Plan plan, Map<String, Adapter> adapters, Lasting lasting, Optional<Before> before)
      throws InterruptedException {
    this.plan = plan;
    var world = lasting.site().world();
    var listener = lasting.listener();
    admission = Admission.open(plan, lasting.site(), listener);
    limits = new Limits(world, lasting.site().state());
    probes = new Probes(world, listener);
    systems = new Systems(world, limits, plan, lasting.callers(), listener, lasting.books());
    try {
      before.ifPresent(one -> systems.keep(one.epoch().systems, one.alike()));
      systems.open(adapters);
    } catch (RuntimeException | InterruptedException e) {
      admission.close();
      throw e;
    }
    try {
      keeping = lasting.keeping().draft();
      routing =
          new Routing(world, limits, plan, systems, keeping, lasting.books(), lasting.lines());
      var bound = new ArrayList<Sources.Bound>();
      for (var entry : routing.entries()) {
        var reads = SourceReads.of(plan, entry.operation());
        bound.add(new Sources.Bound(entry, systems.bind(entry.operation(), reads)));
      }
      sources =
          new Sources(
              world,
              listener,
              lasting.passage(),
              inFlight,
              lasting.stories(),
              lasting.taps(),
              bound,
              admission);
      calls =
          new Calls(
              world,
              plan,
              lasting.engine(),
              systems,
              routing,
              sources,
              inFlight,
              lasting.stories());
    } catch (RuntimeException e) {
      giveUp();
      throw e;
    }
  }

  /** It never ran. */
  void giveUp() {
    systems.giveUp();
    admission.close();
  }

  /** From now on its routes take over what is kept. */
  void adopt(Keeping store) {
    store.adopt(keeping, routing.allEntries(), inFlight);
  }

  /** Whether nothing is under way that began here, and nothing begins any more. */
  boolean isQuiet() {
    return sources.areStopped() && inFlight.isEmpty() && routing.beside().isQuiet();
  }
}
