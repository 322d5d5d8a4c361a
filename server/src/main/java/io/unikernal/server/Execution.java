package io.unikernal.server;

import io.unikernal.model.Cbor;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.server.ApiServer.Running;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Calls of operations through the API. Besides its own form, {@code {operation, input,
 * timeout_ms}}, it takes the envelopes that UDM v1 to v8 published; it answers in one form.
 */
final class Execution {
  private static final String CBOR = "application/cbor";
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private Execution() {}

  /** What is called, whatever the envelope was. */
  record Order(String operation, Value input, Optional<Trace> trace, Duration limit) {}

  static ApiAnswer answer(Running running, ApiRequest request) throws InterruptedException {
    boolean isCbor = mediaType(request.contentType()).equals(CBOR);
    var order = order(isCbor ? cbor(request.body()) : json(request));
    var reply =
        running
            .kernel()
            .call(
                order.operation(),
                order.input(),
                Deadline.after(order.limit(), running.world().nanos()),
                order.trace());
    var answer = ControlWords.reply(WholeStream.read(reply.body()));
    return isCbor ? new ApiAnswer(200, CBOR, Cbor.write(answer)) : ApiAnswer.json(answer);
  }

  private static String mediaType(String contentType) {
    int end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  private static Value cbor(byte[] body) {
    return Cbor.read(body, 0, body.length);
  }

  private static Value json(ApiRequest request) {
    var type = mediaType(request.contentType());
    if (!type.isEmpty() && !type.equals("application/json") && !type.endsWith("+json")) {
      throw Fault.of(Fault.Code.UNSUPPORTED, "`" + type + "` is not read here", "JSON and CBOR are")
          .toException();
    }
    return Json.read(request.body(), Json.Limits.EXACT);
  }

  /** Of any of the forms. */
  static Order order(Value envelope) {
    if (isThere(envelope.field("operation"))) {
      return new Order(
          envelope.fieldText("operation"),
          input(envelope.field("input")),
          Optional.empty(),
          limit(envelope.field("timeout_ms")));
    }
    if (envelope.field("meta").field("target") instanceof Value.Text(var target)) {
      return old(target, payload(envelope.field("payload")), envelope); // the v7 specification
    }
    if (envelope.field("target") instanceof Value.Text(var target)) { // v1 and v8
      return old(target(target, envelope.fieldText("intent")), payload(envelope), envelope);
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

  /** That of v8 is the value; that of v7 has a type, a name and the data. */
  private static Value payload(Value holder) {
    var payload = isThere(holder.field("payload")) ? holder.field("payload") : holder;
    return isThere(payload.field("data")) && isThere(payload.field("type"))
        ? payload.field("data")
        : input(payload);
  }

  private static Order old(String operation, Value input, Value envelope) {
    var meta = envelope.field("meta");
    var id = isThere(meta.field("trace_id")) ? meta.field("trace_id") : meta.field("traceId");
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
