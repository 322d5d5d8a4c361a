package io.unikernal.protobuf;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plans of messages that may hold each other, and their types: the same that {@code unikernal
 * import} gives them, which a test there holds.
 */
final class MessagePlans {
  private static final Type INT32 =
      new Type.Int(Type.Range.of(Integer.MIN_VALUE, Integer.MAX_VALUE));
  private static final Type UINT32 = new Type.UInt(Type.Range.of(0, 0xffff_ffffL));

  private final Map<String, MessagePlan> made = new HashMap<>();

  MessagePlan of(Descriptor message) {
    MessagePlan known = made.get(message.getFullName());
    if (known != null) {
      return known;
    }
    var type = new Type.Record(name(message));
    var plans = new ArrayList<MessagePlan.FieldPlan>();
    var byNumber = new HashMap<Integer, Integer>();
    var plan =
        new MessagePlan(type, MessagePlan.Special.of(message.getFullName()), plans, byNumber);
    made.put(message.getFullName(), plan);
    var fields = new ArrayList<Type.Field>();
    for (FieldDescriptor field : inOrder(message)) {
      if (field.getType() == FieldDescriptor.Type.GROUP) {
        continue; // Kept with what the type does not know.
      }
      byNumber.put(field.getNumber(), plans.size());
      Type.Field declared = field(field);
      plans.add(plan(field, declared));
      fields.add(declared);
    }
    type.define(List.copyOf(fields));
    return plan;
  }

  /** First those by themselves, then those of each choice, as they are imported. */
  private static List<FieldDescriptor> inOrder(Descriptor message) {
    var fields = new ArrayList<FieldDescriptor>();
    message.getFields().stream()
        .filter(field -> field.getRealContainingOneof() == null)
        .forEach(fields::add);
    message.getRealOneofs().forEach(choice -> fields.addAll(choice.getFields()));
    return fields;
  }

  static String name(Descriptor message) {
    Descriptor outer = message.getContainingType();
    return outer == null ? message.getName() : name(outer) + "_" + message.getName();
  }

  private Type.Field field(FieldDescriptor field) {
    Type type = single(field);
    if (field.isMapField()) {
      Descriptor entry = field.getMessageType();
      type = new Type.MapOf(single(entry.findFieldByNumber(2)));
      return new Type.Field(field.getName(), type, Optional.of(Value.Dict.EMPTY), "");
    }
    if (field.isRepeated()) {
      return new Type.Field(
          field.getName(), Type.ListOf.of(type), Optional.of(Value.Items.EMPTY), "");
    }
    Optional<Value> fallback =
        field.hasDefaultValue() ? Optional.of(constant(field)) : Optional.empty();
    boolean mayMiss = field.hasPresence() && !field.isRequired() && fallback.isEmpty();
    Type whole = mayMiss && !type.isMaybe() && type != Type.Simple.NULL ? type.maybe() : type;
    return new Type.Field(field.getName(), whole, fallback, "");
  }

  /** The type of one value of the field. */
  private Type single(FieldDescriptor field) {
    return switch (field.getType()) {
      case DOUBLE, FLOAT -> Type.Real.ANY_DOUBLE;
      case INT32, SINT32, SFIXED32 -> INT32;
      case UINT32, FIXED32 -> UINT32;
      case INT64, SINT64, SFIXED64 -> Type.Int.ANY_INT;
      case UINT64, FIXED64 -> Type.UInt.ANY_UINT;
      case BOOL -> Type.Simple.BOOL;
      case STRING -> Type.Text.ANY_TEXT;
      case BYTES -> Type.Bytes.ANY_BYTES;
      case ENUM -> symbols(field.getEnumType());
      case MESSAGE -> field.isMapField() ? Type.Simple.ANY : message(field.getMessageType());
      case GROUP -> throw new AssertionError("a group");
    };
  }

  private static Type symbols(EnumDescriptor symbols) {
    return symbols.getFullName().equals("google.protobuf.NullValue")
        ? Type.Simple.NULL
        : new Type.Enum(
            symbols.getValues().stream().map(EnumValueDescriptor::getName).distinct().toList());
  }

  private Type message(Descriptor message) {
    return switch (MessagePlan.Special.of(message.getFullName())) {
      case TIMESTAMP -> Type.Simple.TIMESTAMP;
      case DURATION -> Type.Simple.DURATION;
      case WRAPPER -> single(message.findFieldByNumber(1)).maybe();
      case STRUCT, EMPTY -> new Type.MapOf(Type.Simple.ANY);
      case VALUE -> Type.Simple.ANY;
      case LIST_VALUE -> Type.ListOf.of(Type.Simple.ANY);
      case FIELD_MASK -> Type.Text.ANY_TEXT;
      case NONE ->
          message.getFullName().equals("google.protobuf.Any")
              ? Type.Simple.ANY
              : of(message).type();
    };
  }

  private MessagePlan.FieldPlan plan(FieldDescriptor field, Type.Field declared) {
    boolean isMessage = field.getType() == FieldDescriptor.Type.MESSAGE;
    boolean isEnum = field.getType() == FieldDescriptor.Type.ENUM;
    Value absent =
        declared.fallback().isPresent()
            ? declared.fallback().get()
            : declared.type().isMaybe() || field.hasPresence()
                ? Value.Absent.ABSENT
                : constant(field);
    return new MessagePlan.FieldPlan(
        field,
        field.isMapField()
            ? MessagePlan.Count.MAP
            : field.isRepeated() ? MessagePlan.Count.MANY : MessagePlan.Count.ONE,
        absent,
        field.isRequired(),
        isEnum ? Optional.of(field.getEnumType()) : Optional.empty(),
        isMessage ? Optional.of(of(field.getMessageType())) : Optional.empty());
  }

  /** A scalar's default: its zero, if none is declared. */
  private static Value constant(FieldDescriptor field) {
    return switch (field.getDefaultValue()) {
      case Boolean bool -> Value.Bool.of(bool);
      case Integer number -> whole(field, number);
      case Long number -> whole(field, number);
      case Float number -> new Value.Real(number);
      case Double number -> new Value.Real(number);
      case String text -> Value.text(text);
      case ByteString bytes -> new Value.Bytes(bytes.toByteArray());
      case EnumValueDescriptor symbol -> symbol(symbol);
      default -> throw new AssertionError("no scalar: " + field);
    };
  }

  private static Value whole(FieldDescriptor field, long number) {
    return switch (field.getType()) {
      case UINT32, FIXED32 -> new Value.UInt(number & 0xffff_ffffL);
      case UINT64, FIXED64 -> new Value.UInt(number);
      default -> new Value.Int(number);
    };
  }

  static Value symbol(EnumValueDescriptor symbol) {
    return symbol.getType().getFullName().equals("google.protobuf.NullValue")
        ? Value.Null.NULL
        : Value.text(symbol.getName());
  }
}
