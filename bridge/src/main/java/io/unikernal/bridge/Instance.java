package io.unikernal.bridge;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.spi.Staffed;
import io.unikernal.spi.SystemContext;
import io.unikernal.spi.World;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One place in a worker's pool, kept filled: starts a process, watches it, and starts another when
 * it ends, with a growing delay.
 */
final class Instance implements Station {
  /** From the end of its connection to the end of a process that ends by itself. */
  private static final Duration EXIT_GRACE = Duration.ofMillis(500);

  private static final Duration KEEPER_LIMIT = Duration.ofSeconds(5);

  /** What the pool is told. */
  interface Pool {
    /** A seat is free. */
    void freed();

    /** An instance can be called, or cannot any more. */
    void changed();
  }

  private final SystemContext context;
  private final PythonRuntime runtime;
  private final Gate gate;
  private final Limits limits;
  private final String name;
  private final Pool pool;
  private final int seats;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();

  // Written under the lock, so that whoever stops sees all that was started.
  private volatile Optional<Peer> peer = Optional.empty();
  private volatile Optional<Worker> worker = Optional.empty();
  private volatile Optional<Thread> keeper = Optional.empty();
  private volatile boolean stopping;
  private volatile int starts;
  private volatile String trouble = "it is starting";

  Instance(
      SystemContext context,
      PythonRuntime runtime,
      Gate gate,
      Limits limits,
      int number,
      Pool pool) {
    this.context = context;
    this.runtime = runtime;
    this.gate = gate;
    this.limits = limits;
    this.pool = pool;
    seats = context.config().get(PythonAdapter.CONCURRENCY);
    name = context.name() + "#" + number;
  }

  /** Starts the first process and waits until it can be called. */
  void start(Duration limit) throws InterruptedException {
    launch(limit);
    underLock(() -> {
      if (!stopping) {
        keeper = Optional.of(context.world().start(name + "-keeper", this::keep));
      }
    });
  }

  @Override
  public Optional<Peer> ready() {
    return peer.filter(Peer::isReady);
  }

  @Override
  public String trouble() {
    return trouble;
  }

