package io.unikernal.expr;

import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** CEL's extensions for lists and sets, and what UDL adds. */
final class ListFunctions {
  private static final String ORDERED =
      "int uint double decimal bool string bytes timestamp" + " duration date time";
  private static final int DEPTH_MAX = 100;

  private ListFunctions() {}

  static List<Definition> all() {
    var all = new ArrayList<Definition>();
    all.addAll(parts());
    all.addAll(changes());
    all.addAll(sets());
    all.add(average());
    return all;
  }

  private static List<Definition> parts() {
    return List.of(
        Definition.of(
            "first",
            "list(T).first() -> T?",
            "The first element; absent when there is none.",
            "[1, 2].first().value()",
            "1",
            (a, _) -> end("first", a[0], true)),
        Definition.of(
            "last",
            "list(T).last() -> T?",
            "The last element; absent when there is none.",
            "[1, 2].last().value()",
            "2",
            (a, _) -> end("last", a[0], false)),
        Definition.of(
            "slice",
            "list(T).slice(int, int) -> list(T)",
            "The elements from a position to before another.",
            "[1, 2, 3, 4].slice(1, 3)",
            "[2, 3]",
            (a, run) -> {
              Value part = slice(a);
              run.spend(Meter.length(part));
              run.built(Meter.size(part));
              return part;
            }),
        Definition.of(
            "lists.range",
            "lists.range(int) -> list(int)",
            "The numbers from 0 to before another.",
            "lists.range(3)",
            "[0, 1, 2]",
            (a, _) -> range(TextFunctions.integer(a[0]))));
  }

  private static List<Definition> changes() {
    return List.of(
        Definition.of(
            "distinct",
            "list(T).distinct() -> list(T)",
            "Each element once, where it first stands.",
            "[1, 2, 1, 3].distinct()",
            "[1, 2, 3]",
            (a, _) -> new Value.Items(Canonical.distinct(Collections.items(a[0], "distinct")))),
        Definition.of(
            "sort",
            each("list(#).sort() -> list(#)"),
            "The elements, smallest first.",
            "[3, 1, 2].sort()",
            "[1, 2, 3]",
            (a, run) -> sorted(a[0], a[0], "sort", run)),
        Definition.of(
            "flatten",
            "list(list(T)).flatten() -> list(T); list(any).flatten(int) -> list(any)",
            "The elements of the lists in it, in one list; with a number, of lists nested so deep.",
            "[[1, 2], [3]].flatten()",
            "[1, 2, 3]",
            (a, run) -> flatten(a, run)),
        Definition.of(
            "zip",
            "list(T).zip(list(U)) -> list(list(any))",
            "Pairs of the elements at the same place of two lists of one length.",
            "[1, 2].zip([3, 4])",
            "[[1, 3], [2, 4]]",
            (a, _) -> zip(a)));
  }

  private static List<Definition> sets() {
    return List.of(
        Definition.of(
            "sets.contains",
            "sets.contains(list(T), list(T)) -> bool",
            "Whether each element of the second is in the first.",
            "sets.contains([1, 2, 3], [3, 1])",
            "true",
            (a, _) -> Value.Bool.of(containsAll(a[0], a[1]))),
        Definition.of(
            "sets.equivalent",
            "sets.equivalent(list(T), list(T)) -> bool",
            "Whether both have the same elements, however often and in whatever order.",
            "sets.equivalent([1, 2, 2], [2, 1])",
            "true",
            (a, _) -> Value.Bool.of(containsAll(a[0], a[1]) && containsAll(a[1], a[0]))),
        Definition.of(
            "sets.intersects",
            "sets.intersects(list(T), list(T)) -> bool",
            "Whether one element at least is in both.",
            "sets.intersects([1, 2], [2, 3])",
            "true",
            (a, _) -> {
              var known = Canonical.set(Collections.items(a[0], "sets.intersects"));
              return Value.Bool.of(
                  Collections.items(a[1], "sets.intersects").stream()
                      .anyMatch(item -> known.contains(Canonical.of(item))));
            }));
  }

  /** What macros call; see {@link Macros}. */
  static List<Definition> hidden() {
    var groups =
        java.util.stream.Stream.of("string", "int", "uint", "bool", "date", "uuid")
            .map(key -> "group_by(list(T), list(%s)) -> map(string, list(T))".formatted(key))
            .collect(java.util.stream.Collectors.joining("; "));
    return List.of(
        Definition.of(
                "sort_by",
                each("sort_by(list(T), list(#)) -> list(T)"),
                "",
                "",
                "",
                (a, run) -> sorted(a[0], a[1], "sort_by", run))
            .named(Macros.SORT_BY),
        Definition.of("group_by", groups, "", "", "", (a, _) -> group(a)).named(Macros.GROUP_BY));
  }

  private static String each(String signature) {
    return java.util.Arrays.stream(ORDERED.split(" "))
        .map(type -> signature.replace("#", type))
        .collect(java.util.stream.Collectors.joining("; "));
  }

  private static Value end(String name, Value list, boolean first) {
    List<Value> items = Collections.items(list, name);
    return items.isEmpty() ? Value.Absent.ABSENT : first ? items.getFirst() : items.getLast();
  }

