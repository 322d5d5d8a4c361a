package io.unikernal.protobuf;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads messages into the slots of their types, and what stands for a value into that value. */
final class MessageReader {
  private final Wire wire;

  MessageReader(Wire wire) {
    this.wire = wire;
  }

  /** Up to the end of the part that it is in. */
  Value message(MessagePlan plan) throws IOException {
    var filling = new Filling(plan);
    filling.read();
    return filling.value();
  }

  /** One message while it comes in; a second part of it is merged into the first. */
  private final class Filling {
    private final MessagePlan plan;
    private final @Nullable Value[] values;
    private final @Nullable List<Value>[] lists;
    private final @Nullable Map<String, Value>[] maps;
    private final @Nullable Filling[] inner;
    private @Nullable ByteArrayOutputStream unknown;

    @SuppressWarnings({"unchecked", "rawtypes"}) // Arrays of generic types.
    Filling(MessagePlan plan) {
      this.plan = plan;
      int size = plan.fields().size();
      values = new Value[size];
      lists = new List[size];
      maps = new Map[size];
      inner = new Filling[size];
    }

    Filling read() throws IOException {
      for (int tag = wire.in.readTag(); tag != 0; tag = wire.in.readTag()) {
        int type = WireFormat.getTagWireType(tag);
        Integer index = plan.byNumber().get(WireFormat.getTagFieldNumber(tag));
        if (index == null || !field(index, type)) {
          unknown(tag);
        }
      }
      return this;
    }

    @SuppressWarnings("deprecation") // Nothing else copies a field of any form.
    private void unknown(int tag) throws IOException {
      if (unknown == null) {
        unknown = new ByteArrayOutputStream();
      }
      var out = CodedOutputStream.newInstance(unknown);
      wire.in.skipField(tag, out);
      out.flush();
    }

    /** Whether the field is known in this form. */
    private boolean field(int index, int wireType) throws IOException {
      var field = plan.fields().get(index);
      int expected = field.field().getLiteType().getWireType();
      if (field.count() == MessagePlan.Count.MAP) {
        if (wireType != expected) {
          return false;
        }
        entry(index, field);
        return true;
      }
      boolean isPacked =
          field.count() == MessagePlan.Count.MANY
              && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED
              && expected != WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if (isPacked) {
        List<Value> list = list(index);
        wire.packed(() -> list.add(single(field)));
        return true;
      }
      if (wireType != expected) {
        return false;
      }
      if (field.count() == MessagePlan.Count.MANY) {
        list(index).add(single(field));
      } else if (field.message().isPresent()) {
        choose(field);
        Filling part = inner[index];
        if (part == null) {
          part = new Filling(field.message().get());
          inner[index] = part;
        }
        wire.inside(part::read);
      } else {
        choose(field);
        values[index] = single(field);
      }
      return true;
    }

    /** Of a choice the last one counts. */
    private void choose(MessagePlan.FieldPlan field) {
      var choice = field.field().getRealContainingOneof();
      if (choice == null) {
        return;
      }
      for (FieldDescriptor other : choice.getFields()) {
        Integer index = plan.byNumber().get(other.getNumber());
        if (index != null && other != field.field()) {
          values[index] = null;
          inner[index] = null;
        }
      }
    }

    private List<Value> list(int index) {
      List<Value> list = lists[index];
      if (list == null) {
        list = new ArrayList<>();
        lists[index] = list;
      }
      return list;
    }

    private void entry(int index, MessagePlan.FieldPlan field) throws IOException {
      var entry = new Filling(field.message().orElseThrow());
      wire.inside(entry::read);
      Map<String, Value> map = maps[index];
      if (map == null) {
        map = new LinkedHashMap<>();
        maps[index] = map;
      }
      String key =
          switch (entry.at(0)) {
            case Value.Text(var text) -> text;
            case Value.Int(var number) -> Long.toString(number);
            case Value.UInt(var bits) -> Long.toUnsignedString(bits);
            case Value.Bool bool -> Boolean.toString(bool.value());
            default -> throw wire.malformed("no key of a map");
          };
      Value value = entry.at(1);
      if (value == Value.Absent.ABSENT) {
        value = new Filling(entry.plan.fields().get(1).message().orElseThrow()).value();
      }
      map.put(key, value);
    }

