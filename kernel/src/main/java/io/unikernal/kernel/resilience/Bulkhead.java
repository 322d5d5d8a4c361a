package io.unikernal.kernel.resilience;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Policy;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * At most so many at once; others wait in a queue, the more important first, and of equals who came
 * first. When it is full the least important is refused, the last that came. Who waits may be
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

  /**
   * How it is used at one place.
   *
   * @param priority gives how important a message is; all are alike without it
   */
  record At(Bulkhead bulkhead, Optional<Policy.Rule> priority) {
    Optional<Value> run(Asked asked, Attempt attempt) throws InterruptedException {
      long importance = priority.map(rule -> number(asked.value(rule))).orElse(0L);
      return bulkhead.run(asked, importance, attempt);
    }

    private static long number(Value value) {
      return value instanceof Value.Int(var number) ? number : 0;
    }
  }

  private static final class Waiter implements Comparable<Waiter> {
    final Condition changed;
    final long importance;
    final long number;
    boolean isIn;
    boolean isLate;

    Waiter(Condition changed, long importance, long number) {
      this.changed = changed;
      this.importance = importance;
      this.number = number;
    }

    @Override
    public int compareTo(Waiter other) {
      int byImportance = Long.compare(other.importance, importance);
      return byImportance != 0 ? byImportance : Long.compare(number, other.number);
    }
  }

  private final World world;
  private final Room room;
  private final Policy.Concurrency policy;
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeSet<Waiter> queue = new TreeSet<>();
  private long waited;
  private int running;

  Bulkhead(World world, Room room, Policy.Concurrency policy) {
    this.world = world;
    this.room = room;
    this.policy = policy;
  }

  Optional<Value> run(Asked asked, long importance, Attempt attempt) throws InterruptedException {
    long begun = enter(asked, importance);
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
  long enter(Asked asked, long importance) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (running < room.size() && queue.isEmpty()) {
        running++;
        return world.nanos();
      }
      asked.acted(policy);
      if (queue.size() < policy.queue() || displaces(importance)) {
        await(asked, importance);
      } else {
        throw refused(asked);
      }
      return world.nanos();
    } finally {
      lock.unlock();
    }
  }

  /** Whether one that is less important had to make room in the queue. */
  private boolean displaces(long importance) {
    if (queue.isEmpty() || queue.last().importance >= importance) {
      return false;
    }
    var last = queue.removeLast();
    last.isLate = true;
    last.changed.signal();
    return true;
  }

  private void await(Asked asked, long importance) throws InterruptedException {
    var waiter = new Waiter(lock.newCondition(), importance, waited++);
    long left = asked.deadline().remaining(world.nanos()).toNanos();
    queue.add(waiter);
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
                .formatted(asked.what(), room.size(), policy.queue())));
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
      if (queue.isEmpty()) {
        return;
      }
      var first = queue.removeFirst();
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
