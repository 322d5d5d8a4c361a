package io.unikernal.kernel;

import io.unikernal.kernel.execute.Callee;
import io.unikernal.kernel.execute.Failure;
import io.unikernal.kernel.resilience.Limits;
import io.unikernal.kernel.resilience.Policies;
import io.unikernal.kernel.routing.Outage;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Operation;
import io.unikernal.model.Plan;
import io.unikernal.model.Policy;
import io.unikernal.model.Reads;
import io.unikernal.model.Type;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.Caller;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.Invites;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.Staffed;
import io.unikernal.spi.SystemContext;
import io.unikernal.spi.World;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The systems of a plan, open, with their operations bound. */
final class Systems {
  private final World world;
  private final Limits limits;
  private final Plan plan;
  private final Function<String, Caller> callers;
  private final Listener listener;
  private final Books books;
  private final SequencedMap<String, Opened> opened = new LinkedHashMap<>();
  private final ReentrantLock binding = new ReentrantLock();
  private final Map<String, Callee> callees = new LinkedHashMap<>();
  private final Map<String, Policies> policies = new LinkedHashMap<>();

  /** What goes on from the plan before: as it is, or as a successor. */
  private final Map<String, Opened> kept = new LinkedHashMap<>();

  private final Map<String, Opened> successors = new LinkedHashMap<>();

  /** A system that runs; its health changes. */
  static final class Opened implements Outage {
    final Plan.PlannedSystem planned;
    final OpenSystem system;
    volatile Health health = Health.UP;

    /** Those that receive, by the names of their operations: bound once. */
    private final Map<String, Endpoint> sources = new ConcurrentHashMap<>();

    private volatile long backSince = Long.MIN_VALUE;

    Opened(Plan.PlannedSystem planned, OpenSystem system) {
      this.planned = planned;
      this.system = system;
    }

    /** {@code at}: on the monotonic clock. */
    void found(Health now, long at) {
      if (health instanceof Health.Down && !(now instanceof Health.Down)) {
        backSince = at;
      }
      health = now;
    }

    @Override
    public boolean isDown() {
      return health instanceof Health.Down;
    }

    @Override
    public long endedAt() {
      return backSince;
    }

    Status.SystemStatus status() {
      return new Status.SystemStatus(planned.name(), planned.adapter(), health, system.describe());
    }
  }

  /** {@code callers} gives what a system calls others with, by its name. */
  Systems(
      World world,
      Limits limits,
      Plan plan,
      Function<String, Caller> callers,
      Listener listener,
      Books books) {
    this.books = books;
    this.world = world;
    this.limits = limits;
    this.plan = plan;
    this.callers = callers;
    this.listener = listener;
  }

  /**
   * Before {@link #open}: what of the systems that run goes on.
   *
   * @param alike the names of those that the plan has not changed
   */
  void keep(Systems before, Set<String> alike) {
    for (var one : plan.systems()) {
      var running = before.opened.get(one.name());
      if (running == null || !running.planned.adapter().equals(one.adapter())) {
        continue;
      }
      var successor = running.system.successor(context(one));
      if (successor.isPresent()) {
        successors.put(one.name(), new Opened(one, successor.get()));
      } else if (alike.contains(one.name()) && running.system.isCurrent()) {
        kept.put(one.name(), running);
      }
    }
  }

  /** Opens all at once, since each may wait for the network; none stays open if one fails. */
  void open(Map<String, Adapter> adapters) throws InterruptedException {
    var planned =
        plan.systems().stream()
            .filter(one -> !kept.containsKey(one.name()) && !successors.containsKey(one.name()))
            .toList();
    var openings = new ArrayList<Opening>();
    var done = new CountDownLatch(planned.size());
    for (var one : planned) {
      var opening = new Opening(one, adapters.get(one.adapter()), done);
      openings.add(opening);
      opening.thread = world.start("open-" + one.name(), opening);
    }
    try {
      done.await();
    } catch (InterruptedException e) {
      openings.forEach(Opening::stop);
      awaitAll(done);
      collect(openings);
      close();
      throw e;
    }
    var faults = collect(openings);
    opened.putAll(successors);
    if (!faults.isEmpty()) {
      close();
      throw together(faults).toException();
    }
    opened.putAll(kept);
    plan.systems().forEach(this::guard);
  }

  private void guard(Plan.PlannedSystem planned) {
    policies.put(
        planned.name(),
        Policies.of(
            limits,
            // A sample is taken of what is received.
            planned.policies().stream().filter(one -> !(one instanceof Policy.Sample)).toList(),
            new Policies.Place("system " + planned.name(), Type.Simple.ANY)));
  }

  boolean isKept(String name) {
    return kept.containsKey(name);
  }

  /** After all sources have started. */
  void takeOver() {
    successors.values().forEach(one -> one.system.takeOver());
  }

  /** They were interrupted, and must have ended before what they opened can be closed. */
  private static void awaitAll(CountDownLatch done) {
    while (done.getCount() > 0) {
      try {
        done.await();
      } catch (InterruptedException _) {
        // once is enough
      }
    }
  }

  private List<Fault> collect(List<Opening> openings) {
    var faults = new ArrayList<Fault>();
    for (var opening : openings) {
      opening.result.ifPresent(one -> opened.put(one.planned.name(), one));
      opening.fault.ifPresent(faults::add);
    }
    return faults;
  }

  /** The first fault, whose message holds the others too: one start shows all that is wrong. */
  private static Fault together(List<Fault> faults) {
    var first = faults.getFirst();
    if (faults.size() == 1) {
      return first;
    }
    var text = new StringBuilder(first.message());
    faults.stream().skip(1).forEach(fault -> text.append("; ").append(fault.message()));
    return first.withMessage(text.toString());
  }

