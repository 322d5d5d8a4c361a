package io.unikernal.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a document straight into the slots of its type. What {@link Conform} would say of the
 * document read without a type, this says too, in the same words and order; but a number for a
 * decimal is read from its digits, never through a double.
 */
final class JsonTyped extends JsonReader {
  private final Conform.Extra extra;
  private final Problems problems;

  JsonTyped(byte[] bytes, Json.Limits limits, Conform.Extra extra, Problems problems) {
    super(bytes, limits);
    this.extra = extra;
    this.problems = problems;
  }

  /** The value, or null with the reasons among the problems. */
  @Nullable Value document(Type type) {
    begin();
    Value value = value(type);
    end();
    return value;
  }

  private @Nullable Value value(Type type) {
    return switch (type) {
      case Type.Maybe(var of) -> peek() == 'n' ? literal("null", Value.Absent.ABSENT) : value(of);
      case Type.Labelled(_, var of) -> {
        problems.label();
        Value value = value(of);
        problems.unlabel();
        yield value;
      }
      case Type.Record record -> record(record);
      case Type.Union union -> union(union);
      case Type.ListOf list -> list(list);
      case Type.StreamOf(var element) -> list(Type.ListOf.of(element));
      case Type.MapOf map -> map(map);
      case Type.Decimal _ -> isNumber() ? exactNumber(type) : Scalars.fit(type, value(), problems);
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _ ->
          Scalars.fit(type, value(), problems);
    };
  }

  private boolean isNumber() {
    int sign = peek();
    return sign == '-' || (sign >= '0' && sign <= '9');
  }

  private @Nullable Value exactNumber(Type type) {
    int start = at;
    boolean isWhole = scanNumber();
    return Scalars.fit(
        type, isWhole ? whole(start, at) : new Value.Decimal(exact(start, at)), problems);
  }

  private boolean isTooDeep() {
    if (problems.depth() < Fitting.DEPTH_MAX) {
      return false;
    }
    value();
    Fitting.tooDeep(problems);
    return true;
  }

  private @Nullable Value list(Type.ListOf type) {
    if (peek() != '[') {
      problems.add(type.toString(), "must be a list", value());
      return null;
    }
    if (isTooDeep()) {
      return null;
    }
    open('[');
    var items = new ArrayList<Value>();
    int size = 0;
    if (!takeIf(']')) {
      do {
        problems.enter(size++);
        Value item = value(type.element());
        problems.leave();
        if (item != null) {
          items.add(item);
        }
      } while (isMore(']'));
    }
    close();
    Fitting.checkSize(type, size, problems);
    return new Value.Items(items);
  }

  private @Nullable Value map(Type.MapOf type) {
    if (peek() != '{') {
      problems.add(type.toString(), "must be a map", value());
      return null;
    }
    if (isTooDeep()) {
      return null;
    }
    open('{');
    var fields = new LinkedHashMap<String, Value>();
    Set<String> left = Set.of(); // Keys without a value, which may not come twice either.
    if (!takeIf('}')) {
      do {
        int start = at;
        String key = key();
        problems.enterKey(key);
        Value value = value(type.value());
        problems.leave();
        if (fields.containsKey(key) || left.contains(key)) {
          throw duplicate(start);
        }
        if (value != null && value != Value.Absent.ABSENT) {
          fields.put(key, value);
        } else {
          left = left.isEmpty() ? new HashSet<>() : left;
          left.add(key);
        }
      } while (isMore('}'));
    }
    close();
    return new Value.Dict(fields);
  }

  /**
   * Looks ahead for the tag, which may stand anywhere, and then reads the record from its start.
   */
  private @Nullable Value union(Type.Union type) {
    if (peek() != '{') {
      problems.add(type.toString(), "must be a record", value());
      return null;
    }
    int start = at;
    var whole = (Value.Dict) value();
    Value symbol = whole.fields().getOrDefault(type.tag(), Value.Absent.ABSENT);
    Type.Record member = Fitting.member(type, symbol, problems);
    if (member == null) {
      return null;
    }
    at = start;
    return record(member);
  }

  private @Nullable Value record(Type.Record type) {
    if (peek() != '{') {
      Fitting.notRecord(type, value(), problems);
      return null;
    }
    if (isTooDeep()) {
      return null;
    }
    return new Filling(type).read();
  }

  /** One record while its fields come in. */
  private final class Filling {
    private final Type.Record type;
    private final Shape shape;
    private final Rec.Builder builder;

    /** A bit for each field that stood there, and for each that counts as given. */
    private final long[] seen;

    private final long[] given;
    private Set<String> unknown = Set.of();

    Filling(Type.Record type) {
      this.type = type;
      shape = type.shape();
      builder = Rec.builder(shape);
      seen = new long[(shape.size() + Long.SIZE - 1) / Long.SIZE];
      given = new long[seen.length];
    }

    Rec read() {
      open('{');
      int next = 0;
      if (!takeIf('}')) {
        do {
          int start = at;
          int field = next < shape.size() && isNext(shape.facts(next).jsonKey()) ? next : -1;
          if (field >= 0) {
            skipSpace();
          } else {
            String name = key();
            field = shape.index(name);
            if (field < 0) {
              other(name, start);
              continue;
            }
          }
          next = field + 1;
          boolean isTwice = (seen[field / Long.SIZE] >>> field & 1) != 0;
          seen[field / Long.SIZE] |= 1L << field;
          known(field);
          if (isTwice) {
            throw duplicate(start); // After its value, as without a type: what is wrong first wins.
          }
        } while (isMore('}'));
      }
      close();
      Fitting.complete(shape, builder, given, problems);
      return builder.build();
    }

    private void known(int field) {
      var facts = shape.facts(field);
      if (peek() == 'n' && facts.isNullNothing()) {
        literal("null", Value.Null.NULL);
        return;
      }
      given[field / Long.SIZE] |= 1L << field;
      if (shape.slot(field) == Shape.Slot.INT && isNumber() && plainInteger(field, facts)) {
        return;
      }
      problems.enter(shape.fields().get(field).name());
      Value value = value(shape.fields().get(field).type());
      problems.leave();
      if (value != null) {
        builder.set(field, value);
      }
    }

    /** The common case, without an object for the number: it is short, whole and in range. */
    private boolean plainInteger(int field, Shape.Facts facts) {
      int start = at;
      if (scanNumber() && isSmall(start, at)) {
        long number = small(start, at);
        if (number >= facts.min() && number <= facts.max()) {
          builder.setBits(field, number);
          return true;
        }
      }
      at = start;
      return false;
    }

    private void other(String name, int start) {
      Value value = value();
      unknown = unknown.isEmpty() ? new HashSet<>() : unknown;
      if (!unknown.add(name)) {
        throw duplicate(start);
      }
      switch (extra) {
        case DROP -> {}
        case KEEP -> builder.extra(name, value);
        case REFUSE -> Fitting.unknown(type, name, problems);
      }
    }
  }
}