  private void underLock(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  // ---- starting ----

  private void launch(Duration limit) throws InterruptedException {
    String token = Worker.newToken();
    Seat seat = gate.expect(token);
    Worker started;
    try {
      started = spawn(token);
    } catch (FaultException e) {
      gate.forget(token, seat);
      trouble = e.fault().message();
      throw e;
    }
    underLock(() -> starts++);
    started.onExit(() -> seat.fail("it ended"));
    try {
      adopt(started);
      Seat.Hello hello = seat.await(limit);
      Station.requireFunctions(context, hello.description());
      connect(hello);
    } catch (FaultException | InterruptedException e) {
      gate.forget(token, seat);
      boolean endedByItself = !started.isAlive();
      started.end(Duration.ZERO);
      if (e instanceof FaultException fault) {
        trouble = endedByItself ? started.exitText() : fault.fault().message();
        throw Fault.of(Fault.Code.DISCONNECTED, "worker `" + name + "` did not start: " + trouble)
            .toException();
      }
      throw e;
    }
    pool.changed();
  }

  private Worker spawn(String token) {
    try {
      return Worker.spawn(
          name,
          context.name(),
          token,
          runtime.process("serve", "--threads", Integer.toString(seats)),
          gate.path(),
          context.log());
    } catch (IOException e) {
      throw Fault.of(
              Fault.Code.DISCONNECTED,
              "cannot start `" + runtime.interpreter() + "` for `" + context.name() + "`",
              "install Python 3.9 or later, or set `interpreter`")
          .toException(e);
    }
  }

  /** From here on {@link #stop} ends it. */
  private void adopt(Worker started) {
    underLock(() -> {
      requireRunning();
      worker = Optional.of(started);
    });
  }

  private void connect(Seat.Hello hello) {
    underLock(() -> {
      requireRunning();
      var connection =
          new Peer(hello.channel(), new Line(), context.world(), seats, hello.lengthMax());
      peer = Optional.of(connection);
      trouble = "";
      connection.start(name, hello.reader());
    });
  }

  private void requireRunning() {
    if (stopping) {
      throw Fault.of(Fault.Code.DISCONNECTED, "it is stopped").toException();
    }
  }

  // ---- watching ----

  /** Restarts what ended until told to stop. */
  private void keep() {
    Duration delay = limits.backoffMin();
    try {
      while (!stopping) {
        long since = context.world().nanos();
        awaitEnd();
        pool.changed();
        Duration lived = Duration.ofNanos(context.world().nanos() - since);
        delay = lived.compareTo(limits.steady()) > 0 ? limits.backoffMin() : delay;
        delay = restart(delay);
      }
    } catch (InterruptedException _) {
      // Told to stop.
    }
  }

  private void awaitEnd() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!stopping && peer.filter(Peer::isOpen).isPresent()) {
        ended.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Tries until it runs; gives the delay that the next restart begins with. */
  private Duration restart(Duration first) throws InterruptedException {
    Duration delay = first;
    while (!stopping) {
      String how = endText();
      Duration pause = delay;
      context.log().log(
          Level.WARNING,
          () -> name + " " + how + "; starting another in " + pause.toMillis() + " ms");
      context.world().sleep(pause);
      Duration twice = delay.multipliedBy(2);
      delay = twice.compareTo(limits.backoffMax()) > 0 ? limits.backoffMax() : twice;
      try {
        launch(context.config().get(PythonAdapter.START_TIMEOUT));
        return delay;
      } catch (FaultException e) {
        if (!stopping) {
          context.log().log(Level.ERROR, () -> e.fault().message());
        }
      }
    }
    return delay;
  }

  /** Makes sure that the old process is gone; says how it went. */
  private String endText() throws InterruptedException {
    if (worker.isEmpty()) {
      return "did not run";
    }
    worker.get().end(EXIT_GRACE);
    return worker.get().exitText();
  }

  @Override
  public Staffed.Member member() {
    int calls = peer.filter(Peer::isOpen).map(Peer::load).orElse(0);
    var pid =
        worker
            .filter(Worker::isAlive)
            .map(one -> OptionalLong.of(one.pid()))
            .orElse(OptionalLong.empty());
    return new Staffed.Member(name, pid, calls, seats, trouble, starts);
  }

  @Override
  public void check() {
    peer.filter(Peer::isOpen)
        .ifPresent(connection -> Station.check(name, connection, limits, pool));
  }

  /** What one connection tells its instance. */
  private final class Line implements Peer.Owner {
    private final WorkerCalls calls =
        new WorkerCalls(name, context.caller(), context.world(), context.log());

    private volatile Optional<World.Timer> drainTimer = Optional.empty();

    @Override
    public void received(Peer from, Frame frame) {
      switch (frame.type()) {
        case Frame.CALL -> calls.accept(from, frame);
        case Frame.CANCEL -> calls.cancel(frame.id());
        default -> leave(from, frame.value().fieldText("reason"));
      }
    }

    /** The worker finishes what it has, and closes. */
    private void leave(Peer from, String why) {
      from.drain();
      if (stopping) {
        return; // It answers ours.
      }
      context.log().log(Level.DEBUG, () -> name + " says goodbye: " + why);
      drainTimer =
          Optional.of(
              context
                  .world()
                  .after(
                      limits.drain(),
                      () -> from.close("worker `" + name + "` did not finish after GOODBYE")));
      pool.changed();
    }

    @Override
    public void freed() {
      pool.freed();
    }

    @Override
    public void ended(Peer from, String reason) {
      if (!stopping) {
        context.log().log(Level.DEBUG, () -> name + ": " + reason);
      }
      trouble = reason;
      drainTimer.ifPresent(World.Timer::cancel);
      calls.end();
      underLock(ended::signalAll);
      pool.changed();
    }
  }

  // ---- stopping ----

  @Override
  public void stop(Duration grace) throws InterruptedException {
    underLock(() -> {
      stopping = true;
      ended.signalAll();
    });
    keeper.ifPresent(Thread::interrupt);
    Optional<Peer> connection = peer.filter(Peer::isOpen);
    connection.ifPresent(open -> {
      open.drain();
      open.offer(Frame.of(Frame.GOODBYE, 0, CallFrame.dict("reason", Value.text("shutdown"))));
    });
    try {
      if (worker.isPresent()) {
        worker.get().end(connection.isPresent() ? grace : Duration.ZERO);
      }
    } finally {
      peer.ifPresent(Peer::close);
    }
    if (keeper.isPresent()) {
      keeper.get().join(KEEPER_LIMIT);
    }
  }
}
