package io.unikernal.protobuf;

import com.google.protobuf.CodedOutputStream;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;

/** Writes one {@code Value} of {@code udm.proto}. */
final class UdmWriter {
  static final int UNSCALED_BYTES_MAX = 128;

  private final CodedOutputStream out;

  UdmWriter(CodedOutputStream out) {
    this.out = out;
  }

  void value(Value value) throws IOException {
    switch (value) {
      case Value.Absent _ -> {}
      case Value.Null _ -> out.writeBool(1, true);
      case Value.Bool bool -> out.writeBool(2, bool.value());
      case Value.Int(var number) -> out.writeSInt64(3, number);
      case Value.UInt(var bits) -> out.writeUInt64(4, bits);
      case Value.Real(var number) -> out.writeDouble(5, number);
      case Value.Decimal(var number) -> out.writeByteArray(6, decimal(number));
      case Value.Text(var text) -> {
        requireUnicode(text);
        out.writeString(7, text);
      }
      case Value.Bytes(var bytes) -> out.writeByteArray(8, bytes);
      case Value.Timestamp(var moment) ->
          out.writeByteArray(9, span(moment.getEpochSecond(), moment.getNano()));
      case Value.Date(var date) -> out.writeSInt64(10, date.toEpochDay());
      case Value.Time(LocalTime time) -> out.writeUInt64(11, time.toNanoOfDay());
      case Value.Duration(var duration) ->
          out.writeByteArray(12, span(duration.getSeconds(), duration.getNano()));
      case Value.Uuid(var uuid) ->
          out.writeByteArray(
              13,
              ByteBuffer.allocate(16)
                  .putLong(uuid.getMostSignificantBits())
                  .putLong(uuid.getLeastSignificantBits())
                  .array());
      case Value.Items(var items) -> out.writeByteArray(14, items(items));
      case Value.Dict(var fields) -> out.writeByteArray(15, fields(fields));
      case Rec rec -> out.writeByteArray(15, fields(rec.toMap()));
      case ValueStream _ -> throw unwritable(ValueStream.WHAT);
    }
  }

  private static byte[] decimal(BigDecimal number) {
    byte[] unscaled = number.unscaledValue().toByteArray();
    if (unscaled.length > UNSCALED_BYTES_MAX) {
      throw unwritable("a decimal of so many digits");
    }
    return UdmProto.bytes(inner -> {
      inner.writeByteArray(1, unscaled);
      if (number.scale() != 0) {
        inner.writeSInt32(2, number.scale());
      }
    });
  }

  private static byte[] span(long seconds, int nanos) {
    return UdmProto.bytes(inner -> {
      if (seconds != 0) {
        inner.writeSInt64(1, seconds);
      }
      if (nanos != 0) {
        inner.writeUInt32(2, nanos);
      }
    });
  }

  private static byte[] items(List<Value> items) {
    return UdmProto.bytes(inner -> {
      for (Value item : items) {
        inner.writeByteArray(1, UdmProto.write(item));
      }
    });
  }

  private static byte[] fields(Map<String, Value> fields) {
    return UdmProto.bytes(inner -> {
      for (Map.Entry<String, Value> field : fields.entrySet()) {
        inner.writeByteArray(1, field(field.getKey(), field.getValue()));
      }
    });
  }

  private static byte[] field(String name, Value value) {
    requireUnicode(name);
    return UdmProto.bytes(inner -> {
      if (!name.isEmpty()) {
        inner.writeString(1, name);
      }
      inner.writeByteArray(2, UdmProto.write(value));
    });
  }

  /** The library would write something else in silence. */
  static void requireUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSurrogatePair(
            text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : ' ')) {
          throw unwritable("a text with half a pair of surrogates");
        }
        i++;
      }
    }
  }

  static FaultException unwritable(String what) {
    return Fault.of(Fault.Code.INVALID, "Protobuf cannot hold " + what).toException();
  }
}
