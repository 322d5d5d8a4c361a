package io.unikernal.model;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the fields of one record type lie in the slots of its {@link Rec}s. Booleans, integers and
 * doubles take a {@code long}, everything else a reference. Only {@value #PRIMITIVES_MAX} fields
 * may be primitive, since their presence is one {@code long} of bits; the ones after are
 * references.
 */
public final class Shape {
  static final int PRIMITIVES_MAX = 64;

  /**
   * Where a field lies. {@code REF} is any other value, kept as the payload of its {@link Value}.
   */
  public enum Slot {
    BOOL,
    INT,
    UINT,
    REAL,
    REF
  }

  private final String name;
  private final List<Type.Field> fields;
  private final Slot[] slots;
  private final int[] positions;
  private final Map<String, Integer> indexes = new HashMap<>();
  private final int primitives;
  private final int references;

  /**
   * Made when a codec first asks: the compiler makes many records that are never written. Two
   * threads may both make it, and alike.
   */
  private @Nullable Coding coding;

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Coding(Facts[] facts, int[] cborOrder) {}

  Shape(String name, List<Type.Field> fields) {
    this.name = name;
    this.fields = List.copyOf(fields);
    slots = new Slot[fields.size()];
    positions = new int[fields.size()];
    int longs = 0;
    int refs = 0;
    for (int i = 0; i < slots.length; i++) {
      if (indexes.put(fields.get(i).name(), i) != null) {
        throw new IllegalArgumentException("two fields `" + fields.get(i).name() + "`");
      }
      slots[i] = longs < PRIMITIVES_MAX ? slotOf(fields.get(i).type().core()) : Slot.REF;
      positions[i] = slots[i] == Slot.REF ? refs++ : longs++;
    }
    primitives = longs;
    references = refs;
  }

  /** How a reader may take a field in, where nothing but its form is to be checked. */
  enum Way {
    INT,
    REAL,
    BOOL,
    TEXT,
    OTHER;

    static Way of(Type.Field field, Slot slot) {
      return switch (field.type().core()) {
        case Type.Int _ -> slot == Slot.INT ? INT : OTHER;
        case Type.Real(var range) -> slot == Slot.REAL && range.isAll() ? REAL : OTHER;
        case Type.Simple simple when simple == Type.Simple.BOOL -> slot == Slot.BOOL ? BOOL : OTHER;
        case Type.Text(var length, var pattern) ->
            length.isAll() && pattern.isEmpty() ? TEXT : OTHER;
        default -> OTHER;
      };
    }
  }

  /**
   * What the codecs ask of a field each time, worked out once.
   *
   * @param position its place among the primitives, or among the references
   * @param isNullNothing whether null counts as not given
   * @param min the least integer that an {@code INT} slot takes
   * @param jsonKey the name as JSON writes it, with its quotes and colon
   * @param jsonNextKey the same after a comma
   * @param cborKey the name as CBOR writes it
   * @param isJsonText whether JSON has its number in quotes
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Facts(
      Way way,
      int position,
      boolean isNullNothing,
      long min,
      long max,
      byte[] jsonKey,
      byte[] jsonNextKey,
      byte[] cborKey,
      boolean isJsonText) {
    static Facts of(Type.Field field, Slot slot, int position) {
      var range = field.type().core() instanceof Type.Int(var bounds) ? bounds : Type.Range.ALL;
      return new Facts(
          Way.of(field, slot),
          position,
          Fitting.isNothing(field.type(), Value.Null.NULL),
          range.min().map(BigDecimal::longValueExact).orElse(Long.MIN_VALUE),
          range.max().map(BigDecimal::longValueExact).orElse(Long.MAX_VALUE),
          JsonWriter.key(field.name()),
          JsonWriter.nextKey(field.name()),
          CborWriter.key(field.name()),
          field.isJsonText());
    }
  }

  static Slot slotOf(Type type) {
    return switch (type) {
      case Type.Simple simple when simple == Type.Simple.BOOL -> Slot.BOOL;
      case Type.Int _ -> Slot.INT;
      case Type.UInt _ -> Slot.UINT;
      case Type.Real _ -> Slot.REAL;
      default -> Slot.REF;
    };
  }

  /** The record type's name, empty for one written in place. */
  public String name() {
    return name;
  }

  public List<Type.Field> fields() {
    return fields;
  }

  public int size() {
    return slots.length;
  }

  /** The field's index, or -1. */
  public int index(String field) {
    return indexes.getOrDefault(field, -1);
  }

  public Slot slot(int field) {
    return slots[field];
  }

  /** The field's place among the primitives, or among the references. */
  public int position(int field) {
    return positions[field];
  }

  /** The type of the field that is the reference at this position. */
  Type referenceType(int position) {
    for (int field = 0; field < slots.length; field++) {
      if (slots[field] == Slot.REF && positions[field] == position) {
        return fields.get(field).type();
      }
    }
    throw new IllegalArgumentException("no reference " + position);
  }

  Facts facts(int field) {
    return coding().facts()[field];
  }

  /** Of all fields. Not to be changed. */
  Facts[] facts() {
    return coding().facts();
  }

  /** The fields' indexes in the order in which CBOR writes them. */
  int[] cborOrder() {
    return coding().cborOrder();
  }

  private Coding coding() {
    Coding known = coding;
    if (known == null) {
      var facts = new Facts[slots.length];
      for (int i = 0; i < facts.length; i++) {
        facts[i] = Facts.of(fields.get(i), slots[i], positions[i]);
      }
      known = new Coding(facts, CborWriter.order(List.of(facts)));
      coding = known;
    }
    return known;
  }

  int primitives() {
    return primitives;
  }

  int references() {
    return references;
  }
}
