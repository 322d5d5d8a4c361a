package io.unikernal.security;

import io.unikernal.model.Principal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tokens that were checked, by their hash: none is kept. Good until they expire or the issuer
 * exchanges its keys.
 */
final class TokenCache {
  static final int TOKENS_MAX = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Checked> tokens = new LinkedHashMap<>(16, 0.75f, true);
  private int generation;

  private record Checked(Principal principal, Instant until) {}

  Optional<Principal> find(String hash, int keys, Instant now) {
    lock.lock();
    try {
      if (keys != generation) {
        tokens.clear();
        generation = keys;
      }
      var known = tokens.get(hash);
      if (known == null) {
        return Optional.empty();
      }
      if (!now.isBefore(known.until())) {
        tokens.remove(hash);
        return Optional.empty();
      }
      return Optional.of(known.principal());
    } finally {
      lock.unlock();
    }
  }

  /** Not kept where the keys were exchanged since it was looked for. */
  void put(String hash, int keys, Principal principal, Instant until) {
    lock.lock();
    try {
      if (keys != generation) {
        return;
      }
      if (tokens.size() >= TOKENS_MAX) {
        tokens.remove(tokens.keySet().iterator().next());
      }
      tokens.put(hash, new Checked(principal, until));
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return tokens.size();
    } finally {
      lock.unlock();
    }
  }
}
