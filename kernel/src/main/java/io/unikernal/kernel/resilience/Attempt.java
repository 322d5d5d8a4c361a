package io.unikernal.kernel.resilience;

import io.unikernal.model.Value;
import java.util.Optional;

/** Work that a policy guards; empty where a {@code filter} ended it. */
@FunctionalInterface
public interface Attempt {
  Optional<Value> run() throws InterruptedException;
}
