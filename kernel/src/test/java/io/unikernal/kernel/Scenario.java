package io.unikernal.kernel;

import io.unikernal.kernel.routing.HedgeBudget;
import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.model.Body;
import io.unikernal.model.Capability;
import io.unikernal.model.Fault;
import io.unikernal.model.Fault.Code;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Policy;
import io.unikernal.model.Reply;
import io.unikernal.model.Route;
import io.unikernal.model.Value;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * One random definition with random faults and random messages, and what must be true of it
 * afterwards whatever happened. A seed decides it all.
 */
final class Scenario {
  /** Time for what is done about a failure, and for branches that do not want to end. */
  private static final Duration SLACK = Duration.ofSeconds(30);

  private final SimWorld world;
  private final SplittableRandom random;
  private final Def def = new Def();
  private final Fakes.Push web = new Fakes.Push();
  private final Queue queue = new Queue();
  private final List<FaultyWorker> workers = new ArrayList<>();
  private final List<Tracked> sent = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final List<World.Timer> goings = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private Optional<Duration> totalTimeout = Optional.empty();
  private Optional<Policy.RateLimit> routeLimit = Optional.empty();
  private int attemptsAround = 1;
  private boolean ordered;
  private boolean pulled;

  /** Whether the source waits for answers. */
  private boolean isHeard;

  private boolean replies;

  /** Whether messages are held back. */
  private boolean gathers;

  private Optional<DeadStore> deadLetters = Optional.empty();
  private final RandomSteps.Undone undone = new RandomSteps.Undone();

  Scenario(long seed) {
    world = new SimWorld(seed);
    random = new SplittableRandom(seed ^ 0x5EED);
  }

  /** What was found wrong; empty when all is well. */
  List<String> run(Kernel.PassageMaker passages) {
    define();
    try {
      world.run(() -> play(passages));
    } catch (RuntimeException e) {
      violations.add("the run failed: " + e);
    }
    check(world.pendingTimers() == 0, "timers leak: " + world.pendingTimers());
    check(world.liveThreads() == 0, "threads leak: " + world.report());
    return violations;
  }

  /** Everything observable, to compare runs of one seed. */
  List<String> story() {
    var story = new ArrayList<>(events);
    sent.forEach(one -> story.add(one.settledAt + " " + one.outcomes));
    return story;
  }

  private void play(Kernel.PassageMaker passages) throws Exception {
    var kernel =
        Kernel.open(
            def.plan(),
            def.adapters(),
            world,
            event -> events.add(world.nanos() + " " + event),
            passages);
    kernel.start();
    int count = 5 + random.nextInt(25);
    for (int i = 0; i < count; i++) {
      world.sleep(Duration.ofMillis(random.nextInt(400)));
      var one = new Tracked(i);
      sent.add(one);
      if (pulled) {
        queue.put(one);
      } else {
        web.send(one);
      }
      if (random.nextInt(8) == 0) {
        goings.add(world.after(Duration.ofMillis(random.nextInt(1500)), one::goAway));
      }
    }
    var status = kernel.drain(Duration.ofMillis(random.nextInt(20_000)));
    goings.forEach(World.Timer::cancel);
    checkBooks(status);
    checkHedges(status);
    sent.forEach(this::checkMessage);
    workers.forEach(FaultyWorker::check);
    check(def.closed.size() == def.systems.size(), "not closed: " + def.closed);
    if (routeLimit.isPresent()) {
      checkRate("the route", routeLimit.get(), passedAt());
    }
  }

  private void define() {
    pulled = random.nextInt(3) == 0;
    ordered = pulled && random.nextBoolean();
    isHeard = !pulled && random.nextBoolean();
    var in =
        isHeard
            ? def.receives("web.in", web, Capability.REPLIES)
            : def.receives("web.in", pulled ? queue : web);
    var policies = new ArrayList<Policy>();
    if (random.nextInt(3) > 0) {
      totalTimeout = Optional.of(Duration.ofMillis(200 + random.nextInt(3000)));
      policies.add(new Policy.Timeout(totalTimeout.get(), Def.HERE));
    }
    if (random.nextInt(3) == 0) {
      var limit = new Policy.RateLimit(1 + random.nextInt(6), Duration.ofSeconds(1), 0, Def.HERE);
      routeLimit = Optional.of(limit);
      policies.add(limit);
    }
    if (random.nextInt(3) == 0) {
      attemptsAround = RandomSteps.retry(random, policies);
    }
    var steps = new RandomSteps(random, def, this::worker, attemptsAround, undone);
    Route.Target target =
        random.nextInt(4) == 0
            ? new Route.Target.ToOperation(worker("w.direct", attemptsAround))
            : target(steps);
    handling();
    def.route(in, Optional.empty(), target, ordered, policies.toArray(Policy[]::new));
  }

