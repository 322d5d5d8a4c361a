package io.unikernal.protobuf;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.WireFormat;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Writes the values that {@link MessageReader} reads. */
final class MessageWriter {
  private static final int DEPTH_MAX = 512;

  private final CodedOutputStream out;
  private final int depth;

  private MessageWriter(CodedOutputStream out, int depth) {
    this.out = out;
    this.depth = depth;
  }

  static byte[] bytes(MessagePlan plan, Value value) {
    return bytes(plan, value, 1);
  }

  private static byte[] bytes(MessagePlan plan, Value value, int depth) {
    if (depth > DEPTH_MAX) {
      throw UdmWriter.unwritable("what is nested deeper than " + DEPTH_MAX + " levels");
    }
    return UdmProto.bytes(out -> new MessageWriter(out, depth).message(plan, value));
  }

  private void message(MessagePlan plan, Value value) throws IOException {
    switch (plan.special()) {
      case NONE -> record(plan, value);
      case TIMESTAMP -> {
        if (!(value instanceof Value.Timestamp(var moment))) {
          throw misfit();
        }
        span(moment.getEpochSecond(), moment.getNano());
      }
      case DURATION -> {
        if (!(value instanceof Value.Duration(Duration duration))) {
          throw misfit();
        }
        // Protobuf counts both parts away from zero.
        boolean isShifted = duration.getSeconds() < 0 && duration.getNano() > 0;
        span(
            duration.getSeconds() + (isShifted ? 1 : 0),
            duration.getNano() - (isShifted ? 1_000_000_000 : 0));
      }
      case WRAPPER, STRUCT, LIST_VALUE -> field(plan.fields().getFirst(), value);
      case EMPTY -> {}
      case VALUE -> any(plan, value);
      case FIELD_MASK -> {
        String paths = value instanceof Value.Text(var text) ? text : "";
        for (String path : paths.isEmpty() ? new String[0] : paths.split(",", -1)) {
          out.writeString(1, path);
        }
      }
    }
  }

  private static IllegalArgumentException misfit() {
    return new IllegalArgumentException("the value was not made for this message");
  }

  private void span(long seconds, int nanos) throws IOException {
    if (seconds != 0) {
      out.writeInt64(1, seconds);
    }
    if (nanos != 0) {
      out.writeInt32(2, nanos);
    }
  }

  /** {@code google.protobuf.Value} knows six kinds. */
  private void any(MessagePlan plan, Value value) throws IOException {
    int index =
        switch (value) {
          case Value.Null _, Value.Absent _ -> 0;
          case Value.Real _ -> 1;
          case Value.Text _ -> 2;
          case Value.Bool _ -> 3;
          case Value.Dict _, Rec _ -> 4;
          case Value.Items _ -> 5;
          case Value.Int(var number) when (long) (double) number == number -> 1;
          default -> throw UdmWriter.unwritable("this in a google.protobuf.Value");
        };
    Value given =
        switch (value) {
          case Value.Absent _ -> Value.Null.NULL;
          case Value.Int(var number) -> new Value.Real(number);
          case Rec rec -> new Value.Dict(rec.toMap());
          default -> value;
        };
    field(plan.fields().get(index), given);
  }

  private void record(MessagePlan plan, Value value) throws IOException {
    if (!(value instanceof Rec rec) || rec.shape() != plan.type().shape()) {
      throw misfit();
    }
    for (int i = 0; i < plan.fields().size(); i++) {
      var field = plan.fields().get(i);
      Value given = rec.get(i);
      boolean isImplied = !field.field().hasPresence() && isZero(given, field.absent());
      if (given != Value.Absent.ABSENT && !isImplied) {
        field(field, given);
      }
    }
    for (Map.Entry<String, Value> extra : rec.extras().entrySet()) {
      if (extra.getKey().equals(ProtobufCodec.UNKNOWN)
          && extra.getValue() instanceof Value.Bytes(var bytes)) {
        out.writeRawBytes(bytes);
      } else {
        throw UdmWriter.unwritable("a field that its message does not have");
      }
    }
  }

  /** -0.0 is no zero. */
  private static boolean isZero(Value given, Value zero) {
    return given.equals(zero);
  }

