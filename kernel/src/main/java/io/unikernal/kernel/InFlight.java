package io.unikernal.kernel;

import io.unikernal.kernel.explain.Span;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.explain.Story;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Fault;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The messages that are on their way, so that a drain can wait for them and at last stop them. */
final class InFlight {
  private final ConcurrentHashMap<Long, Flight> flights = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();

  /** Set once all must stop: what begins later, as the next of an ordered source, stops too. */
  private volatile Optional<Fault> stopping = Optional.empty();

  private record Flight(Scope scope, Span span) {}

  /** One that is listed nowhere while it is on its way. */
  Long begin(Scope scope) {
    return begin(scope, Span.NONE);
  }

  /** The number that {@link #end} wants. */
  Long begin(Scope scope, Span span) {
    Long number = numbers.incrementAndGet();
    flights.put(number, new Flight(scope, span));
    stopping.ifPresent(scope::stop);
    return number;
  }

  void end(Long number) {
    flights.remove(number);
  }

  boolean isEmpty() {
    return flights.isEmpty();
  }

  long size() {
    return flights.mappingCount();
  }

  /** Those that are recorded, the oldest first. */
  List<Story.Whole> stories() {
    return Stories.wholes(flights.values().stream().map(Flight::span).toList());
  }

  void stopAll(Fault reason) {
    stopping = Optional.of(reason);
    flights.values().forEach(flight -> flight.scope().stop(reason));
  }
}
