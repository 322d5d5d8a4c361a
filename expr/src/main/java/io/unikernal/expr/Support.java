package io.unikernal.expr;

import io.unikernal.model.Conform;
import io.unikernal.model.Frame;
import io.unikernal.model.Rec;
import io.unikernal.model.Shape;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What generated code calls, found by name. A {@link Span} is the place of an error; it is null
 * where the types exclude one, and then the value lied. Numbers and texts have {@link Scalars}.
 */
final class Support {
  private Support() {}

  /** The error at its place, or a lie. */
  static RuntimeException failed(EvaluationException error, @Nullable Span span) {
    return span == null ? Mistyped.MISTYPED : error.at(span);
  }

  private static RuntimeException absent(@Nullable Span span) {
    return failed(new EvaluationException("a field that is absent in"), span);
  }

  /** One turn, counted here, or by the run that pays. Gives what is left. */
  static int step(int left, @Nullable Evaluation run) {
    if (run != null) {
      run.step();
      return left;
    }
    int now = left - 1;
    if ((now & Evaluation.INTERRUPT_MASK) == Evaluation.INTERRUPT_MASK || now < 0) {
      Evaluation.checkStep(now);
    }
    return now;
  }

  /** For a part with a text of its own: it has its own steps unless a function's caller pays. */
  static @Nullable Evaluation part(@Nullable Evaluation run, Frame frame, boolean needsRun) {
    if (run != null && run.isPaid()) {
      return run;
    }
    return needsRun ? new Evaluation(frame, 0) : null;
  }

  static RuntimeException fault(EvaluationException error, IrExpression part) {
    return part.fault(error);
  }

  static RuntimeException tooDeep(
      StackOverflowError error, IrExpression part, @Nullable Evaluation run) {
    if (run != null && run.isPaid()) {
      throw error;
    }
    return part.tooDeep();
  }

  static boolean isTrue(Value value, Span span) {
    if (value instanceof Value.Bool bool) {
      return bool.value();
    }
    throw new EvaluationException("a bool is needed in").at(span);
  }

  /** Where the shape is another than was foreseen, or the field is not there. */
  private static Value other(Value operand, Shape shape, int field, @Nullable Span span) {
    Value value = Collections.get(operand, shape.fields().get(field).name());
    if (value == Value.Absent.ABSENT) {
      throw absent(span);
    }
    return value;
  }

  /** {@code position} is that of the field: the code knows it, so that nothing is looked up. */
  static Value select(Value operand, Shape shape, int position, int field, @Nullable Span span) {
    if (operand instanceof Rec rec && rec.shape() == shape) {
      Value value = rec.referenceAt(position);
      if (value != Value.Absent.ABSENT) {
        return value;
      }
    }
    return other(operand, shape, field, span);
  }

  static long selectLong(Value operand, Shape shape, int position, int field, @Nullable Span span) {
    return operand instanceof Rec rec && rec.shape() == shape && rec.hasBitsAt(position)
        ? rec.bitsAt(position)
        : Scalars.toLong(other(operand, shape, field, span));
  }

  static long selectUnsigned(
      Value operand, Shape shape, int position, int field, @Nullable Span span) {
    return operand instanceof Rec rec && rec.shape() == shape && rec.hasBitsAt(position)
        ? rec.bitsAt(position)
        : Scalars.toUnsigned(other(operand, shape, field, span));
  }

  static double selectDouble(
      Value operand, Shape shape, int position, int field, @Nullable Span span) {
    return operand instanceof Rec rec && rec.shape() == shape && rec.hasBitsAt(position)
        ? Double.longBitsToDouble(rec.bitsAt(position))
        : Scalars.toDouble(other(operand, shape, field, span));
  }

  static boolean selectBool(
      Value operand, Shape shape, int position, int field, @Nullable Span span) {
    return operand instanceof Rec rec && rec.shape() == shape && rec.hasBitsAt(position)
        ? rec.bitsAt(position) != 0
        : Scalars.toBool(other(operand, shape, field, span));
  }

  static Value selectByName(Value operand, String field, Span span) {
    try {
      return Collections.select(operand, field);
    } catch (EvaluationException e) {
      throw e.at(span);
    }
  }

  /** A field of a record whose shape is known, absent where it or the record is. */
  static Value optionalAt(Value operand, Shape shape, int field) {
    return operand instanceof Rec rec && rec.shape() == shape
        ? rec.get(field)
        : optional(operand, shape.fields().get(field).name(), null);
  }

  static Value optional(Value operand, String field, @Nullable Span span) {
    if (!Collections.isMap(operand) && operand != Value.Absent.ABSENT) {
      throw failed(new EvaluationException("there are no fields in"), span);
    }
    return Collections.get(operand, field);
  }

  static boolean hasAt(Value operand, Shape shape, int field) {
    return operand instanceof Rec rec && rec.shape() == shape
        ? rec.has(field)
        : optional(operand, shape.fields().get(field).name(), null) != Value.Absent.ABSENT;
  }

  static boolean has(Value operand, String field, @Nullable Span span) {
    return optional(operand, field, span) != Value.Absent.ABSENT;
  }

  static boolean isPresent(Value value) {
    return value != Value.Absent.ABSENT;
  }

  static Value present(Value value, Span span) {
    if (value == Value.Absent.ABSENT) {
      throw new EvaluationException("a value that is absent in").at(span);
    }
    return value;
  }

