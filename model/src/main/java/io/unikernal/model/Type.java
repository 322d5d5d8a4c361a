package io.unikernal.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A UDL type. {@link #toString} gives the text that a definition would hold, with records by name.
 * Records compare by identity (they may be recursive); assignability is structural, see {@link
 * Assign}.
 */
public sealed interface Type {

  /**
   * Types without parameters. {@code NULL} as an operation's output means that it answers nothing.
   */
  enum Simple implements Type {
    ANY,
    NULL,
    BOOL,
    TIMESTAMP,
    DATE,
    TIME,
    DURATION,
    UUID,
    /** A handle to bytes larger than memory; stands only as a whole input or output. */
    BLOB;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  record Int(Range range) implements Type {
    public static final Int ANY_INT = new Int(Range.ALL);

    @Override
    public String toString() {
      return "int" + range.inParentheses();
    }
  }

  record UInt(Range range) implements Type {
    public static final UInt ANY_UINT = new UInt(Range.ALL);

    @Override
    public String toString() {
      return "uint" + range.inParentheses();
    }
  }

  record Real(Range range) implements Type {
    public static final Real ANY_DOUBLE = new Real(Range.ALL);

    @Override
    public String toString() {
      return "double" + range.inParentheses();
    }
  }

  /** {@code precision} 0 means any precision and scale: {@code decimal} without parameters. */
  record Decimal(int precision, int scale) implements Type {
    public static final Decimal ANY_DECIMAL = new Decimal(0, 0);

    @Override
    public String toString() {
      return precision == 0 ? "decimal" : "decimal(" + precision + "," + scale + ")";
    }
  }

  /** {@code length} counts code points; {@code pattern} is RE2 and must match the whole text. */
  record Text(Range length, Optional<String> pattern) implements Type {
    public static final Text ANY_TEXT = new Text(Range.ALL, Optional.empty());

    @Override
    public String toString() {
      return "string" + pattern.map(p -> "(/" + p + "/)").orElse(length.inParentheses());
    }
  }

  record Bytes(Range length) implements Type {
    public static final Bytes ANY_BYTES = new Bytes(Range.ALL);

    @Override
    public String toString() {
      return "bytes" + length.inParentheses();
    }
  }

  record Enum(List<String> symbols) implements Type {
    public Enum {
      symbols = List.copyOf(symbols);
    }

    @Override
    public String toString() {
      return symbols.stream().map(Enum::written).collect(Collectors.joining(", ", "enum(", ")"));
    }

    /** A symbol that is no plain word stands in quotes, so that the text reads back. */
    private static String written(String symbol) {
      boolean isWord =
          !symbol.isEmpty()
              && symbol
                  .chars()
                  .allMatch(c -> Character.isLetterOrDigit(c) || "_-.".indexOf(c) >= 0);
      return isWord
          ? symbol
          : new String(Json.write(Value.text(symbol)), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  record ListOf(Type element, Range size) implements Type {
    public static ListOf of(Type element) {
      return new ListOf(element, Range.ALL);
    }

    @Override
    public String toString() {
      return "list(" + element + (size.isAll() ? "" : ", " + size) + ")";
    }
  }

  /** A map with text keys. */
  record MapOf(Type value) implements Type {
    @Override
    public String toString() {
      return "map(string, " + value + ")";
    }
  }

  /** {@code T?}: the value of {@code T}, or {@link Value.Absent}. */
  record Maybe(Type of) implements Type {
    @Override
    public String toString() {
      return of + "?";
    }
  }

  /** A value that may not flow everywhere; see "Sensitive data" in the language reference. */
  record Labelled(Label label, Type of) implements Type {
    @Override
    public String toString() {
      return label + "(" + of + ")";
    }
  }

  /** A sequence consumed once; stands only as a whole input or output. */
  record StreamOf(Type element) implements Type {
    @Override
    public String toString() {
      return "stream(" + element + ")";
    }
  }

  /** One of several records, told apart by the field {@code tag}, an enum of one symbol in each. */
  record Union(String name, List<Record> members, String tag) implements Type {
    public Union {
      members = List.copyOf(members);
    }

    /** Found when asked for where it was not known yet: members may be defined after the union. */
    @Override
    public String tag() {
      return tag.isEmpty() ? tagOf(members).orElse("") : tag;
    }

    /** The member whose tag is {@code symbol}. */
    public Optional<Record> member(String symbol) {
      String field = tag();
      return members.stream()
          .filter(member -> symbolOf(member, field).equals(Optional.of(symbol)))
          .findFirst();
    }

    /** The tags' symbols, in the order of the members. */
    public List<String> symbols() {
      String field = tag();
      return members.stream().flatMap(member -> symbolOf(member, field).stream()).toList();
    }

    /**
     * The first field that is an enum of one symbol in each record, with another symbol in each.
     * All must be defined.
     */
    public static Optional<String> tagOf(List<Record> members) {
      return members.getFirst().fields().stream()
          .map(Field::name)
          .filter(field ->
              members.stream()
                      .flatMap(member -> symbolOf(member, field).stream())
                      .distinct()
                      .count()
                  == members.size())
          .findFirst();
    }

    private static Optional<String> symbolOf(Record member, String field) {
      return member
          .field(field)
          .flatMap(found ->
              found.type().bare() instanceof Enum(var symbols) && symbols.size() == 1
                  ? Optional.of(symbols.getFirst())
                  : Optional.empty());
    }

    @Override
    public String toString() {
      return members.stream().map(Record::name).collect(Collectors.joining(" | "));
    }
  }

  /**
   * A record. Made in two moves, {@link #Record(String)} then {@link #define}, so that it may be
   * recursive. Not final: who compiles again and again has records that notice what is asked of
   * them.
   */
  non-sealed class Record implements Type {
    private final String name;
    private volatile Optional<Shape> shape = Optional.empty();

    public Record(String name) {
      this.name = name;
    }

    public Record(String name, List<Field> fields) {
      this(name);
      define(fields);
    }

    /** Gives the record its fields, once. */
    public Record define(List<Field> fields) {
      if (shape.isPresent()) {
        throw new IllegalStateException(name + " is defined already");
      }
      shape = Optional.of(new Shape(name, fields));
      return this;
    }

    /** Empty for a record written in place. */
    public String name() {
      return name;
    }

    public boolean isDefined() {
      return shape.isPresent();
    }

    public Shape shape() {
      return shape.orElseThrow(() -> new IllegalStateException(name + " is not defined yet"));
    }

    public final List<Field> fields() {
      return shape().fields();
    }

    public final Optional<Field> field(String fieldName) {
      int index = index(fieldName);
      return index < 0 ? Optional.empty() : Optional.of(field(index));
    }

    /** Every label anywhere in its fields, those of records within included. */
    public Set<Label> labels() {
      return Labels.ofFields(this);
    }

    /** Where a field stands among the others, or -1. */
    public int index(String fieldName) {
      return shape().index(fieldName);
    }

    /** The field at an index. */
    public Field field(int index) {
      return shape().fields().get(index);
    }

    @Override
    public String toString() {
      if (!name.isEmpty()) {
        return name;
      }
      return fields().stream()
          .map(field -> field.name() + ": " + field.written())
          .collect(Collectors.joining(", ", "{ ", " }"));
    }
  }

  /** What follows a number's type where JSON has it as a text. */
  String JSON_TEXT = " as string";

  /**
   * A record's field. It must be given unless its type is {@link Maybe} or it has a {@code
   * fallback}.
   *
   * @param isJsonText whether JSON has the number as a text, for peers that read each number as a
   *     double
   */
  record Field(String name, Type type, Optional<Value> fallback, String doc, boolean isJsonText) {
    public Field(String name, Type type, Optional<Value> fallback, String doc) {
      this(name, type, fallback, doc, false);
    }

    public static Field of(String name, Type type) {
      return new Field(name, type, Optional.empty(), "");
    }

    /** Whether JSON may have a field of this type as a text. */
    public static boolean mayBeJsonText(Type core) {
      return core instanceof Int || core instanceof UInt || core instanceof Decimal;
    }

    public Field asJsonText() {
      return new Field(name, type, fallback, doc, true);
    }

    /** The type as a definition writes it at the field. */
    public String written() {
      return type + (isJsonText ? JSON_TEXT : "");
    }

    public boolean isRequired() {
      return fallback.isEmpty() && !(type.bare() instanceof Maybe);
    }
  }

  /** Inclusive bounds of a number, a length or a size. */
  record Range(Optional<BigDecimal> min, Optional<BigDecimal> max) {
    private static final int DIGITS_OF_ANY_LONG = 18;
    public static final Range ALL = new Range(Optional.empty(), Optional.empty());

    public static Range of(long min, long max) {
      return new Range(Optional.of(BigDecimal.valueOf(min)), Optional.of(BigDecimal.valueOf(max)));
    }

    public boolean isAll() {
      return min.isEmpty() && max.isEmpty();
    }

    public boolean contains(BigDecimal number) {
      return (min.isEmpty() || min.get().compareTo(number) <= 0)
          && (max.isEmpty() || max.get().compareTo(number) >= 0);
    }

    /** The same, and makes no object of it. */
    public boolean contains(long number) {
      return (min.isEmpty() || compare(min.get(), number) <= 0)
          && (max.isEmpty() || compare(max.get(), number) >= 0);
    }

    private static int compare(BigDecimal bound, long number) {
      return bound.scale() == 0 && bound.precision() <= DIGITS_OF_ANY_LONG
          ? Long.compare(bound.longValue(), number)
          : bound.compareTo(BigDecimal.valueOf(number));
    }

    /** Whether every number in {@code other} is in this. */
    public boolean contains(Range other) {
      return min.map(m -> other.min.map(o -> m.compareTo(o) <= 0).orElse(false)).orElse(true)
          && max.map(m -> other.max.map(o -> m.compareTo(o) >= 0).orElse(false)).orElse(true);
    }

    String inParentheses() {
      return isAll() ? "" : "(" + this + ")";
    }

    @Override
    public String toString() {
      return min.map(BigDecimal::toPlainString).orElse("")
          + ".."
          + max.map(BigDecimal::toPlainString).orElse("");
    }
  }

  /** The type without its outer label. */
  default Type bare() {
    return this instanceof Labelled(var label, var of) ? of.bare() : this;
  }

  /** The type without outer label and optionality. */
  default Type core() {
    return bare() instanceof Maybe(var of) ? of.core() : bare();
  }

  default boolean isMaybe() {
    return bare() instanceof Maybe;
  }

  default Type maybe() {
    return isMaybe() || this == Simple.ANY ? this : new Maybe(this);
  }

  /** A record written in place, each field required. */
  static Record record(SequencedMap<String, Type> fields) {
    var list = new ArrayList<Field>();
    fields.forEach((name, type) -> list.add(Field.of(name, type)));
    return new Record("", list);
  }

  /** The record without fields: the input of an operation that takes nothing. */
  static Record empty() {
    return record(new LinkedHashMap<>());
  }
}
