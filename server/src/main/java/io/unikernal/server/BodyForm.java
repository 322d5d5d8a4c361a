package io.unikernal.server;

import static io.unikernal.server.ControlWords.dict;

import io.unikernal.model.Cbor;
import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.protobuf.ProtobufLimits;
import io.unikernal.protobuf.UdmProto;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What orders and answers of the API are written in: one tree in each of the forms. */
enum BodyForm {
  JSON("application/json", "udm.json") {
    @Override
    Value read(byte[] bytes) {
      return Json.read(bytes, Json.Limits.EXACT);
    }

    @Override
    byte[] write(Value id, Value answer) {
      return Json.write(named(id, answer));
    }
  },
  CBOR("application/cbor", "udm.cbor") {
    @Override
    Value read(byte[] bytes) {
      return Cbor.read(bytes, 0, bytes.length);
    }

    @Override
    byte[] write(Value id, Value answer) {
      return Cbor.write(named(id, answer));
    }
  },
  /** A {@code Message} of {@code udm.proto} each way. */
  PROTOBUF("application/x-protobuf", "udm.protobuf") {
    @Override
    Value read(byte[] bytes) {
      return ofMessage(UdmProto.readEnvelope(bytes, LIMITS));
    }

    @Override
    byte[] write(Value id, Value answer) {
      return UdmProto.write(
          new UdmProto.Envelope(
              id instanceof Value.Text(var text) ? text : "",
              "",
              new LinkedHashMap<>(),
              "",
              Optional.of(answer),
              Optional.empty(),
              ""));
    }
  };

  private static final ProtobufLimits LIMITS =
      new ProtobufLimits(ProtobufLimits.DEFAULT.depthMax(), ApiServer.REQUEST_BYTES_MAX);

  /** Names that others use for the same. */
  private static final List<String> PROTOBUF_TOO =
      List.of("application/protobuf", "application/vnd.google.protobuf");

  private final String mediaType;
  private final String protocol;

  BodyForm(String mediaType, String protocol) {
    this.mediaType = mediaType;
    this.protocol = protocol;
  }

  /** An envelope of any kind that {@link Execution#order} knows. */
  abstract Value read(byte[] bytes);

  /**
   * @param id of the order, which the answer carries too; absent for none
   */
  abstract byte[] write(Value id, Value answer);

  String mediaType() {
    return mediaType;
  }

  /** The subprotocol of WebSocket. */
  String protocol() {
    return protocol;
  }

  static List<String> mediaTypes() {
    return Stream.of(values()).map(BodyForm::mediaType).toList();
  }

  static List<String> protocols() {
    return Stream.of(values()).map(BodyForm::protocol).toList();
  }

  static BodyForm of(String contentType) {
    int end = contentType.indexOf(';');
    var type =
        (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    if (type.isEmpty() || type.endsWith("+json")) {
      return JSON;
    }
    if (PROTOBUF_TOO.contains(type)) {
      return PROTOBUF;
    }
    return Stream.of(values())
        .filter(form -> form.mediaType.equals(type))
        .findFirst()
        .orElseThrow(() ->
            Fault.of(
                    Fault.Code.UNSUPPORTED,
                    "`" + type + "` is not read here",
                    "one of " + String.join(", ", mediaTypes()))
                .toException());
  }

  private static Value named(Value id, Value answer) {
    if (id == Value.Absent.ABSENT || !(answer instanceof Value.Dict(var fields))) {
      return answer;
    }
    var all = new LinkedHashMap<String, Value>();
    all.put("id", id);
    all.putAll(fields);
    return new Value.Dict(all);
  }

  private static Value ofMessage(UdmProto.Envelope message) {
    var fields = new LinkedHashMap<String, Value>();
    if (!message.id().isEmpty()) {
      fields.put("id", Value.text(message.id()));
    }
    if (!message.operation().isEmpty()) {
      fields.put("operation", Value.text(message.operation()));
    }
    fields.put("input", message.raw().map(raw -> raw(raw, message)).orElse(value(message)));
    if (message.headers().containsKey("timeout_ms")) {
      fields.put("timeout_ms", millis(message.headers().get("timeout_ms")));
    }
    fields.put("traceparent", Value.text(message.traceparent()));
    return new Value.Dict(fields);
  }

  private static Value value(UdmProto.Envelope message) {
    return message.value().orElse(Value.Absent.ABSENT);
  }

  /** Bytes of JSON or CBOR are the value that they say. */
  private static Value raw(Value.Bytes raw, UdmProto.Envelope message) {
    var form = of(message.mediaType());
    if (form == PROTOBUF) {
      throw Fault.of(
              Fault.Code.UNSUPPORTED,
              "`raw` of `" + message.mediaType() + "` is not read here",
              "send `value`")
          .toException();
    }
    return form.read(raw.value());
  }

  private static Value millis(String text) {
    try {
      return Value.integer(Long.parseLong(text));
    } catch (NumberFormatException _) {
      throw Fault.of(Fault.Code.INVALID, "the header `timeout_ms` is not a number").toException();
    }
  }

  /** The part of an OpenAPI document that says what a body is. */
  static Value content(Value schema) {
    var types = new LinkedHashMap<String, Value>();
    for (var form : values()) {
      types.put(
          form.mediaType,
          form == PROTOBUF
              ? dict("schema", dict("description", Value.text("`Message` of udm.proto.")))
              : dict("schema", schema));
    }
    return new Value.Dict(types);
  }
}
