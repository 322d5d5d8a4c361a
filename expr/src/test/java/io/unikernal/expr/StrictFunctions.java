package io.unikernal.expr;

import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What {@link StrictCel} needs at run time. Our maps have text keys: here a key of another kind is
 * a text that begins with a NUL, and so is a type as a value. Neither leaves a conformance run.
 */
final class StrictFunctions {
  private static final Duration NANOS_MAX = Duration.ofNanos(Long.MAX_VALUE);
  private static final String TYPE = "\0type ";
  private static final Map<String, Definition> ALL =
      List.of(
              hidden("@strict.map", StrictFunctions::map),
              hidden("@strict.index", a -> found(a[0], a[1])),
              hidden("@strict.find", StrictFunctions::find),
              hidden("@strict.in", a -> Value.Bool.of(isIn(a[0], a[1]))),
              hidden("@strict.equal", a -> Value.Bool.of(equal(a[0], a[1]))),
              hidden("@strict.unequal", a -> Value.Bool.of(!equal(a[0], a[1]))),
              hidden("@strict.minus", a -> minus(a[0], a[1])),
              hidden("@strict.keys", a -> keys(a[0], false)),
              hidden("@strict.positions", a -> keys(a[0], true)),
              hidden("@strict.select", a -> select(a[0], TextFunctions.text(a[1]))),
              hidden("@strict.has", a -> has(a[0], TextFunctions.text(a[1]))),
              hidden("@strict.insert", StrictFunctions::insert),
              hidden("@strict.type", a -> type(typeOf(a[0]))),
              hidden(
                  "@strict.unbound",
                  _ -> {
                    throw new EvaluationException("nothing has the name");
                  }))
          .stream()
          .collect(Collectors.toMap(Definition::celName, Function.identity()));

  private StrictFunctions() {}

  static Definition named(String name) {
    return Optional.ofNullable(ALL.get(name)).orElseThrow();
  }

  private static Definition hidden(String name, Function<Value[], Value> body) {
    return Definition.of(name, name + "() -> any", "", "", "", (a, _) -> body.apply(a));
  }

  /** A type as a value. */
  static Value type(String name) {
    return Value.text(TYPE + name);
  }

  private static boolean isType(Value value) {
    return value instanceof Value.Text(var text) && text.startsWith(TYPE);
  }

  private static String typeOf(Value value) {
    return switch (value) {
      case Value.Bool _ -> "bool";
      case Value.Int _ -> "int";
      case Value.UInt _ -> "uint";
      case Value.Real _ -> "double";
      case Value.Text _ -> isType(value) ? "type" : "string";
      case Value.Bytes _ -> "bytes";
      case Value.Null _ -> "null_type";
      case Value.Items _ -> "list";
      case Value.Dict _, Rec _ -> "map";
      case Value.Timestamp _ -> "google.protobuf.Timestamp";
      case Value.Duration _ -> "google.protobuf.Duration";
      case Value.Absent _ -> "optional_type";
      case Value.Decimal _ -> "decimal";
      case Value.Date _ -> "date";
      case Value.Time _ -> "time";
      case Value.Uuid _ -> "uuid";
      case ValueStream _ -> "stream";
    };
  }

  /** The key as our maps can have it. */
  static String key(Value key) {
    return switch (key) {
      case Value.Text(var text) -> text.startsWith("\0") ? "\0s" + text : text;
      case Value.Int(var number) -> "\0i" + number;
      case Value.UInt(var bits) -> "\0u" + Long.toUnsignedString(bits);
      case Value.Bool bool -> "\0b" + bool.value();
      default -> throw new EvaluationException("a key of a kind that no map has in");
    };
  }

  private static Value keyOf(String written) {
    if (!written.startsWith("\0")) {
      return Value.text(written);
    }
    String rest = written.substring(2);
    return switch (written.charAt(1)) {
      case 'i' -> Value.integer(Long.parseLong(rest));
      case 'u' -> new Value.UInt(Long.parseUnsignedLong(rest));
      case 'b' -> Value.Bool.of(Boolean.parseBoolean(rest));
      default -> Value.text(rest);
    };
  }

  /** Numbers are one key, whatever their kinds. */
  private static Optional<Value> get(Value map, Value key) {
    var fields = Collections.entries(map);
    List<String> names =
        switch (key) {
          case Value.Text _, Value.Bool _ -> List.of(key(key));
          case Value.Int _, Value.UInt _ -> numbers(Equality.exact(key).toBigInteger());
          case Value.Real(var number) when number == Math.rint(number) && Double.isFinite(number) ->
              numbers(Equality.exact(key).toBigInteger());
          default -> List.of();
        };
    return names.stream().filter(fields::containsKey).map(fields::get).findFirst();
  }

