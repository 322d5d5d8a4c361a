package io.unikernal.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A record with a type: primitives in a {@code long[]}, the rest in an {@code Object[]}, as its
 * {@link Shape} says. Fields that the type does not know are kept aside as {@code extras}, so that
 * a lenient source loses nothing. Immutable after {@link Builder#build}.
 *
 * <p>A reference slot holds the {@link Value} itself; readers on the hot path take {@link #bits}.
 */
public final class Rec implements Value {
  private static final long[] NO_PRIMITIVES = {};
  private static final Value[] NO_REFERENCES = {};

  private final Shape shape;
  private final long present;
  private final long[] primitives;
  private final @Nullable Value[] references;
  private final SequencedMap<String, Value> extras;
  private final @Nullable Slice document;
  private final @Nullable Unread unread;

  private Rec(Rec same, Slice document) {
    shape = same.shape;
    present = same.present;
    primitives = same.primitives;
    references = same.references;
    extras = same.extras;
    unread = same.unread;
    this.document = document;
  }

  private Rec(Builder builder) {
    shape = builder.shape;
    present = builder.present;
    primitives = builder.primitives;
    references = builder.references;
    extras =
        builder.extras == null
            ? Collections.emptyNavigableMap()
            : Collections.unmodifiableSequencedMap(builder.extras);
    document = null;
    unread = builder.unread;
  }

  /** The same record, which knows now what document it was read from. */
  Rec from(Slice whole) {
    return new Rec(this, whole);
  }

  /** The document that says what this record says, if it is kept. */
  @Nullable Slice document() {
    return document;
  }

  public static Builder builder(Shape shape) {
    return new Builder(shape, new long[shape.primitives()], new Value[shape.references()]);
  }

  /** One that fills record after record, the first with {@link Builder#begin} too. */
  static Builder filler(Shape first) {
    return new Builder(first, NO_PRIMITIVES, NO_REFERENCES);
  }

  public Shape shape() {
    return shape;
  }

  public boolean has(int field) {
    int position = shape.position(field);
    return shape.slot(field) == Shape.Slot.REF
        ? references[position] != null || isUnread(position)
        : (present >>> position & 1) != 0;
  }

  /** The field's value, {@link Value.Absent} when it is not there. */
  public Value get(int field) {
    int position = shape.position(field);
    if (shape.slot(field) == Shape.Slot.REF) {
      return referenceAt(position);
    }
    if ((present >>> position & 1) == 0) {
      return Absent.ABSENT;
    }
    long bits = primitives[position];
    return switch (shape.slot(field)) {
      case BOOL -> Bool.of(bits != 0);
      case INT -> new Int(bits);
      case UINT -> new UInt(bits);
      case REAL -> new Real(Double.longBitsToDouble(bits));
      case REF -> throw new AssertionError("not a primitive");
    };
  }

  /** The field's value or the extra's, {@link Value.Absent} when there is neither. */
  public Value get(String field) {
    int index = shape.index(field);
    return index < 0 ? Optional.ofNullable(extras.get(field)).orElse(Absent.ABSENT) : get(index);
  }

  /**
   * Whether each value that is there and not a primitive passes. Allocates nothing: what is not
   * read yet holds nothing but what its type knows.
   */
  boolean isEachReference(Predicate<Value> test) {
    for (Value value : references) {
      if (value != null && !test.test(value)) {
        return false;
      }
    }
    return true;
  }

  /** For generated code: whether there is a primitive at this {@link Shape#position}. */
  public boolean hasBitsAt(int position) {
    return (present >>> position & 1) != 0;
  }

  /** For generated code: the {@link #bits} at this {@link Shape#position}. */
  public long bitsAt(int position) {
    return primitives[position];
  }

  /** For generated code: what is no primitive at this {@link Shape#position}, or absent. */
  public Value referenceAt(int position) {
    Value value = references[position];
    return value == null ? later(position) : value;
  }

  /** Whether the field is there as a value already, and not only in the document. */
  public boolean isRead(int field) {
    return has(field) && !(shape.slot(field) == Shape.Slot.REF && isLater(shape.position(field)));
  }

  private boolean isLater(int position) {
    return references[position] == null && isUnread(position);
  }

  private boolean isUnread(int position) {
    return unread != null && unread.holds(position);
  }

  /** Reads what is in the document only; two threads may both do so, and alike. */
  private Value later(int position) {
    if (unread == null || !unread.holds(position)) {
      return Absent.ABSENT;
    }
    Value value = unread.read(position, shape.referenceType(position));
    references[position] = value;
    return value;
  }

  /** The raw bits of a primitive field: 0 or 1, the integer, or the double's bits. */
  public long bits(int field) {
    return primitives[shape.position(field)];
  }

  /** Fields that came along and that the type does not know. */
  public SequencedMap<String, Value> extras() {
    return extras;
  }

  /** The fields that are there, by name, in the order of the type, then the extras. */
  public SequencedMap<String, Value> toMap() {
    var map = new LinkedHashMap<String, Value>();
    for (int i = 0; i < shape.size(); i++) {
      if (has(i)) {
        map.put(shape.fields().get(i).name(), get(i));
      }
    }
    map.putAll(extras);
    return map;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rec that && toMap().equals(that.toMap());
  }

  @Override
  public int hashCode() {
    return toMap().hashCode();
  }

  /** For people; labelled fields are masked. */
  @Override
  public String toString() {
    var text = new StringBuilder(shape.name()).append('{');
    for (int i = 0; i < shape.size(); i++) {
      if (has(i)) {
        var field = shape.fields().get(i);
        text.append(text.charAt(text.length() - 1) == '{' ? "" : ", ")
            .append(field.name())
            .append(": ");
        text.append(Labels.isWithin(field.type()) ? Masking.MASK : get(i).toString());
      }
    }
    return text.append(extras.isEmpty() ? "" : ", +" + extras.size()).append('}').toString();
  }

  /** Fills a record once. Nothing is checked here: {@link Conform} is the check. */
  public static final class Builder {
    private Shape shape;
    private long present;
    private long[] primitives;
    private @Nullable Value[] references;
    private @Nullable SequencedMap<String, Value> extras; // Few records have any.
    private @Nullable Unread unread;

    private Builder(Shape shape, long[] primitives, @Nullable Value[] references) {
      this.shape = shape;
      this.primitives = primitives;
      this.references = references;
    }

    /** For one that fills record after record: begins the next, of which nothing is set. */
    void begin(Shape next) {
      shape = next;
      present = 0;
      primitives = new long[next.primitives()];
      references = new Value[next.references()];
      extras = null;
      unread = null;
    }

    /** Sets a field; {@link Value.Absent} leaves it out. The value must be of the field's kind. */
    public Builder set(int field, Value value) {
      if (value == Absent.ABSENT) {
        return this;
      }
      if (shape.slot(field) == Shape.Slot.REF) {
        references[shape.position(field)] = value;
        return this;
      }
      return switch (value) {
        case Bool bool -> setBits(field, bool.value() ? 1 : 0);
        case Int(var number) -> setBits(field, number);
        case UInt(var bits) -> setBits(field, bits);
        case Real(var number) -> setBits(field, Double.doubleToRawLongBits(number));
        default ->
            throw new MisfitException(
                "`"
                    + shape.fields().get(field).name()
                    + "` cannot hold "
                    + value.getClass().getSimpleName());
      };
    }

    /** Leaves the reference at this position where it stands in a document that fits. */
    Builder leave(int position, int start, byte[] bytes, Json.Limits limits) {
      if (unread == null) {
        unread = new Unread(bytes, limits, references.length);
      }
      unread.add(position, start);
      return this;
    }

    public Builder set(String field, Value value) {
      int index = shape.index(field);
      if (index < 0) {
        throw new IllegalArgumentException(shape.name() + " has no field `" + field + "`");
      }
      return set(index, value);
    }

    /** Sets a primitive field by its raw bits. */
    public Builder setBits(int field, long bits) {
      putBits(shape.position(field), bits);
      return this;
    }

    /** For generated code: as {@link #set}, of what is no primitive at this position. */
    public Builder setAt(int position, Value value) {
      if (value != Absent.ABSENT) {
        references[position] = value;
      }
      return this;
    }

    /** For who knows the field's {@link Shape#position}, and that it is a reference. */
    void put(int position, Value value) {
      references[position] = value;
    }

    /** For who knows the field's {@link Shape#position}, and that it is a primitive. */
    void putBits(int position, long bits) {
      primitives[position] = bits;
      present |= 1L << position;
    }

    public boolean has(int field) {
      int position = shape.position(field);
      return shape.slot(field) == Shape.Slot.REF
          ? references[position] != null || (unread != null && unread.holds(position))
          : (present >>> position & 1) != 0;
    }

    public Builder extra(String name, Value value) {
      if (extras == null) {
        extras = new LinkedHashMap<>();
      }
      extras.put(Objects.requireNonNull(name), value);
      return this;
    }

    public Rec build() {
      return new Rec(this);
    }
  }
}
