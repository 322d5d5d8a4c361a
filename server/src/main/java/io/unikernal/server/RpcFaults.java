package io.unikernal.server;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.unikernal.model.Fault;
import io.unikernal.model.Value;

/** Faults as gRPC tells them: a status, and their own code in a trailer. */
final class RpcFaults {
  static final Metadata.Key<String> CODE =
      Metadata.Key.of("unikernal-fault", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private RpcFaults() {}

  static StatusRuntimeException exception(Fault fault) {
    return status(fault).asRuntimeException(trailers(fault));
  }

  static Metadata trailers(Fault fault) {
    var trailers = new Metadata();
    trailers.put(CODE, fault.code().name());
    if (fault.details().field(Fault.RETRY_AFTER_MS) instanceof Value.Int(var millis)) {
      trailers.put(RETRY_AFTER, Long.toString(millis));
    }
    return trailers;
  }

  static Status status(Fault fault) {
    var text =
        fault.hint().isEmpty() ? fault.message() : fault.message() + " (" + fault.hint() + ")";
    return code(fault.code()).withDescription(text);
  }

  /** https://grpc.io/docs/guides/status-codes/ */
  private static Status code(Fault.Code code) {
    return switch (code) {
      case MALFORMED, INVALID -> Status.INVALID_ARGUMENT;
      case TOO_LARGE -> Status.RESOURCE_EXHAUSTED;
      case UNSUPPORTED -> Status.UNIMPLEMENTED;
      case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
      case FORBIDDEN -> Status.PERMISSION_DENIED;
      case NO_ROUTE, NOT_FOUND -> Status.NOT_FOUND;
      case OVERLOADED -> Status.RESOURCE_EXHAUSTED;
      case DISCONNECTED -> Status.UNAVAILABLE;
      case REJECTED -> Status.FAILED_PRECONDITION;
      case TIMEOUT -> Status.DEADLINE_EXCEEDED;
      case CANCELLED -> Status.CANCELLED;
      case INTERNAL -> Status.INTERNAL;
    };
  }
}
