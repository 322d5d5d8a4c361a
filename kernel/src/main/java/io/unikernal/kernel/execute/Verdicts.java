package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Breaker.Verdict;
import io.unikernal.kernel.resilience.Refused;
import io.unikernal.model.Fault;

/** What a failure says about what was called. */
final class Verdicts {
  private Verdicts() {}

  static Verdict of(Throwable thrown, Work work, long now) {
    var callers = work.task().message().deadline();
    boolean isCallersTime = !callers.isNone() && callers.nanos() - now <= 0;
    if (isCallersTime || Refused.isIn(thrown)) {
      return Verdict.UNKNOWN; // who gives no time, and what we refuse ourselves, shows nothing
    }
    var code =
        work.scope()
            .anyReason()
            .map(Fault::code)
            .orElseGet(() ->
                thrown instanceof InterruptedException
                    ? Fault.Code.CANCELLED
                    : Failure.faultOf(thrown).code());
    return switch (code) {
      case OVERLOADED, DISCONNECTED, REJECTED, TIMEOUT, INTERNAL -> Verdict.FAILED;
      case NO_ROUTE, NOT_FOUND -> Verdict.ANSWERED;
      case MALFORMED, TOO_LARGE, UNSUPPORTED, UNAUTHENTICATED, FORBIDDEN, INVALID, CANCELLED ->
          Verdict.UNKNOWN;
    };
  }
}
