package io.unikernal.expr;

import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Maps and records look alike to an expression; this is the one place that tells them apart. */
final class Collections {
  private Collections() {}

  static boolean isMap(Value value) {
    return value instanceof Value.Dict || value instanceof Rec;
  }

  static SequencedMap<String, Value> entries(Value map) {
    return switch (map) {
      case Value.Dict(var fields) -> fields;
      case Rec rec -> rec.toMap();
      default -> new LinkedHashMap<>();
    };
  }

  static boolean has(Value map, String key) {
    return get(map, key) != Value.Absent.ABSENT;
  }

  /** The field, absent when it is not there or when the value has no fields. */
  static Value get(Value map, String key) {
    return switch (map) {
      case Value.Dict(var fields) -> fields.getOrDefault(key, Value.Absent.ABSENT);
      case Rec rec -> rec.get(key);
      default -> Value.Absent.ABSENT;
    };
  }

  static Value select(Value map, String key) {
    Value value = get(map, key);
    if (value != Value.Absent.ABSENT) {
      return value;
    }
    throw new EvaluationException(
        isMap(map) ? "no field `" + key + "` in" : "there are no fields in");
  }

  static Value index(Value container, Value index) {
    if (container instanceof Value.Items(var items)) {
      long at = position(index);
      if (at < 0 || at >= items.size()) {
        throw new EvaluationException("index out of bounds in");
      }
      return items.get((int) at);
    }
    if (isMap(container)) {
      if (!(index instanceof Value.Text(var key))) {
        if (index instanceof Value.Items || isMap(index)) {
          throw Definition.noOverload("[]");
        }
        throw new EvaluationException("no such key in");
      }
      Value value = get(container, key);
      if (value == Value.Absent.ABSENT) {
        throw new EvaluationException("no such key in");
      }
      return value;
    }
    throw Definition.noOverload("[]");
  }

  static Value optionalIndex(Value container, Value index) {
    if (container instanceof Value.Items(var items)) {
      long at = position(index);
      return at < 0 || at >= items.size() ? Value.Absent.ABSENT : items.get((int) at);
    }
    if (container == Value.Absent.ABSENT) {
      return container;
    }
    if (isMap(container)) {
      return index instanceof Value.Text(var key) ? get(container, key) : Value.Absent.ABSENT;
    }
    throw Definition.noOverload("[?]");
  }

  /** CEL lets a list be indexed by any number that is whole. */
  private static long position(Value index) {
    return switch (index) {
      case Value.Int(var number) -> number;
      case Value.UInt(var bits) -> bits;
      case Value.Real(var number) when number == Math.rint(number) -> (long) number;
      default -> throw Definition.noOverload("[]");
    };
  }

  static Value size(Value value) {
    return Value.integer(
        switch (value) {
          case Value.Text(var text) -> text.codePointCount(0, text.length());
          case Value.Bytes(var bytes) -> bytes.length;
          case Value.Items(var items) -> items.size();
          case Value.Dict(var fields) -> fields.size();
          case Rec rec -> rec.toMap().size();
          default -> throw Definition.noOverload("size");
        });
  }

  static List<Value> items(Value value, String function) {
    if (value instanceof Value.Items(var items)) {
      return items;
    }
    throw Definition.noOverload(function);
  }
}
