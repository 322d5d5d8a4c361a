package io.unikernal.testing;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** Makes a value smaller as long as it still does what it did: people read small ones. */
final class Shrinking {
  /** How often it is tried whether a smaller one still does it. */
  static final int TRIES_MAX = 400;

  private static final int DEPTH_MAX = 12;

  private Shrinking() {}

  /** The smallest that was found, of the type; {@code value} itself where none is smaller. */
  static Value shrink(Type type, Value value, Predicate<Value> isStill) {
    Value smallest = value;
    int tries = 0;
    boolean goesOn = true;
    while (goesOn) {
      goesOn = false;
      for (Value smaller : smaller(type, smallest, 0)) {
        if (++tries > TRIES_MAX) {
          return smallest;
        }
        if (!smaller.equals(smallest) && isStill.test(smaller)) {
          smallest = smaller;
          goesOn = true;
          break;
        }
      }
    }
    return smallest;
  }

  /** What is a step smaller, the smallest first. */
  private static List<Value> smaller(Type type, Value value, int depth) {
    if (depth > DEPTH_MAX || value == Value.Absent.ABSENT) {
      return List.of();
    }
    return switch (type) {
      case Type.Labelled(_, var of) -> smaller(of, value, depth);
      case Type.Maybe(var of) -> {
        var all = new ArrayList<Value>();
        all.add(Value.Absent.ABSENT);
        all.addAll(smaller(of, value, depth));
        yield all;
      }
      case Type.Record record -> fields(record, value, depth);
      case Type.Union union ->
          value.field(union.tag()) instanceof Value.Text(var symbol)
              ? union.member(symbol).map(member -> fields(member, value, depth)).orElse(List.of())
              : List.of();
      case Type.ListOf(var element, var size) ->
          value instanceof Value.Items(var items) ? items(element, size, items, depth) : List.of();
      case Type.MapOf(var of) ->
          value instanceof Value.Dict(var fields) ? entries(of, fields, depth) : List.of();
      case Type.Int(var range) ->
          value instanceof Value.Int(var number) ? integers(range, number) : List.of();
      case Type.Text text ->
          value instanceof Value.Text(var string) ? texts(text, string) : List.of();
      case Type.Decimal decimal ->
          value instanceof Value.Decimal(var number) && number.signum() != 0
              ? List.of(
                  new Value.Decimal(BigDecimal.ZERO.setScale(decimal.scale())),
                  new Value.Decimal(BigDecimal.ONE.setScale(decimal.scale())))
              : List.of();
      case Type.Enum(var symbols) ->
          symbols.stream()
              .takeWhile(one -> !Value.text(one).equals(value))
              .map(Value::text)
              .toList();
      case Type.Simple simple ->
          simple == Type.Simple.ANY && !(value instanceof Value.Null)
              ? List.of(Value.Null.NULL)
              : List.of();
      case Type.UInt _, Type.Real _, Type.Bytes _, Type.StreamOf _ -> List.of();
    };
  }

  private static List<Value> fields(Type.Record record, Value value, int depth) {
    var all = new ArrayList<Value>();
    if (!(value instanceof Value.Dict(var fields))) {
      return all;
    }
    for (Type.Field field : record.fields()) {
      Value now = value.field(field.name());
      if (now == Value.Absent.ABSENT) {
        continue;
      }
      if (!field.isRequired()) {
        all.add(without(fields, field.name()));
      }
      for (Value smaller : smaller(field.type(), now, depth + 1)) {
        all.add(
            smaller == Value.Absent.ABSENT
                ? without(fields, field.name())
                : with(fields, field.name(), smaller));
      }
    }
    return all;
  }

  private static Value without(Map<String, Value> fields, String name) {
    var left = new LinkedHashMap<>(fields);
    left.remove(name);
    return new Value.Dict(left);
  }

  private static Value with(Map<String, Value> fields, String name, Value value) {
    var other = new LinkedHashMap<>(fields);
    other.put(name, value);
    return new Value.Dict(other);
  }

  private static List<Value> items(Type element, Type.Range size, List<Value> items, int depth) {
    var all = new ArrayList<Value>();
    int least = size.min().map(BigDecimal::intValue).orElse(0);
    if (items.size() > least) {
      all.add(new Value.Items(items.subList(0, least)));
      for (int i = 0; i < items.size(); i++) {
        var left = new ArrayList<>(items);
        left.remove(i);
        all.add(new Value.Items(left));
      }
    }
    for (int i = 0; i < items.size(); i++) {
      for (Value smaller : smaller(element, items.get(i), depth + 1)) {
        if (smaller != Value.Absent.ABSENT) {
          var other = new ArrayList<>(items);
          other.set(i, smaller);
          all.add(new Value.Items(other));
        }
      }
    }
    return all;
  }

  private static List<Value> entries(Type of, Map<String, Value> fields, int depth) {
    var all = new ArrayList<Value>();
    for (var entry : fields.entrySet()) {
      all.add(without(fields, entry.getKey()));
      for (Value smaller : smaller(of, entry.getValue(), depth + 1)) {
        all.add(
            smaller == Value.Absent.ABSENT
                ? without(fields, entry.getKey())
                : with(fields, entry.getKey(), smaller));
      }
    }
    return all;
  }

  /** The nearest to nothing that is allowed, then half the way there, then one step. */
  private static List<Value> integers(Type.Range range, long number) {
    long least = range.min().map(BigDecimal::longValue).orElse(Long.MIN_VALUE);
    long most = range.max().map(BigDecimal::longValue).orElse(Long.MAX_VALUE);
    long target = Math.clamp(0, least, most);
    if (number == target) {
      return List.of();
    }
    long half = target + (number / 2 - target / 2);
    long step = number > target ? number - 1 : number + 1;
    return List.of(Value.integer(target), Value.integer(half), Value.integer(step));
  }

  private static List<Value> texts(Type.Text type, String text) {
    if (type.pattern().isPresent()) {
      return PatternMaker.make(type.pattern().get(), new SplittableRandom(0), true)
          .filter(small -> small.length() < text.length())
          .map(small -> List.of(Value.text(small)))
          .orElse(List.of());
    }
    int least = type.length().min().map(BigDecimal::intValue).orElse(0);
    int count = text.codePointCount(0, text.length());
    var all = new ArrayList<Value>();
    if (count > least) {
      all.add(Value.text(text.substring(0, text.offsetByCodePoints(0, least))));
      all.add(Value.text(text.substring(0, text.offsetByCodePoints(0, (count + least) / 2))));
      all.add(Value.text(text.substring(0, text.offsetByCodePoints(0, count - 1))));
    }
    String plain = "a".repeat(count);
    if (!plain.equals(text)) {
      all.add(Value.text(plain));
    }
    return all;
  }
}
