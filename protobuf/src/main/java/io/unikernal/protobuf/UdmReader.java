package io.unikernal.protobuf;

import com.google.protobuf.WireFormat;
import io.unikernal.model.Conform;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.UUID;

/** Reads one {@code Value} of {@code udm.proto}, up to the end of the part that it is in. */
final class UdmReader {
  private static final int SCALE_MAX = 9999;
  private static final int NANOS_MAX = 999_999_999;
  private static final int VARINT = WireFormat.WIRETYPE_VARINT;
  private static final int LENGTH = WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private final Wire wire;

  UdmReader(Wire wire) {
    this.wire = wire;
  }

  Value value() throws IOException {
    Value value = Value.Absent.ABSENT;
    for (int tag = wire.in.readTag(); tag != 0; tag = wire.in.readTag()) {
      value =
          switch (tag) {
            case 1 << 3 | VARINT -> {
              wire.in.readBool();
              yield Value.Null.NULL;
            }
            case 2 << 3 | VARINT -> Value.Bool.of(wire.in.readBool());
            case 3 << 3 | VARINT -> new Value.Int(wire.in.readSInt64());
            case 4 << 3 | VARINT -> new Value.UInt(wire.in.readUInt64());
            case 5 << 3 | WireFormat.WIRETYPE_FIXED64 -> new Value.Real(wire.in.readDouble());
            case 6 << 3 | LENGTH -> wire.inside(this::decimal);
            case 7 << 3 | LENGTH -> Value.text(wire.in.readStringRequireUtf8());
            case 8 << 3 | LENGTH -> new Value.Bytes(wire.in.readByteArray());
            case 9 << 3 | LENGTH -> timestamp(wire.inside(this::span));
            case 10 << 3 | VARINT -> date(wire.in.readSInt64());
            case 11 << 3 | VARINT -> time(wire.in.readUInt64());
            case 12 << 3 | LENGTH ->
                inRange(Type.Simple.DURATION, new Value.Duration(wire.inside(this::span)));
            case 13 << 3 | LENGTH -> uuid(wire.in.readByteArray());
            case 14 << 3 | LENGTH -> wire.inside(this::items);
            case 15 << 3 | LENGTH -> wire.inside(this::fields);
            default -> {
              wire.in.skipField(tag);
              yield value;
            }
          };
    }
    return value;
  }

  /** The bounds of a type, which JSON has too: what it writes, everybody can read. */
  private Value inRange(Type type, Value value) {
    boolean isWritable;
    try {
      io.unikernal.model.Cbor.write(value);
      isWritable = Conform.check(type, value, Conform.Extra.REFUSE) instanceof Conform.Result.Fits;
    } catch (io.unikernal.model.FaultException _) {
      isWritable = false;
    }
    if (!isWritable) {
      throw wire.malformed("a " + type + " is out of range");
    }
    return value;
  }

  private Value decimal() throws IOException {
    byte[] unscaled = {0};
    int scale = 0;
    for (int tag = wire.in.readTag(); tag != 0; tag = wire.in.readTag()) {
      switch (tag) {
        case 1 << 3 | LENGTH -> unscaled = wire.in.readByteArray();
        case 2 << 3 | VARINT -> scale = wire.in.readSInt32();
        default -> wire.in.skipField(tag);
      }
    }
    boolean isInRange =
        unscaled.length > 0
            && unscaled.length <= UdmWriter.UNSCALED_BYTES_MAX
            && Math.abs((long) scale) <= SCALE_MAX;
    if (!isInRange) {
      throw wire.malformed("a decimal is out of range");
    }
    return new Value.Decimal(new BigDecimal(new BigInteger(unscaled), scale));
  }

  private Duration span() throws IOException {
    long seconds = 0;
    long nanos = 0;
    for (int tag = wire.in.readTag(); tag != 0; tag = wire.in.readTag()) {
      switch (tag) {
        case 1 << 3 | VARINT -> seconds = wire.in.readSInt64();
        case 2 << 3 | VARINT -> nanos = Integer.toUnsignedLong(wire.in.readUInt32());
        default -> wire.in.skipField(tag);
      }
    }
    // Far outside of what is allowed, and bounded before it is added up.
    if (nanos > NANOS_MAX || Math.abs(seconds >> 1) > 1L << 50) {
      throw wire.malformed("a time is out of range");
    }
    return Duration.ofSeconds(seconds, nanos);
  }

  private Value timestamp(Duration since) {
    try {
      var moment = Instant.ofEpochSecond(since.getSeconds(), since.getNano());
      return inRange(Type.Simple.TIMESTAMP, new Value.Timestamp(moment));
    } catch (DateTimeException _) {
      throw wire.malformed("a timestamp is out of range");
    }
  }

  private Value date(long days) {
    try {
      return inRange(Type.Simple.DATE, new Value.Date(LocalDate.ofEpochDay(days)));
    } catch (DateTimeException _) {
      throw wire.malformed("a date is out of range");
    }
  }

  private Value time(long nanos) {
    try {
      return new Value.Time(LocalTime.ofNanoOfDay(nanos));
    } catch (DateTimeException _) {
      throw wire.malformed("a time of day is out of range");
    }
  }

  private Value uuid(byte[] bytes) {
    if (bytes.length != 16) {
      throw wire.malformed("a uuid is not 16 bytes");
    }
    var halves = ByteBuffer.wrap(bytes);
    return new Value.Uuid(new UUID(halves.getLong(), halves.getLong()));
  }

  private Value items() throws IOException {
    var items = new ArrayList<Value>();
    for (int tag = wire.in.readTag(); tag != 0; tag = wire.in.readTag()) {
      if (tag == (1 << 3 | LENGTH)) {
        items.add(wire.inside(this::value));
      } else {
        wire.in.skipField(tag);
      }
    }
    return new Value.Items(items);
  }

  private Value fields() throws IOException {
    var fields = new LinkedHashMap<String, Value>();
    for (int tag = wire.in.readTag(); tag != 0; tag = wire.in.readTag()) {
      if (tag == (1 << 3 | LENGTH)) {
        wire.inside(() -> field(fields));
      } else {
        wire.in.skipField(tag);
      }
    }
    return new Value.Dict(fields);
  }

  private Value field(LinkedHashMap<String, Value> fields) throws IOException {
    String name = "";
    Value value = Value.Absent.ABSENT;
    for (int tag = wire.in.readTag(); tag != 0; tag = wire.in.readTag()) {
      switch (tag) {
        case 1 << 3 | LENGTH -> name = wire.in.readStringRequireUtf8();
        case 2 << 3 | LENGTH -> value = wire.inside(this::value);
        default -> wire.in.skipField(tag);
      }
    }
    if (fields.put(name, value) != null) {
      throw wire.malformed("a name stands twice in one record");
    }
    return value;
  }
}
