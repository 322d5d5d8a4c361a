package io.unikernal.udl;

import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The type that a value looks like: records in place, lists of what all items can be. */
final class InferredType {
  private InferredType() {}

  static Type of(Value value) {
    return switch (value) {
      case Value.Absent _, Value.Null _ -> Type.Simple.NULL;
      case Value.Bool _ -> Type.Simple.BOOL;
      case Value.Int _ -> Type.Int.ANY_INT;
      case Value.UInt _ -> Type.UInt.ANY_UINT;
      case Value.Real _ -> Type.Real.ANY_DOUBLE;
      case Value.Decimal _ -> Type.Decimal.ANY_DECIMAL;
      case Value.Text _ -> Type.Text.ANY_TEXT;
      case Value.Bytes _ -> Type.Bytes.ANY_BYTES;
      case Value.Timestamp _ -> Type.Simple.TIMESTAMP;
      case Value.Date _ -> Type.Simple.DATE;
      case Value.Time _ -> Type.Simple.TIME;
      case Value.Duration _ -> Type.Simple.DURATION;
      case Value.Uuid _ -> Type.Simple.UUID;
      case Value.Items(var items) -> Type.ListOf.of(joined(items));
      case Value.Dict(var fields) -> record(fields);
      case Rec rec -> record(rec.toMap());
      case ValueStream _ -> new Type.StreamOf(Type.Simple.ANY);
    };
  }

  private static Type record(Map<String, Value> values) {
    var fields = new ArrayList<Type.Field>();
    values.forEach((name, value) -> fields.add(Type.Field.of(name, field(of(value)))));
    return new Type.Record("", fields);
  }

  /** A null in JSON is something absent, of which nothing else is known. */
  private static Type field(Type type) {
    return type == Type.Simple.NULL ? optional(Type.Simple.ANY) : type;
  }

  private static Type optional(Type type) {
    return type.isMaybe() ? type : new Type.Maybe(type);
  }

  private static Type joined(List<Value> items) {
    Optional<Type> all = Optional.empty();
    for (Value item : items) {
      Type type = of(item);
      all = Optional.of(all.map(before -> join(before, type)).orElse(type));
    }
    return all.filter(type -> type != Type.Simple.NULL).orElse(Type.Simple.ANY);
  }

  private static Type join(Type one, Type other) {
    if (one.toString().equals(other.toString()) || other == Type.Simple.NULL) {
      return one;
    }
    if (one == Type.Simple.NULL) {
      return other;
    }
    if (one instanceof Type.Record first && other instanceof Type.Record second) {
      return join(first, second);
    }
    if (one instanceof Type.ListOf first && other instanceof Type.ListOf second) {
      return Type.ListOf.of(join(first.element(), second.element()));
    }
    boolean areNumbers = isExact(one) && isExact(other);
    return areNumbers ? Type.Decimal.ANY_DECIMAL : Type.Simple.ANY;
  }

  private static boolean isExact(Type type) {
    return type instanceof Type.Int || type instanceof Type.UInt || type instanceof Type.Decimal;
  }

  /** Fields that not all have may be absent. */
  private static Type join(Type.Record one, Type.Record other) {
    var fields = new LinkedHashMap<String, Type>();
    for (Type.Field field : one.fields()) {
      Optional<Type> second = other.field(field.name()).map(Type.Field::type);
      Type both = second.map(type -> joinField(field.type(), type)).orElse(optional(field.type()));
      fields.put(field.name(), both);
    }
    for (Type.Field field : other.fields()) {
      fields.putIfAbsent(field.name(), optional(field.type()));
    }
    return Type.record(fields);
  }

  private static Type joinField(Type one, Type other) {
    if (one.isMaybe() || other.isMaybe()) {
      return optional(join(one.core(), other.core()));
    }
    return join(one, other);
  }
}
