package io.unikernal.bridge;

import io.unikernal.model.Fault;
import io.unikernal.model.Label;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** ERROR frames to faults and back: the table of {@code sdks/PROTOCOL.md}. */
final class BridgeFaults {
  private static final int MESSAGE_CHARS_MAX = 2_000;

  private BridgeFaults() {}

  /**
   * @param masked whether the operation takes labelled values, which a function's own text could
   *     hold
   */
  static Fault of(Value error, String operation, boolean masked) {
    String code = text(error, "code");
    String type = text(error, "type");
    String message = text(error, "message");
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
        field(error, "retryable") instanceof Value.Bool bool ? bool.value() : kind.retryable();
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

  /** Whether a value of the type may hold something labelled. */
  static boolean holdsLabels(Type type) {
    return holdsLabels(type, new HashSet<>());
  }

  private static boolean holdsLabels(Type type, Set<Type.Record> seen) {
    return switch (type) {
      case Type.Labelled(Label _, Type _) -> true;
      case Type.Maybe(var of) -> holdsLabels(of, seen);
      case Type.ListOf list -> holdsLabels(list.element(), seen);
      case Type.MapOf(var value) -> holdsLabels(value, seen);
      case Type.StreamOf(var element) -> holdsLabels(element, seen);
      case Type.Union union ->
          union.members().stream().anyMatch(member -> holdsLabels(member, seen));
      case Type.Record record ->
          seen.add(record)
              && record.fields().stream().anyMatch(field -> holdsLabels(field.type(), seen));
      case Type.Simple _, Type.Int _, Type.UInt _, Type.Real _, Type.Decimal _, Type.Text _ ->
          false;
      case Type.Bytes _, Type.Enum _ -> false;
    };
  }

  static Value field(Value value, String name) {
    return value instanceof Value.Dict(var fields)
        ? Optional.ofNullable(fields.get(name)).orElse(Value.Absent.ABSENT)
        : Value.Absent.ABSENT;
  }

  static String text(Value value, String name) {
    return field(value, name) instanceof Value.Text(var string) ? string : "";
  }
}
