package io.unikernal.model;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The types and values of {@code meta}, {@code auth} and {@code error}, as every expression sees
 * them.
 */
public final class Builtin {
  public static final Type.Record META =
      new Type.Record(
          "Meta",
          List.of(
              Type.Field.of("id", Type.Text.ANY_TEXT),
              Type.Field.of("operation", Type.Text.ANY_TEXT),
              Type.Field.of("headers", new Type.MapOf(Type.Text.ANY_TEXT)),
              Type.Field.of("trace", Type.Text.ANY_TEXT),
              Type.Field.of("received_at", Type.Simple.TIMESTAMP)));

  public static final Type.Record AUTH =
      new Type.Record(
          "Auth",
          List.of(
              Type.Field.of("name", Type.Text.ANY_TEXT),
              Type.Field.of("roles", Type.ListOf.of(Type.Text.ANY_TEXT)),
              Type.Field.of("identity", Type.Text.ANY_TEXT),
              Type.Field.of("claims", Type.Simple.ANY)));

  public static final Type.Record ERROR =
      new Type.Record(
          "Error",
          List.of(
              Type.Field.of("code", Type.Text.ANY_TEXT),
              Type.Field.of("message", Type.Text.ANY_TEXT),
              Type.Field.of("step", Type.Text.ANY_TEXT),
              Type.Field.of("operation", Type.Text.ANY_TEXT),
              Type.Field.of("retryable", Type.Simple.BOOL),
              Type.Field.of("details", Type.Simple.ANY)));

  /** What a source may be answered when its message is taken over, and delivered later. */
  public static final Type.Record TAKEN_OVER =
      new Type.Record("TakenOver", List.of(Type.Field.of("id", Type.Text.ANY_TEXT)));

  /** A dead letter of which the message may be anything. */
  public static final Type.Record DEAD_LETTER = deadLetter(Type.Simple.ANY);

  private Builtin() {}

  /**
   * What is sent where messages go that failed for good.
   *
   * @param input the type of the message
   */
  public static Type.Record deadLetter(Type input) {
    return new Type.Record(
        "DeadLetter",
        List.of(
            Type.Field.of("input", input),
            Type.Field.of("error", ERROR),
            Type.Field.of("meta", META),
            Type.Field.of("route", Type.Text.ANY_TEXT),
            Type.Field.of("attempts", Type.Int.ANY_INT),
            Type.Field.of("failed_at", Type.Simple.TIMESTAMP)));
  }

  public static Rec meta(Message message, Instant receivedAt) {
    SequencedMap<String, Value> headers = new LinkedHashMap<>();
    message.headers().forEach((name, text) -> headers.put(name, Value.text(text)));
    return Rec.builder(META.shape())
        .set("id", Value.text(message.id()))
        .set("operation", Value.text(message.operation()))
        .set("headers", new Value.Dict(headers))
        .set("trace", Value.text(message.trace().traceId()))
        .set("received_at", new Value.Timestamp(receivedAt))
        .build();
  }

  public static Rec auth(Principal principal) {
    return Rec.builder(AUTH.shape())
        .set("name", Value.text(principal.name()))
        .set(
            "roles", new Value.Items(principal.roles().stream().sorted().map(Value::text).toList()))
        .set("identity", Value.text(principal.identity()))
        .set("claims", principal.claims())
        .build();
  }

  /** {@code step} and {@code operation} are empty where the fault has none. */
  public static Rec error(Fault fault, String step, String operation) {
    return Rec.builder(ERROR.shape())
        .set("code", Value.text(fault.code().name()))
        .set("message", Value.text(fault.message()))
        .set("step", Value.text(step))
        .set("operation", Value.text(operation))
        .set("retryable", Value.Bool.of(fault.retryable()))
        .set("details", fault.details())
        .build();
  }
}
