package io.unikernal.kernel.resilience;

import io.unikernal.model.Policy;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The policies of one place, ready to use: every rate limit counts, of time limits the shortest, of
 * retries the first, which is the nearest.
 */
public record Policies(
    List<RateLimiter> limits, Optional<Duration> timeout, Optional<Retry> retry) {
  public static final Policies NONE = new Policies(List.of(), Optional.empty(), Optional.empty());

  public static Policies of(World world, List<Policy> policies) {
    if (policies.isEmpty()) {
      return NONE;
    }
    var limits = new ArrayList<RateLimiter>();
    Optional<Duration> timeout = Optional.empty();
    Optional<Retry> retry = Optional.empty();
    for (var policy : policies) {
      switch (policy) {
        case Policy.RateLimit limit -> limits.add(new RateLimiter(world, limit));
        case Policy.Timeout(var after, _) ->
            timeout = Optional.of(timeout.filter(t -> t.compareTo(after) <= 0).orElse(after));
        case Policy.Retry again ->
            retry = retry.isPresent() ? retry : Optional.of(new Retry(world, again));
      }
    }
    return new Policies(List.copyOf(limits), timeout, retry);
  }

  /** Takes one from each limit or throws OVERLOADED. */
  public void acquire(String what) {
    for (int i = 0; i < limits.size(); i++) {
      limits.get(i).acquire(what);
    }
  }

  public boolean areNone() {
    return this == NONE;
  }
}
