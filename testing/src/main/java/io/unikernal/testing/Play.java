package io.unikernal.testing;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Letters;
import io.unikernal.kernel.Listener.Event;
import io.unikernal.kernel.MemoryState;
import io.unikernal.kernel.Site;
import io.unikernal.kernel.Status;
import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.model.Body;
import io.unikernal.model.Capability;
import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Plan;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.StateStore;
import io.unikernal.udl.DefinitionTest.Mock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** One run of a scenario: kernels that live one after the other on one state. */
final class Play {
  private static final Duration SLOW = Duration.ofSeconds(30);
  private static final Duration HANG = Duration.ofHours(1);
  private static final Duration RESTART = Duration.ofMillis(200);
  private static final int LATENCY_MS_MAX = 50;

  /** What the outbox says of a message whose last attempt the kernel's end cut off. */
  private static final String OF_KILLS = "the kernel ended while it was tried";

  private static final String SPAN = "0".repeat(15) + "1";

  private final Plan plan;
  private final Map<String, Adapter> adapters;
  private final Map<String, Mock> mocks;
  private final Scenario scenario;
  private final Opener opener;
  private final SimWorld world;
  private final Seen seen = new Seen();
  private final List<Posted> posted = new ArrayList<>();
  private final List<Status> books = new ArrayList<>();
  private final Set<String> letters = new HashSet<>();
  private final Map<String, int[]> counts = new LinkedHashMap<>();

  /** What goes wrong with which call, by operation and number. */
  private final Map<String, Calamity.Kind> strikes = new HashMap<>();

  private final Set<Integer> twice = new HashSet<>();

  private Optional<Alive> alive = Optional.empty();

  /** A kernel as long as it lives. */
  private record Alive(Kernel kernel, FakeAdapter.Life life, Map<String, FakeSource> sources) {}

  /**
   * What came of it.
   *
   * @param books of each life at its end
   * @param letters the traces of the messages that lie among the dead letters at the end
   * @param broken why it could not be brought to its end
   */
  record Played(
      Scenario scenario,
      Seen seen,
      List<Posted> posted,
      List<Status> books,
      Set<String> letters,
      Optional<String> broken,
      Duration virtual) {}

  /** A message and each time that it was given to a kernel. */
  static final class Posted {
    final Seen.Sent sent;
    final List<Given> given = new ArrayList<>();

    /** Whether its sender lost the connection, so that it knows nothing. */
    boolean isCut;

    Posted(Seen.Sent sent) {
      this.sent = sent;
    }
  }

  Play(
      Plan plan,
      Map<String, Adapter> adapters,
      Map<String, Mock> mocks,
      Scenario scenario,
      Opener opener) {
    this.plan = plan;
    this.adapters = adapters;
    this.mocks = mocks;
    this.scenario = scenario;
    this.opener = opener;
    world = new SimWorld(scenario.seed());
    for (Calamity one : scenario.calamities()) {
      if (one.kind().isOfCalls()) {
        strikes.put(one.operation() + "#" + one.number(), one.kind());
      } else if (one.kind() == Calamity.Kind.DUPLICATE) {
        twice.add(one.number());
      }
    }
  }

  Played run() {
    Optional<String> broken = Optional.empty();
    try {
      world.run(this::perform);
    } catch (IllegalStateException | SimWorld.Stuck e) {
      broken =
          Optional.of(
              e.getCause() instanceof FaultException fault
                  ? fault.fault().message()
                  : String.valueOf(e.getMessage()));
    }
    return new Played(scenario, seen, posted, books, letters, broken, world.elapsed());
  }

  private void perform() throws InterruptedException {
    StateStore state = new MemoryState(world);
    begin(state);
    var done = new CountDownLatch(1);
    world.start("post", () -> post(done));
    List<Duration> kills =
        scenario.calamities().stream()
            .filter(one -> one.kind() == Calamity.Kind.KILL)
            .map(Calamity::at)
            .sorted()
            .toList();
    for (Duration at : kills) {
      sleepUntil(at);
      kill();
      world.sleep(RESTART);
      begin(state);
    }
    done.await();
    Alive last = alive.orElseThrow();
    awaitQuiet(last);
    books.add(last.kernel().drain(Stage.DRAIN_MAX));
    last.kernel().letters().list(Letters.Filter.ALL, world.now(), Integer.MAX_VALUE).stream()
        .flatMap(letter -> Trace.parse(letter.fields().fieldText("trace")).stream())
        .forEach(trace -> letters.add(trace.traceId()));
  }

  private void sleepUntil(Duration at) throws InterruptedException {
    Duration left = at.minus(world.elapsed());
    if (left.isPositive()) {
      world.sleep(left);
    }
  }

  private void begin(StateStore state) throws InterruptedException {
    var life = new FakeAdapter.Life();
    Map<String, FakeSource> sources = new TreeMap<>();
    var fakes = new LinkedHashMap<String, Adapter>();
    for (var system : plan.systems()) {
      Adapter real = adapters.get(system.adapter());
      if (real != null) {
        fakes.put(system.adapter(), new FakeAdapter(real, world, this::stand, seen, sources, life));
      }
    }
    Kernel kernel =
        opener.open(
            plan,
            fakes,
            new Site(
                world,
                event -> seen.heard.add(new Seen.Heard(world.elapsed(), event)),
                MortalState.of(state, life)));
    kernel.start();
    alive = Optional.of(new Alive(kernel, life, sources));
    for (Posted one : List.copyOf(posted)) {
      boolean waits = !one.isCut && one.given.stream().noneMatch(Given::isSettled);
      if (waits) {
        give(one);
      }
    }
  }

