package io.unikernal.spi;

import io.unikernal.model.Deadline;
import io.unikernal.model.Reply;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import java.util.Optional;

/**
 * Calls any operation of the definition: one that is called with its own policies, one that
 * receives by injecting a message into its routes.
 */
@FunctionalInterface
public interface Caller {
  /**
   * @param operation {@code system.operation}
   * @param trace the caller's, if it has one
   * @throws io.unikernal.model.FaultException what the operation failed with; NOT_FOUND for an
   *     unknown one
   */
  Reply call(String operation, Value input, Deadline deadline, Optional<Trace> trace)
      throws InterruptedException;
}
