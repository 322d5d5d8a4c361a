package io.unikernal.kernel;

import io.unikernal.kernel.execute.Engine;
import io.unikernal.kernel.explain.Errors;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.explain.Story;
import io.unikernal.kernel.explain.Taps;
import io.unikernal.kernel.step.Passage;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Plan;
import io.unikernal.model.Principal;
import io.unikernal.model.Reply;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.Caller;
import io.unikernal.spi.Invites;
import io.unikernal.spi.Staffed;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
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

  private static final Fault CHANGED =
      Fault.of(Fault.Code.CANCELLED, "the definition changed, and this took too long to end");

  private final World world;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private final Engine engine;
  private final Epoch.Lasting lasting;
  private final Stories stories;
  private final Errors errors;
  private final Taps taps = new Taps();
  private final Keeping keeping;

  /** Not there while the first opens: a worker may call before. */
  private volatile @Nullable Epoch epoch;

  /** The one before, while messages end in it. */
  private final AtomicReference<Optional<Epoch>> leaving = new AtomicReference<>(Optional.empty());

  private final ReentrantLock changing = new ReentrantLock();

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
    keeping = new Keeping(site, listener, engine, stories, outboxes);
    lasting =
        new Epoch.Lasting(
            site,
            listener,
            engine,
            passages.make(world, listener, engine),
            stories,
            taps,
            keeping,
            new Books(),
            new Lines(world),
            this::callerOf);
    var first = new Epoch(plan, adapters, lasting, Optional.empty());
    first.adopt(keeping);
    epoch = first;
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

      @Override
      public boolean hearsPolicies() {
        return loud.hearsPolicies();
      }
    };
  }

  /** Starts the sources: from here on messages come. */
  public void start() {
    if (!state.compareAndSet(State.OPEN, State.RUNNING)) {
      throw new IllegalStateException("the kernel is " + state.get());
    }
    var first = epoch();
    first.probes.start(first.systems.all());
    keeping.start();
    first.sources.start();
  }

  /**
   * Goes on with another plan. What is new is opened first: if that fails nothing has changed. Then
   * messages that come go by the new plan, and those that are on their way end by the old one,
   * whose systems are closed after it.
   *
   * @param alike the names of the systems that are as they were: they stay open
   * @param limit how long messages may go on by the old plan
   * @throws io.unikernal.model.FaultException what cannot be opened; REJECTED while another change
   *     is under way, or the one before has not ended
   */
  public void change(Plan next, Map<String, Adapter> adapters, Set<String> alike, Duration limit)
      throws InterruptedException {
    if (!changing.tryLock()) {
      throw refused("another change is under way");
    }
    try {
      if (state.get() != State.RUNNING) {
        throw refused("the kernel is " + state.get().name().toLowerCase(Locale.ROOT));
      }
      if (leaving.get().isPresent()) {
        throw refused("messages are still on their way by the definition before");
      }
      var old = epoch();
      var made = new Epoch(next, adapters, lasting, Optional.of(new Epoch.Before(old, alike)));
      if (state.get() != State.RUNNING) { // meanwhile
        made.giveUp();
        throw refused("the kernel stops");
      }
      goOnWith(made, old);
      world.start("leave", () -> leave(old, made, limit));
    } finally {
      changing.unlock();
    }
  }

  private static FaultException refused(String why) {
    return Fault.of(Fault.Code.REJECTED, "the definition cannot change now: " + why, "try again")
        .toException();
  }

  /** From here on nothing is refused. */
  private void goOnWith(Epoch next, Epoch old) {
    old.sources.stopAskingFor(next.sources);
    awaitSurely(() -> old.sources.leaves(next.sources));
    next.adopt(keeping);
    keeping.start();
    next.sources.start();
    next.systems.takeOver();
    leaving.set(Optional.of(old));
    epoch = next;
    old.sources.stopBut(next.sources);
    old.routing.beside().drain();
    old.probes.stop();
    next.probes.start(next.systems.all());
  }

  private void leave(Epoch old, Epoch next, Duration limit) {
    try {
      await(old::isQuiet, limit);
      if (!old.isQuiet()) {
        old.inFlight.stopAll(CHANGED);
        await(old::isQuiet, STOP_GRACE);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      old.systems.closeBut(next.systems);
      old.admission.close();
      leaving.set(Optional.empty());
    }
  }

  /** Whether messages are still on their way by a plan before. */
  public boolean isChanging() {
    return leaving.get().isPresent();
  }

  private Epoch epoch() {
    var known = epoch;
    if (known == null) {
      throw Fault.of(Fault.Code.OVERLOADED, "the kernel is not ready yet").toException();
    }
    return known;
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
    return (operation, input, deadline, trace) -> {
      var now = epoch();
      var worker = now.admission.worker(system);
      now.admission.authorize(worker, operation, trace);
      return call(worker, operation, input, deadline, trace);
    };
  }

  private Reply call(
      Principal who, String operation, Value input, Deadline deadline, Optional<Trace> trace)
      throws InterruptedException {
    if (state.get() == State.CLOSED) {
      throw Fault.of(Fault.Code.DISCONNECTED, "the kernel is closed").toException();
    }
    return epoch().calls.call(who, operation, input, deadline, trace);
  }

  /** By which messages that come now go. */
  public Plan plan() {
    return epoch().plan;
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
    var now = epoch();
    return new Status(
        now.systems.all().stream().map(Systems.Opened::status).toList(),
        now.routing.status(),
        now.limits.states().stream().map(Status.PolicyStatus::of).toList(),
        now.routing.targets(),
        lasting.books().calls());
  }

  /** Those who do the calls of systems of workers. */
  public List<Staffed.Member> workers() {
    return epoch().systems.workers();
  }

  /**
   * Lets a worker join a system, once.
   *
   * @throws io.unikernal.model.FaultException NOT_FOUND if there is no such system, UNSUPPORTED if
   *     nobody can join it
   */
  public Invites.Invitation invite(String system) {
    return epoch().systems.invite(system);
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
    return epochs().flatMap(one -> one.inFlight.stories().stream()).toList();
  }

  /**
   * Stops the sources, waits for what is in flight, cancels what is left after {@code limit},
   * closes all.
   */
  public Status drain(Duration limit) throws InterruptedException {
    if (stopReceiving()) {
      try {
        await(this::isQuiet, limit);
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
    changing.lock(); // a change that has begun is made, or given up
    try {
      if (before == State.RUNNING) {
        epochs().forEach(one -> one.sources.stop());
      }
      keeping.stop();
      epochs().forEach(one -> one.routing.beside().drain());
    } finally {
      changing.unlock();
    }
    return true;
  }

  /** The one before first, where there is one. */
  private Stream<Epoch> epochs() {
    return Stream.concat(leaving.get().stream(), Stream.of(epoch()));
  }

  private void stopWork() throws InterruptedException {
    if (!isQuiet()) {
      epochs().forEach(one -> one.inFlight.stopAll(STOPS));
      await(this::isQuiet, STOP_GRACE);
    }
  }

  private void end() {
    var last = epoch();
    last.probes.stop();
    state.set(State.CLOSED);
    awaitSurely(() -> leaving.get().isEmpty());
    last.systems.close();
    last.admission.close();
  }

  /** For what was told to end, and ends soon. */
  private void awaitSurely(BooleanSupplier isOver) {
    boolean isInterrupted = Thread.interrupted();
    while (!isOver.getAsBoolean()) {
      try {
        world.sleep(LOOK_AGAIN);
      } catch (InterruptedException _) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks from time to time: a message must not pay for telling us that it ended. */
  private void await(BooleanSupplier isOver, Duration limit) throws InterruptedException {
    var until = Deadline.after(limit, world.nanos());
    while (!isOver.getAsBoolean() && world.nanos() < until.nanos()) {
      world.sleep(LOOK_AGAIN);
    }
  }

  private boolean isQuiet() {
    return epochs().allMatch(Epoch::isQuiet) && keeping.isStopped() && engine.isQuiet();
  }

  /** For tests. */
  List<Systems.Opened> opened() {
    return epoch().systems.all();
  }
}