  /** From one moment on nothing that it does is seen; its threads are cleared away after. */
  private void kill() {
    Alive dying = alive.orElseThrow();
    alive = Optional.empty();
    dying.life().end();
    for (Posted one : posted) {
      boolean isOpen = one.given.stream().noneMatch(Given::isSettled);
      one.isCut |= isOpen && !one.sent.source.capabilities().contains(Capability.REDELIVERS);
    }
    dying.kernel().close();
    books.add(dying.kernel().status());
  }

  private void post(CountDownLatch done) {
    try {
      for (Scenario.Letter letter : scenario.letters()) {
        sleepUntil(letter.at());
        var sent = new Seen.Sent(letter.number(), letter.source(), letter.value(), world.elapsed());
        boolean isHeard =
            alive.isPresent() || letter.source().capabilities().contains(Capability.REDELIVERS);
        if (isHeard) {
          var one = new Posted(sent);
          seen.sent.add(sent);
          posted.add(one);
          give(one);
          if (twice.contains(letter.number())) {
            give(one);
          }
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      done.countDown();
    }
  }

  private void give(Posted one) {
    if (alive.isPresent()) {
      FakeSource source = alive.get().sources().get(one.sent.source.id());
      if (source != null) {
        var given = new Given(one.sent, message(one.sent), alive.get().life(), world::elapsed);
        one.given.add(given);
        source.emit(given);
      }
    }
  }

  static Message message(Seen.Sent sent) {
    return Message.received(
        sent.source.id(),
        new LinkedHashMap<>(),
        Body.lazy(() ->
            Conform.to(sent.source.input(), sent.input, Conform.Extra.KEEP, "what is simulated")),
        new Trace(sent.traceId(), SPAN, 1));
  }

  private void awaitQuiet(Alive last) throws InterruptedException {
    Duration until = world.elapsed().plus(HANG.multipliedBy(2)).plus(Stage.keptMax(plan));
    while (world.elapsed().compareTo(until) < 0
        && !(isAnswered(last) && Stage.isQuiet(last.kernel(), last.sources()))) {
      world.sleep(Duration.ofSeconds(1));
    }
  }

  /** Whether the kernel has settled all that it was given: what it has not seen is in no book. */
  private boolean isAnswered(Alive last) {
    return posted.stream()
        .flatMap(one -> one.given.stream())
        .allMatch(given -> given.isSettled() || given.life != last.life());
  }

  /** What one time of giving came to. */
  static final class Given implements Delivery {
    private final Seen.Sent sent;
    private final Message message;
    private final FakeAdapter.Life life;
    private final Supplier<Duration> clock;
    int settled;

    Given(Seen.Sent sent, Message message, FakeAdapter.Life life, Supplier<Duration> clock) {
      this.sent = sent;
      this.message = message;
      this.life = life;
      this.clock = clock;
    }

    boolean isSettled() {
      return settled > 0;
    }

    boolean isOfTheDead() {
      return life.isOver();
    }

    @Override
    public Message message() {
      return message;
    }

    @Override
    public void settle(Outcome outcome) {
      if (!life.isOver()) {
        settled++;
        sent.outcomes.add(Whole.outcome(outcome));
        if (sent.took.isEmpty()) {
          sent.took = Optional.of(clock.get().minus(sent.at));
        }
      }
    }

    @Override
    public void onCancel(Runnable action) {}
  }

  private Stand stand(Operation operation) {
    return (request, call) -> {
      int number = counts.computeIfAbsent(operation.id(), _ -> new int[1])[0]++;
      Optional<Calamity.Kind> wrong =
          Optional.ofNullable(strikes.get(operation.id() + "#" + number));
      world.sleep(Duration.ofMillis(1 + (long) (world.random() * LATENCY_MS_MAX)));
      if (wrong.isPresent()) {
        strike(wrong.get(), operation, call);
      }
      return answer(operation, request, number);
    };
  }

  private void strike(Calamity.Kind kind, Operation operation, Seen.Call call)
      throws InterruptedException {
    switch (kind) {
      case FAIL -> throw fault(operation, Fault.Code.DISCONNECTED, "could not be reached");
      case SLOW -> world.sleep(SLOW);
      case HANG -> {
        world.sleep(HANG);
        throw fault(operation, Fault.Code.TIMEOUT, "did not answer");
      }
      case DISCONNECT -> {
        call.isDone = true;
        throw fault(operation, Fault.Code.DISCONNECTED, "did it, and the answer was lost");
      }
      case DUPLICATE, KILL -> {}
    }
  }

  private static FaultException fault(Operation operation, Fault.Code code, String what) {
    return Fault.of(code, "`" + operation.id() + "` " + what).toException();
  }

  private Value answer(Operation operation, Message request, int number) {
    Mock mock = mocks.get(operation.id());
    if (mock != null && mock.returns().isPresent()) {
      return mock.returns().get().evaluate(Stands.frame(world, request));
    }
    long seed = scenario.seed() * 31 + operation.id().hashCode();
    Value value = Value.Null.NULL;
    var random = new SplittableRandom(seed * 1_000_003 + number);
    for (int i = 0; i < 20; i++) {
      value = new ValueMaker(random).make(operation.output());
      if (Conform.check(operation.output(), value, Conform.Extra.KEEP)
          instanceof Conform.Result.Fits) {
        break;
      }
    }
    return value;
  }

  /** Messages that failed inside Unikernal or a mapping, of which a definition has none. */
  static List<Event.MessageFailed> internal(Seen seen) {
    return seen.events(Event.MessageFailed.class).stream()
        .filter(failed -> failed.fault().code() == Fault.Code.INTERNAL)
        .filter(failed -> !failed.fault().message().startsWith(OF_KILLS))
        .toList();
  }
}
