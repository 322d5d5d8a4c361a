package io.unikernal.kernel.resilience;

import io.unikernal.model.Policy;
import io.unikernal.spi.StateStore;
import io.unikernal.spi.World;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the policies of a plan remember. A policy of an operation or of a system stands in the list
 * of every place that uses it, and is one object in all of them: they share one limiter, one
 * breaker, one cache. Filled while systems open and the plan is linked.
 */
public final class Limits {
  /** How the name of a place begins that is a whole system. */
  static final String SYSTEM = "system ";

  private static final String RATES = "rate_limit";
  private static final String QUOTAS = "quota";
  private static final String KEYS = "idempotency";

  private final World world;
  private final StateStore state;

  /** Tells this run of the kernel from others; asked of the world only if somebody needs it. */
  private Optional<String> run = Optional.empty();

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Policy, Object> known = new IdentityHashMap<>();
  private final List<Told> told = new ArrayList<>();

  /** Something that has a state to tell. */
  private record Told(String place, Policy policy, Supplier<String> text) {}

  /** What a policy is at now. */
  public record State(String place, Policy policy, String text) {}

  public Limits(World world, StateStore state) {
    this.world = world;
    this.state = state;
  }

  RateLimiter of(Policy.RateLimit policy) {
    return shared(policy, RateLimiter.class, _ -> new RateLimiter(world, policy));
  }

  KeyedLimiters keyed(Policy.RateLimit policy) {
    return shared(policy, KeyedLimiters.class, _ -> new KeyedLimiters(world, policy));
  }

  Counter counter(Policy.RateLimit policy, String place) {
    var name = name(policy.at(), place);
    return shared(policy, Counter.class, _ -> Counter.of(world, state.table(RATES), name, policy));
  }

  Counter counter(Policy.Quota policy, String place) {
    var name = name(policy.at(), place);
    return shared(policy, Counter.class, _ -> Counter.of(world, state.table(QUOTAS), name, policy));
  }

  Once once(Policy.Idempotency policy, String place) {
    var name = name(policy.at(), place);
    return shared(
        policy,
        Once.class,
        _ -> {
          var once = new Once(world, state.table(KEYS), name, policy, run());
          told.add(new Told(name, policy, once::text));
          return once;
        });
  }

  AnswerCache cache(Policy.Cache policy, String place) {
    return shared(
        policy,
        AnswerCache.class,
        _ -> {
          var cache = new AnswerCache(world, policy);
          told.add(new Told(place, policy, cache::text));
          return cache;
        });
  }

  Bulkhead bulkhead(Policy.Concurrency policy, String place) {
    return shared(
        policy,
        Bulkhead.class,
        _ -> {
          Bulkhead.Room room =
              policy.limit().<Bulkhead.Room>map(Bulkhead.Fixed::new).orElseGet(AdaptiveRoom::new);
          var bulkhead = new Bulkhead(world, room, policy);
          told.add(new Told(place, policy, bulkhead::text));
          return bulkhead;
        });
  }

  Breaker breaker(Policy.CircuitBreaker policy, String place) {
    return shared(
        policy,
        Breaker.class,
        _ -> {
          var breaker = new Breaker(world, policy);
          told.add(new Told(place, policy, breaker::text));
          return breaker;
        });
  }

  Retry retry(Policy.Retry policy) {
    return shared(policy, Retry.class, _ -> new Retry(world, policy));
  }

  /** Under the lock. */
  private String run() {
    var known = run.orElseGet(() -> world.uuid().toString());
    run = Optional.of(known);
    return known;
  }

  /** What is kept over a restart has a name that does: where the policy stands, not who uses it. */
  private static String name(String at, String place) {
    return at.isEmpty() ? place : at;
  }

  private <T> T shared(Policy policy, Class<T> type, Function<Policy, T> make) {
    lock.lock();
    try {
      return type.cast(known.computeIfAbsent(policy, make));
    } finally {
      lock.unlock();
    }
  }

  /** In the order in which they were linked. */
  public List<State> states() {
    lock.lock();
    try {
      return told.stream()
          .map(one -> new State(one.place(), one.policy(), one.text().get()))
          .toList();
    } finally {
      lock.unlock();
    }
  }
}
