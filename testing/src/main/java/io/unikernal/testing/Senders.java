package io.unikernal.testing;

import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Plan;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.Statuses;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What the senders of a definition's messages see. */
record Senders(Plan plan, Map<String, Adapter> adapters) implements Story.Status {
  /** The number that its adapter gives an outcome; empty where it gives none. */
  @Override
  public OptionalInt of(Operation source, Outcome outcome) {
    return plan.systems().stream()
        .filter(system -> system.name().equals(source.system()))
        .flatMap(system -> Optional.ofNullable(adapters.get(system.adapter())).stream())
        .filter(Statuses.class::isInstance)
        .mapToInt(adapter -> ((Statuses) adapter).status(source, outcome))
        .findFirst();
  }
}
