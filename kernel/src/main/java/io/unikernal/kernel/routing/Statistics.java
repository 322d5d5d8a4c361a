package io.unikernal.kernel.routing;

import io.unikernal.spi.World;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is known of one target: how its calls went lately, how many are under way, and whether it is
 * left out for a while. What happened counts half after {@link #HALF_LIFE}, so a target that nobody
 * calls becomes unknown again, and is tried again.
 */
public final class Statistics {
  static final Duration HALF_LIFE = Duration.ofSeconds(10);

  /** Failures in a row after which a target is left out. */
  static final int FAILURES_MAX = 5;

  /** How long it is left out the first time; twice as long each time after, up to the most. */
  static final Duration EJECTED_MIN = Duration.ofSeconds(5);

  static final Duration EJECTED_MAX = Duration.ofMinutes(1);

  /** How long it takes after that until it gets its whole share again. */
  static final Duration SLOW_START = Duration.ofSeconds(10);

  /** With less than this many calls in memory a target is unknown. */
  static final double KNOWN_MIN = 0.5;

  private final World world;
  private final ReentrantLock lock = new ReentrantLock();
  private double calls;
  private double failures;
  private double nanosSum;
  private double squaresSum;
  private long decayedAt;
  private int inFlight;
  private int inARow;
  private int ejections;
  private long ejectedUntil;
  private boolean wasEjected;

  public Statistics(World world) {
    this.world = world;
    decayedAt = world.nanos();
  }

  /**
   * At one moment.
   *
   * @param calls those in memory, each by its age
   * @param deviationNanos how much the times differ from their mean
   */
  public record Snapshot(
      double calls, double failures, double meanNanos, double deviationNanos, int inFlight) {
    boolean isKnown() {
      return calls >= KNOWN_MIN;
    }

    double failureRate() {
      return isKnown() ? failures / calls : 0;
    }
  }

  /** A call begins; gives what {@link #end} wants. */
  public long begin() {
    lock.lock();
    try {
      inFlight++;
      return world.nanos();
    } finally {
      lock.unlock();
    }
  }

  /** The call was given up by who made it: it says nothing of the target. */
  public void abandon() {
    lock.lock();
    try {
      inFlight--;
    } finally {
      lock.unlock();
    }
  }

  /** Whether that made the target one to leave out. */
  public boolean end(long begun, boolean success) {
    lock.lock();
    try {
      inFlight--;
      decay();
      double nanos = world.nanos() - begun;
      calls++;
      nanosSum += nanos;
      squaresSum += nanos * nanos;
      if (success) {
        inARow = 0;
        if (wasEjected && world.nanos() - ejectedUntil > SLOW_START.toNanos()) {
          wasEjected = false;
          ejections = 0;
        }
        return false;
      }
      failures++;
      return ++inARow >= FAILURES_MAX && eject();
    } finally {
      lock.unlock();
    }
  }

  private boolean eject() {
    long now = world.nanos();
    if (wasEjected && now < ejectedUntil) {
      return false;
    }
    long time = EJECTED_MIN.toNanos() << Math.min(ejections, 10);
    ejectedUntil = now + Math.min(EJECTED_MAX.toNanos(), time);
    ejections++;
    wasEjected = true;
    inARow = FAILURES_MAX - 1; // one more failure is enough next time
    return true;
  }

  /** How much of its share it may have now: 0 while it is left out, then more and more, up to 1. */
  double share() {
    lock.lock();
    try {
      if (!wasEjected) {
        return 1;
      }
      double since = world.nanos() - ejectedUntil;
      return since < 0 ? 0 : Math.clamp(since / SLOW_START.toNanos(), 0.05, 1);
    } finally {
      lock.unlock();
    }
  }

  public Snapshot snapshot() {
    lock.lock();
    try {
      decay();
      double mean = calls > 0 ? nanosSum / calls : 0;
      double variance = calls > 0 ? Math.max(0, squaresSum / calls - mean * mean) : 0;
      return new Snapshot(calls, failures, mean, Math.sqrt(variance), inFlight);
    } finally {
      lock.unlock();
    }
  }

  private void decay() {
    long now = world.nanos();
    double left = Math.pow(0.5, (now - decayedAt) / (double) HALF_LIFE.toNanos());
    decayedAt = now;
    calls *= left;
    failures *= left;
    nanosSum *= left;
    squaresSum *= left;
  }
}
