package io.unikernal.bridge;

import io.unikernal.model.Cbor;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * The payload of CALL: {@code [operation, meta, body]}, and of RESULT: {@code body}; the body is an
 * embedded CBOR byte string (tag 24), so that it can be routed undecoded.
 *
 * @param bodyAt where the body's own bytes begin; they run to the end of {@code payload}
 */
record CallFrame(String operation, Value.Dict meta, byte[] payload, int bodyAt) {
  /** Head of tag 24. */
  private static final byte[] TAG_EMBEDDED = {(byte) 0xd8, 24};

  private static final int MAJOR_BYTES = 0x40;
  private static final int ARRAY_OF_THREE = 0x83;

  /** The payload of a call; {@code body} is encoded. */
  static byte[] write(String operation, Value.Dict meta, byte[] body) {
    var out = new ByteArrayOutputStream(body.length + 256);
    out.write(ARRAY_OF_THREE);
    out.writeBytes(Cbor.write(Value.text(operation)));
    out.writeBytes(Cbor.write(meta));
    embed(out, body);
    return out.toByteArray();
  }

  static Frame result(int id, Value value) {
    byte[] body = Cbor.write(value);
    var out = new ByteArrayOutputStream(body.length + 16);
    embed(out, body);
    return new Frame(Frame.RESULT, 0, id, out.toByteArray());
  }

  static Value.Dict dict(String name, Value value) {
    var fields = new LinkedHashMap<String, Value>();
    fields.put(name, value);
    return new Value.Dict(fields);
  }

  private static void embed(ByteArrayOutputStream out, byte[] content) {
    byte[] head = Cbor.write(Value.integer(content.length));
    head[0] |= MAJOR_BYTES; // An integer's head, made that of a byte string of that length.
    out.writeBytes(TAG_EMBEDDED);
    out.writeBytes(head);
    out.writeBytes(content);
  }

  /**
   * The embedded value of a RESULT.
   *
   * @throws io.unikernal.model.FaultException MALFORMED when the value is: the fault of its call
   */
  static Value result(byte[] payload) {
    int at = new Outline(payload, 0).embedded();
    return Cbor.read(payload, at, payload.length - at);
  }

  /** Reads all but the body. */
  static CallFrame read(byte[] payload) {
    var outline = new Outline(payload, 0);
    outline.array(3);
    int operationAt = outline.at();
    outline.skip();
    int metaAt = outline.at();
    outline.skip();
    int end = outline.at();
    if (Cbor.read(payload, operationAt, metaAt - operationAt) instanceof Value.Text(var operation)
        && Cbor.read(payload, metaAt, end - metaAt) instanceof Value.Dict meta) {
      return new CallFrame(operation, meta, payload, outline.embedded());
    }
    throw FrameRules.malformed("a CALL that is not [operation, meta, body]");
  }

  /**
   * @throws io.unikernal.model.FaultException MALFORMED when the value is: the fault of its call
   */
  Value body() {
    return Cbor.read(payload, bodyAt, payload.length - bodyAt);
  }

  /** Milliseconds left when it was written. */
  Optional<Long> deadlineMillis() {
    return meta.field("deadline_ms") instanceof Value.Int(var millis)
        ? Optional.of(millis)
        : Optional.empty();
  }

  Optional<Trace> trace() {
    return Trace.parse(meta.fieldText("trace"), meta.fieldText("tracestate"));
  }
}
