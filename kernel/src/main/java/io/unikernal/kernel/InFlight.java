package io.unikernal.kernel;

import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Fault;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The messages that are on their way, so that a drain can wait for them and at last stop them. */
final class InFlight {
  private final ConcurrentHashMap<Long, Scope> scopes = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();

  /** Set once all must stop: what begins later, as the next of an ordered source, stops too. */
  private volatile Optional<Fault> stopping = Optional.empty();

  /** The number that {@link #end} wants. */
  Long begin(Scope scope) {
    Long number = numbers.incrementAndGet();
    scopes.put(number, scope);
    stopping.ifPresent(scope::stop);
    return number;
  }

  void end(Long number) {
    scopes.remove(number);
  }

  boolean isEmpty() {
    return scopes.isEmpty();
  }

  long size() {
    return scopes.mappingCount();
  }

  void stopAll(Fault reason) {
    stopping = Optional.of(reason);
    scopes.values().forEach(scope -> scope.stop(reason));
  }
}
