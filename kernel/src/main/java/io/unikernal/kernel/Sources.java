package io.unikernal.kernel;

import io.unikernal.kernel.execute.Failure;
import io.unikernal.kernel.explain.Span;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.explain.Taps;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.kernel.step.Entry;
import io.unikernal.kernel.step.Passage;
import io.unikernal.kernel.step.Transit;
import io.unikernal.model.Capability;
import io.unikernal.model.Fault;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/**
 * Takes messages from the sources: lets servers hand over, and asks those that want to be asked.
 */
final class Sources {
  /** Messages of one asked source that are on their way at once; it is not asked beyond. */
  static final int PULL_IN_FLIGHT_MAX = 64;

  /** Messages of all servers that are on their way at once; beyond, callers are told to wait. */
  static final int PUSH_IN_FLIGHT_MAX = 20_000;

  static final Duration PAUSE_MIN = Duration.ofMillis(100);
  static final Duration PAUSE_MAX = Duration.ofSeconds(30);

  private static final Fault STOPPED = Fault.of(Fault.Code.CANCELLED, "the kernel stops");
  private static final Fault FULL =
      Fault.of(Fault.Code.OVERLOADED, "%d messages are on their way".formatted(PUSH_IN_FLIGHT_MAX));

  private final World world;
  private final Listener listener;
  private final Passage passage;
  private final InFlight inFlight;
  private final Stories stories;
  private final Taps taps;
  private final List<Bound> sources;
  private final Admission admission;
  private final List<PullLoop> loops = new ArrayList<>();

  /** A source and where its messages go. */
  record Bound(Entry entry, Endpoint endpoint) {}

  Sources(
      World world,
      Listener listener,
      Passage passage,
      InFlight inFlight,
      Stories stories,
      Taps taps,
      List<Bound> sources,
      Admission admission) {
    this.admission = admission;
    this.world = world;
    this.listener = listener;
    this.passage = passage;
    this.inFlight = inFlight;
    this.stories = stories;
    this.taps = taps;
    this.sources = List.copyOf(sources);
  }

  /** Called once. What runs for a plan before is asked, or hands over, here from now on. */
  void start() {
    for (var source : sources) {
      switch (source.endpoint()) {
        case Endpoint.PullSource pull -> {
          var loop = new PullLoop(source.entry(), pull);
          loops.add(loop);
          world.start("receive-" + source.entry().id(), loop);
        }
        case Endpoint.PushSource push -> push.start(new Push(source.entry())::accept);
        case Endpoint.Target _, Endpoint.Duplex _ ->
            throw Fault.of(
                    Fault.Code.INTERNAL,
                    "`%s` cannot receive: its adapter bound no source"
                        .formatted(source.entry().id()))
                .toException();
      }
    }
  }

  /** The same, but for servers that hand over to {@code next} already. */
  void stopBut(Sources next) {
    stop(source -> !next.has(source));
  }

  /** No source is asked any more that {@code next} asks as well. */
  void stopAskingFor(Sources next) {
    loops.stream().filter(loop -> next.has(loop.source)).forEach(loop -> loop.scope.stop(STOPPED));
  }

  /** Whether none is still asked that {@code next} asks as well. */
  boolean leaves(Sources next) {
    return loops.stream().filter(loop -> next.has(loop.source)).allMatch(loop -> loop.ended);
  }

  private boolean has(Endpoint endpoint) {
    return sources.stream().anyMatch(source -> source.endpoint() == endpoint);
  }

  /** Takes nothing new; what is on its way goes on. */
  void stop() {
    stop(_ -> true);
  }

  private void stop(Predicate<Endpoint> which) {
    for (var source : sources) {
      if (source.endpoint() instanceof Endpoint.PushSource push && which.test(push)) {
        try {
          push.stop();
        } catch (RuntimeException e) {
          listener.on(new Listener.Event.SourceFailed(source.entry().id(), Failure.reported(e)));
        }
      }
    }
    loops.forEach(loop -> loop.scope.stop(STOPPED));
  }

  /** Whether no source can hand over another message. */
  boolean areStopped() {
    return loops.stream().allMatch(loop -> loop.ended);
  }

  /** Carries one message on the current thread, as a caller's. */
  Transit carryInjected(Entry entry, Delivery delivery) {
    var carriage = new Carriage(entry, delivery, true, Optional.empty());
    carriage.run();
    return carriage.transit;
  }

  /** The same on a thread of its own: its way may go on after its answer. */
  void carryOnInjected(Entry entry, Delivery delivery) {
    world.start(entry.id(), new Carriage(entry, delivery, true, Optional.empty()));
  }

