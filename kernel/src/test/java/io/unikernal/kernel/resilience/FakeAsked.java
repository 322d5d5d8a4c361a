package io.unikernal.kernel.resilience;

import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import io.unikernal.model.Policy;
import io.unikernal.model.Principal;
import io.unikernal.model.Value;
import java.util.Optional;

/** A message that is its own key. */
record FakeAsked(String text) implements Asked {
  @Override
  public String what() {
    return "it";
  }

  @Override
  public Value value(Policy.Rule rule) {
    return Value.text(text);
  }

  @Override
  public Value input() {
    return Value.text(text);
  }

  @Override
  public Principal who() {
    return Principal.ANONYMOUS;
  }

  @Override
  public String messageId() {
    return text;
  }

  @Override
  public Deadline deadline() {
    return Deadline.NONE;
  }

  @Override
  public void refused(Policy policy, Fault fault) {}

  @Override
  public void acted(Policy policy) {}

  @Override
  public void isDuplicate() {}

  /** A policy that lets so many wait. */
  static Policy.Concurrency waiting(int queue) {
    return new Policy.Concurrency(Optional.empty(), queue, Optional.empty(), Origin.NONE);
  }
}
