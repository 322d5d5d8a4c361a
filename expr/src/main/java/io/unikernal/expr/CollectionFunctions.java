package io.unikernal.expr;

import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.util.List;

/** Functions on lists and maps, and on values that may be absent. */
final class CollectionFunctions {
  private CollectionFunctions() {}

  static List<Definition> all() {
    var all = new java.util.ArrayList<>(lists());
    all.addAll(optionals());
    return all;
  }

  private static List<Definition> lists() {
    return List.of(
        Definition.of(
                "size",
                "size(string) -> int; size(bytes) -> int; size(list(T)) -> int; size(map(K, V)) ->"
                    + " int; string.size() -> int; bytes.size() -> int; list(T).size() -> int;"
                    + " map(K, V).size() -> int",
                "How many characters, bytes, elements or keys it has.",
                "size([1, 2, 3])",
                "3",
                (a, run) -> {
                  if (a[0] instanceof Value.Text(var text)) {
                    run.spend(text.length());
                  }
                  return Collections.size(a[0]);
                })
            .clearing(),
        Definition.of(
            "sum",
            "sum(list(int)) -> int; sum(list(uint)) -> uint; sum(list(double)) -> double;"
                + " sum(list(decimal)) -> decimal; sum(list(duration)) -> duration",
            "All elements added; zero for an empty list.",
            "sum([1, 2, 3])",
            "6",
            (a, _) -> sum(a)),
        Definition.of(
            "min",
            "min(list(int)) -> int; min(list(uint)) -> uint; min(list(double)) -> double;"
                + " min(list(decimal)) -> decimal; min(list(string)) -> string;"
                + " min(list(timestamp)) -> timestamp; min(list(duration)) -> duration;"
                + " min(list(date)) -> date; min(list(time)) -> time",
            "The smallest element; an error when there is none.",
            "min([3, 1, 2])",
            "1",
            (a, _) -> extreme("min", a[0], -1)),
        Definition.of(
            "max",
            "max(list(int)) -> int; max(list(uint)) -> uint; max(list(double)) -> double;"
                + " max(list(decimal)) -> decimal; max(list(string)) -> string;"
                + " max(list(timestamp)) -> timestamp; max(list(duration)) -> duration;"
                + " max(list(date)) -> date; max(list(time)) -> time",
            "The largest element; an error when there is none.",
            "max([3, 1, 2])",
            "3",
            (a, _) -> extreme("max", a[0], 1)));
  }

  private static List<Definition> optionals() {
    return List.of(
        Definition.of(
            "optional.of",
            "optional.of(T) -> T?",
            "The value as one that might have been absent.",
            "optional.of(1).hasValue()",
            "true",
            (a, _) -> a[0]),
        Definition.of(
            "optional.none",
            "optional.none() -> T?",
            "Absent.",
            "optional.none().orValue(3)",
            "3",
            (_, _) -> Value.Absent.ABSENT),
        Definition.of(
            "optional.ofNonZeroValue",
            "optional.ofNonZeroValue(T) -> T?",
            "The value, or absent when it is zero, false, null or empty.",
            "optional.ofNonZeroValue('').orValue('none')",
            "'none'",
            (a, _) -> isZero(a[0]) ? Value.Absent.ABSENT : a[0]),
        unwrap("optional.unwrap", "optional.unwrap(list(T?)) -> list(T)", "optional.unwrap([#])"),
        unwrap("unwrapOpt", "list(T?).unwrapOpt() -> list(T)", "[#].unwrapOpt()"),
        Definition.of(
            "hasValue",
            "T?.hasValue() -> bool",
            "Whether it is there.",
            "optional.none().hasValue()",
            "false",
            (a, _) -> Value.Bool.of(a[0] != Value.Absent.ABSENT)),
        Definition.of(
            "value",
            "T?.value() -> T",
            "The value; an error when it is absent.",
            "optional.of(1).value()",
            "1",
            (a, _) -> value(a[0])),
        Definition.of(
            "or",
            "T?.or(T?) -> T?",
            "The first that is there.",
            "optional.none().or(optional.of(2)).value()",
            "2",
            (a, _) -> a[0] == Value.Absent.ABSENT ? a[1] : a[0]),
        Definition.of(
            "orValue",
            "T?.orValue(T) -> T",
            "The value, or another when it is absent.",
            "{'a': 1}.?b.orValue(2)",
            "2",
            (a, _) -> a[0] == Value.Absent.ABSENT ? a[1] : a[0]));
  }

  /** A list keeps no element that is absent, so that there is nothing left to do. */
  private static Definition unwrap(String name, String signature, String example) {
    return Definition.of(
        name,
        signature,
        "The elements that are there.",
        example.replace("#", "optional.of(1), optional.none()"),
        "[1]",
        (a, _) ->
            new Value.Items(
                Collections.items(a[0], name).stream()
                    .filter(item -> item != Value.Absent.ABSENT)
                    .toList()));
  }

  /** The second argument is the zero of the list's element type; lowering puts it there. */
  private static Value sum(Value[] arguments) {
    Value sum = arguments[1];
    boolean first = sum == Value.Absent.ABSENT;
    for (Value item : Collections.items(arguments[0], "sum")) {
      sum = first ? item : Arithmetic.apply(Ir.Operator.ADD, sum, item);
      first = false;
    }
    return first ? Value.integer(0) : sum;
  }

  private static Value extreme(String name, Value list, int sign) {
    List<Value> items = Collections.items(list, name);
    if (items.isEmpty()) {
      throw new EvaluationException("an empty list in");
    }
    Value found = items.getFirst();
    for (Value item : items) {
      if (Equality.compare(item, found) == sign) {
        found = item;
      }
    }
    return found;
  }

  private static Value value(Value value) {
    if (value == Value.Absent.ABSENT) {
      throw new EvaluationException("a value that is absent in");
    }
    return value;
  }

  private static boolean isZero(Value value) {
    return switch (value) {
      case Value.Absent _, Value.Null _ -> true;
      case Value.Bool bool -> !bool.value();
      case Value.Int(var number) -> number == 0;
      case Value.UInt(var bits) -> bits == 0;
      case Value.Real(var number) -> number == 0;
      case Value.Decimal(var number) -> number.signum() == 0;
      case Value.Text(var text) -> text.isEmpty();
      case Value.Bytes(var bytes) -> bytes.length == 0;
      case Value.Items(var items) -> items.isEmpty();
      case Value.Dict(var fields) -> fields.isEmpty();
      case Value.Duration(var length) -> length.isZero();
      case Value.Timestamp(var moment) -> moment.equals(java.time.Instant.EPOCH);
      case Value.Date _, Value.Time _, Value.Uuid _, ValueStream _ -> false;
      case Rec rec -> rec.toMap().isEmpty();
    };
  }
}