    /** The value of a field; a message's is made now. */
    Value at(int index) {
      var field = plan.fields().get(index);
      Filling part = inner[index];
      List<Value> list = lists[index];
      Map<String, Value> map = maps[index];
      Value value = values[index];
      if (part != null) {
        return part.value();
      }
      if (list != null) {
        return new Value.Items(list);
      }
      if (map != null) {
        return new Value.Dict(new LinkedHashMap<>(map));
      }
      if (value == null && field.isRequired()) {
        throw wire.malformed("`" + field.field().getFullName() + "` is required and missing");
      }
      return value == null ? field.absent() : value;
    }

    private long whole(int index) {
      return at(index) instanceof Value.Int(var number) ? number : 0;
    }

    Value value() {
      return switch (plan.special()) {
        case TIMESTAMP -> timestamp(whole(0), whole(1));
        case DURATION -> duration(whole(0), whole(1));
        case WRAPPER -> at(0);
        case STRUCT -> at(0);
        case LIST_VALUE -> at(0);
        case EMPTY -> Value.Dict.EMPTY;
        case VALUE -> chosen();
        case FIELD_MASK ->
            Value.text(
                String.join(
                    ",",
                    ((Value.Items) at(0))
                        .items().stream().map(path -> ((Value.Text) path).value()).toList()));
        case NONE -> record();
      };
    }

    private Value chosen() {
      for (int i = 0; i < values.length; i++) {
        if (values[i] != null || inner[i] != null) {
          return at(i);
        }
      }
      return Value.Null.NULL;
    }

    private Value record() {
      var builder = Rec.builder(plan.type().shape());
      for (int i = 0; i < values.length; i++) {
        builder.set(i, at(i));
      }
      if (unknown != null) {
        builder.extra(ProtobufCodec.UNKNOWN, new Value.Bytes(unknown.toByteArray()));
      }
      return builder.build();
    }
  }

  private Value timestamp(long seconds, long nanos) {
    try {
      if (nanos >= 0 && nanos <= 999_999_999) {
        var moment = Instant.ofEpochSecond(seconds, nanos);
        int year = moment.atOffset(java.time.ZoneOffset.UTC).getYear();
        if (year >= 1 && year <= 9999) {
          return new Value.Timestamp(moment);
        }
      }
    } catch (DateTimeException _) {
      // Far out of range: said below.
    }
    throw wire.malformed("a timestamp is out of range");
  }

  private Value duration(long seconds, long nanos) {
    boolean isInRange =
        Math.abs(nanos) <= 999_999_999
            && Math.abs(seconds >> 1) <= 315_576_000_000L / 2
            && (seconds == 0 || nanos == 0 || seconds < 0 == nanos < 0);
    if (!isInRange) {
      throw wire.malformed("a duration is out of range");
    }
    return new Value.Duration(Duration.ofSeconds(seconds, nanos));
  }

  /** One value of a field that is not merged. */
  private Value single(MessagePlan.FieldPlan plan) throws IOException {
    var in = wire.in;
    return switch (plan.field().getType()) {
      case DOUBLE -> new Value.Real(in.readDouble());
      case FLOAT -> new Value.Real(in.readFloat());
      case INT32 -> new Value.Int(in.readInt32());
      case SINT32 -> new Value.Int(in.readSInt32());
      case SFIXED32 -> new Value.Int(in.readSFixed32());
      case UINT32 -> new Value.UInt(Integer.toUnsignedLong(in.readUInt32()));
      case FIXED32 -> new Value.UInt(Integer.toUnsignedLong(in.readFixed32()));
      case INT64 -> new Value.Int(in.readInt64());
      case SINT64 -> new Value.Int(in.readSInt64());
      case SFIXED64 -> new Value.Int(in.readSFixed64());
      case UINT64 -> new Value.UInt(in.readUInt64());
      case FIXED64 -> new Value.UInt(in.readFixed64());
      case BOOL -> Value.Bool.of(in.readBool());
      case STRING -> Value.text(in.readStringRequireUtf8());
      case BYTES -> new Value.Bytes(in.readByteArray());
      case ENUM -> symbol(plan, in.readEnum());
      case MESSAGE -> wire.inside(() -> message(plan.message().orElseThrow()));
      case GROUP -> throw new AssertionError("a group");
    };
  }

  /** What is no symbol has no value here; to take another for it would be worse than to refuse. */
  private Value symbol(MessagePlan.FieldPlan plan, int number) {
    var symbol = plan.symbols().orElseThrow().findValueByNumber(number);
    if (symbol == null) {
      throw wire.malformed(
          "`" + plan.field().getFullName() + "` is no symbol of its enum that is known here");
    }
    return MessagePlans.symbol(symbol);
  }
}
