package io.unikernal.expr;

import io.unikernal.model.Expression;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.List;
import java.util.Optional;

/**
 * A checked expression as a typed tree: what back ends run. Each node knows its type, with labels,
 * and where it stands in the text. A new kind of node is a compile error wherever it is not
 * handled.
 */
sealed interface Ir {
  Type type();

  Span span();

  record Constant(Value value, Type type, Span span) implements Ir {}

  /** A variable of the frame. */
  record Variable(String name, int slot, Type type, Span span) implements Ir {}

  /** A variable of a loop or of {@code cel.bind}, by its number. */
  record Local(String name, int number, Type type, Span span) implements Ir {}

  /** A field by its place in the record. */
  record Select(Ir operand, Type.Record record, int field, Type type, Span span) implements Ir {
    Type.Field declared() {
      return record.field(field);
    }
  }

  /** A field by name, of a map or of something whose type is not known. */
  record SelectByName(Ir operand, String field, Type type, Span span) implements Ir {}

  /** {@code a.?b}, or {@code a.b} where {@code a} is optional: absent rather than an error. */
  record OptionalSelect(Ir operand, String field, Type type, Span span) implements Ir {}

  /** {@code has(a.b)}. */
  record Has(Ir operand, String field, Type type, Span span) implements Ir {}

  record Index(Ir operand, Ir index, Type type, Span span) implements Ir {}

  /** {@code a[?i]}: absent rather than an error. */
  record OptionalIndex(Ir operand, Ir index, Type type, Span span) implements Ir {}

  /** Absent elements are left out: only optional ones can be. */
  record Items(List<Ir> elements, Type type, Span span) implements Ir {}

  /** A map whose keys are computed. Absent values are left out. */
  record Dict(List<Ir> keys, List<Ir> values, Type type, Span span) implements Ir {}

  /** A record; {@code fields} in the order of its shape. Absent values are left out. */
  record Fields(Type.Record record, List<Ir> fields, Type type, Span span) implements Ir {}

  record Arithmetic(Operator operator, Kind kind, Ir left, Ir right, Type type, Span span)
      implements Ir {}

  record Comparison(Operator operator, Ir left, Ir right, Type type, Span span) implements Ir {}

  record And(Ir left, Ir right, Type type, Span span) implements Ir {}

  record Or(Ir left, Ir right, Type type, Span span) implements Ir {}

  record Not(Ir operand, Type type, Span span) implements Ir {}

  record Conditional(Ir condition, Ir then, Ir otherwise, Type type, Span span) implements Ir {}

  record Call(Definition function, List<Ir> arguments, Type type, Span span) implements Ir {}

  /** A call of one of the definition's own functions; the arguments are made to fit already. */
  record UserCall(UserFunction function, List<Ir> arguments, Type type, Span span) implements Ir {}

  /** {@code cel.bind}. */
  record Let(int number, Ir value, Ir body, Type type, Span span) implements Ir {}

  /** What goes through a list or a map; {@code second} is the local of the value, or -1. */
  sealed interface Looping extends Ir {
    Ir range();

    int first();

    int second();

    /** Which turns are made. */
    default Optional<Ir> filter() {
      return Optional.empty();
    }
  }

  /**
   * {@code map} and {@code filter}: the elements of a list or the keys of a map, kept where the
   * filter holds, each turned into an element. {@code second} is the local of the value, or -1.
   */
  record Collect(
      Ir range, int first, int second, Optional<Ir> filter, Ir element, Type type, Span span)
      implements Looping {}

  /** {@code transformMap}: as {@link Collect}, into a map. */
  record CollectMap(
      Ir range, int first, int second, Optional<Ir> filter, Ir key, Ir value, Type type, Span span)
      implements Looping {}

  /** {@code transformMapEntry}: each turn gives a map whose entries are added. */
  record CollectEntries(
      Ir range, int first, int second, Optional<Ir> filter, Ir entries, Type type, Span span)
      implements Looping {}

  /** Any other loop, as {@code all} and {@code exists}. */
  record Fold(
      Ir range,
      int first,
      int second,
      int accumulator,
      Ir start,
      Ir condition,
      Ir turn,
      Ir result,
      Type type,
      Span span)
      implements Looping {}

  /** Scalars joined into a text. */
  record Interpolation(List<Ir> parts, Type type, Span span) implements Ir {}

  /** A part of a mapping, with a text and positions of its own. */
  record Embedded(Expression expression, Type type, Span span) implements Ir {}

  /** A value made to fit a type at run time; {@code what} begins the message. */
  record Fit(Ir source, Type to, String what, Type type, Span span) implements Ir {}

  /** A record built field by field into the shape of another type than its parts have. */
  record FitFields(Type.Record record, List<FieldFit> fields, String what, Type type, Span span)
      implements Ir {}

  /** What goes into one field; {@code check} where only the value can tell whether it fits. */
  record FieldFit(Optional<Ir> part, boolean check) {}

  enum Operator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    REMAINDER("%"),
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">="),
    IN("in");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    @Override
    public String toString() {
      return symbol;
    }
  }

  /** What both sides of an {@link Arithmetic} are, after widening; {@code ANY} when known late. */
  enum Kind {
    INT,
    UINT,
    REAL,
    DECIMAL,
    TEXT,
    BYTES,
    LIST,
    TIME,
    ANY
  }
}
