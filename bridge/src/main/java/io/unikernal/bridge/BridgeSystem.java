package io.unikernal.bridge;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Reply;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A file of functions, running in one or more processes; calls go to the least busy. */
final class BridgeSystem implements OpenSystem {
  private static final int INSTANCES_MAX = 256;
  private static final Duration HEARTBEAT = Duration.ofSeconds(2);
  private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

  /** How long a worker may keep working on a call that was cancelled. */
  private static final Duration ABANDONED_MAX = Duration.ofSeconds(10);

  private static final Duration STOP_GRACE = Duration.ofSeconds(2);
  private final SystemContext context;
  private final Gate gate;
  private final List<Instance> instances = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Duration callLimit;
  private Optional<Thread> heart = Optional.empty();

  private BridgeSystem(SystemContext context, Gate gate) {
    this.context = context;
    this.gate = gate;
    callLimit = context.config().get(PythonAdapter.TIMEOUT);
  }

  static OpenSystem open(SystemContext context, PythonRuntime runtime) throws InterruptedException {
    int count = context.config().get(PythonAdapter.INSTANCES);
    if (count < 1 || count > INSTANCES_MAX) {
      throw Fault.of(
              Fault.Code.INVALID,
              "`instances` of `" + context.name() + "` must be from 1 to " + INSTANCES_MAX)
          .toException();
    }
    Gate gate;
    try {
      gate = new Gate(context.name(), context.world(), context.log());
    } catch (IOException e) {
      throw Fault.of(Fault.Code.DISCONNECTED, "cannot make a socket for workers: " + e.getMessage())
          .toException(e);
    }
    var system = new BridgeSystem(context, gate);
    for (int number = 1; number <= count; number++) {
      system.instances.add(new Instance(context, runtime, gate, number, system::signal));
    }
    try {
      system.startAll();
    } catch (FaultException | InterruptedException e) {
      system.close();
      throw e;
    }
    return system;
  }

  /** At once: an interpreter takes its time to start. */
  private void startAll() throws InterruptedException {
    Duration limit = context.config().get(PythonAdapter.START_TIMEOUT);
    var running = new CountDownLatch(instances.size());
    var failure = new AtomicReference<Optional<Fault>>(Optional.empty());
    for (Instance instance : instances) {
      context
          .world()
          .start(
              context.name() + "-start",
              () -> {
                try {
                  instance.start(limit);
                } catch (FaultException e) {
                  failure.set(Optional.of(e.fault()));
                } catch (InterruptedException _) {
                  Thread.currentThread().interrupt();
                } finally {
                  running.countDown();
                }
              });
    }
    running.await();
    if (failure.get().isPresent()) {
      throw failure.get().get().toException();
    }
    heart = Optional.of(context.world().start(context.name() + "-heart", this::beat));
  }

  private void beat() {
    try {
      while (!closed.get()) {
        context.world().sleep(HEARTBEAT);
        instances.forEach(instance -> instance.check(SILENCE_MAX, ABANDONED_MAX));
      }
    } catch (InterruptedException _) {
      // Told to stop.
    }
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Endpoint bind(Operation operation) {
    boolean masked = BridgeFaults.holdsLabels(operation.input());
    return (Endpoint.Duplex) request -> call(operation, masked, request);
  }

  private Reply call(Operation operation, boolean masked, Message request)
      throws InterruptedException {
    long now = context.world().nanos();
    Duration left = request.deadline().remaining(now);
    Duration limit = left.compareTo(callLimit) < 0 ? left : callLimit;
    byte[] payload =
        CallFrame.write(
            operation.name(), Optional.of(limit), request.trace().text(), request.body().value());
    if (payload.length > Frame.PAYLOAD_BYTES_MAX) {
      throw Fault.of(Fault.Code.TOO_LARGE, "the input of `" + operation.id() + "` is over 16 MiB")
          .toException();
    }
    Frame answer;
    try {
      answer = leastBusy(limit).call(Frame.CALL, payload, limit);
    } catch (FaultException e) {
      Fault fault = e.fault();
      throw Fault.of(fault.code(), "`" + operation.id() + "`: " + fault.message(), fault.hint())
          .toException();
    }
    if (answer.type() == Frame.ERROR) {
      throw BridgeFaults.of(answer.value(), operation.id(), masked).toException();
    }
    return Reply.of(CallFrame.result(answer.payload()));
  }

  /** Waits for an instance when none is ready: the next call after a crash works. */
  private Peer leastBusy(Duration limit) throws InterruptedException {
    Optional<Peer> best = choose();
    if (best.isPresent()) {
      return best.get();
    }
    Duration startLimit = context.config().get(PythonAdapter.START_TIMEOUT);
    long nanos = Math.min(limit.toNanos(), startLimit.toNanos());
    lock.lock();
    try {
      while (true) {
        best = choose();
        if (best.isPresent()) {
          return best.get();
        }
        if (closed.get() || nanos <= 0) {
          throw Fault.of(Fault.Code.DISCONNECTED, trouble()).toException();
        }
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<Peer> choose() {
    Optional<Peer> best = Optional.empty();
    int load = Integer.MAX_VALUE;
    for (Instance instance : instances) {
      Optional<Peer> peer = instance.ready();
      if (peer.isPresent() && peer.get().inFlight() < load) {
        best = peer;
        load = peer.get().inFlight();
      }
    }
    return best;
  }

  private String trouble() {
    return instances.stream()
        .map(Instance::trouble)
        .filter(text -> !text.isEmpty())
        .findFirst()
        .map(text -> "no worker is running: " + text)
        .orElse("no worker is running");
  }

  @Override
  public Health probe() {
    long ready = instances.stream().filter(instance -> instance.ready().isPresent()).count();
    if (ready == instances.size()) {
      return Health.UP;
    }
    String why = ready + " of " + instances.size() + " workers run; " + trouble();
    return ready == 0 ? new Health.Down(why) : new Health.Degraded(why);
  }

  @Override
  public String describe() {
    return instances.size() + (instances.size() == 1 ? " worker" : " workers");
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    heart.ifPresent(Thread::interrupt);
    var stopped = new CountDownLatch(instances.size());
    for (Instance instance : instances) {
      context
          .world()
          .start(
              context.name() + "-stop",
              () -> {
                try {
                  instance.stop(STOP_GRACE);
                } catch (InterruptedException _) {
                  Thread.currentThread().interrupt();
                } finally {
                  stopped.countDown();
                }
              });
    }
    signal();
    try {
      stopped.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    gate.close();
  }
}