  static Value or(Value first, Value second) {
    return first == Value.Absent.ABSENT ? second : first;
  }

  static Value index(Value operand, Value at, @Nullable Span span) {
    try {
      return Collections.index(operand, at);
    } catch (EvaluationException e) {
      throw failed(e, span);
    }
  }

  static Value indexAt(Value operand, long at, Span span) {
    if (operand instanceof Value.Items(var items)) {
      if (at < 0 || at >= items.size()) {
        throw new EvaluationException("index out of bounds in").at(span);
      }
      return items.get((int) at);
    }
    return index(operand, Value.integer(at), span);
  }

  static Value optionalIndex(Value operand, Value at, @Nullable Span span) {
    try {
      return Collections.optionalIndex(operand, at);
    } catch (EvaluationException e) {
      throw failed(e, span);
    }
  }

  static long size(Value value) {
    return switch (value) {
      case Value.Text(var text) -> text.codePointCount(0, text.length());
      case Value.Bytes(var bytes) -> bytes.length;
      case Value.Items(var items) -> items.size();
      case Value.Dict(var fields) -> fields.size();
      default -> Scalars.toLong(Collections.size(value));
    };
  }

  static long size(Value value, @Nullable Span span) {
    try {
      return size(value);
    } catch (EvaluationException e) {
      throw failed(e, span);
    }
  }

  static Value arithmetic(
      Value left,
      Value right,
      Ir.Operator operator,
      @Nullable Span span,
      @Nullable Evaluation run) {
    try {
      return run == null
          ? Arithmetic.apply(operator, left, right)
          : Arithmetic.apply(operator, left, right, run);
    } catch (EvaluationException e) {
      throw failed(e, span);
    }
  }

  static Value negate(Value value, Span span) {
    try {
      return Arithmetic.negate(value);
    } catch (EvaluationException e) {
      throw e.at(span);
    }
  }

  /** What is not ordered is neither less nor greater: NaN is on the other side of each. */
  static int compare(Value left, Value right, @Nullable Span span, boolean isLess) {
    try {
      int order = Equality.compare(left, right);
      return order == Equality.UNORDERED && !isLess ? -1 : order;
    } catch (EvaluationException e) {
      throw failed(e, span);
    }
  }

  static boolean equal(Value left, Value right, @Nullable Evaluation run) {
    if (run != null) {
      Meter.comparing(left, right, run);
    }
    return Equality.equal(left, right);
  }

  static boolean contains(
      Value value, Value container, @Nullable Span span, @Nullable Evaluation run) {
    if (run != null) {
      Meter.comparing(value, container, run);
    }
    try {
      return Equality.contains(container, value);
    } catch (EvaluationException e) {
      throw failed(e, span);
    }
  }

  static boolean containsLong(long value, long[] sorted) {
    return Arrays.binarySearch(sorted, value) >= 0;
  }

  static Value call(Definition function, Value[] arguments, Evaluation run, Span span) {
    try {
      return function.body().apply(arguments, run);
    } catch (EvaluationException e) {
      throw e.at(span);
    }
  }

  static Value userCall(UserFunction function, Value[] arguments, Evaluation run, Span span) {
    return function.run(arguments, span, run);
  }

  static Value fit(Value value, Type to, String what) {
    return Conform.to(to, value, Conform.Extra.DROP, what);
  }

  /** The elements that are there. */
  static Value items(Value[] elements) {
    for (Value element : elements) {
      if (element == Value.Absent.ABSENT) {
        return new Value.Items(
            Arrays.stream(elements).filter(value -> value != Value.Absent.ABSENT).toList());
      }
    }
    return new Value.Items(List.of(elements));
  }

  static Value items(ArrayList<Value> elements) {
    return new Value.Items(elements);
  }

  static List<Value> elements(Value value) {
    if (value instanceof Value.Items(var items)) {
      return items;
    }
    throw Mistyped.MISTYPED;
  }

  /** An entry of a map that is written: absent values are left out. */
  static void entry(
      SequencedMap<String, Value> fields, Value value, Value key, Span keySpan, Span span) {
    if (!(key instanceof Value.Text(var name))) {
      throw new EvaluationException("the keys of a map are texts, but not in").at(keySpan);
    }
    if (value != Value.Absent.ABSENT && fields.put(name, value) != null) {
      throw new EvaluationException("the same key twice in").at(span);
    }
  }

  static String key(Value key, Span span) {
    if (key instanceof Value.Text(var name)) {
      return name;
    }
    throw new EvaluationException("the keys of a map are texts, but not in").at(span);
  }

  static void put(SequencedMap<String, Value> fields, String key, Value value, Span span) {
    if (fields.put(key, value) != null) {
      throw new EvaluationException("the same key twice in").at(span);
    }
  }

  static void putAll(SequencedMap<String, Value> fields, Value entries, Span span) {
    Collections.entries(entries).forEach((key, value) -> put(fields, key, value, span));
  }

  static Value dict(SequencedMap<String, Value> fields) {
    return new Value.Dict(fields);
  }

  static void append(StringBuilder text, Value value, @Nullable Span span) {
    try {
      text.append(Texts.of(value));
    } catch (EvaluationException _) {
      throw failed(new EvaluationException("only one scalar value can stand in a text, not"), span);
    }
    Evaluation.checkSize(text.length());
  }

  static String string(Value value, @Nullable Span span) {
    try {
      return Texts.of(value);
    } catch (EvaluationException e) {
      throw failed(e, span);
    }
  }
}