  /**
   * One message from the moment it is accepted: it counts as in flight before its thread runs, or a
   * drain could overlook it.
   */
  private final class Carriage implements Runnable {
    private final Scope scope = Scope.unbound();
    private final Span span;
    private final Long number;
    private final Transit transit;

    Carriage(Entry entry, Delivery delivery, boolean injected, Optional<Executor> carrier) {
      span = stories.begin(entry.id());
      number = inFlight.begin(scope, span);
      transit = new Transit(world, entry, delivery, scope, injected, carrier, span, admission);
      entry.order().ifPresent(transit::takeTurn);
    }

    @Override
    public void run() {
      scope.enter();
      try {
        passage.run(transit);
      } finally {
        transit.endTurn();
        inFlight.end(number);
        stories.keep(span);
        transit.show(taps);
      }
    }

    void refuse() {
      try {
        passage.refuse(transit, FULL);
      } finally {
        transit.endTurn();
        inFlight.end(number);
        stories.keep(span);
        transit.show(taps);
      }
    }
  }

  /** What a server is given. */
  private final class Push {
    private final Entry entry;

    Push(Entry entry) {
      this.entry = entry;
    }

    void accept(Delivery delivery, Executor carrier) {
      boolean full = inFlight.size() >= PUSH_IN_FLIGHT_MAX;
      var carriage = new Carriage(entry, delivery, false, Optional.of(carrier));
      world.start(entry.id(), carrier, full ? carriage::refuse : carriage);
    }
  }

  /** Asks one source for ever, with as many messages at once as there is room for. */
  private final class PullLoop implements Runnable {
    private final Entry entry;
    private final Endpoint.PullSource source;
    private final boolean blocks;
    private final boolean ordered;
    private final Semaphore room;
    private final Scope scope = Scope.unbound();
    private volatile boolean ended;

    PullLoop(Entry entry, Endpoint.PullSource source) {
      this.entry = entry;
      this.source = source;
      blocks = entry.operation().capabilities().contains(Capability.BLOCKS);
      ordered = entry.isOrdered();
      // What is held back waits for more, which must then have room to come.
      room = new Semaphore(PULL_IN_FLIGHT_MAX + entry.heldMax());
    }

    @Override
    public void run() {
      scope.enter();
      int failures = 0;
      try (scope) {
        while (scope.reason().isEmpty()) {
          room.acquire();
          int places = 1 + room.drainPermits();
          var received = List.<Delivery>of();
          try {
            received = receive(places);
          } catch (InterruptedException e) {
            throw e;
          } catch (Exception e) {
            room.release(places);
            failed(e, ++failures);
            continue;
          }
          failures = 0;
          if (received.isEmpty()) {
            return; // the source has ended
          }
          settleRoom(places, received.size());
          handOn(received);
        }
      } catch (InterruptedException _) {
        // stopped
      } finally {
        ended = true;
      }
    }

    private void settleRoom(int taken, int used) {
      if (used <= taken) {
        room.release(taken - used);
      } else {
        room.acquireUninterruptibly(used - taken); // it gave more than it was asked for
      }
    }

    private List<Delivery> receive(int max) throws Exception {
      return blocks ? world.blocking(() -> source.receive(max)) : source.receive(max);
    }

    private void failed(Exception e, int failures) throws InterruptedException {
      listener.on(new Listener.Event.SourceFailed(entry.id(), Failure.reported(e)));
      double factor = Math.pow(2, Math.min(failures - 1, 20));
      double nanos = Math.min(PAUSE_MAX.toNanos(), PAUSE_MIN.toNanos() * factor);
      world.sleep(Duration.ofNanos((long) (nanos * (0.8 + 0.2 * world.random()))));
    }

    private void handOn(List<Delivery> received) {
      for (var delivery : received) {
        var carriage = new Carriage(entry, delivery, false, Optional.empty());
        if (ordered) {
          carryApart(carriage);
        } else {
          world.start(entry.id(), () -> carryOn(carriage));
        }
      }
    }

    private void carryOn(Carriage carriage) {
      try {
        carriage.run();
      } finally {
        room.release();
      }
    }

    /**
     * In order: one after the other, unless one waits for the next, on a thread that stopping the
     * source does not interrupt.
     */
    private void carryApart(Carriage carriage) {
      var done = new CountDownLatch(1);
      carriage.transit.whenHeld(done::countDown);
      world.start(
          entry.id(),
          () -> {
            try {
              carryOn(carriage);
            } finally {
              done.countDown();
            }
          });
      boolean interrupted = false;
      while (done.getCount() > 0) {
        try {
          done.await();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
