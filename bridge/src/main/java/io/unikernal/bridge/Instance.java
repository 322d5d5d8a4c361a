package io.unikernal.bridge;

import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Operation;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.SystemContext;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One place in a worker's pool, kept filled: starts a process, watches it, and starts another when
 * it ends, with a growing delay.
 */
final class Instance implements Peer.Owner {
  private static final Duration BACKOFF_MIN = Duration.ofMillis(50);
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(10);

  /** Having lived so long, it was not a crash loop. */
  private static final Duration STEADY = Duration.ofSeconds(30);

  private static final int WORKER_CALLS_MAX = 256;
  private static final Duration WORKER_CALL_LIMIT = Duration.ofSeconds(60);

  private final SystemContext context;
  private final PythonRuntime runtime;
  private final Gate gate;
  private final String name;
  private final Runnable changed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final Semaphore workerCalls = new Semaphore(WORKER_CALLS_MAX);
  private volatile Optional<Peer> peer = Optional.empty();
  private volatile Optional<Worker> worker = Optional.empty();
  private volatile boolean stopping;
  private volatile String trouble = "";
  private @Nullable Thread keeper;

  /**
   * @param changed told when the instance becomes ready or not
   */
  Instance(SystemContext context, PythonRuntime runtime, Gate gate, int number, Runnable changed) {
    this.context = context;
    this.runtime = runtime;
    this.gate = gate;
    this.changed = changed;
    name = context.name() + "#" + number;
  }

  /** Starts the first process and waits until it can be called. */
  void start(Duration limit) throws InterruptedException {
    launch(limit);
    keeper = context.world().start(name + "-keeper", this::keep);
  }

  Optional<Peer> ready() {
    return peer.filter(Peer::isOpen);
  }

  /** Why it is not ready; empty if it is. */
  String trouble() {
    return trouble;
  }

  Optional<Worker> worker() {
    return worker;
  }

  private void launch(Duration limit) throws InterruptedException {
    String token = Worker.newToken();
    var seat = gate.expect(token);
    Worker started;
    try {
      started =
          Worker.spawn(
              name, token, runtime.process("serve"), gate.path(), context.world(), context.log());
    } catch (IOException e) {
      gate.forget(token);
      throw Fault.of(
              Fault.Code.DISCONNECTED,
              "cannot start `" + runtime.interpreter() + "` for `" + context.name() + "`",
              "install Python 3.9 or later, or set `interpreter`")
          .toException(e);
    }
    worker = Optional.of(started);
    try {
      var hello = seat.await(limit, started::isAlive, context.world());
      requireFunctions(hello.description());
      var connection = new Peer(hello.channel(), this, context.world());
      peer = Optional.of(connection);
      connection.start(name, hello.reader());
      trouble = "";
    } catch (FaultException | InterruptedException e) {
      gate.forget(token);
      boolean hasEnded = !started.isAlive();
      started.kill();
      started.waitFor();
      if (e instanceof FaultException fault) {
        trouble = hasEnded ? started.exitText() : fault.fault().message();
        throw Fault.of(Fault.Code.DISCONNECTED, "worker `" + name + "` did not start: " + trouble)
            .toException();
      }
      throw e;
    }
    changed.run();
  }

  /** The file may have changed since it was checked. */
  private void requireFunctions(Value hello) {
    var names = new HashSet<String>();
    if (BridgeFaults.field(hello, "functions") instanceof Value.Items(var functions)) {
      functions.forEach(function -> names.add(BridgeFaults.text(function, "name")));
    }
    for (Operation operation : context.operations()) {
      if (!names.contains(operation.name())) {
        throw Fault.of(Fault.Code.REJECTED, "it has no function `" + operation.name() + "`")
            .toException();
      }
    }
  }

  /** Restarts what ended until told to stop. */
  private void keep() {
    Duration delay = BACKOFF_MIN;
    try {
      while (!stopping) {
        long since = context.world().nanos();
        awaitEnd();
        if (stopping) {
          return;
        }
        changed.run();
        Duration lived = Duration.ofNanos(context.world().nanos() - since);
        delay = lived.compareTo(STEADY) > 0 ? BACKOFF_MIN : delay;
        delay = restart(delay);
      }
    } catch (InterruptedException _) {
      // Told to stop.
    }
  }

