package io.unikernal.kernel.resilience;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Policy;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The policies of one place, ready to use: every rate limit counts, of time limits the shortest, of
 * retries the first, which is the nearest.
 */
public record Policies(
    List<RateLimiter> limits, Optional<Duration> timeout, Optional<Retry> retry) {
  public static final Policies NONE = new Policies(List.of(), Optional.empty(), Optional.empty());

  /** Those of one place alone. */
  public static Policies of(World world, List<Policy> policies) {
    return of(world, new Limits(), policies);
  }

  public static Policies of(World world, Limits shared, List<Policy> policies) {
    if (policies.isEmpty()) {
      return NONE;
    }
    var limits = new ArrayList<RateLimiter>();
    Optional<Duration> timeout = Optional.empty();
    Optional<Retry> retry = Optional.empty();
    for (var policy : policies) {
      switch (policy) {
        case Policy.RateLimit limit -> limits.add(shared.of(world, limit));
        case Policy.Timeout(var after, _) ->
            timeout = Optional.of(timeout.filter(t -> t.compareTo(after) <= 0).orElse(after));
        case Policy.Retry again ->
            retry = retry.isPresent() ? retry : Optional.of(new Retry(world, again));
        case Policy.Access _, Policy.Custom _, Policy.Quota _, Policy.DeadLetter _ ->
            throw notYet(policy);
        case Policy.Sample _, Policy.Validate _, Policy.Idempotency _, Policy.Cache _ ->
            throw notYet(policy);
        case Policy.Concurrency _, Policy.CircuitBreaker _ -> throw notYet(policy);
      }
    }
    return new Policies(List.copyOf(limits), timeout, retry);
  }

  /** The checker refuses it before: one that comes here must not be passed over in silence. */
  private static FaultException notYet(Policy policy) {
    return Fault.of(
            Fault.Code.UNSUPPORTED,
            "the policy `" + policy.kind() + "` is not available yet (" + policy.origin() + ")")
        .toException();
  }

  /**
   * With those of the system that is called: of the time limits the shortest, its retry where no
   * nearer one is. Its limits count at the call itself.
   */
  public Policies andOf(Policies system) {
    if (system.timeout.isEmpty() && (system.retry.isEmpty() || retry.isPresent())) {
      return this;
    }
    Optional<Duration> shortest =
        Stream.concat(timeout.stream(), system.timeout.stream()).min(Duration::compareTo);
    return new Policies(limits, shortest, retry.or(() -> system.retry));
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
