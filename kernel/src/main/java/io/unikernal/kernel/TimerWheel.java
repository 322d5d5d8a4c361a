package io.unikernal.kernel;

import io.unikernal.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A hashed timer wheel on one daemon thread. Made for time-outs, which are set for every message
 * and almost always cancelled: both are O(1), and the thread is woken only for a timer that is due
 * before it would look anyway, so a stream of equal time-outs wakes it once per time-out and not
 * once per message. Never fires early, and up to a tick late.
 */
final class TimerWheel {
  static final long TICK_NANOS = 10_000_000;
  private static final int SLOTS = 512;
  private static final int LOCKS = 64;

  private final long origin = System.nanoTime();
  private final @Nullable Node[] heads = new Node[SLOTS];
  private final AtomicIntegerArray sizes = new AtomicIntegerArray(SLOTS);
  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];
  private final ReentrantLock starting = new ReentrantLock();
  private volatile @Nullable Thread thread;

  /** Ticks up to this one have been, or are being, fired. */
  private volatile long horizon;

  /** The tick at which the thread will look by itself. */
  private volatile long wakeAt = Long.MAX_VALUE;

  TimerWheel() {
    Arrays.setAll(locks, _ -> new ReentrantLock());
  }

  World.Timer after(Duration time, Runnable action) {
    long due = dueTick(time);
    while (true) {
      var node = new Node(due, action);
      if (link(node)) {
        if (due < wakeAt) {
          LockSupport.unpark(running());
        }
        return node;
      }
      due = horizon + 1;
    }
  }

  /** Timers that are still to come. */
  int pending() {
    int sum = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      sum += sizes.get(slot);
    }
    return sum;
  }

  private long dueTick(Duration time) {
    long elapsed = System.nanoTime() - origin;
    long delay = time.isNegative() ? 0 : nanosOf(time);
    return (elapsed + Math.min(delay, Long.MAX_VALUE - elapsed - TICK_NANOS) + TICK_NANOS - 1)
        / TICK_NANOS;
  }

  private static long nanosOf(Duration time) {
    try {
      return time.toNanos();
    } catch (ArithmeticException _) {
      return Long.MAX_VALUE;
    }
  }

  private Thread running() {
    var current = thread;
    if (current != null) {
      return current;
    }
    starting.lock();
    try {
      current = thread;
      if (current == null) {
        current = Thread.ofPlatform().daemon().name("unikernal-timers").unstarted(this::turn);
        thread = current;
        current.start();
      }
      return current;
    } finally {
      starting.unlock();
    }
  }

  /** False when the wheel has already turned past the node's tick. */
  private boolean link(Node node) {
    var lock = locks[node.slot % LOCKS];
    lock.lock();
    try {
      if (node.tick <= horizon) {
        return false;
      }
      node.next = heads[node.slot];
      if (node.next != null) {
        node.next.previous = node;
      }
      heads[node.slot] = node;
      node.linked = true;
      sizes.incrementAndGet(node.slot);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock of the node's slot. */
  private void unlink(Node node) {
    if (node.previous == null) {
      heads[node.slot] = node.next;
    } else {
      node.previous.next = node.next;
    }
    if (node.next != null) {
      node.next.previous = node.previous;
    }
    node.linked = false;
    sizes.decrementAndGet(node.slot);
  }

  private void turn() {
    var due = new ArrayList<Node>();
    while (true) {
      // From here until the new value, whoever adds a timer wakes us: nothing is overlooked.
      wakeAt = Long.MAX_VALUE;
      long from = horizon + 1;
      long now = (System.nanoTime() - origin) / TICK_NANOS;
      horizon = now;
      for (long tick = Math.max(from, now - SLOTS + 1); tick <= now; tick++) {
        take((int) (tick % SLOTS), now, due);
      }
      fire(due);
      long next = nextBusy(now);
      wakeAt = next;
      if (next == Long.MAX_VALUE) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, next * TICK_NANOS - (System.nanoTime() - origin));
      }
    }
  }

  private void take(int slot, long now, List<Node> due) {
    if (sizes.get(slot) == 0) {
      return;
    }
    var lock = locks[slot % LOCKS];
    lock.lock();
    try {
      for (var node = heads[slot]; node != null; node = node.next) {
        if (node.tick <= now) {
          unlink(node);
          due.add(node);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("CatchAndPrintStackTrace")
  private static void fire(List<Node> due) {
    for (var node : due) {
      try {
        node.action.run();
      } catch (RuntimeException e) {
        var current = Thread.currentThread();
        current.getUncaughtExceptionHandler().uncaughtException(current, e);
      }
    }
    due.clear();
  }

  /** The first tick after {@code now} whose slot holds anything, be it for a later round. */
  private long nextBusy(long now) {
    for (long tick = now + 1; tick <= now + SLOTS; tick++) {
      if (sizes.get((int) (tick % SLOTS)) > 0) {
        return tick;
      }
    }
    return Long.MAX_VALUE;
  }

  private final class Node implements World.Timer {
    private final long tick;
    private final int slot;
    private final Runnable action;
    private @Nullable Node previous;
    private @Nullable Node next;
    private boolean linked;

    Node(long tick, Runnable action) {
      this.tick = tick;
      this.slot = (int) (tick % SLOTS);
      this.action = action;
    }

    @Override
    public boolean cancel() {
      var lock = locks[slot % LOCKS];
      lock.lock();
      try {
        if (!linked) {
          return false;
        }
        unlink(this);
        return true;
      } finally {
        lock.unlock();
      }
    }
  }
}
