package io.unikernal.kernel.routing;

import io.unikernal.spi.World;
import java.time.Duration;
import java.util.Optional;
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
  private final Outage outage;
  private final ReentrantLock lock = new ReentrantLock();
  private final Histogram times;
  private long callsEver;
  private long failuresEver;
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
  private boolean wasEverEjected;

  public Statistics(World world) {
    this(world, Outage.NEVER);
  }

  /** {@code outage}: of its system. */
  public Statistics(World world, Outage outage) {
    this.world = world;
    this.outage = outage;
    decayedAt = world.nanos();
    times = new Histogram(decayedAt);
  }

  /**
   * What people are told.
   *
   * @param calls since the start
   * @param p50 of the calls lately; zero if there were none
   * @param share how much of its share it may have now
   * @param leftOutFor how long it is left out for its failures; zero if it is not
   * @param isDown whether its system is known not to work
   */
  public record Report(
      long calls,
      long errors,
      Duration p50,
      Duration p95,
      Duration p99,
      int inFlight,
      double share,
      Duration leftOutFor,
      boolean isDown) {}

  public Report report() {
    boolean down = outage.isDown();
    double share = share();
    lock.lock();
    try {
      long left = wasEjected ? Math.max(0, ejectedUntil - world.nanos()) : 0;
      return new Report(
          callsEver,
          failuresEver,
          Duration.ofNanos(times.percentile(50)),
          Duration.ofNanos(times.percentile(95)),
          Duration.ofNanos(times.percentile(99)),
          inFlight,
          share,
          Duration.ofNanos(left),
          down);
    } finally {
      lock.unlock();
    }
  }

  /** The time that so many percent of the calls lately did not exceed; empty while unknown. */
  public Optional<Duration> percentile(double percent) {
    lock.lock();
    try {
      return times.calls(world.nanos()) < Histogram.KNOWN_MIN
          ? Optional.empty()
          : Optional.of(Duration.ofNanos(times.percentile(percent)));
    } finally {
      lock.unlock();
    }
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
      long now = world.nanos();
      times.add(now - begun, now);
      callsEver++;
      failuresEver += success ? 0 : 1;
      double nanos = now - begun;
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
    wasEverEjected = true;
    inARow = FAILURES_MAX - 1; // one more failure is enough next time
    return true;
  }

  /** How much of its share it may have now: 0 while it is left out, then more and more, up to 1. */
  double share() {
    if (outage.isDown()) {
      return 0;
    }
    long endedAt = outage.endedAt();
    lock.lock();
    try {
      if (endedAt != Long.MIN_VALUE && (!wasEverEjected || endedAt - ejectedUntil > 0)) {
        ejectedUntil = endedAt; // it comes back little by little, as after failures
        wasEjected = true;
        wasEverEjected = true;
      }
      if (!wasEjected) {
        return 1;
      }
      double since = world.nanos() - ejectedUntil;
      return since < 0 ? 0 : Math.clamp(since / SLOW_START.toNanos(), 0.05, 1);
    } finally {
      lock.unlock();
    }
  }

  /** Whether it may take a message now: always, or not, or by chance while it comes back. */
  public boolean mayTake() {
    double share = share();
    return share >= 1 || share > 0 && world.random() < share;
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
