package io.unikernal.server;

import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.server.ApiServer.Running;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Calls of operations through the API. Besides its own form, {@code {operation, input, timeout_ms,
 * traceparent}}, it takes the envelopes that UDM v1 to v8 published; it answers in one form.
 */
final class Execution {
  private static final int OK = 200;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** Of the v7 specification; in a payload of another type, `type` is a field as any other. */
  private static final Set<String> V7_TYPES =
      Set.of("string", "integer", "float", "boolean", "null", "map", "list", "struct", "binary");

  private Execution() {}

  /** What is called, whatever the envelope was. */
  record Order(String operation, Value input, Optional<Trace> trace, Duration limit) {}

  static ApiAnswer answer(Running running, ApiRequest request) throws InterruptedException {
    var form = BodyForm.of(request.contentType());
    var answer = answer(running, form.read(request.body()));
    return new ApiAnswer(OK, form.mediaType(), form.write(Value.Absent.ABSENT, answer));
  }

  /** To an envelope of any of the forms: the one form of answers. */
  static Value answer(Running running, Value envelope) throws InterruptedException {
    return answer(running, envelope, Optional.empty());
  }

  /** The same, for who waits no longer than that. */
  static Value answer(Running running, Value envelope, Optional<Duration> atMost)
      throws InterruptedException {
    var order = order(envelope);
    var limit = atMost.filter(most -> most.compareTo(order.limit()) < 0).orElse(order.limit());
    var reply =
        running
            .kernel()
            .call(
                order.operation(),
                order.input(),
                Deadline.after(limit, running.world().nanos()),
                order.trace());
    return ControlWords.reply(WholeStream.read(reply.body()));
  }

  /** What names an order among others; absent where nothing does. */
  static Value id(Value envelope) {
    var meta = envelope.field("meta");
    return Stream.of(
            envelope.field("id"),
            meta.field("id"),
            meta.field("correlation_id"),
            meta.field("trace_id"),
            meta.field("traceId"),
            envelope.field("trace_id"))
        .filter(value -> value instanceof Value.Text || value instanceof Value.Int)
        .findFirst()
        .orElse(Value.Absent.ABSENT);
  }

  /** Of any of the forms. */
  static Order order(Value envelope) {
    if (isThere(envelope.field("operation"))) {
      return new Order(
          envelope.fieldText("operation"),
          input(envelope.field("input")),
          Trace.parse(envelope.fieldText("traceparent")),
          limit(envelope.field("timeout_ms")));
    }
    if (envelope.field("meta").field("target") instanceof Value.Text(var target)) {
      return old(target, payload(envelope.field("payload")), envelope); // the v7 specification
    }
    if (envelope.field("target") instanceof Value.Text(var target)) { // v1 and v8
      return old(
          target(target, envelope.fieldText("intent")), input(envelope.field("payload")), envelope);
    }
    if (envelope.field("target").field("function") instanceof Value.Text(var function)) { // v5
      return old(function, input(envelope.field("data")), envelope);
    }
    throw Fault.of(
            Fault.Code.INVALID,
            "the envelope does not say which operation is called",
            "{\"operation\": \"system.operation\", \"input\": …}")
        .toException();
  }

  /** {@code target} alone, or with the intent where it names a system only. */
  private static String target(String target, String intent) {
    return target.contains(".") || intent.isEmpty() ? target : target + "." + intent;
  }

  /** In the v7 specification data stands in an object that says its type, and may be inferred. */
  private static Value payload(Value payload) {
    boolean isTyped =
        payload.field("data") != Value.Absent.ABSENT
            && payload.field("type") instanceof Value.Text(var type)
            && V7_TYPES.contains(type.toLowerCase(Locale.ROOT));
    return input(isTyped ? payload.field("data") : payload);
  }

  private static Order old(String operation, Value input, Value envelope) {
    var meta = envelope.field("meta");
    var id =
        Stream.of(meta.field("trace_id"), meta.field("traceId"), envelope.field("trace_id"))
            .filter(Execution::isThere)
            .findFirst()
            .orElse(Value.Absent.ABSENT);
    return new Order(
        operation,
        input,
        id instanceof Value.Text(var text) ? trace(text) : Optional.empty(),
        LIMIT);
  }

  /** Only what W3C Trace Context has as one; others had any text. */
  private static Optional<Trace> trace(String id) {
    var plain = id.replace("-", "").toLowerCase(Locale.ROOT);
    return Trace.parse("00-" + plain + "-" + "0".repeat(15) + "1-01");
  }

  private static Value input(Value value) {
    return isThere(value) ? value : Value.Dict.EMPTY;
  }

  private static boolean isThere(Value value) {
    return value != Value.Absent.ABSENT && value != Value.Null.NULL;
  }

  private static Duration limit(Value millis) {
    return millis instanceof Value.Int(var number)
        ? Duration.ofMillis(Math.clamp(number, 1, LIMIT.toMillis()))
        : LIMIT;
  }
}