  private void handling() {
    if (random.nextInt(3) == 0) {
      deadLetters = Optional.of(new DeadStore());
      def.deadLetters(def.called("dead.keep", deadLetters.get()));
    }
    if (random.nextInt(4) == 0) {
      def.onError(Def.call("alert", 30, worker("lostalert.send", 1)));
    }
  }

  private Route.Target target(RandomSteps steps) {
    if (random.nextInt(5) == 0) {
      return steps.several();
    }
    if (!isHeard && random.nextInt(4) == 0) {
      gathers = true;
      replies = !pulled && random.nextInt(3) == 0;
      return new Route.Target.ToPipeline(steps.gathering("p", replies));
    }
    replies = !pulled && random.nextInt(3) == 0;
    return new Route.Target.ToPipeline(steps.pipeline("p", 0, replies));
  }

  private Operation worker(String id, int attempts) {
    Optional<Policy.RateLimit> limit = Optional.empty();
    if (random.nextInt(4) == 0) {
      limit =
          Optional.of(
              new Policy.RateLimit(
                  2 + random.nextInt(10), Duration.ofSeconds(1), 1 + random.nextInt(4), Def.HERE));
      def.systemPolicy(id.substring(0, id.indexOf('.')), limit.get());
    }
    var worker = new FaultyWorker(id, attempts, limit);
    workers.add(worker);
    return def.called(id, worker);
  }

  private void check(boolean holds, String violation) {
    if (!holds) {
      violations.add(violation);
    }
  }

  /** Second copies are a share of the calls, and one that was saved up. */
  private void checkHedges(Status status) {
    for (var choice : status.targets().choices()) {
      long most = 1 + choice.hedgeable() / HedgeBudget.CALLS_PER_COPY;
      check(choice.hedged() <= most, choice.hedged() + " second copies, not " + most);
    }
  }

  private void checkBooks(Status status) {
    check(status.isBalanced(), "books do not balance: " + status.routes());
    var sum = new long[6];
    for (var route : status.routes()) {
      var counts = route.counts();
      sum[0] += counts.received();
      sum[1] += counts.delivered();
      sum[2] += counts.failed();
      sum[3] += counts.deadLettered();
      sum[4] += counts.dropped();
      sum[5] += counts.inFlight();
    }
    long taken = pulled ? queue.given : sent.size();
    check(sum[5] == 0, "in flight after the drain: " + sum[5]);
    check(sum[0] == taken, "received " + sum[0] + " of " + taken);
    checkColumns(sum[1], sum[2], sum[3], sum[4]);
  }

  /** What the books say against what the sources were told, and what lies in the dead letters. */
  private void checkColumns(long delivered, long failed, long dead, long dropped) {
    long done = count(Outcome.Done.class::isInstance);
    long told = count(Outcome.Failed.class::isInstance);
    long filtered = count(new Outcome.Dropped("filter")::equals);
    long put = count(new Outcome.Dropped("dead letter")::equals);
    long stored = deadLetters.map(store -> (long) store.messages.size()).orElse(0L);
    check(stored >= dead, "booked as dead letters: " + dead + ", and there are " + stored);
    check(delivered + failed + dead + dropped == done + told + filtered + put, "some not settled");
    if (replies) {
      check(delivered <= done && told <= failed + dead && filtered <= dropped, "booked wrongly");
    } else {
      check(delivered == done, "booked as done: " + delivered);
      check(dropped == filtered, "booked as dropped: " + dropped);
      check(failed + (isHeard ? dead : 0) == told, "booked as failed: " + failed);
      check(put == (isHeard ? 0 : dead), "booked as dead letters: " + dead);
    }
  }