  private static Value slice(Value[] a) {
    List<Value> items = Collections.items(a[0], "slice");
    long from = TextFunctions.integer(a[1]);
    long to = TextFunctions.integer(a[2]);
    if (from < 0 || to < from || to > items.size()) {
      throw new EvaluationException("positions outside of the list in");
    }
    return new Value.Items(items.subList((int) from, (int) to));
  }

  private static Value range(long count) {
    Evaluation.checkElements(count);
    var numbers = new ArrayList<Value>();
    for (long i = 0; i < count; i++) {
      numbers.add(Value.integer(i));
    }
    return new Value.Items(numbers);
  }

  private static Value sorted(Value list, Value keys, String name, Evaluation run) {
    List<Value> items = Collections.items(list, name);
    List<Value> by = Collections.items(keys, name);
    var order = new ArrayList<Integer>();
    for (int i = 0; i < items.size(); i++) {
      order.add(i);
    }
    order.sort((a, b) -> {
      run.spend(Meter.length(by.get(a)));
      int compared = Equality.compare(by.get(a), by.get(b));
      if (compared == Equality.UNORDERED) {
        throw new EvaluationException("a value that has no order in");
      }
      return compared;
    });
    // Comparing took about n log n, whatever the elements are.
    run.spend((long) items.size() * (64 - Long.numberOfLeadingZeros(items.size())));
    return new Value.Items(order.stream().map(items::get).toList());
  }

  private static Value flatten(Value[] a, Evaluation run) {
    long depth = a.length > 1 ? TextFunctions.integer(a[1]) : 1;
    if (depth < 0) {
      throw new EvaluationException("a depth of less than nothing in");
    }
    var flat = new ArrayList<Value>();
    flatten(Collections.items(a[0], "flatten"), Math.min(depth, DEPTH_MAX), flat, run);
    return new Value.Items(flat);
  }

  private static void flatten(List<Value> items, long depth, List<Value> into, Evaluation run) {
    run.spend(items.size());
    for (Value item : items) {
      if (depth > 0 && item instanceof Value.Items(var inner)) {
        flatten(inner, depth - 1, into, run);
      } else {
        into.add(item);
        Evaluation.checkElements(into.size());
      }
    }
  }

  private static Value zip(Value[] a) {
    List<Value> left = Collections.items(a[0], "zip");
    List<Value> right = Collections.items(a[1], "zip");
    if (left.size() != right.size()) {
      throw new EvaluationException("lists of different lengths in");
    }
    Evaluation.checkElements(3L * left.size());
    var pairs = new ArrayList<Value>();
    for (int i = 0; i < left.size(); i++) {
      pairs.add(new Value.Items(List.of(left.get(i), right.get(i))));
    }
    return new Value.Items(pairs);
  }

  private static boolean containsAll(Value list, Value others) {
    var known = Canonical.set(Collections.items(list, "sets.contains"));
    return Collections.items(others, "sets.contains").stream()
        .allMatch(item -> known.contains(Canonical.of(item)));
  }

  private static Value group(Value[] a) {
    List<Value> items = Collections.items(a[0], "group_by");
    List<Value> keys = Collections.items(a[1], "group_by");
    SequencedMap<String, List<Value>> groups = new LinkedHashMap<>();
    for (int i = 0; i < items.size(); i++) {
      groups.computeIfAbsent(Texts.of(keys.get(i)), _ -> new ArrayList<>()).add(items.get(i));
    }
    SequencedMap<String, Value> fields = new LinkedHashMap<>();
    groups.forEach((key, group) -> fields.put(key, new Value.Items(group)));
    return new Value.Dict(fields);
  }

  private static Definition average() {
    return Definition.of(
        "avg",
        "avg(list(int)) -> double; avg(list(uint)) -> double; avg(list(double)) -> double;"
            + " avg(list(duration)) -> duration; avg(list(decimal), int) -> decimal",
        "The average; an error for an empty list. For decimals say how many digits to keep.",
        "avg([1, 2, 4, 5])",
        "3.0",
        (a, _) -> average(a));
  }

  private static Value average(Value[] a) {
    List<Value> items = Collections.items(a[0], "avg");
    if (items.isEmpty()) {
      throw new EvaluationException("an empty list in");
    }
    Value first = items.getFirst();
    if (first instanceof Value.Duration) {
      Value sum =
          items.stream().reduce((x, y) -> Arithmetic.apply(Ir.Operator.ADD, x, y)).orElseThrow();
      return sum instanceof Value.Duration(var length)
          ? new Value.Duration(length.dividedBy(items.size()))
          : sum;
    }
    if (first instanceof Value.Real) {
      double sum = 0;
      for (Value item : items) {
        sum += item instanceof Value.Real(var number) ? number : Equality.exact(item).doubleValue();
      }
      return new Value.Real(sum / items.size());
    }
    BigDecimal sum = BigDecimal.ZERO;
    for (Value item : items) {
      if (!Equality.isNumber(item) || item instanceof Value.Real) {
        throw Definition.noOverload("avg");
      }
      sum = sum.add(Equality.exact(item));
    }
    BigDecimal count = BigDecimal.valueOf(items.size());
    if (a.length > 1) {
      return new Value.Decimal(sum.divide(count, UdlFunctions.scale(a[1]), RoundingMode.HALF_EVEN));
    }
    return new Value.Real(sum.divide(count, java.math.MathContext.DECIMAL128).doubleValue());
  }
}
