package io.unikernal.model;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a document straight into the slots of its type. What {@link Conform} would say of the
 * document read without a type, this says too, in the same words and order; but a number for a
 * decimal is read from its digits, never through a double.
 */
final class JsonTyped extends JsonFits {
  private static final int FILLINGS_FIRST = 4;
  private static final int LEFT_FIRST = 16;
  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};

  private final Conform.Extra extra;
  private final Problems problems;
  private boolean isSaidAlike = true;
  private @Nullable Filling[] fillings = new Filling[FILLINGS_FIRST];

  JsonTyped(byte[] bytes, Json.Limits limits, Conform.Extra extra, Problems problems) {
    super(bytes, limits);
    this.extra = extra;
    this.problems = problems;
  }

  /** Whether the document, read again, would say all that the value says. */
  boolean isSaidAlike() {
    return isSaidAlike && limits.keys() == Json.Keys.UNIQUE;
  }

  /** The value, or null with the reasons among the problems. */
  @Nullable Value document(Type type, Wanted wanted) {
    begin();
    Value value = value(type, wanted);
    end();
    return value;
  }

  /** The value that begins here. */
  @Nullable Value valueAt(Type type, Wanted wanted, int start) {
    at = start;
    return value(type, wanted);
  }

  private @Nullable Value value(Type type) {
    return value(type, Wanted.ALL);
  }

  private @Nullable Value value(Type type, Wanted wanted) {
    if (type instanceof Type.Record record) { // The most common first.
      return record(record, wanted);
    }
    return switch (type) {
      case Type.Maybe(var of) ->
          peek() == 'n' ? literal("null", Value.Absent.ABSENT) : value(of, wanted);
      case Type.Labelled(_, var of) -> {
        problems.label();
        Value value = value(of, wanted);
        problems.unlabel();
        yield value;
      }
      case Type.Record record -> record(record, wanted);
      case Type.Union union -> union(union);
      case Type.ListOf list -> list(list, wanted);
      case Type.StreamOf(var element) -> list(Type.ListOf.of(element), Wanted.ALL);
      case Type.MapOf map -> map(map);
      case Type.Decimal _ -> isNumber() ? exactNumber(type) : otherwise(type);
      case Type.Simple simple when simple == Type.Simple.DURATION -> otherwise(type);
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

  /** What others may not take in this form: it is written in one of them only. */
  private @Nullable Value otherwise(Type type) {
    isSaidAlike = false;
    return Scalars.fit(type, value(), problems);
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

  private @Nullable Value list(Type.ListOf type, Wanted wanted) {
    if (peek() != '[') {
      problems.add(type.toString(), "must be a list", value());
      return null;
    }
    if (isTooDeep()) {
      return null;
    }
    Shape.Slot slot = Shape.slotOf(type.element());
    if (slot != Shape.Slot.REF) {
      return numbers(type, slot);
    }
    if (wanted.isFew()) {
      Value left = left(type, wanted.element());
      if (left != null) {
        return left;
      }
    }
    open('[');
    int base = stack.size();
    int size = 0;
    if (!takeIf(']')) {
      do {
        problems.enter(size++);
        Value item = value(type.element(), wanted.element());
        problems.leave();
        if (item != null) {
          stack.push(item);
        }
      } while (isMore(']'));
    }
    close();
    Fitting.checkSize(type, size, problems);
    return new Value.Items(new Elements(stack.pop(base)));
  }

  /** A list whose items all plainly fit, which stay where they stand; else none, and as before. */
  private @Nullable Value left(Type.ListOf type, Wanted element) {
    int first = at;
    int level = problems.depth() + 1;
    var starts = new int[LEFT_FIRST];
    int size = 0;
    open('[');
    if (!takeIf(']')) {
      do {
        int start = at;
        if (!skipsFitting(type.element(), level)) {
          goBack(first, depth() - 1);
          return null;
        }
        starts = size < starts.length ? starts : Arrays.copyOf(starts, 2 * size);
        starts[size++] = start;
      } while (isMore(']'));
    }
    close();
    Fitting.checkSize(type, size, problems);
    return new Value.Items(
        new Elements(new Elements.Left(bytes, limits, starts, type.element(), element), size));
  }

  /** A list of what fits in 64 bits, of which no object is made. */
  private Value numbers(Type.ListOf type, Shape.Slot slot) {
    open('[');
    var numbers = new Numbers.Builder(slot);
    int size = 0;
    if (!takeIf(']')) {
      do {
        problems.enter(size++);
        number(type.element(), numbers);
        problems.leave();
      } while (isMore(']'));
    }
    close();
    Fitting.checkSize(type, size, problems);
    return new Value.Items(numbers.build());
  }

  private void number(Type type, Numbers.Builder to) {
    int start = at;
    if (type instanceof Type.Int(var range) && range.isAll() && isNumber() && isPlainNumber()) {
      if (places == 0) {
        to.add(digits);
        return;
      }
    }
    at = start;
    if (type instanceof Type.Real(var range) && range.isAll() && isNumber() && isPlainNumber()) {
      to.add(Double.doubleToRawLongBits(plainReal()));
      return;
    }
    at = start;
    Value value = value(type);
    if (value != null) {
      to.add(Numbers.bitsOf(value));
    }
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
    return record(member, Wanted.ALL);
  }

  private @Nullable Value record(Type.Record type, Wanted wanted) {
    if (peek() != '{') {
      Fitting.notRecord(type, value(), problems);
      return null;
    }
    if (isTooDeep()) {
      return null;
    }
    return filling(type).read(type, wanted);
  }

  /** Of the records that are open at once each stands at another depth, and has one of its own. */
  private Filling filling(Type.Record type) {
    int depth = problems.depth();
    if (depth >= fillings.length) {
      fillings = Arrays.copyOf(fillings, Fitting.DEPTH_MAX);
    }
    Filling known = fillings[depth];
    if (known == null) {
      known = new Filling(type);
      fillings[depth] = known;
    }
    return known;
  }

  /** One record while its fields come in, and then the next at its depth. */
  private final class Filling {
    private Type.Record type;
    private Shape shape;
    private Wanted wanted = Wanted.ALL;
    private final Rec.Builder builder;

    /** A bit for each field that stood there, and for each that counts as given. */
    private final Bits seen;

    private final Bits given;
    private Set<String> unknown = Set.of();

    Filling(Type.Record first) {
      type = first;
      shape = first.shape();
      builder = Rec.filler(shape);
      seen = new Bits(shape.size());
      given = new Bits(shape.size());
    }

    Rec read(Type.Record which, Wanted parts) {
      type = which;
      shape = which.shape();
      wanted = parts;
      builder.begin(shape);
      seen.clear(shape.size());
      given.clear(shape.size());
      unknown = Set.of();
      open('{');
      int next = 0;
      Shape.Facts[] facts = shape.facts();
      if (!takeIf('}')) {
        do {
          int start = at;
          int field = next < facts.length && isNext(facts[next].jsonKey()) ? next : -1;
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
          next = taken(field, start, facts[field]);
          // As machines write: in the order of the type, and no space.
          while (next < facts.length && isNext(facts[next].jsonNextKey())) {
            start = at - facts[next].jsonKey().length;
            skipSpace();
            next = taken(next, start, facts[next]);
          }
        } while (isMore('}'));
      }
      close();
      isSaidAlike &= !Fitting.complete(shape, builder, given, problems);
      return builder.build();
    }

    /** Takes the value in and answers what field is likely to be the next. */
    private int taken(int field, int start, Shape.Facts facts) {
      boolean isTwice = !seen.add(field);
      known(field, facts);
      if (isTwice) {
        throw duplicate(start); // After its value, as without a type: what is wrong first wins.
      }
      return field + 1;
    }

    private void known(int field, Shape.Facts facts) {
      int sign = peek();
      if (sign == 'n' && facts.isNullNothing()) {
        literal("null", Value.Null.NULL);
        return;
      }
      given.add(field);
      isSaidAlike &= !facts.isJsonText(); // Others may want the number in its other form.
      Wanted part = wanted.field(field);
      if (part == Wanted.LATER ? isLeft(field, facts, sign) : isTaken(facts, sign)) {
        return;
      }
      var declared = shape.fields().get(field);
      problems.enter(declared.name());
      Value value =
          facts.isJsonText() && sign == '"'
              ? new Fitting(extra, problems).fit(declared, Value.text(string()))
              : value(declared.type(), part == Wanted.LATER ? Wanted.ALL : part);
      problems.leave();
      if (value != null) {
        builder.set(field, value);
      }
    }

    /** Leaves a field that nobody reads where it stands, if there is nothing wrong with it. */
    private boolean isLeft(int field, Shape.Facts facts, int sign) {
      int start = at;
      if (facts.way() == Shape.Way.TEXT && sign == '"') {
        skipString(); // Says what is wrong as reading it does.
        builder.leave(facts.position(), start, bytes, limits);
        return true;
      }
      if (shape.slot(field) != Shape.Slot.REF) {
        return isTaken(facts, sign);
      }
      if (facts.isJsonText()
          || !skipsFitting(shape.fields().get(field).type(), problems.depth() + 1)) {
        return false;
      }
      builder.leave(facts.position(), start, bytes, limits);
      return true;
    }

    /** The common cases, without an object for a number: there is nothing wrong with them. */
    private boolean isTaken(Shape.Facts facts, int sign) {
      switch (facts.way()) {
        case TEXT -> {
          if (sign == '"') {
            builder.put(facts.position(), Value.text(string()));
            return true;
          }
        }
        case INT -> {
          int start = at;
          if (isNumber() && isPlainNumber()) {
            if (places == 0 && digits >= facts.min() && digits <= facts.max()) {
              builder.putBits(facts.position(), digits);
              return true;
            }
          }
          at = start;
        }
        case REAL -> {
          int start = at;
          if (isNumber() && isPlainNumber()) {
            builder.putBits(facts.position(), Double.doubleToRawLongBits(plainReal()));
            return true;
          }
          at = start;
        }
        case BOOL -> {
          boolean isTrue = sign == 't';
          if (isNext(isTrue ? TRUE : FALSE)) {
            builder.putBits(facts.position(), isTrue ? 1 : 0);
            return true;
          }
        }
        case OTHER -> {}
      }
      return false;
    }

    private void other(String name, int start) {
      Value value = value();
      unknown = unknown.isEmpty() ? new HashSet<>() : unknown;
      if (!unknown.add(name)) {
        throw duplicate(start);
      }
      switch (extra) {
        case DROP -> isSaidAlike = false;
        case KEEP -> builder.extra(name, value);
        case REFUSE -> Fitting.unknown(type, name, problems);
      }
    }
  }
}
