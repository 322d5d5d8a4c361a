package io.unikernal.bridge;

import io.unikernal.model.Fault;
import io.unikernal.model.Value;
import java.util.LinkedHashMap;
import java.util.Locale;

/** ERROR frames to faults and back: the table of {@code sdks/PROTOCOL.md}. */
final class BridgeFaults {
  private static final int MESSAGE_CHARS_MAX = 2_000;

  private BridgeFaults() {}

  /**
   * @param masked whether the operation takes labelled values, which a function's own text could
   *     hold
   */
  static Fault of(Value error, String operation, boolean masked) {
    String code = error.fieldText("code");
    String type = error.fieldText("type");
    String message = error.fieldText("message");
    if (message.length() > MESSAGE_CHARS_MAX) {
      message = message.substring(0, MESSAGE_CHARS_MAX);
    }
    if (masked) {
      message = type.isEmpty() ? "its text is masked, since it takes labelled data" : type;
    }
    Fault.Code kind =
        switch (code) {
          case "invalid" -> Fault.Code.INVALID;
          case "not_found" -> Fault.Code.NOT_FOUND;
          case "cancelled" -> Fault.Code.CANCELLED;
          case "timeout" -> Fault.Code.TIMEOUT;
          case "overloaded" -> Fault.Code.OVERLOADED;
          case "unavailable" -> Fault.Code.DISCONNECTED;
          case "forbidden" -> Fault.Code.FORBIDDEN;
          case "unauthenticated" -> Fault.Code.UNAUTHENTICATED;
          default -> Fault.Code.INTERNAL; // app, protocol, internal, and what later versions add
        };
    var fault = Fault.of(kind, "`" + operation + "` failed: " + message);
    boolean retryable =
        error.field("retryable") instanceof Value.Bool bool ? bool.value() : kind.retryable();
    return fault.withRetryable(retryable);
  }

  static Value toError(Fault fault) {
    String code =
        switch (fault.code()) {
          case INVALID, MALFORMED, TOO_LARGE, UNSUPPORTED -> "invalid";
          case NOT_FOUND, NO_ROUTE -> "not_found";
          case CANCELLED -> "cancelled";
          case TIMEOUT -> "timeout";
          case OVERLOADED -> "overloaded";
          case DISCONNECTED -> "unavailable";
          case FORBIDDEN -> "forbidden";
          case UNAUTHENTICATED -> "unauthenticated";
          case REJECTED -> "app";
          case INTERNAL -> "internal";
        };
    var fields = new LinkedHashMap<String, Value>();
    fields.put("code", Value.text(code));
    fields.put("message", Value.text(fault.message()));
    fields.put("retryable", Value.Bool.of(fault.retryable()));
    fields.put("type", Value.text(fault.code().name().toLowerCase(Locale.ROOT)));
    return new Value.Dict(fields);
  }

  /** The last word on a connection, or the refusal of one. */
  static Frame ofConnection(String code, String message) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("code", Value.text(code));
    fields.put("message", Value.text(message));
    return Frame.of(Frame.ERROR, 0, new Value.Dict(fields));
  }
}