  private void awaitEnd() throws InterruptedException {
    lock.lock();
    try {
      while (!stopping && ready().isPresent()) {
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
      String how = end();
      Duration pause = delay;
      context.log().log(
          Level.WARNING,
          () -> name + " " + how + "; starting another in " + pause.toMillis() + " ms");
      context.world().sleep(delay);
      delay =
          delay.multipliedBy(2).compareTo(BACKOFF_MAX) > 0 ? BACKOFF_MAX : delay.multipliedBy(2);
      try {
        launch(context.config().get(PythonAdapter.START_TIMEOUT));
        return delay;
      } catch (FaultException e) {
        context.log().log(Level.ERROR, () -> e.fault().message());
      }
    }
    return delay;
  }

  /** Makes sure that the old process is gone; says how it went. */
  private String end() throws InterruptedException {
    if (worker.isEmpty()) {
      return "";
    }
    worker.get().kill();
    worker.get().waitFor();
    return worker.get().exitText();
  }

  /**
   * Sends a heartbeat, and ends a worker that is silent or that will not let go of a cancelled
   * call.
   */
  void check(Duration silenceMax, Duration abandonedMax) {
    ready()
        .ifPresent(connection -> {
          boolean isBusy = connection.inFlight() > 0;
          if (connection.silence().compareTo(silenceMax) > 0 && !isBusy) {
            connection.close("worker `" + name + "` stopped answering");
          } else if (connection.oldestAbandoned().compareTo(abandonedMax) > 0 && !isBusy) {
            connection.close("worker `" + name + "` did not end a cancelled call");
          } else {
            connection.offer(Frame.of(Frame.PING, 0, Value.Null.NULL));
          }
        });
  }

  @Override
  public void received(Peer from, Frame frame) {
    switch (frame.type()) {
      case Frame.CALL -> {
        if (workerCalls.tryAcquire()) {
          context.world().start(name + "-call", () -> serve(from, frame));
        } else {
          var fault = Fault.of(Fault.Code.OVERLOADED, "too many calls from `" + name + "` at once");
          from.offer(Frame.of(Frame.ERROR, frame.id(), BridgeFaults.toError(fault)));
        }
      }
      case Frame.GOODBYE ->
          from.close(
              "worker `" + name + "` said goodbye: " + BridgeFaults.text(frame.value(), "reason"));
      default -> {} // REGISTER: later additions do not change what was checked.
    }
  }

  /** A worker's own call: {@code client.call("system.operation", ...)}. */
  private void serve(Peer from, Frame frame) {
    try {
      Frame answer;
      try {
        var call = CallFrame.read(frame.value());
        Duration limit = call.deadline().orElse(WORKER_CALL_LIMIT);
        var reply =
            context
                .caller()
                .call(
                    call.operation(),
                    call.body(),
                    Deadline.after(limit, context.world().nanos()),
                    call.trace().flatMap(Trace::parse));
        answer = CallFrame.result(frame.id(), reply.body());
      } catch (FaultException e) {
        answer = Frame.of(Frame.ERROR, frame.id(), BridgeFaults.toError(e.fault()));
      }
      from.send(answer, WORKER_CALL_LIMIT);
    } catch (InterruptedException | FaultException _) {
      from.close("worker `" + name + "` does not read its answers");
    } finally {
      workerCalls.release();
    }
  }

  @Override
  public void ended(Peer from, String reason) {
    trouble = reason;
    lock.lock();
    try {
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets it finish what it does, then ends it. */
  void stop(Duration grace) throws InterruptedException {
    stopping = true;
    if (keeper != null) {
      keeper.interrupt();
    }
    peer.ifPresent(connection ->
        connection.offer(
            Frame.of(Frame.GOODBYE, 0, CallFrame.dict("reason", Value.text("shutdown")))));
    if (worker.isPresent()) {
      worker.get().stop(grace);
    }
    peer.ifPresent(Peer::close);
  }
}
