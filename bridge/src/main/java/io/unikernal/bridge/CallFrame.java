package io.unikernal.bridge;

import io.unikernal.model.Cbor;
import io.unikernal.model.Fault;
import io.unikernal.model.Value;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * The payload of CALL: {@code [operation, meta, body]}, and of RESULT: {@code body}; the body is an
 * embedded CBOR byte string (tag 24), so that the kernel can route it undecoded.
 */
record CallFrame(
    String operation, Optional<Duration> deadline, Optional<String> trace, Value body) {
  /** Head of tag 24. */
  private static final byte[] TAG_EMBEDDED = {(byte) 0xd8, 24};

  private static final int MAJOR_BYTES = 0x40;
  private static final int ARRAY_OF_THREE = 0x83;

  /** The payload of a call; {@code deadline} is the time left. */
  static byte[] write(String operation, Optional<Duration> deadline, String trace, Value body) {
    var meta = new LinkedHashMap<String, Value>();
    deadline.ifPresent(
        left -> meta.put("deadline_ms", Value.integer(Math.max(1, left.toMillis()))));
    meta.put("trace", Value.text(trace));
    var out = new ByteArrayOutputStream();
    out.write(ARRAY_OF_THREE);
    out.writeBytes(Cbor.write(Value.text(operation)));
    out.writeBytes(Cbor.write(new Value.Dict(meta)));
    out.writeBytes(embed(body));
    return out.toByteArray();
  }

  static Frame result(int id, Value body) {
    return new Frame(Frame.RESULT, 0, id, embed(body));
  }

  static Value.Dict dict(String name, Value value) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put(name, value);
    return new Value.Dict(fields);
  }

  private static byte[] embed(Value body) {
    byte[] content = Cbor.write(body == Value.Absent.ABSENT ? Value.Null.NULL : body);
    byte[] head = Cbor.write(Value.integer(content.length));
    head[0] |=
        MAJOR_BYTES; // An unsigned integer's head, made the head of a byte string of that length.
    byte[] out = new byte[TAG_EMBEDDED.length + head.length + content.length];
    System.arraycopy(TAG_EMBEDDED, 0, out, 0, TAG_EMBEDDED.length);
    System.arraycopy(head, 0, out, TAG_EMBEDDED.length, head.length);
    System.arraycopy(content, 0, out, TAG_EMBEDDED.length + head.length, content.length);
    return out;
  }

  /** The embedded value of a RESULT. */
  static Value result(byte[] payload) {
    return embedded(Cbor.read(payload, 0, payload.length));
  }

  /** Reads a CALL's value, in which the codec has opened nothing that is embedded. */
  static CallFrame read(Value value) {
    if (!(value instanceof Value.Items(var items))
        || items.size() != 3
        || !(items.get(0) instanceof Value.Text(var operation))
        || operation.getBytes(StandardCharsets.UTF_8).length > 512) {
      throw Fault.of(Fault.Code.MALFORMED, "a CALL that is not [operation, meta, body]")
          .toException();
    }
    Optional<Duration> deadline =
        BridgeFaults.field(items.get(1), "deadline_ms") instanceof Value.Int(var millis)
            ? Optional.of(Duration.ofMillis(Math.clamp(millis, 1, 86_400_000)))
            : Optional.empty();
    String trace = BridgeFaults.text(items.get(1), "trace");
    return new CallFrame(
        operation,
        deadline,
        trace.isEmpty() ? Optional.empty() : Optional.of(trace),
        embedded(items.get(2)));
  }

  /** {@link Cbor} reads tag 24 as the bytes it holds. */
  private static Value embedded(Value value) {
    if (value instanceof Value.Bytes(var bytes)) {
      return Cbor.read(bytes, 0, bytes.length);
    }
    throw Fault.of(Fault.Code.MALFORMED, "a body that is not embedded (tag 24)").toException();
  }
}
