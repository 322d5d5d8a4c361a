package io.unikernal.kernel;

import io.unikernal.kernel.execute.Engine;
import io.unikernal.kernel.explain.Errors;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.explain.Story;
import io.unikernal.kernel.explain.Taps;
import io.unikernal.kernel.resilience.Limits;
import io.unikernal.kernel.step.Passage;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Plan;
import io.unikernal.model.Principal;
import io.unikernal.model.Reply;
import io.unikernal.model.SourceReads;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.Caller;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A running definition. */
public final class Kernel implements Caller, AutoCloseable {
  /** How long messages that were told to stop may take to end before their systems are closed. */
  static final Duration STOP_GRACE = Duration.ofSeconds(20);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
  private static final Fault STOPS = Fault.of(Fault.Code.CANCELLED, "the kernel stops");

  private enum State {
    OPEN,
    RUNNING,
    DRAINING,
    CLOSED
  }

  private final World world;
  private final InFlight inFlight = new InFlight();
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private final Engine engine;
  private final Limits limits;
  private final Admission admission;
  private final Systems systems;
  private final Routing routing;
  private final Sources sources;
  private final Probes probes;
  private final Stories stories;
  private final Errors errors;
  private final Taps taps = new Taps();
  private final Keeping keeping;

  /** Not there while the systems open: a worker may call before. */
  private volatile @Nullable Calls calls;

  private Kernel(
      Plan plan,
      Map<String, Adapter> adapters,
      Site site,
      PassageMaker passages,
      Keeping.Making outboxes)
      throws InterruptedException {
    world = site.world();
    stories = new Stories(world);
    errors = new Errors(world);
    var listener = hearing(errors, site.listener());
    engine = new Engine(world, listener);
    probes = new Probes(world, listener);
    admission = Admission.open(plan, site, listener);
    keeping = new Keeping(site, listener, engine, inFlight, stories, admission, outboxes);
    limits = new Limits(world, site.state());
    systems = new Systems(world, limits, plan, this::callerOf, listener);
    try {
      systems.open(adapters);
    } catch (RuntimeException | InterruptedException e) {
      admission.close();
      throw e;
    }
    try {
      routing = new Routing(world, limits, plan, systems, keeping);
      var bound = new ArrayList<Sources.Bound>();
      for (var entry : routing.entries()) {
        var reads = SourceReads.of(plan, entry.operation());
        bound.add(new Sources.Bound(entry, systems.bind(entry.operation(), reads)));
      }
      var passage = passages.make(world, listener, engine);
      sources = new Sources(world, listener, passage, inFlight, stories, taps, bound, admission);
      calls = new Calls(world, plan, engine, systems, routing, sources, inFlight, stories);
    } catch (RuntimeException e) {
      systems.close();
      admission.close();
      throw e;
    }
  }

  /** Makes the way of a message; tests make a broken one. */
  @FunctionalInterface
  interface PassageMaker {
    Passage make(World world, Listener listener, Engine engine);
  }

  /**
   * Opens every system of the plan and binds its operations; nothing is received yet.
   *
   * @throws io.unikernal.model.FaultException if a system cannot be opened; what was open is closed
   */
  public static Kernel open(Plan plan, Map<String, Adapter> adapters, Site site)
      throws InterruptedException {
    return new Kernel(plan, adapters, site, Passage::new, Outbox::new);
  }

  /** The same, forgetting all when it ends. */
  public static Kernel open(
      Plan plan, Map<String, Adapter> adapters, World world, Listener listener)
      throws InterruptedException {
    return open(plan, adapters, new Site(world, listener, new MemoryState(world)));
  }

  static Kernel open(
      Plan plan,
      Map<String, Adapter> adapters,
      World world,
      Listener listener,
      PassageMaker passages)
      throws InterruptedException {
    var site = new Site(world, listener, new MemoryState(world));
    return new Kernel(plan, adapters, site, passages, Outbox::new);
  }

  static Kernel open(Plan plan, Map<String, Adapter> adapters, Site site, Keeping.Making outboxes)
      throws InterruptedException {
    return new Kernel(plan, adapters, site, Passage::new, outboxes);
  }

  static Kernel open(Plan plan, Map<String, Adapter> adapters, Site site, PassageMaker passages)
      throws InterruptedException {
    return new Kernel(plan, adapters, site, passages, Outbox::new);
  }

