package io.unikernal.kernel.execute;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Builtin;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Origin;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs what stands beside the way of a message when something failed, {@code on_error} and {@code
 * compensate}: whatever these steps do, the fault goes on.
 */
class Aside {
  /** How long all {@code on_error} steps of one failure may take, whatever the deadline was. */
  static final Duration ON_ERROR_MAX = Duration.ofSeconds(5);

  /** How long all {@code compensate} steps of one failure may take. */
  static final Duration UNDO_MAX = Duration.ofSeconds(5);

  /** How long steps that were told to stop may take before they are left to themselves. */
  private static final Duration STUBBORN_MAX = Duration.ofSeconds(1);

  private final World world;
  private final Listener listener;
  private final Engine engine;

  Aside(World world, Listener listener, Engine engine) {
    this.world = world;
    this.listener = listener;
    this.engine = engine;
  }

  /** Work stopped by a time limit around it has failed; work that nobody wants any more has not. */
  void onStop(List<Node> handlers, Frame frame, Work work) {
    if (handlers.isEmpty()) {
      return;
    }
    var reason = work.scope().anyReason();
    if (reason.isPresent() && reason.get().code() == Fault.Code.TIMEOUT) {
      var until = work.task().handlersUntil();
      long now = world.nanos();
      until.compareAndSet(Long.MAX_VALUE, now + ON_ERROR_MAX.toNanos());
      var left = Duration.ofNanos(until.get() - now);
      handle(handlers, frame, work, left, reason.get(), "", "");
    }
  }

  void onError(List<Node> handlers, Frame frame, Work work, Failure failure) {
    if (handlers.isEmpty()) {
      return;
    }
    if (work.scope().anyReason().isPresent()) {
      onStop(handlers, frame, work); // the failure is only how the stop shows
    } else {
      var step = failure.localStep();
      handle(handlers, frame, work, ON_ERROR_MAX, failure.fault(), step, failure.operation());
    }
  }

  void handle(
      List<Node> handlers,
      Frame frame,
      Work work,
      Duration limit,
      Fault fault,
      String step,
      String operation) {
    boolean interrupted = Thread.interrupted(); // what stopped the work must not stop its report
    var task = work.task();
    var copy = frame.copy();
    copy.set(Frame.ERROR, Builtin.error(fault, step, operation));
    try (var scope = Scope.open()) {
      var beside = new Work(task, Deadline.NONE, scope);
      engine
          .guarded()
          .limited(limit, "on_error", beside, inner -> handleEach(handlers, copy, inner));
    } catch (InterruptedException _) {
      interrupted = true;
    } catch (RuntimeException e) {
      report(task, "on_error", handlers.getFirst().head().origin(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Value handleEach(List<Node> handlers, Frame frame, Work work)
      throws InterruptedException {
    for (var handler : handlers) {
      try {
        engine.step(handler, frame, work);
      } catch (Failure e) {
        report(work.task(), handler.head().name(), handler.head().origin(), e);
      }
    }
    return Value.Null.NULL;
  }

  void report(Task task, String step, Origin origin, RuntimeException thrown) {
    listener.on(
        new Listener.Event.AttemptFailed(
            task.route(),
            step,
            1,
            Failure.reported(thrown),
            Duration.ZERO,
            Failure.origin(thrown, origin)));
  }

  /** Undoes what was done since {@code mark}, after a failure. */
  void undo(Work work, int mark, RuntimeException thrown) {
    if (work.saga().mark() > mark) {
      var failure = thrown instanceof Failure known ? known : null;
      undo(
          work,
          mark,
          work.scope().anyReason().orElseGet(() -> Failure.faultOf(thrown)),
          failure == null ? "" : failure.localStep(),
          failure == null ? "" : failure.operation());
    }
  }

  /** The same after a stop. */
  void undoStopped(Work work, int mark) {
    if (work.saga().mark() > mark) {
      undo(
          work,
          mark,
          work.scope()
              .anyReason()
              .orElseGet(() -> Fault.of(Fault.Code.CANCELLED, "the work was interrupted")),
          "",
          "");
    }
  }

  /**
   * The last first, on a thread of its own: what stops the work, as the end of its time or a caller
   * that goes away, must not stop half way what undoes it.
   */
  void undo(Work work, int mark, Fault fault, String step, String operation) {
    var done = inOrder(work.saga().takeSince(mark));
    if (done.isEmpty()) {
      return;
    }
    var undoing = new Undoing(work.task(), done, Builtin.error(fault, step, operation));
    if (work.scope().anyReason().isPresent()) {
      var left = work.task().undoNanosLeft();
      long begun = world.nanos();
      undoing.run(Duration.ofNanos(Math.max(0, left.get())));
      left.addAndGet(begun - world.nanos());
    } else {
      undoing.run(UNDO_MAX);
    }
  }

  /** For tests that break it on purpose. */
  List<Saga.Done> inOrder(List<Saga.Done> lastFirst) {
    return lastFirst;
  }

  private final class Undoing {
    private final Task task;
    private final List<Saga.Done> done;
    private final Value error;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Scope scope = Scope.unbound();
    private int undone;
    private boolean isOver;

    Undoing(Task task, List<Saga.Done> done, Value error) {
      this.task = task;
      this.done = done;
      this.error = error;
    }

    void run(Duration limit) {
      task.start(world, "compensate", () -> undoAll(limit));
      var timer = world.after(limit.plus(STUBBORN_MAX), this::end);
      lock.lock();
      try {
        while (!isOver) {
          changed.awaitUninterruptibly();
        }
      } finally {
        lock.unlock();
        timer.cancel();
      }
    }

    private void end() {
      lock.lock();
      try {
        isOver = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    private void undoAll(Duration limit) {
      scope.enter();
      try (scope) {
        var beside = new Work(task, Deadline.NONE, scope);
        engine.guarded().limited(limit, "compensate", beside, this::undoEach);
      } catch (InterruptedException _) {
        // only its own limit stops it
      } catch (RuntimeException e) {
        for (; undone < done.size(); undone++) {
          report(done.get(undone), e);
        }
      } finally {
        end();
      }
    }

    private Value undoEach(Work work) throws InterruptedException {
      for (; undone < done.size(); undone++) {
        var one = done.get(undone);
        var frame = one.frame().copy();
        frame.set(Frame.ERROR, error);
        try {
          for (var step : one.node().head().compensate()) {
            engine.step(step, frame, work);
          }
        } catch (Failure e) {
          report(one, e);
        }
      }
      return Value.Null.NULL;
    }

    private void report(Saga.Done one, RuntimeException thrown) {
      var head = one.node().head();
      Aside.this.report(task, "compensate of " + head.name(), head.origin(), thrown);
    }
  }
}
