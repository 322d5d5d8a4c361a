package io.unikernal.bridge;

import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Reply;
import io.unikernal.spi.Caller;
import io.unikernal.spi.World;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The calls that one worker makes: {@code client.call("system.operation", ...)}. */
final class WorkerCalls {
  static final int CALLS_MAX = 256;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long MILLIS_MAX = Duration.ofDays(1).toMillis();
  private final String worker;
  private final Caller caller;
  private final World world;
  private final Logger log;

  private final Map<Integer, Call> calls = new ConcurrentHashMap<>();

  /** Counts a call until its answer is written: that bounds a worker which does not read. */
  private final AtomicInteger unanswered = new AtomicInteger();

  private volatile boolean hasEnded;

  /** Cancelled by interrupting its thread, from before it has one until it has an answer. */
  private static final class Call {
    private static final Object CANCELLED = new Object();
    private static final Object DONE = new Object();
    private static final Object NEW = new Object();
    private final AtomicReference<Object> state = new AtomicReference<>(NEW);

    boolean begin() {
      return state.compareAndSet(NEW, Thread.currentThread());
    }

    /** After this no interrupt comes. */
    void finish() {
      state.set(DONE);
    }

    void cancel() {
      Object was = state.getAndUpdate(now -> now == DONE ? now : CANCELLED);
      if (was instanceof Thread thread) {
        thread.interrupt();
      }
    }
  }

  WorkerCalls(String worker, Caller caller, World world, Logger log) {
    this.worker = worker;
    this.caller = caller;
    this.world = world;
    this.log = log;
  }

  /**
   * Answers on a thread of its own.
   *
   * @throws FaultException MALFORMED for an id that a call of a worker may not have
   */
  void accept(Peer from, Frame frame) {
    int id = frame.id();
    var call = new Call();
    if (id % 2 == 0) {
      throw FrameRules.malformed("a call with the even id " + id);
    }
    if (unanswered.get() >= CALLS_MAX) {
      var fault = Fault.of(Fault.Code.OVERLOADED, "over " + CALLS_MAX + " calls at once");
      from.offer(error(id, fault));
      return;
    }
    if (calls.putIfAbsent(id, call) != null) {
      throw FrameRules.malformed("a call with the id " + id + ", which is in flight");
    }
    unanswered.incrementAndGet();
    world.start(
        worker + "-call",
        () -> {
          Frame answer = call.begin() ? answer(frame) : error(id, cancelled());
          call.finish();
          calls.remove(id); // Before the answer: the worker may use the id again at once.
          from.answer(answer, unanswered::decrementAndGet);
        });
    if (hasEnded) {
      call.cancel();
    }
  }

  void cancel(int id) {
    Optional.ofNullable(calls.get(id)).ifPresent(Call::cancel);
  }

  /** Nobody waits for any answer. */
  void end() {
    hasEnded = true;
    calls.values().forEach(Call::cancel);
  }

  private static Fault cancelled() {
    return Fault.of(Fault.Code.CANCELLED, "the worker cancelled it");
  }

  private static Frame error(int id, Fault fault) {
    return Frame.of(Frame.ERROR, id, BridgeFaults.toError(fault));
  }

  private Frame answer(Frame frame) {
    try {
      var call = CallFrame.read(frame.payload());
      long millis = Math.min(MILLIS_MAX, call.deadlineMillis().orElse(LIMIT.toMillis()));
      if (millis <= 0) {
        return error(frame.id(), Fault.of(Fault.Code.TIMEOUT, "the deadline has passed"));
      }
      Reply reply =
          caller.call(
              call.operation(),
              call.body(),
              Deadline.after(Duration.ofMillis(millis), world.nanos()),
              call.trace());
      return CallFrame.result(frame.id(), reply.body());
    } catch (FaultException e) {
      return error(frame.id(), e.fault());
    } catch (InterruptedException _) {
      return error(frame.id(), cancelled());
    } catch (RuntimeException e) {
      log.log(Level.ERROR, "a call of `" + worker + "` failed", e);
      return error(frame.id(), Fault.of(Fault.Code.INTERNAL, "the kernel failed at this call"));
    }
  }
}
