package io.unikernal.kernel.resilience;

import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Policy;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.Optional;

/** When to try again, and when to leave it. */
public final class Retry {
  private final World world;
  private final Policy.Retry policy;
  private final Optional<Budget> budget;

  public Retry(World world, Policy.Retry policy) {
    this.world = world;
    this.policy = policy;
    budget = policy.budget().map(Budget::new);
  }

  public Policy.Retry policy() {
    return policy;
  }

  /** A call begins, of which there may be more attempts. */
  public void begin() {
    budget.ifPresent(Budget::pay);
  }

  /**
   * How long to wait after attempt number {@code failed} (from 1); empty when that was the last: it
   * is not tried again, another would be one too many, would begin after the deadline, or is more
   * than the budget has.
   */
  public Optional<Duration> delayAfter(int failed, Fault fault, Deadline deadline) {
    int bound = Math.min(policy.attempts(), Policy.Retry.ATTEMPTS_MAX);
    if (!isForRetry(fault) || failed >= bound) {
      return Optional.empty();
    }
    long nanos = Math.max(jittered(backoff(failed)), retryAfter(fault));
    nanos = Math.min(nanos, policy.maxDelay().toNanos());
    if (!deadline.isNone() && nanos >= deadline.nanos() - world.nanos()) {
      return Optional.empty();
    }
    return budget.isPresent() && !budget.get().take()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(nanos));
  }

  /** The author knows better than the fault which of them pass. */
  private boolean isForRetry(Fault fault) {
    return policy.on().isEmpty() ? fault.retryable() : policy.on().contains(fault.code());
  }

  private long backoff(int failed) {
    long delay = policy.delay().toNanos();
    long max = policy.maxDelay().toNanos();
    double factor =
        switch (policy.backoff()) {
          case CONSTANT -> 1;
          case LINEAR -> failed;
          case EXPONENTIAL -> Math.pow(2, failed - 1);
        };
    return (long) Math.min((double) max, delay * factor);
  }

  /** Jitter only shortens, so that {@code max_delay} is one. */
  private long jittered(long nanos) {
    return policy.jitter() <= 0
        ? nanos
        : (long) (nanos * (1 - Math.min(1, policy.jitter()) * world.random()));
  }

  private static long retryAfter(Fault fault) {
    return fault.details().fields().get(Fault.RETRY_AFTER_MS) instanceof Value.Int(var millis)
            && millis > 0
        ? Duration.ofMillis(millis).toNanos()
        : 0;
  }
}
