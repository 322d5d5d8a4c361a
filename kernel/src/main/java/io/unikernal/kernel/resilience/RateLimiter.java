package io.unikernal.kernel.resilience;

import io.unikernal.model.Policy;
import io.unikernal.spi.World;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket that holds one number: the time at which it will be full again (GCRA). So it costs
 * one clock reading and one compare-and-set, and nothing has to refill it.
 */
public final class RateLimiter {
  private final World world;
  private final Policy.RateLimit policy;

  /** Time that one message takes out of the bucket; rounded up, so never more than the limit. */
  private final long share;

  private final long depth;
  private final AtomicLong fullAt;

  public RateLimiter(World world, Policy.RateLimit policy) {
    this.world = world;
    this.policy = policy;
    share = Math.ceilDiv(policy.window().toNanos(), (long) policy.limit());
    int burst = policy.burst() > 0 ? policy.burst() : policy.limit();
    depth = Math.multiplyExact(share, (long) burst);
    fullAt = new AtomicLong(world.nanos());
  }

  /** One for a part of those whom {@code other} was for: it has as little left as that one. */
  RateLimiter(RateLimiter other) {
    this(other.world, other.policy);
    fullAt.set(other.fullAt.get());
  }

  /** Takes one; otherwise the nanoseconds after which there will be one. */
  public long tryAcquire() {
    long now = world.nanos();
    while (true) {
      long current = fullAt.get();
      long next = (current - now > 0 ? current : now) + share;
      long early = next - now - depth;
      if (early > 0) {
        return early;
      }
      if (fullAt.compareAndSet(current, next)) {
        return 0;
      }
    }
  }

  /** Takes one or throws OVERLOADED, which says when to come back. */
  public void acquire(String what) {
    long wait = tryAcquire();
    if (wait > 0) {
      throw Refused.overloaded(
          "`%s` takes at most %d in %s"
              .formatted(what, policy.limit(), Durations.text(policy.window())),
          wait);
    }
  }

  /** Whether it says nothing any more: a new one would do the same. */
  boolean isFull() {
    return fullAt.get() - world.nanos() <= 0;
  }
}
