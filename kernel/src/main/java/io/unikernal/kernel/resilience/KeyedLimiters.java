package io.unikernal.kernel.resilience;

import io.unikernal.model.Policy;
import io.unikernal.spi.World;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A limiter for each value of a key, as many as there is room for. One that is full again says
 * nothing, so it is dropped when another key needs its place. Where none is, the keys without a
 * place share one limiter: memory is bounded, no key gets more than the limit, and who sends ever
 * new keys slows down only who has no place yet.
 */
final class KeyedLimiters {
  static final int KEYS_MAX = 10_000;

  /** How many of those that were asked longest ago are looked at for a place. */
  private static final int LOOKS_MAX = 8;

  private final RateLimiter others;
  private final int keysMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, RateLimiter> byKey = new LinkedHashMap<>(16, 0.75f, true);

  KeyedLimiters(World world, Policy.RateLimit policy) {
    this(world, policy, KEYS_MAX);
  }

  KeyedLimiters(World world, Policy.RateLimit policy, int keysMax) {
    this.keysMax = keysMax;
    others = new RateLimiter(world, policy);
  }

  void acquire(String key, String what) {
    limiter(key).acquire(what);
  }

  private RateLimiter limiter(String key) {
    lock.lock();
    try {
      var known = byKey.get(key);
      if (known != null) {
        return known;
      }
      if (byKey.size() >= keysMax && !dropIdle()) {
        return others;
      }
      // It may have shared before: then what it took there counts.
      var made = new RateLimiter(others);
      byKey.put(key, made);
      return made;
    } finally {
      lock.unlock();
    }
  }

  private boolean dropIdle() {
    var eldest = byKey.values().iterator();
    for (int i = 0; i < LOOKS_MAX && eldest.hasNext(); i++) {
      if (eldest.next().isFull()) {
        eldest.remove();
        return true;
      }
    }
    return false;
  }

  int size() {
    lock.lock();
    try {
      return byKey.size();
    } finally {
      lock.unlock();
    }
  }
}
