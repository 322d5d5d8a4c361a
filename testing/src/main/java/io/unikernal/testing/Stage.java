package io.unikernal.testing;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.MemoryState;
import io.unikernal.kernel.Site;
import io.unikernal.kernel.Status;
import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.model.Body;
import io.unikernal.model.Conform;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Plan;
import io.unikernal.model.Route;
import io.unikernal.model.Trace;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.Delivery;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** One run of a definition: the real kernel in virtual time, between fakes. */
final class Stage {
  /** How long after the last message all of them must be answered, in virtual time. */
  static final Duration SETTLE_MAX = Duration.ofHours(1);

  /** How long what goes on after its answer may take to end, in virtual time. */
  static final Duration DRAIN_MAX = Duration.ofMinutes(10);

  private static final Duration LOOK_AGAIN_MIN = Duration.ofMillis(1);
  private static final Duration LOOK_AGAIN_MAX = Duration.ofSeconds(1);
  private static final String SPAN = "0".repeat(15) + "1";

  private final Plan plan;
  private final Map<String, Adapter> adapters;
  private final SimWorld world;
  private final Stand.Cast cast;
  private final Opener opener;
  private final Seen seen = new Seen();
  private final Map<String, FakeSource> sources = new TreeMap<>();
  private final FakeAdapter.Life life = new FakeAdapter.Life();
  private final CountDownLatch settled = new CountDownLatch(1);
  private long open;
  private boolean isAllSent;

  Stage(Plan plan, Map<String, Adapter> adapters, SimWorld world, Stand.Cast cast, Opener opener) {
    this.plan = plan;
    this.adapters = adapters;
    this.world = world;
    this.cast = cast;
    this.opener = opener;
  }

  /**
   * What came of a run.
   *
   * @param status the books at the end; empty if there was none
   * @param broken why the run could not be brought to its end
   */
  record Ran(Seen seen, Optional<Status> status, Optional<String> broken) {}

  /** Once for each stage. */
  Ran run(List<Sending> sendings) {
    var status = new Status[1];
    try {
      world.run(() -> status[0] = perform(sendings));
      return new Ran(seen, Optional.ofNullable(status[0]), Optional.empty());
    } catch (IllegalStateException | SimWorld.Stuck e) {
      return new Ran(seen, Optional.ofNullable(status[0]), Optional.of(why(e)));
    }
  }

  private static String why(RuntimeException e) {
    if (e.getCause() instanceof FaultException fault) {
      return fault.fault().message();
    }
    return String.valueOf(e.getMessage());
  }

  private Status perform(List<Sending> sendings) throws InterruptedException {
    Kernel kernel =
        opener.open(
            plan, fakes(), new Site(world, seen.listener(world::elapsed), new MemoryState(world)));
    kernel.start();
    var sending = new CountDownLatch(sendings.size());
    for (Sending one : sendings) {
      world.start(
          "send-" + one.to().id(),
          () -> {
            try {
              send(one);
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            } finally {
              sending.countDown();
            }
          });
    }
    sending.await();
    isAllSent = true;
    if (open > 0) {
      var limit = world.after(SETTLE_MAX, settled::countDown);
      settled.await();
      limit.cancel();
    }
    awaitQuiet(kernel);
    return kernel.drain(open > 0 ? Duration.ZERO : DRAIN_MAX);
  }

  private Map<String, Adapter> fakes() {
    var fakes = new LinkedHashMap<String, Adapter>();
    for (var system : plan.systems()) {
      Adapter real = adapters.get(system.adapter());
      if (real != null) {
        fakes.put(system.adapter(), new FakeAdapter(real, world, cast, seen, sources, life));
      }
    }
    return fakes;
  }

  private void send(Sending sending) throws InterruptedException {
    FakeSource source = sources.get(sending.to().id());
    if (source == null) {
      return; // no route takes anything of it: nothing is received
    }
    for (long i = 0; i < sending.times(); i++) {
      if (i > 0 && sending.every().isPositive()) {
        world.sleep(sending.every());
      }
      var sent =
          new Seen.Sent(seen.sent.size(), sending.to(), sending.input().apply(i), world.elapsed());
      seen.sent.add(sent);
      open++;
      source.emit(new FakeDelivery(sent, message(sent, sending.headers())));
    }
  }

  private static Message message(Seen.Sent sent, Map<String, String> headers) {
    return Message.received(
        sent.source.id(),
        new LinkedHashMap<>(headers),
        Body.lazy(() ->
            Conform.to(sent.source.input(), sent.input, Conform.Extra.KEEP, "what the test sends")),
        new Trace(sent.traceId(), SPAN, 1));
  }

  /** What one message leads to within the process is part of the test as well. */
  private void awaitQuiet(Kernel kernel) throws InterruptedException {
    Duration pause = LOOK_AGAIN_MIN;
    Duration until = world.elapsed().plus(DRAIN_MAX).plus(keptMax(plan));
    while (!isQuiet(kernel) && world.elapsed().compareTo(until) < 0) {
      world.sleep(pause);
      pause = pause.multipliedBy(2).compareTo(LOOK_AGAIN_MAX) < 0 ? pause.multipliedBy(2) : pause;
    }
  }

  private boolean isQuiet(Kernel kernel) {
    return isQuiet(kernel, sources);
  }

  /** Whether nothing is left to do: no message waits, is under way or lies in an outbox. */
  static boolean isQuiet(Kernel kernel, Map<String, FakeSource> sources) {
    return sources.values().stream().allMatch(FakeSource::isEmpty)
        && kernel.status().routes().stream()
            .map(Status.RouteStatus::counts)
            .allMatch(counts -> counts.inFlight() == 0 && counts.stored() == 0);
  }

  /** How long a message may lie in the outbox of a route that is durable. */
  static Duration keptMax(Plan plan) {
    return plan.routes().stream()
        .flatMap(route -> route.handling().durable().stream())
        .map(Route.Durable::keep)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  private final class FakeDelivery implements Delivery {
    private final Seen.Sent sent;
    private final Message message;

    FakeDelivery(Seen.Sent sent, Message message) {
      this.sent = sent;
      this.message = message;
    }

    @Override
    public Message message() {
      return message;
    }

    @Override
    public void settle(Outcome outcome) {
      sent.outcomes.add(Whole.outcome(outcome));
      if (sent.took.isEmpty()) {
        sent.took = Optional.of(world.elapsed().minus(sent.at));
        open--;
        if (open == 0 && isAllSent) {
          settled.countDown();
        }
      }
    }

    @Override
    public void onCancel(Runnable action) {}
  }
}
