package io.unikernal.kernel.routing;

import io.unikernal.spi.World;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether a canary does worse than the members, and the end of its trial if it does.
 *
 * <p>After each {@link #LOOK_EVERY} calls of the canary two questions are asked, once both sides
 * have {@link #CALLS_MIN} calls in memory (half-life {@link #HALF_LIFE}). Errors: is its rate
 * higher by a one-sided two-proportion z-test with pooled variance, {@code z >} {@link #Z_MIN}, and
 * by at least {@link #ERRORS_MIN}? Times of its successes: is the mean of their logarithms higher
 * by Welch's test, with the same bound, and the geometric mean at least {@link #SLOWER_MIN} times
 * the members'? The least differences keep many calls from making a trifle significant. And the
 * calls since the last look must point the same way, so that what is past is no new evidence.
 *
 * <p>Hysteresis: only {@link #TIMES} answers "worse" in a row end the trial, so that one burst does
 * not; and an ended trial does not begin again by itself, so that it does not flap.
 */
public final class Trial {
  public static final double CALLS_MIN = 20;
  public static final int LOOK_EVERY = 10;
  public static final int TIMES = 3;
  public static final double Z_MIN = 3;
  public static final double ERRORS_MIN = 0.02;
  public static final double SLOWER_MIN = 1.25;
  public static final Duration HALF_LIFE = Duration.ofMinutes(10);

  private final Tally canary;
  private final Tally members;
  private final ReentrantLock lock = new ReentrantLock();
  private Sums recent = Sums.NONE;
  private int worse;
  private volatile Optional<String> ended = Optional.empty();

  /** {@code members}: of all members together; shared by the canaries of one target. */
  public Trial(World world, Tally members) {
    this.canary = new Tally(world);
    this.members = members;
  }

  /** Why it was rolled back, if it was. */
  public Optional<String> ended() {
    return ended;
  }

  /** Books a call of the canary; whether that ended the trial. */
  public boolean book(long nanos, boolean success) {
    canary.add(nanos, success);
    lock.lock();
    try {
      recent = recent.with(nanos, success);
      if (ended.isPresent() || recent.calls < LOOK_EVERY) {
        return false;
      }
      var verdict = verdict(canary.read(), members.read(), recent);
      recent = Sums.NONE;
      worse = verdict.isPresent() ? worse + 1 : 0;
      if (worse < TIMES) {
        return false;
      }
      ended = verdict;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** In what it is worse, if it is. */
  private static Optional<String> verdict(Sums canary, Sums members, Sums recent) {
    if (canary.calls < CALLS_MIN || members.calls < CALLS_MIN) {
      return Optional.empty();
    }
    double rate = canary.failures / canary.calls;
    double usual = members.failures / members.calls;
    double pooled = (canary.failures + members.failures) / (canary.calls + members.calls);
    double error = Math.sqrt(pooled * (1 - pooled) * (1 / canary.calls + 1 / members.calls));
    boolean isLasting = recent.failures / recent.calls > usual;
    if (isLasting && rate - usual >= ERRORS_MIN && rate - usual > Z_MIN * error) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%.1f%% of its calls failed, and %.1f%% of the members'",
              rate * 100,
              usual * 100));
    }
    return slower(canary, members, recent);
  }

  private static Optional<String> slower(Sums canary, Sums members, Sums recent) {
    if (canary.successes() < CALLS_MIN || members.successes() < CALLS_MIN) {
      return Optional.empty();
    }
    double error =
        Math.sqrt(
            canary.variance() / canary.successes() + members.variance() / members.successes());
    double difference = canary.mean() - members.mean();
    boolean isLasting = recent.successes() > 0 && recent.mean() > members.mean();
    return isLasting && difference >= Math.log(SLOWER_MIN) && difference > Z_MIN * error
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "its answers took %.1f times as long as the members'",
                Math.exp(difference)))
        : Optional.empty();
  }

  /** How calls ended, each by its age; of the successes the logarithms of their nanoseconds. */
  private record Sums(double calls, double failures, double logs, double squares) {
    static final Sums NONE = new Sums(0, 0, 0, 0);

    Sums with(long nanos, boolean success) {
      double log = success ? Math.log(Math.max(1, nanos)) : 0;
      return new Sums(calls + 1, failures + (success ? 0 : 1), logs + log, squares + log * log);
    }

    double successes() {
      return calls - failures;
    }

    double mean() {
      return logs / successes();
    }

    double variance() {
      return Math.max(0, squares / successes() - mean() * mean());
    }
  }

  /** How the calls of one side went. */
  public static final class Tally {
    private final World world;
    private final ReentrantLock lock = new ReentrantLock();
    private Sums sums = Sums.NONE;
    private long at;

    public Tally(World world) {
      this.world = world;
      at = world.nanos();
    }

    public void add(long nanos, boolean success) {
      lock.lock();
      try {
        sums = read().with(nanos, success);
      } finally {
        lock.unlock();
      }
    }

    private Sums read() {
      lock.lock();
      try {
        long now = world.nanos();
        double left = Math.pow(0.5, (now - at) / (double) HALF_LIFE.toNanos());
        at = now;
        sums =
            new Sums(
                sums.calls * left, sums.failures * left, sums.logs * left, sums.squares * left);
        return sums;
      } finally {
        lock.unlock();
      }
    }
  }
}