  private void field(MessagePlan.FieldPlan plan, Value value) throws IOException {
    switch (plan.count()) {
      case ONE -> single(plan, value);
      case MANY -> {
        if (!(value instanceof Value.Items(var items))) {
          throw misfit();
        }
        many(plan, items);
      }
      case MAP -> {
        if (!(value instanceof Value.Dict(var fields))) {
          throw misfit();
        }
        for (Map.Entry<String, Value> entry : fields.entrySet()) {
          out.writeByteArray(plan.number(), entry(plan, entry.getKey(), entry.getValue()));
        }
      }
    }
  }

  private void many(MessagePlan.FieldPlan plan, List<Value> items) throws IOException {
    if (plan.field().isPacked() && !items.isEmpty()) {
      out.writeByteArray(
          plan.number(),
          UdmProto.bytes(inner -> {
            for (Value item : items) {
              new MessageWriter(inner, depth).raw(plan, item);
            }
          }));
      return;
    }
    for (Value item : items) {
      single(plan, item);
    }
  }

  private byte[] entry(MessagePlan.FieldPlan map, String key, Value value) {
    var plan = map.message().orElseThrow();
    return UdmProto.bytes(inner -> {
      var writer = new MessageWriter(inner, depth + 1);
      writer.single(plan.fields().get(0), key(plan.fields().get(0), key));
      if (value != Value.Absent.ABSENT) {
        writer.single(plan.fields().get(1), value);
      }
    });
  }

  private static Value key(MessagePlan.FieldPlan plan, String key) {
    try {
      return switch (plan.absent()) {
        case Value.Int _ -> new Value.Int(Long.parseLong(key));
        case Value.UInt _ -> new Value.UInt(Long.parseUnsignedLong(key));
        case Value.Bool _ when key.equals("true") || key.equals("false") ->
            Value.Bool.of(key.equals("true"));
        case Value.Text _ -> Value.text(key);
        default -> throw new NumberFormatException();
      };
    } catch (NumberFormatException _) {
      throw UdmWriter.unwritable("a key of a map that is no " + plan.field().getType());
    }
  }

  private void single(MessagePlan.FieldPlan plan, Value value) throws IOException {
    int type = plan.field().getLiteType().getWireType();
    out.writeTag(plan.number(), type);
    if (type == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      byte[] bytes = delimited(plan, value);
      out.writeUInt32NoTag(bytes.length);
      out.writeRawBytes(bytes);
    } else {
      raw(plan, value);
    }
  }

  private byte[] delimited(MessagePlan.FieldPlan plan, Value value) {
    return switch (value) {
      case Value.Text(var text) when plan.message().isEmpty() -> {
        UdmWriter.requireUnicode(text);
        yield text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      }
      case Value.Bytes(var bytes) when plan.message().isEmpty() -> bytes;
      default -> bytes(plan.message().orElseThrow(MessageWriter::misfit), value, depth + 1);
    };
  }

  /** A number without its tag. */
  private void raw(MessagePlan.FieldPlan plan, Value value) throws IOException {
    long bits =
        switch (value) {
          case Value.Int(var number) -> number;
          case Value.UInt(var number) -> number;
          case Value.Bool bool -> bool.value() ? 1 : 0;
          case Value.Real(var number) -> Double.doubleToRawLongBits(number);
          case Value.Text(var text) -> number(plan.symbols().orElseThrow(), text);
          case Value.Null _ -> 0;
          default -> throw misfit();
        };
    switch (plan.field().getType()) {
      case DOUBLE -> out.writeFixed64NoTag(bits);
      case FLOAT -> out.writeFloatNoTag(single(Double.longBitsToDouble(bits)));
      case INT32, INT64, UINT64, UINT32 -> out.writeUInt64NoTag(bits);
      case ENUM -> out.writeInt32NoTag((int) bits);
      case SINT32 -> out.writeSInt32NoTag((int) bits);
      case SINT64 -> out.writeSInt64NoTag(bits);
      case SFIXED32, FIXED32 -> out.writeFixed32NoTag((int) bits);
      case SFIXED64, FIXED64 -> out.writeFixed64NoTag(bits);
      case BOOL -> out.writeBoolNoTag(bits != 0);
      case STRING, BYTES, MESSAGE, GROUP -> throw misfit();
    }
  }

  private static int number(EnumDescriptor symbols, String name) {
    var symbol = symbols.findValueByName(name);
    if (symbol == null) {
      throw misfit();
    }
    return symbol.getNumber();
  }

  /** Rounding is what a float does; to become infinite is not. */
  private static float single(double number) {
    float single = (float) number;
    if (Float.isInfinite(single) && !Double.isInfinite(number)) {
      throw UdmWriter.unwritable("so large a number in a float");
    }
    return single;
  }
}
