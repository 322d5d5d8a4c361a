package io.unikernal.kernel;

import io.unikernal.model.Body;
import io.unikernal.model.Cbor;
import io.unikernal.model.Conform;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Message;
import io.unikernal.model.Principal;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/**
 * A message as the outbox has it, in CBOR.
 *
 * @param attempts that have ended
 * @param begun whether one was begun that the end of the kernel may have cut off
 * @param orderKey stands for its key, where its route keeps an order by one
 */
record Kept(Message message, Instant receivedAt, int attempts, boolean begun, int orderKey) {
  private static final String ORDER_KEY = "order_key";

  /** What is to be known of a record before its turn. */
  record Mark(boolean isBegun, int orderKey) {}

  /** What an identity says of the sender, where one knew him. */
  static final String CLAIMS = "claims";

  Kept with(int ended, boolean isBegun) {
    return new Kept(message, receivedAt, ended, isBegun, orderKey);
  }

  byte[] write() {
    var fields = fields(message, receivedAt);
    fields.put("attempts", Value.integer(attempts));
    fields.put("begun", Value.Bool.of(begun));
    if (orderKey != 0) {
      fields.put(ORDER_KEY, Value.integer(orderKey));
    }
    return Cbor.write(new Value.Dict(fields));
  }

  static SequencedMap<String, Value> fields(Message message, Instant receivedAt) {
    var headers = new LinkedHashMap<String, Value>();
    message.headers().forEach((name, text) -> headers.put(name, Value.text(text)));
    var fields = new LinkedHashMap<String, Value>();
    fields.put("id", Value.text(message.id()));
    fields.put("headers", new Value.Dict(headers));
    fields.put("body", message.body().value());
    fields.put("sender", Value.text(message.principal().name()));
    fields.put(
        "roles",
        new Value.Items(message.principal().roles().stream().sorted().map(Value::text).toList()));
    if (!message.principal().identity().isEmpty()) {
      fields.put("identity", Value.text(message.principal().identity()));
      fields.put(CLAIMS, message.principal().claims());
    }
    fields.put("trace", Value.text(message.trace().text()));
    if (!message.trace().state().isEmpty()) {
      fields.put("tracestate", Value.text(message.trace().state()));
    }
    fields.put("received_at", new Value.Timestamp(receivedAt));
    return fields;
  }

  /**
   * Reads one again, with the types that the operation has now.
   *
   * @throws io.unikernal.model.FaultException INVALID if the message does not fit them any more
   */
  static Kept read(byte[] record, String operation, Type type) {
    Value fields = Cbor.read(record, 0, record.length);
    return new Kept(
        message(fields, operation, type),
        receivedAt(fields),
        number(fields.field("attempts")),
        isBegun(fields),
        number(fields.field(ORDER_KEY)));
  }

  static Mark mark(byte[] record) {
    Value fields = Cbor.read(record, 0, record.length);
    return new Mark(isBegun(fields), number(fields.field(ORDER_KEY)));
  }

  private static boolean isBegun(Value fields) {
    return fields.field("begun") == Value.Bool.TRUE;
  }

  static Instant receivedAt(Value fields) {
    return moment(fields.field("received_at"));
  }

  static Instant moment(Value value) {
    return value instanceof Value.Timestamp(var at) ? at : Instant.EPOCH;
  }

  static int number(Value value) {
    return value instanceof Value.Int(var number) ? Math.toIntExact(number) : 0;
  }

  static Message message(Value fields, String operation, Type type) {
    var headers = new LinkedHashMap<String, String>();
    if (fields.field("headers") instanceof Value.Dict(var texts)) {
      texts.forEach((name, _) -> headers.put(name, fields.field("headers").fieldText(name)));
    }
    var roles = new TreeSet<String>();
    if (fields.field("roles") instanceof Value.Items(var items)) {
      items.forEach(role -> {
        if (role instanceof Value.Text(var text)) {
          roles.add(text);
        }
      });
    }
    var principal = principal(fields, roles);
    Value body = fields.field("body");
    Value fitted =
        type == Type.Simple.ANY
            ? body
            : Conform.to(type, body, Conform.Extra.KEEP, "the input of `" + operation + "`");
    return new Message(
        fields.fieldText("id"),
        operation,
        headers,
        Body.of(fitted),
        principal,
        Deadline.NONE,
        Trace.parse(fields.fieldText("trace"), fields.fieldText("tracestate")).orElse(Trace.NONE));
  }

  private static Principal principal(Value fields, Set<String> roles) {
    String sender = fields.fieldText("sender");
    String identity = fields.fieldText("identity");
    var claims = fields.field(CLAIMS) instanceof Value.Dict known ? known : Value.Dict.EMPTY;
    return sender.equals(Principal.ANONYMOUS.name()) && roles.isEmpty() && identity.isEmpty()
        ? Principal.ANONYMOUS
        : new Principal(sender, roles, identity, claims);
  }

  static Fault tooOften(int attempts) {
    return Fault.of(
        Fault.Code.INTERNAL,
        "the kernel ended while it was tried, after " + attempts + " attempts");
  }
}