  Outage outage(String name) {
    var one = opened.get(name);
    return one == null ? Outage.NEVER : one;
  }

  /** In the order of the plan. */
  List<Opened> all() {
    return plan.systems().stream()
        .map(one -> opened.get(one.name()))
        .filter(Objects::nonNull)
        .toList();
  }

  Endpoint bind(Operation operation) {
    return bind(operation, Reads.ALL);
  }

  /** With what is read of the messages, where it is a source. */
  Endpoint bind(Operation operation, Reads reads) {
    var system = opened.get(operation.system());
    if (system == null) {
      throw Fault.of(Fault.Code.INTERNAL, "the plan has no system `" + operation.system() + "`")
          .toException();
    }
    var source = system.sources.get(operation.name());
    if (source != null) {
      return source;
    }
    try {
      var endpoint = system.system.bind(operation, reads);
      if (operation.direction() == Operation.Direction.RECEIVES) {
        system.sources.put(operation.name(), endpoint);
      }
      return endpoint;
    } catch (FaultException e) {
      throw e;
    } catch (RuntimeException e) {
      throw Fault.of(Fault.Code.INTERNAL, "`" + operation.id() + "` failed inside its adapter")
          .toException(e);
    }
  }

  /** Binds each operation once. */
  Callee callee(Operation operation) {
    binding.lock();
    try {
      var known = callees.get(operation.id());
      if (known == null) {
        var endpoint = bind(operation);
        known =
            new Callee(
                world,
                listener,
                operation,
                endpoint,
                policies.getOrDefault(operation.system(), Policies.NONE),
                books.calls(operation.id(), world));
        callees.put(operation.id(), known);
      }
      return known;
    } finally {
      binding.unlock();
    }
  }

  /** What the plan after this one goes on with stays open. */
  void closeBut(Systems next) {
    close(next.kept.keySet());
  }

  /** What went on from the plan before stays open: this plan never ran. */
  void giveUp() {
    close(kept.keySet());
  }

  void close() {
    close(Set.of());
  }

  /** The last opened first; what one says about its end is for the others no reason to stay. */
  private void close(Set<String> others) {
    for (var one : opened.sequencedValues().reversed()) {
      if (others.contains(one.planned.name())) {
        continue;
      }
      try {
        one.system.close();
      } catch (RuntimeException e) {
        one.health = new Health.Down("did not close: " + e.getClass().getSimpleName());
      }
    }
  }

  private SystemContext context(Plan.PlannedSystem planned) {
    return new SystemContext(
        planned.name(),
        planned.config(),
        List.copyOf(planned.operations().values()),
        baseDir(planned),
        plan.stateDir(),
        world,
        callers.apply(planned.name()),
        System.getLogger("io.unikernal.system." + planned.name()));
  }

  /** The folder of the declaring file; a definition's own path may be the folder already. */
  private Path baseDir(Plan.PlannedSystem planned) {
    var declaring = planned.origin().file();
    var path = (declaring.isEmpty() ? plan.file() : Path.of(declaring)).toAbsolutePath();
    var folder = path.getParent();
    boolean isFile = !declaring.isEmpty() || path.toString().contains(".udl");
    return isFile && folder != null ? folder : path;
  }

  private final class Opening implements Runnable {
    private final Plan.PlannedSystem planned;
    private final @Nullable Adapter adapter;
    private final CountDownLatch done;
    private volatile @Nullable Thread thread;
    private volatile Optional<Opened> result = Optional.empty();
    private volatile Optional<Fault> fault = Optional.empty();

    Opening(Plan.PlannedSystem planned, @Nullable Adapter adapter, CountDownLatch done) {
      this.planned = planned;
      this.adapter = adapter;
      this.done = done;
    }

    @Override
    public void run() {
      try {
        result = Optional.of(open());
      } catch (InterruptedException e) {
        fault =
            Optional.of(Fault.of(Fault.Code.CANCELLED, "`" + planned.name() + "` was not opened"));
      } catch (FaultException e) {
        var why = e.fault();
        fault =
            Optional.of(
                why.withMessage("`" + planned.name() + "` cannot be opened: " + why.message()));
      } catch (Throwable e) {
        fault =
            Optional.of(
                Failure.reported(
                    Fault.of(
                            Fault.Code.INTERNAL,
                            "`%s` failed inside its adapter when it was opened"
                                .formatted(planned.name()))
                        .toException(e)));
      } finally {
        done.countDown();
      }
    }

    private Opened open() throws InterruptedException {
      if (adapter == null) {
        throw Fault.of(
                Fault.Code.NOT_FOUND,
                "`%s`: there is no adapter `%s`".formatted(planned.name(), planned.adapter()))
            .toException();
      }
      long begun = world.nanos();
      var system = adapter.open(context(planned));
      var took = Duration.ofNanos(world.nanos() - begun);
      listener.on(
          new Listener.Event.SystemOpened(
              planned.name(), planned.adapter(), system.describe(), took));
      return new Opened(planned, system);
    }

    void stop() {
      var running = thread;
      if (running != null) {
        running.interrupt();
      }
    }
  }

  Invites.Invitation invite(String name) {
    var one = opened.get(name);
    if (one == null) {
      throw Fault.of(Fault.Code.NOT_FOUND, "the definition has no system `" + name + "`")
          .toException();
    }
    if (one.system instanceof Invites inviting) {
      return inviting.invite();
    }
    throw Fault.of(
            Fault.Code.UNSUPPORTED,
            "`"
                + name
                + "` is a system of type `"
                + one.planned.adapter()
                + "`: no worker joins it")
        .toException();
  }

  List<Staffed.Member> workers() {
    return all().stream()
        .flatMap(one ->
            one.system instanceof Staffed staffed ? staffed.members().stream() : Stream.empty())
        .toList();
  }
}
