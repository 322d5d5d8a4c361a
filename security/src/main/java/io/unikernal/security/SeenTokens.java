package io.unikernal.security;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** The tokens of one use that were used, until they expire by themselves. */
final class SeenTokens {
  static final int TOKENS_MAX = 100_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Instant> seen = new HashMap<>();

  enum Use {
    FIRST,
    AGAIN,
    /** So many are under way that it cannot be remembered. */
    FULL
  }

  Use use(String id, Instant until, Instant now) {
    lock.lock();
    try {
      var before = seen.get(id);
      if (before != null && now.isBefore(before)) {
        return Use.AGAIN;
      }
      if (seen.size() >= TOKENS_MAX) {
        seen.values().removeIf(end -> !now.isBefore(end));
      }
      if (seen.size() >= TOKENS_MAX) {
        return Use.FULL;
      }
      seen.put(id, until);
      return Use.FIRST;
    } finally {
      lock.unlock();
    }
  }
}