  private long count(Predicate<Outcome> kind) {
    return sent.stream().flatMap(one -> one.outcomes.stream()).filter(kind).count();
  }

  /** Each message that is done was in one batch, and none in two that were not repeated. */
  private void checkBatches(Tracked one) {
    long times =
        workers.stream()
            .filter(worker -> worker.id.startsWith(RandomSteps.BATCH))
            .mapToLong(worker -> worker.order.stream().filter(n -> n == one.number).count())
            .sum();
    boolean isDone =
        !one.outcomes.isEmpty() && one.outcomes.getFirst() instanceof Outcome.Done && !replies;
    check(!isDone || times >= 1, one.number + " is done and was in no batch");
    check(times <= attemptsAround, one.number + " was in " + times + " batches");
  }

  private void checkMessage(Tracked one) {
    for (var outcome : one.outcomes) {
      boolean isWrong =
          outcome instanceof Outcome.Done(var reply) && reply.body().equals(RandomSteps.WRONG);
      check(!isWrong, one.number + " was answered by a shadow");
    }
    if (gathers) {
      checkBatches(one);
    }
    if (!one.given) {
      check(one.outcomes.isEmpty(), "settled though never received: " + one.number);
      return;
    }
    check(one.outcomes.size() == 1, one.number + " was settled with " + one.outcomes);
    boolean isUndone =
        !one.outcomes.isEmpty()
            && (one.outcomes.getFirst() instanceof Outcome.Failed
                || one.outcomes.getFirst().equals(new Outcome.Dropped("dead letter")));
    undone.check(one.number, isUndone).ifPresent(violations::add);
    if (totalTimeout.isPresent() && !ordered && !one.outcomes.isEmpty()) {
      var took = Duration.ofNanos(one.settledAt - one.givenAt);
      boolean done = one.outcomes.getFirst() instanceof Outcome.Done;
      var limit = done ? totalTimeout.get() : totalTimeout.get().plus(SLACK);
      check(took.compareTo(limit) <= 0, one.number + " took " + took + " of " + totalTimeout);
    }
  }

  private List<Long> passedAt() {
    return sent.stream()
        .filter(one -> one.outcomes.stream().anyMatch(Outcome.Done.class::isInstance))
        .map(one -> one.decodedAt)
        .sorted()
        .toList();
  }

  /** Between any two moments no more than the burst and what has flowed in since. */
  private void checkRate(String what, Policy.RateLimit limit, List<Long> times) {
    double share = limit.window().toNanos() / (double) limit.limit();
    int burst = limit.burst() > 0 ? limit.burst() : limit.limit();
    for (int i = 0; i < times.size(); i++) {
      for (int j = i; j < times.size(); j++) {
        double allowed = burst + (times.get(j) - times.get(i)) / share;
        check(
            j - i + 1 <= allowed + 1e-6,
            "%s: %d in %d ns".formatted(what, j - i + 1, times.get(j) - times.get(i)));
      }
    }
  }

  /** A message that notes when everything happened to it. */
  private final class Tracked extends Fakes.Sent {
    private final int number;
    private boolean given = !pulled;
    private long givenAt;
    private long decodedAt;
    private long settledAt;

    Tracked(int number) {
      super(Fakes.Sent.message("web.in", Body.of(Value.integer(number))));
      this.number = number;
      givenAt = world.nanos();
    }

    @Override
    public Message message() {
      decodedAt = world.nanos();
      if (pulled) {
        givenAt = decodedAt;
      }
      return super.message();
    }

    @Override
    public void settle(Outcome outcome) {
      settledAt = world.nanos();
      super.settle(outcome);
    }

    void goAway() {
      cancel.ifPresent(Runnable::run);
    }
  }

  /** A queue that is asked, and sometimes fails to answer. */
  private final class Queue implements Endpoint.PullSource {
    private final ArrayDeque<Tracked> waiting = new ArrayDeque<>();
    private int given;

    void put(Tracked one) {
      waiting.add(one);
    }

    @Override
    public List<Delivery> receive(int max) throws InterruptedException {
      check(max > 0, "asked for " + max);
      while (waiting.isEmpty()) {
        world.sleep(Duration.ofMillis(20));
      }
      if (random.nextInt(10) == 0) {
        throw Fakes.fault(Code.DISCONNECTED);
      }
      var batch = new ArrayList<Delivery>();
      while (!waiting.isEmpty() && batch.size() < Math.min(max, 5)) {
        var one = waiting.remove();
        one.given = true;
        given++;
        batch.add(one);
      }
      return batch;
    }
  }

