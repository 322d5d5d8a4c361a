package io.unikernal.kernel.resilience;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * At most so many at once; others wait in a queue, who came first goes first. Who waits may be
 * stopped, and waits no longer than its deadline or {@link #WAIT_MAX}.
 */
final class Bulkhead {
  /** How long one waits at most, whatever its deadline. */
  static final Duration WAIT_MAX = Duration.ofSeconds(30);

  /** How many may run, which may change with what is seen of those that ran. */
  interface Room {
    int size();

    /** A call took so long; {@code running} ran when it ended, itself among them. */
    void seen(long nanos, int running, boolean isOverload);
  }

  /** A room that stays. */
  record Fixed(int size) implements Room {
    @Override
    public void seen(long nanos, int running, boolean isOverload) {}
  }

  private static final class Waiter {
    final Condition changed;
    boolean isIn;
    boolean isLate;

    Waiter(Condition changed) {
      this.changed = changed;
    }
  }

  private final World world;
  private final Room room;
  private final int queueMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Waiter> queue = new ArrayDeque<>();
  private int running;

  Bulkhead(World world, Room room, int queueMax) {
    this.world = world;
    this.room = room;
    this.queueMax = queueMax;
  }

  Optional<Value> run(Asked asked, Attempt attempt) throws InterruptedException {
    long begun = enter(asked);
    boolean isOverload = false;
    try {
      return attempt.run();
    } catch (RuntimeException e) {
      isOverload = isOverload(e);
      throw e;
    } finally {
      leave(begun, isOverload);
    }
  }

  private static boolean isOverload(Throwable thrown) {
    for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof FaultException e) {
        var code = e.fault().code();
        return code == Fault.Code.TIMEOUT || code == Fault.Code.OVERLOADED;
      }
    }
    return false;
  }

  /** Waits for its turn; the time at which it came, for {@link #leave}. */
  long enter(Asked asked) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (running < room.size() && queue.isEmpty()) {
        running++;
      } else if (queue.size() >= queueMax) {
        throw refused(asked);
      } else {
        await(asked);
      }
      return world.nanos();
    } finally {
      lock.unlock();
    }
  }

  private void await(Asked asked) throws InterruptedException {
    var waiter = new Waiter(lock.newCondition());
    long left = asked.deadline().remaining(world.nanos()).toNanos();
    queue.addLast(waiter);
    var timer =
        world.after(
            Duration.ofNanos(Math.min(left, WAIT_MAX.toNanos())),
            () -> {
              lock.lock();
              try {
                waiter.isLate = true;
                waiter.changed.signal();
              } finally {
                lock.unlock();
              }
            });
    try {
      while (!waiter.isIn && !waiter.isLate) {
        waiter.changed.await();
      }
    } catch (InterruptedException e) {
      if (waiter.isIn) {
        running--;
        letIn();
      }
      throw e;
    } finally {
      queue.remove(waiter);
      timer.cancel();
    }
    if (!waiter.isIn) {
      throw refused(asked);
    }
  }

  private Refused refused(Asked asked) {
    return new Refused(
        Fault.of(
            Fault.Code.OVERLOADED,
            "`%s` runs at most %d at once, and %d more may wait"
                .formatted(asked.what(), room.size(), queueMax)));
  }

  /** {@code isOverload}: it ended as what has too much to do ends. */
  void leave(long begun, boolean isOverload) {
    lock.lock();
    try {
      room.seen(world.nanos() - begun, running, isOverload);
      running--;
      letIn();
    } finally {
      lock.unlock();
    }
  }

  private void letIn() {
    while (running < room.size()) {
      var first = queue.pollFirst();
      if (first == null) {
        return;
      }
      if (!first.isLate) {
        running++;
        first.isIn = true;
        first.changed.signal();
      }
    }
  }

  /** For people. */
  String text() {
    lock.lock();
    try {
      return "%d of %d run, %d wait".formatted(running, room.size(), queue.size());
    } finally {
      lock.unlock();
    }
  }
}
