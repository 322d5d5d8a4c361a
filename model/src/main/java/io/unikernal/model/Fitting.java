package io.unikernal.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The walk of {@link Conform} over one value. The order of its problems is the value's own order,
 * then what is missing: reading JSON finds them in the same order.
 */
final class Fitting {
  static final int DEPTH_MAX = 64;

  private final Conform.Extra extra;
  private final Problems problems;

  Fitting(Conform.Extra extra, Problems problems) {
    this.extra = extra;
    this.problems = problems;
  }

  /** The value as the type holds it, or null with the reasons among the problems. */
  @Nullable Value fit(Type type, Value value) {
    return switch (type) {
      case Type.Maybe(var of) ->
          value == Value.Absent.ABSENT || value == Value.Null.NULL
              ? Value.Absent.ABSENT
              : fit(of, value);
      case Type.Labelled(_, var of) -> {
        problems.label();
        Value fitted = fit(of, value);
        problems.unlabel();
        yield fitted;
      }
      case Type.Record record -> record(record, value);
      case Type.Union union -> union(union, value);
      case Type.ListOf list -> list(list, value);
      case Type.StreamOf(var element) ->
          value instanceof ValueStream stream
              ? stream.map(new FittedElement(element, extra))
              : list(Type.ListOf.of(element), value);
      case Type.MapOf map -> map(map, value);
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _ ->
          Scalars.fit(type, value, problems);
    };
  }

  /** A text is a number where JSON has the field so. */
  @Nullable Value fit(Type.Field field, Value value) {
    return field.isJsonText() && value instanceof Value.Text(var text)
        ? fit(field.type(), FromText.value(field.type().core(), text))
        : fit(field.type(), value);
  }

  private boolean isTooDeep() {
    if (problems.depth() < DEPTH_MAX) {
      return false;
    }
    tooDeep(problems);
    return true;
  }

  static void tooDeep(Problems problems) {
    problems.add("depth", "is nested deeper than " + DEPTH_MAX + " levels");
  }

  private @Nullable Value list(Type.ListOf type, Value value) {
    if (!(value instanceof Value.Items items)) {
      problems.add(type.toString(), "must be a list", value);
      return null;
    }
    if (isTooDeep()) {
      return null;
    }
    var fitted = new ArrayList<Value>(items.items().size());
    boolean changed = false;
    int index = 0;
    for (Value item : items.items()) {
      problems.enter(index++);
      Value one = fit(type.element(), item);
      problems.leave();
      if (one != null) {
        fitted.add(one);
      }
      changed |= one != item;
    }
    checkSize(type, index, problems);
    return changed ? new Value.Items(fitted) : items;
  }

  static void checkSize(Type.ListOf type, int size, Problems problems) {
    if (!type.size().isAll() && !type.size().contains(size)) {
      problems.add(
          type.toString(),
          "must have " + Scalars.counted(type.size(), "item"),
          Value.integer(size));
    }
  }

  private @Nullable Value map(Type.MapOf type, Value value) {
    if (!isRecord(value)) {
      problems.add(type.toString(), "must be a map", value);
      return null;
    }
    if (isTooDeep()) {
      return null;
    }
    var fitted = new LinkedHashMap<String, Value>();
    for (Map.Entry<String, Value> entry : fieldsOf(value).entrySet()) {
      problems.enterKey(entry.getKey());
      Value one = fit(type.value(), entry.getValue());
      problems.leave();
      if (one != null && one != Value.Absent.ABSENT) {
        fitted.put(entry.getKey(), one);
      }
    }
    return new Value.Dict(fitted);
  }

  private @Nullable Value union(Type.Union type, Value value) {
    if (!isRecord(value)) {
      problems.add(type.toString(), "must be a record", value);
      return null;
    }
    String tag = type.tag();
    Value symbol =
        value instanceof Rec rec
            ? rec.get(tag)
            : fieldsOf(value).getOrDefault(tag, Value.Absent.ABSENT);
    Type.Record member = member(type, symbol, problems);
    return member == null ? null : record(member, value);
  }

