package io.unikernal.protobuf;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.unikernal.model.Fault;
import io.unikernal.model.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;

/** The messages of {@code udm.proto}, which lies beside this class. */
public final class UdmProto {
  private UdmProto() {}

  /**
   * One message: its body is {@code value}, or {@code raw} of the media type.
   *
   * @param traceparent empty when there is none
   */
  public record Envelope(
      String id,
      String operation,
      SequencedMap<String, String> headers,
      String traceparent,
      Optional<Value> value,
      Optional<Value.Bytes> raw,
      String mediaType) {}

  /** The file itself. */
  public static byte[] text() {
    try (var file = UdmProto.class.getResourceAsStream("udm.proto")) {
      return Objects.requireNonNull(file).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Throws INVALID for what the form cannot hold. */
  public static byte[] write(Value value) {
    return bytes(out -> new UdmWriter(out).value(value));
  }

  /**
   * Records come back as {@code Dict}; all else as it was.
   *
   * @throws io.unikernal.model.FaultException MALFORMED with {@code position}, or TOO_LARGE
   */
  public static Value read(byte[] bytes, ProtobufLimits limits) {
    var wire = new Wire(bytes, limits);
    return wire.whole(() -> new UdmReader(wire).value());
  }

  public static byte[] write(Envelope envelope) {
    if (envelope.value().isPresent() && envelope.raw().isPresent()) {
      throw Fault.of(Fault.Code.INVALID, "a message has one body").toException();
    }
    return bytes(out -> {
      text(out, 1, envelope.id());
      text(out, 2, envelope.operation());
      for (Map.Entry<String, String> header : envelope.headers().entrySet()) {
        out.writeByteArray(
            3,
            bytes(inner -> {
              text(inner, 1, header.getKey());
              text(inner, 2, header.getValue());
            }));
      }
      text(out, 4, envelope.traceparent());
      if (envelope.value().isPresent()) {
        out.writeByteArray(5, write(envelope.value().get()));
      }
      if (envelope.raw().isPresent()) {
        out.writeByteArray(6, envelope.raw().get().value());
      }
      text(out, 7, envelope.mediaType());
    });
  }

  private static void text(CodedOutputStream out, int field, String text) throws IOException {
    if (!text.isEmpty()) {
      out.writeString(field, text);
    }
  }

  /** As {@link #read(byte[], ProtobufLimits)}. */
  public static Envelope readEnvelope(byte[] bytes, ProtobufLimits limits) {
    var wire = new Wire(bytes, limits);
    return wire.whole(() -> envelope(wire));
  }

  private static Envelope envelope(Wire wire) throws IOException {
    var texts = new String[] {"", "", "", "", "", "", "", ""};
    var headers = new LinkedHashMap<String, String>();
    Optional<Value> value = Optional.empty();
    Optional<Value.Bytes> raw = Optional.empty();
    for (int tag = wire.in.readTag(); tag != 0; tag = wire.in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      boolean isBytes = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if (!isBytes || field > 7) {
        wire.in.skipField(tag);
      } else if (field == 3) {
        List<String> header = wire.inside(() -> header(wire));
        headers.put(header.get(0), header.get(1));
      } else if (field == 5) {
        value = Optional.of(wire.inside(() -> new UdmReader(wire).value()));
        raw = Optional.empty();
      } else if (field == 6) {
        raw = Optional.of(new Value.Bytes(wire.in.readByteArray()));
        value = Optional.empty();
      } else {
        texts[field] = wire.in.readStringRequireUtf8();
      }
    }
    return new Envelope(texts[1], texts[2], headers, texts[4], value, raw, texts[7]);
  }

  private static List<String> header(Wire wire) throws IOException {
    var both = new ArrayList<>(List.of("", ""));
    for (int tag = wire.in.readTag(); tag != 0; tag = wire.in.readTag()) {
      switch (tag) {
        case 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
            both.set(0, wire.in.readStringRequireUtf8());
        case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED ->
            both.set(1, wire.in.readStringRequireUtf8());
        default -> wire.in.skipField(tag);
      }
    }
    return both;
  }

  interface Writing {
    void write(CodedOutputStream out) throws IOException;
  }

  /** Into memory, which never fails. */
  static byte[] bytes(Writing writing) {
    var bytes = new ByteArrayOutputStream();
    try {
      var out = CodedOutputStream.newInstance(bytes);
      writing.write(out);
      out.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }
}