  /** A listener that fails must not fail a message. */
  private static Listener hearing(Errors errors, Listener loud) {
    return new Listener() {
      @Override
      public void on(Event event) {
        errors.hear(event);
        try {
          loud.on(event);
        } catch (RuntimeException e) {
          System.getLogger(Kernel.class.getName())
              .log(System.Logger.Level.WARNING, "a listener failed", e);
        }
      }

      @Override
      public boolean hearsDecisions() {
        return loud.hearsDecisions();
      }
    };
  }

  /** Starts the sources: from here on messages come. */
  public void start() {
    if (!state.compareAndSet(State.OPEN, State.RUNNING)) {
      throw new IllegalStateException("the kernel is " + state.get());
    }
    probes.start(systems.all());
    keeping.start();
    sources.start();
  }

  /**
   * A call of who runs this kernel and was let in by whatever leads here: the control socket's
   * rights, or its token. No grant is asked for.
   */
  @Override
  public Reply call(String operation, Value input, Deadline deadline, Optional<Trace> trace)
      throws InterruptedException {
    return call(Admission.OPERATOR, operation, input, deadline, trace);
  }

  /** For a system, whose calls are its own and need a grant. */
  private Caller callerOf(String system) {
    var worker = admission.worker(system);
    return (operation, input, deadline, trace) -> {
      admission.authorize(worker, operation, trace);
      return call(worker, operation, input, deadline, trace);
    };
  }

  private Reply call(
      Principal who, String operation, Value input, Deadline deadline, Optional<Trace> trace)
      throws InterruptedException {
    if (state.get() == State.CLOSED) {
      throw Fault.of(Fault.Code.DISCONNECTED, "the kernel is closed").toException();
    }
    var ready = calls;
    if (ready == null) {
      throw Fault.of(Fault.Code.OVERLOADED, "the kernel is not ready yet").toException();
    }
    return ready.call(who, operation, input, deadline, trace);
  }

  /** Whether messages are taken. */
  public boolean isRunning() {
    return state.get() == State.RUNNING;
  }

  /** The dead letters that the store keeps. */
  public Letters letters() {
    return keeping.letters();
  }

  /**
   * Carries a dead letter again; it leaves the store only when it is delivered.
   *
   * @return what it failed with; empty if it is delivered
   */
  public Optional<Fault> replay(Letters.Stored letter) {
    return keeping.replay(letter);
  }

  public Status status() {
    return new Status(
        systems.all().stream().map(Systems.Opened::status).toList(),
        routing.status(),
        limits.states().stream().map(Status.PolicyStatus::of).toList(),
        routing.targets());
  }

  /** What is remembered of messages. */
  public Stories stories() {
    return stories;
  }

  /** For who wants to see messages pass. */
  public Taps taps() {
    return taps;
  }

  /** What failed so far, by kind. */
  public List<Errors.Group> errors() {
    return errors.all();
  }

  /** The messages on their way, the oldest first. */
  public List<Story.Whole> inFlight() {
    return inFlight.stories();
  }

  /**
   * Stops the sources, waits for what is in flight, cancels what is left after {@code limit},
   * closes all.
   */
  public Status drain(Duration limit) throws InterruptedException {
    if (stopReceiving()) {
      try {
        await(limit);
        stopWork();
      } finally {
        end();
      }
    }
    return status();
  }

  /** As a drain that waits for nothing; may be called twice. */
  @Override
  public void close() {
    if (stopReceiving()) {
      try {
        stopWork();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } finally {
        end();
      }
    }
  }

  /** False when somebody else ends the kernel. */
  private boolean stopReceiving() {
    var before = state.getAndUpdate(s -> s == State.CLOSED ? s : State.DRAINING);
    if (before == State.DRAINING || before == State.CLOSED) {
      return false;
    }
    if (before == State.RUNNING) {
      sources.stop();
    }
    keeping.stop();
    routing.beside().drain();
    return true;
  }

  private void stopWork() throws InterruptedException {
    if (!isQuiet()) {
      inFlight.stopAll(STOPS);
      await(STOP_GRACE);
    }
  }

  private void end() {
    probes.stop();
    state.set(State.CLOSED);
    systems.close();
    admission.close();
  }

  /** Looks from time to time: a message must not pay for telling us that it ended. */
  private void await(Duration limit) throws InterruptedException {
    var until = Deadline.after(limit, world.nanos());
    while (!isQuiet() && world.nanos() < until.nanos()) {
      world.sleep(LOOK_AGAIN);
    }
  }

  private boolean isQuiet() {
    return sources.areStopped()
        && keeping.isStopped()
        && inFlight.isEmpty()
        && engine.isQuiet()
        && routing.beside().isQuiet();
  }

  /** For tests. */
  List<Systems.Opened> opened() {
    return systems.all();
  }
}
