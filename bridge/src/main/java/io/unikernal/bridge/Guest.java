package io.unikernal.bridge;

import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.spi.Staffed;
import io.unikernal.spi.SystemContext;
import io.unikernal.spi.World;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A worker that somebody else started and that joined with an invitation: called as the others are,
 * never started again, and gone from the pool when it goes.
 */
final class Guest implements Station {
  private final SystemContext context;
  private final Limits limits;
  private final Instance.Pool pool;
  private final String name;
  private final int seats;
  private final Consumer<Guest> onGone;
  private final CountDownLatch gone = new CountDownLatch(1);
  private volatile Optional<Thread> waiting = Optional.empty();
  private volatile Optional<Peer> peer = Optional.empty();
  private volatile String trouble = "it has not come yet";

  /** {@code onGone}: it came and has gone again, or was not let in. */
  Guest(
      SystemContext context,
      Limits limits,
      Instance.Pool pool,
      int number,
      Consumer<Guest> onGone) {
    this.context = context;
    this.limits = limits;
    this.pool = pool;
    this.onGone = onGone;
    name = context.name() + "#guest" + number;
    seats = context.config().get(PythonAdapter.CONCURRENCY);
  }

  /** Waits for it, on a thread of its own. */
  void expect(Seat seat, Duration limit, Runnable forget) {
    waiting = Optional.of(context.world().start(name + "-await", () -> await(seat, limit, forget)));
  }

  private void await(Seat seat, Duration limit, Runnable forget) {
    try {
      Seat.Hello hello = seat.await(limit);
      try {
        Station.requireFunctions(context, hello.description());
      } catch (FaultException e) {
        hello.close();
        throw e;
      }
      var connection =
          new Peer(hello.channel(), new Line(), context.world(), seats, hello.lengthMax());
      peer = Optional.of(connection);
      trouble = "";
      connection.start(name, hello.reader());
      context.log().log(Level.INFO, () -> name + " has joined");
      pool.changed();
    } catch (FaultException e) {
      context.log().log(Level.WARNING, () -> name + " does not join: " + e.fault().message());
      forget.run();
      leave(e.fault().message());
    } catch (InterruptedException _) {
      forget.run();
      leave("stopped");
    }
  }

  private void leave(String why) {
    trouble = why;
    gone.countDown();
    onGone.accept(this);
    pool.changed();
  }

  @Override
  public Optional<Peer> ready() {
    return peer.filter(Peer::isReady);
  }

  @Override
  public String trouble() {
    return trouble;
  }

  @Override
  public Staffed.Member member() {
    int calls = peer.filter(Peer::isOpen).map(Peer::load).orElse(0);
    return new Staffed.Member(name, OptionalLong.empty(), calls, seats, trouble, 0);
  }

  @Override
  public void check() {
    peer.filter(Peer::isOpen)
        .ifPresent(connection -> Station.check(name, connection, limits, pool));
  }

  @Override
  public void stop(Duration grace) throws InterruptedException {
    Optional<Peer> connection = peer.filter(Peer::isOpen);
    if (connection.isEmpty()) {
      waiting.ifPresent(Thread::interrupt);
      return;
    }
    connection.get().drain();
    var reason = CallFrame.dict("reason", Value.text("shutdown"));
    connection.get().offer(Frame.of(Frame.GOODBYE, 0, reason));
    try {
      gone.await(grace.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      connection.get().close();
    }
  }

  /** What its connection tells. */
  private final class Line implements Peer.Owner {
    private final WorkerCalls calls =
        new WorkerCalls(name, context.caller(), context.world(), context.log());

    private volatile Optional<World.Timer> drainTimer = Optional.empty();

    @Override
    public void received(Peer from, Frame frame) {
      switch (frame.type()) {
        case Frame.CALL -> calls.accept(from, frame);
        case Frame.CANCEL -> calls.cancel(frame.id());
        default -> {
          from.drain();
          drainTimer =
              Optional.of(
                  context
                      .world()
                      .after(
                          limits.drain(),
                          () -> from.close(name + " did not finish after GOODBYE")));
          pool.changed();
        }
      }
    }

    @Override
    public void freed() {
      pool.freed();
    }

    @Override
    public void ended(Peer from, String reason) {
      drainTimer.ifPresent(World.Timer::cancel);
      calls.end();
      context.log().log(Level.INFO, () -> name + " has gone: " + reason);
      leave(reason);
    }
  }
}