  /** The member that the tag names, or null with the reason among the problems. */
  static Type.@Nullable Record member(Type.Union type, Value symbol, Problems problems) {
    if (symbol instanceof Value.Text(var text)) {
      var member = type.member(text);
      if (member.isPresent()) {
        return member.get();
      }
    }
    problems.enter(type.tag());
    var symbols = new Type.Enum(type.symbols());
    if (symbol == Value.Absent.ABSENT || symbol == Value.Null.NULL) {
      problems.add("required", "must be given: one of " + String.join(", ", symbols.symbols()));
    } else {
      Scalars.fit(symbols, symbol, problems);
    }
    problems.leave();
    return null;
  }

  private @Nullable Value record(Type.Record type, Value value) {
    if (!isRecord(value)) {
      notRecord(type, value, problems);
      return null;
    }
    Shape shape = type.shape();
    if (value instanceof Rec rec && rec.shape() == shape && isClean(rec)) {
      return rec;
    }
    if (isTooDeep()) {
      return null;
    }
    var builder = Rec.builder(shape);
    var given = new Bits(shape.size());
    for (Map.Entry<String, Value> entry : fieldsOf(value).entrySet()) {
      int field = shape.index(entry.getKey());
      if (field < 0) {
        extra(type, builder, entry);
      } else if (!isNothing(shape.fields().get(field).type(), entry.getValue())) {
        given.add(field);
        problems.enter(entry.getKey());
        Value one = fit(shape.fields().get(field), entry.getValue());
        problems.leave();
        if (one != null) {
          builder.set(field, one);
        }
      }
    }
    complete(shape, builder, given, problems);
    return builder.build();
  }

  static void notRecord(Type.Record type, Value value, Problems problems) {
    problems.add(
        ruleOf(type),
        "must be a record" + (type.name().isEmpty() ? "" : " (" + type.name() + ")"),
        value);
  }

  static String ruleOf(Type.Record type) {
    return type.name().isEmpty() ? "record" : type.name();
  }

  /** Whether a field counts as not given: null is absent, but where null itself is data. */
  static boolean isNothing(Type type, Value value) {
    return value == Value.Absent.ABSENT
        || (value == Value.Null.NULL
            && type.bare() != Type.Simple.ANY
            && type.bare() != Type.Simple.NULL);
  }

  /**
   * Fills defaults and reports what is missing.
   *
   * @return whether a default was filled in
   */
  static boolean complete(Shape shape, Rec.Builder builder, Bits given, Problems problems) {
    boolean isFilled = false;
    for (int field = given.nextMissing(0);
        field < shape.size();
        field = given.nextMissing(field + 1)) {
      var declared = shape.fields().get(field);
      if (declared.fallback().isPresent()) {
        builder.set(field, declared.fallback().get());
        isFilled = true;
      } else if (declared.isRequired()) {
        problems.enter(declared.name());
        problems.add("required", "must be given");
        problems.leave();
      }
    }
    return isFilled;
  }

  private void extra(Type.Record type, Rec.Builder builder, Map.Entry<String, Value> entry) {
    switch (extra) {
      case DROP -> {}
      case KEEP -> builder.extra(entry.getKey(), entry.getValue());
      case REFUSE -> unknown(type, entry.getKey(), problems);
    }
  }

  static void unknown(Type.Record type, String name, Problems problems) {
    if (problems.isFull()) {
      return; // A hostile body may have a million of them, and suggestions cost.
    }
    problems.enterKey(name);
    var names = type.fields().stream().map(Type.Field::name).toList();
    problems.add(
        "unknown field",
        "is not a field of "
            + (type.name().isEmpty() ? "this record" : type.name())
            + Suggest.closest(name, names)
                .map(near -> "; did you mean `" + near + "`?")
                .orElse(""));
    problems.leave();
  }

  static boolean isRecord(Value value) {
    return value instanceof Value.Dict || value instanceof Rec;
  }

  private static SequencedMap<String, Value> fieldsOf(Value value) {
    return value instanceof Value.Dict(var fields) ? fields : ((Rec) value).toMap();
  }

  /** Whether no extra field hides in a record that fits its type already. */
  private boolean isClean(Value value) {
    if (extra == Conform.Extra.KEEP) {
      return true;
    }
    return switch (value) {
      case Rec rec -> rec.extras().isEmpty() && rec.isEachReference(this::isClean);
      case Value.Items(List<Value> items) -> items.stream().allMatch(this::isClean);
      case Value.Dict(var fields) -> fields.values().stream().allMatch(this::isClean);
      default -> true;
    };
  }
}
