package io.unikernal.protobuf;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How one message is read and written.
 *
 * @param fields in the order of the type's
 * @param byNumber the index of the field with a number
 */
record MessagePlan(
    Type.Record type, Special special, List<FieldPlan> fields, Map<Integer, Integer> byNumber) {

  /** Messages of Protobuf's own that stand for a value. */
  enum Special {
    NONE,
    TIMESTAMP,
    DURATION,
    WRAPPER,
    STRUCT,
    VALUE,
    LIST_VALUE,
    FIELD_MASK,
    EMPTY;

    static Special of(String fullName) {
      return switch (fullName) {
        case "google.protobuf.Timestamp" -> TIMESTAMP;
        case "google.protobuf.Duration" -> DURATION;
        case "google.protobuf.Struct" -> STRUCT;
        case "google.protobuf.Value" -> VALUE;
        case "google.protobuf.ListValue" -> LIST_VALUE;
        case "google.protobuf.FieldMask" -> FIELD_MASK;
        case "google.protobuf.Empty" -> EMPTY;
        case "google.protobuf.DoubleValue",
            "google.protobuf.FloatValue",
            "google.protobuf.Int64Value",
            "google.protobuf.UInt64Value",
            "google.protobuf.Int32Value",
            "google.protobuf.UInt32Value",
            "google.protobuf.BoolValue",
            "google.protobuf.StringValue",
            "google.protobuf.BytesValue" ->
            WRAPPER;
        default -> NONE;
      };
    }
  }

  /** How often a field stands there. */
  enum Count {
    ONE,
    MANY,
    MAP
  }

  /**
   * @param absent its value where it is not sent
   * @param symbols of an enum
   * @param message what a message in it is; of a map, its entry
   */
  record FieldPlan(
      FieldDescriptor field,
      Count count,
      Value absent,
      boolean isRequired,
      Optional<EnumDescriptor> symbols,
      Optional<MessagePlan> message) {
    int number() {
      return field.getNumber();
    }
  }
}
