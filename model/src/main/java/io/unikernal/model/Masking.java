package io.unikernal.model;

import java.util.Map;

/**
 * Writes for people what may be shown: {@code "***"} in place of whatever a type labels. Where a
 * value is not of its type, nothing of it is shown if any part of the type has a label.
 */
final class Masking {
  static final String MASK = "***";

  /** In place of what can be read only once. */
  static final String STREAM = "(stream)";

  private final JsonWriter writer;

  Masking(JsonWriter writer) {
    this.writer = writer;
  }

  void value(Value value, Type type) {
    switch (type) {
      case Type.Labelled _ -> writer.text(MASK);
      case Type.Maybe(var of) -> {
        if (value == Value.Absent.ABSENT || value == Value.Null.NULL) {
          writer.value(value);
        } else {
          value(value, of);
        }
      }
      case Type.ListOf(var element, _) -> items(value, element, type);
      case Type.StreamOf(var element) -> {
        if (value instanceof ValueStream) {
          own(value);
        } else {
          items(value, element, type);
        }
      }
      case Type.MapOf(var of) -> {
        if (Fitting.isRecord(value)) {
          entries(value, _ -> of);
        } else {
          other(value, type);
        }
      }
      case Type.Record record -> record(value, record);
      case Type.Union union -> {
        Value symbol = Fitting.isRecord(value) ? value.field(union.tag()) : Value.Absent.ABSENT;
        var member =
            symbol instanceof Value.Text(var text)
                ? union.member(text)
                : java.util.Optional.<Type.Record>empty();
        if (member.isPresent()) {
          record(value, member.get());
        } else {
          other(value, type);
        }
      }
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _ ->
          own(value);
    }
  }

  private void record(Value value, Type.Record type) {
    if (Fitting.isRecord(value)) {
      entries(value, name -> type.field(name).map(Type.Field::type).orElse(Type.Simple.ANY));
    } else {
      other(value, type);
    }
  }

  /** A value that is not of its type. */
  private void other(Value value, Type type) {
    if (Labels.isWithin(type)) {
      writer.text(MASK);
    } else {
      own(value);
    }
  }

  /** A value without a type: only records within it know labels. */
  private void own(Value value) {
    switch (value) {
      case Rec rec -> entries(rec, _ -> Type.Simple.ANY);
      case Value.Items _ -> items(value, Type.Simple.ANY, Type.Simple.ANY);
      case Value.Dict _ -> entries(value, _ -> Type.Simple.ANY);
      case ValueStream _ -> writer.text(STREAM);
      default -> writer.value(value);
    }
  }

  private void items(Value value, Type element, Type type) {
    if (!(value instanceof Value.Items(var items))) {
      other(value, type);
      return;
    }
    writer.open('[');
    boolean first = true;
    for (Value item : items) {
      writer.separate(first);
      value(item, element);
      first = false;
    }
    writer.close(']', first);
  }

  private interface TypeOfField {
    Type of(String name);
  }

  private void entries(Value value, TypeOfField types) {
    writer.open('{');
    boolean first = true;
    for (Map.Entry<String, Value> entry : fields(value).entrySet()) {
      if (entry.getValue() == Value.Absent.ABSENT) {
        continue;
      }
      writer.separate(first);
      writer.name(entry.getKey());
      first = false;
      // A record's own labels hold even where it stands as another type, or as none.
      Type own = ownType(value, entry.getKey());
      value(entry.getValue(), Labels.isWithin(own) ? own : types.of(entry.getKey()));
    }
    writer.close('}', first);
  }

  private static Type ownType(Value value, String name) {
    int field = value instanceof Rec rec ? rec.shape().index(name) : -1;
    return field < 0 ? Type.Simple.ANY : ((Rec) value).shape().fields().get(field).type();
  }

  private static Map<String, Value> fields(Value value) {
    return value instanceof Value.Dict(var fields) ? fields : ((Rec) value).toMap();
  }
}
