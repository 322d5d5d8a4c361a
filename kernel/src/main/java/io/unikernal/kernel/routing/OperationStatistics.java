package io.unikernal.kernel.routing;

import io.unikernal.spi.World;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How the calls of one operation go, whoever makes them. Every call is counted. Of many calls one
 * in {@link #TIMED_EVERY} is timed: a percentile of those is one of all, and the others cost no
 * look at the clock.
 */
public final class OperationStatistics {
  /** The first calls are timed all. */
  static final int TIMED_FIRST = 1_000;

  static final int TIMED_EVERY = 8;

  /** Fibonacci hashing: Knuth, The Art of Computer Programming, 6.4. */
  private static final int GOLDEN_RATIO = 0x9E37_79B9;

  /** What {@link #begin} gives where it looked at no clock. */
  private static final long UNTIMED = Long.MIN_VALUE;

  private final World world;
  private final LongAdder calls = new LongAdder();
  private final LongAdder errors = new LongAdder();

  /** Not exact where several threads count at once: it only chooses what is timed. */
  private final AtomicInteger turn = new AtomicInteger();

  private final ReentrantLock lock = new ReentrantLock();
  private final Histogram times;

  public OperationStatistics(World world) {
    this.world = world;
    times = new Histogram(world.nanos());
  }

  /** Times are zero where there was no call lately. */
  public record Report(long calls, long errors, Duration p50, Duration p95, Duration p99) {}

  /** A call begins: what to give to {@link #end}. */
  public long begin() {
    calls.increment();
    int number = turn.getPlain();
    turn.setPlain(number + 1);
    boolean isTimed = number >= 0 && number < TIMED_FIRST || isChosen(number);
    return isTimed ? world.nanos() : UNTIMED;
  }

  /** By its hash, or a pattern in the calls would be taken for all of them. */
  private static boolean isChosen(int number) {
    return (number * GOLDEN_RATIO) >>> 16 < (1 << 16) / TIMED_EVERY;
  }

  public void end(long begun, boolean isGood) {
    if (!isGood) {
      errors.increment();
    }
    if (begun == UNTIMED) {
      return;
    }
    long now = world.nanos();
    lock.lock();
    try {
      times.add(Math.max(0, now - begun), now);
    } finally {
      lock.unlock();
    }
  }

  public Report report() {
    lock.lock();
    try {
      return new Report(
          calls.sum(),
          errors.sum(),
          Duration.ofNanos(times.percentile(50)),
          Duration.ofNanos(times.percentile(95)),
          Duration.ofNanos(times.percentile(99)));
    } finally {
      lock.unlock();
    }
  }
}
