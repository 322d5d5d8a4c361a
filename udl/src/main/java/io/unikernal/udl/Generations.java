package io.unikernal.udl;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What is kept from one compilation to the next, as long as each asks for it. */
final class Generations<K, V> {
  private Map<K, V> now = new HashMap<>();
  private Map<K, V> before = Map.of();

  /** Another compilation begins: what the last one did not put is gone. */
  void begin() {
    before = now;
    now = HashMap.newHashMap(before.size());
  }

  /** What this compilation has put, or the one before. */
  Optional<V> find(K key) {
    V found = now.get(key);
    return Optional.ofNullable(found == null ? before.get(key) : found);
  }

  void put(K key, V value) {
    now.put(key, value);
  }

  void clear() {
    now.clear();
    before = Map.of();
  }
}
