package io.unikernal.kernel.resilience;

import io.unikernal.model.Policy;
import io.unikernal.spi.World;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The limiters of a plan. A policy of an operation or of a system stands in the list of every place
 * that uses it, and is one object in all of them: they share one limiter. Filled while the plan is
 * linked, by one thread.
 */
public final class Limits {
  private final Map<Policy.RateLimit, RateLimiter> limiters = new IdentityHashMap<>();

  RateLimiter of(World world, Policy.RateLimit policy) {
    return limiters.computeIfAbsent(policy, _ -> new RateLimiter(world, policy));
  }
}
