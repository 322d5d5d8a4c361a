package io.unikernal.kernel.resilience;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** A policy let nothing through: no fault of what is guarded, so no breaker counts it. */
public final class Refused extends FaultException {
  private static final long serialVersionUID = 1;

  Refused(Fault fault) {
    super(fault);
  }

  /** OVERLOADED, which says when to come back. */
  static Refused overloaded(String message, long waitNanos) {
    var details = new LinkedHashMap<String, Value>();
    details.put(
        Fault.RETRY_AFTER_MS,
        Value.integer(Math.ceilDiv(waitNanos, Duration.ofMillis(1).toNanos())));
    return new Refused(
        Fault.of(Fault.Code.OVERLOADED, message).withDetails(new Value.Dict(details)));
  }

  /** Whether it is one, or came of one. */
  public static boolean isIn(Throwable thrown) {
    for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof Refused) {
        return true;
      }
    }
    return false;
  }
}