  /** Keeps dead letters, most of the time. */
  private final class DeadStore implements Endpoint.Duplex {
    private final Set<String> messages = new HashSet<>();

    @Override
    public Reply call(Message request) throws InterruptedException {
      world.sleep(Duration.ofMillis(random.nextInt(50)));
      if (random.nextInt(5) == 0) {
        throw Fakes.fault(Code.DISCONNECTED);
      }
      messages.add(request.id());
      return Reply.NONE;
    }
  }

  /** Answers, or fails in every way there is. */
  private final class FaultyWorker implements Endpoint.Duplex {
    private final String id;
    private final int attempts;
    private final Optional<Policy.RateLimit> limit;
    private final Map<String, Integer> callsByMessage = new LinkedHashMap<>();
    private final List<Long> calledAt = new ArrayList<>();
    private final List<Long> order = new ArrayList<>();
    private final boolean healthy = random.nextInt(3) == 0;
    private int running;
    private int runningMost;

    FaultyWorker(String id, int attempts, Optional<Policy.RateLimit> limit) {
      this.id = id;
      this.attempts = attempts;
      this.limit = limit;
    }

    @Override
    public Reply call(Message request) throws InterruptedException {
      callsByMessage.merge(request.id(), 1, Integer::sum);
      calledAt.add(world.nanos());
      book(request.body().value());
      running++;
      runningMost = Math.max(runningMost, running);
      try {
        act();
        var answer = id.contains(RandomSteps.SHADOW) ? RandomSteps.WRONG : request.body().value();
        return Reply.of(answer);
      } finally {
        running--;
      }
    }

    private void book(Value body) {
      switch (body) {
        case Value.Int(var number) -> order.add(number);
        case Value.Items(var items) -> items.forEach(this::book);
        default -> Scenario.this.check(false, id + " was given " + body);
      }
    }

    private void act() throws InterruptedException {
      int chosen = random.nextInt(healthy ? 60 : 100);
      if (chosen < 40) {
        return;
      }
      if (chosen < 60) {
        world.sleep(Duration.ofMillis(random.nextInt(300)));
      } else if (chosen < 75) {
        throw Fakes.fault(random.nextBoolean() ? Code.DISCONNECTED : Code.OVERLOADED);
      } else if (chosen < 80) {
        throw Fakes.fault(Code.REJECTED);
      } else if (chosen < 85) {
        throw new IllegalStateException("a bug");
      } else if (chosen < 90) {
        stubborn();
      } else if (chosen < 93) {
        swallow();
      } else {
        world.sleep(Duration.ofMinutes(random.nextInt(60)));
      }
    }

    /** Ends, but not at once. */
    private void stubborn() throws InterruptedException {
      for (int i = 0; i < 5; i++) {
        try {
          world.sleep(Duration.ofMillis(random.nextInt(200)));
        } catch (InterruptedException _) {
          // a driver that takes an interrupt for noise
        }
      }
    }

    /** Says something else than that it was interrupted. */
    private void swallow() {
      try {
        world.sleep(Duration.ofSeconds(random.nextInt(5)));
      } catch (InterruptedException _) {
        throw Fault.of(Code.DISCONNECTED, "the driver closed").toException();
      }
    }

    void check() {
      Scenario.this.check(running == 0, id + " still runs " + running);
      callsByMessage.forEach((message, calls) ->
          Scenario.this.check(
              calls <= attempts, id + " was called " + calls + " times, not " + attempts));
      limit.ifPresent(policy -> checkRate(id, policy, calledAt));
      // The messages of one batch fail at once, and each has its own `on_error`.
      boolean isOfBatch = gathers && id.startsWith("lostalert");
      if (ordered && !isOfBatch) {
        Scenario.this.check(
            runningMost <= 1 || RandomSteps.mayOverlap(id),
            id + " ran " + runningMost + " at once");
        Scenario.this.check(
            RandomSteps.mayOvertake(id) || order.equals(order.stream().sorted().toList()),
            id + " lost the order: " + order);
      }
    }
  }
}