  private static List<String> numbers(BigInteger number) {
    return List.of("\0i" + number, "\0u" + number);
  }

  private static Value found(Value container, Value index) {
    if (!Collections.isMap(container)) {
      return Collections.index(container, index);
    }
    return get(container, index).orElseThrow(() -> new EvaluationException("no such key in"));
  }

  private static Value find(Value[] a) {
    return Collections.isMap(a[0])
        ? get(a[0], a[1]).orElse(Value.Absent.ABSENT)
        : Collections.optionalIndex(a[0], a[1]);
  }

  /** What is between two moments is counted in nanoseconds: 292 years at most. */
  private static Value minus(Value left, Value right) {
    Value result = Arithmetic.apply(Ir.Operator.SUBTRACT, left, right);
    if (result instanceof Value.Duration(var length)
        && left instanceof Value.Timestamp
        && Math.abs(length.toSeconds()) > NANOS_MAX.toSeconds()) {
      throw new EvaluationException("overflow in");
    }
    return result;
  }

  private static boolean isIn(Value value, Value container) {
    if (container instanceof Value.Items(var items)) {
      return items.stream().anyMatch(item -> equal(item, value));
    }
    if (Collections.isMap(container)) {
      return get(container, value).isPresent();
    }
    throw Definition.noOverload("in");
  }

  private static boolean equal(Value left, Value right) {
    if (left instanceof Value.Items(var a) && right instanceof Value.Items(var b)) {
      boolean same = a.size() == b.size();
      for (int i = 0; same && i < a.size(); i++) {
        same = equal(a.get(i), b.get(i));
      }
      return same;
    }
    if (Collections.isMap(left) && Collections.isMap(right)) {
      var a = Collections.entries(left);
      return a.size() == Collections.entries(right).size()
          && a.entrySet().stream()
              .allMatch(entry ->
                  get(right, keyOf(entry.getKey()))
                      .filter(other -> equal(entry.getValue(), other))
                      .isPresent());
    }
    return Equality.equal(left, right);
  }

  /** What a loop goes through: a list's elements, or its positions, or a map's keys. */
  private static Value keys(Value range, boolean positions) {
    if (range instanceof Value.Items(var items)) {
      var numbers = new ArrayList<Value>();
      for (int i = 0; positions && i < items.size(); i++) {
        numbers.add(Value.integer(i));
      }
      return positions ? new Value.Items(numbers) : range;
    }
    if (!Collections.isMap(range)) {
      throw new EvaluationException("nothing to go through in");
    }
    return new Value.Items(
        Collections.entries(range).keySet().stream().map(StrictFunctions::keyOf).toList());
  }

  private static Value select(Value map, String field) {
    var fields = Collections.entries(map);
    return Collections.isMap(map) && fields.containsKey(field)
        ? fields.get(field)
        : Collections.select(map, field);
  }

  private static Value has(Value map, String field) {
    if (!Collections.isMap(map) && map != Value.Absent.ABSENT) {
      throw new EvaluationException("there are no fields in");
    }
    return Value.Bool.of(Collections.entries(map).containsKey(field));
  }

  /** Key, value and whether the entry is optional, for each. */
  private static Value map(Value[] a) {
    SequencedMap<String, Value> fields = new LinkedHashMap<>();
    for (int i = 0; i < a.length; i += 3) {
      if (a[i + 2] == Value.Bool.FALSE || a[i + 1] != Value.Absent.ABSENT) {
        put(fields, a[i], a[i + 1]);
      }
    }
    return new Value.Dict(fields);
  }

  private static void put(SequencedMap<String, Value> fields, Value key, Value value) {
    if (get(new Value.Dict(fields), key).isPresent()) {
      throw new EvaluationException("the same key twice in");
    }
    fields.put(key(key), value);
  }

  private static Value insert(Value[] a) {
    var fields = new LinkedHashMap<>(Collections.entries(a[0]));
    if (a.length == 3) {
      put(fields, a[1], a[2]);
    } else {
      Collections.entries(a[1]).forEach((key, value) -> put(fields, keyOf(key), value));
    }
    return new Value.Dict(fields);
  }

  /** Keys and types as people write them, for {@code format}. */
  static Value readable(Value value) {
    return switch (value) {
      case Value.Text(var text) when isType(value) -> Value.text(text.substring(TYPE.length()));
      case Value.Items(var items) ->
          new Value.Items(items.stream().map(StrictFunctions::readable).toList());
      case Value.Dict(var fields) -> {
        SequencedMap<String, Value> named = new LinkedHashMap<>();
        fields.forEach((key, field) -> named.put(Texts.of(keyOf(key)), readable(field)));
        yield new Value.Dict(named);
      }
      default -> value;
    };
  }
}
