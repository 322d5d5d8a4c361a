package io.unikernal.expr;

import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** The operators. Those that the IR has nodes for are here for the checker and the reference. */
final class OperatorFunctions {
  private static final String NUMBERS = "int uint double decimal";

  private OperatorFunctions() {}

  static List<Definition> all() {
    var all = new ArrayList<>(calculations());
    all.addAll(logic());
    all.addAll(comparisons());
    all.addAll(places());
    return all;
  }

  private static List<Definition> calculations() {
    return List.of(
        add(),
        arithmetic(
            Ir.Operator.SUBTRACT,
            "timestamp - timestamp -> duration; timestamp - duration -> timestamp; duration -"
                + " duration -> duration",
            "The difference. An integer with a double or a decimal is widened.",
            "10 - 2.5",
            "7.5"),
        arithmetic(
            Ir.Operator.MULTIPLY,
            "",
            "The product. An integer with a double or a decimal is widened; scales of decimals"
                + " add.",
            "decimal('1.50') * 3",
            "decimal('4.50')"),
        divide(),
        remainder(),
        Definition.of(
                "-",
                "-int -> int; -double -> double; -decimal -> decimal; -duration -> duration",
                "The negative.",
                "-(2 + 3)",
                "-5",
                (a, _) -> Arithmetic.negate(a[0]))
            .named("-_"));
  }

  private static List<Definition> logic() {
    return List.of(
        Definition.of(
                "!",
                "!bool -> bool",
                "True for false, and false for true.",
                "!(1 > 2)",
                "true",
                (a, _) -> not(a[0]))
            .named("!_"),
        node(
            "&&",
            "_&&_",
            "bool && bool -> bool",
            "True when both are; an error on one side is ignored when the other is false.",
            "false && 1 / 0 == 1",
            "false"),
        node(
            "||",
            "_||_",
            "bool || bool -> bool",
            "True when one is; an error on one side is ignored when the other is true.",
            "1 / 0 == 1 || true",
            "true"),
        node(
            "?:",
            "_?_:_",
            "bool ? T : T -> T",
            "The second when the first is true, else the third.",
            "2 > 1 ? 'more' : 'less'",
            "'more'"));
  }

  private static List<Definition> comparisons() {
    return List.of(
        equality(
            Ir.Operator.EQUAL,
            "Whether both are the same; numbers compare by number. Both must be of one type, or numbers."),
        equality(Ir.Operator.NOT_EQUAL, "Whether they differ."),
        order(Ir.Operator.LESS, order -> order < 0, "Whether the first is smaller."),
        order(
            Ir.Operator.LESS_OR_EQUAL,
            order -> order <= 0,
            "Whether the first is smaller or equal."),
        order(
            Ir.Operator.GREATER,
            order -> order > 0 && order != Equality.UNORDERED,
            "Whether the first is larger."),
        order(
            Ir.Operator.GREATER_OR_EQUAL,
            order -> order >= 0 && order != Equality.UNORDERED,
            "Whether the first is larger or equal."));
  }

  /** Elements and entries. */
  private static List<Definition> places() {
    return List.of(
        Definition.of(
                "in",
                "T in list(T) -> bool; K in map(K,V) -> bool",
                "Whether it is an element of the list, or a key of the map.",
                "2 in [1, 2, 3]",
                "true",
                (a, _) -> Value.Bool.of(Equality.contains(a[1], a[0])))
            .named("@in"),
        Definition.of(
                "[]",
                "list(T)[int] -> T; map(K,V)[K] -> V; list(T)?[int] -> T?; map(K,V)?[K] -> V?",
                "The element at a position from 0, or the value of a key; an error when there is"
                    + " none.",
                "['a', 'b'][1]",
                "'b'",
                (a, _) -> Collections.index(a[0], a[1]))
            .named("_[_]"),
        Definition.of(
                "[?]",
                "list(T)[?int] -> T?; map(K,V)[?K] -> V?; list(T)?[?int] -> T?; map(K,V)?[?K] ->"
                    + " V?",
                "The element or the value; absent when there is none.",
                "[1, 2][?5].orValue(0)",
                "0",
                (a, _) -> Collections.optionalIndex(a[0], a[1]))
            .named("_[?_]"));
  }

  /** What macros expand to; nobody writes these. */
  static List<Definition> hidden() {
    return List.of(
        Definition.of(
            "@not_strictly_false", "@not_strictly_false(bool) -> bool", "", "", "", (a, _) -> a[0]),
        Definition.of(
            "cel.@mapInsert",
            "cel.@mapInsert(map(K,V), K, V) -> map(K,V); cel.@mapInsert(map(K,V), map(K,V)) ->"
                + " map(K,V)",
            "",
            "",
            "",
            (_, _) -> {
              throw Definition.noOverload("map");
            }));
  }

  private static Value not(Value value) {
    if (value instanceof Value.Bool bool) {
      return Value.Bool.of(!bool.value());
    }
    throw Definition.noOverload("!");
  }

  private static Definition node(
      String name,
      String celName,
      String signature,
      String meaning,
      String example,
      String result) {
    return Definition.of(
            name,
            signature,
            meaning,
            example,
            result,
            (_, _) -> {
              throw Definition.noOverload(name);
            })
        .named(celName);
  }

  private static Definition add() {
    return arithmetic(
        Ir.Operator.ADD,
        "string + string -> string; bytes + bytes -> bytes; list(T) + list(T) -> list(T);"
            + " timestamp + duration -> timestamp; duration + timestamp -> timestamp; duration +"
            + " duration -> duration",
        "The sum, or both joined. An integer with a double or a decimal is widened.",
        "1 + 2",
        "3");
  }

  private static Definition arithmetic(
      Ir.Operator operator, String more, String meaning, String example, String result) {
    String numbers =
        "int # int -> int; uint # uint -> uint; double # double -> double; int # double -> double;"
            + " double # int -> double; decimal # decimal -> decimal; int # decimal -> decimal;"
            + " decimal # int -> decimal";
    return infix(
        operator,
        numbers.replace("#", operator.toString()) + (more.isEmpty() ? "" : "; " + more),
        meaning,
        example,
        result);
  }

  private static Definition divide() {
    return infix(
        Ir.Operator.DIVIDE,
        "int / int -> int; uint / uint -> uint; double / double -> double; int / double -> double;"
            + " double / int -> double",
        "The quotient, whole for integers. For decimals say how many digits you want: `div(a, b,"
            + " scale)`.",
        "7 / 2",
        "3");
  }

  private static Definition remainder() {
    return infix(
        Ir.Operator.REMAINDER,
        "int % int -> int; uint % uint -> uint",
        "The remainder; it has the sign of the first.",
        "7 % 3",
        "1");
  }

  private static Definition infix(
      Ir.Operator operator, String signatures, String meaning, String example, String result) {
    return Definition.of(
            operator.toString(),
            signatures,
            meaning,
            example,
            result,
            (a, _) -> Arithmetic.apply(operator, a[0], a[1]))
        .named("_" + operator + "_");
  }

  private static Definition equality(Ir.Operator operator, String meaning) {
    boolean wanted = operator == Ir.Operator.EQUAL;
    return Definition.of(
            operator.toString(),
            "T # U -> bool".replace("#", operator.toString()),
            meaning,
            "1 " + operator + " 1.0",
            wanted ? "true" : "false",
            (a, _) -> Value.Bool.of(Equality.equal(a[0], a[1]) == wanted))
        .named("_" + operator + "_");
  }

  private static Definition order(Ir.Operator operator, IntPredicate holds, String meaning) {
    // Of one kind first: CEL's checker takes the first for a type that is still open.
    var signatures = new StringBuilder();
    for (String type : (NUMBERS + " bool string bytes timestamp duration date time").split(" ")) {
      signatures.append("%s %s %s -> bool; ".formatted(type, operator, type));
    }
    signatures.append(mixed(operator));
    return Definition.of(
            operator.toString(),
            signatures.toString(),
            meaning,
            "1 " + operator + " 2",
            holds.test(-1) ? "true" : "false",
            (a, _) -> Value.Bool.of(holds.test(Equality.compare(a[0], a[1]))))
        .named("_" + operator + "_");
  }

  /** Comparisons of numbers of different kinds. */
  private static String mixed(Ir.Operator operator) {
    var pairs =
        List.of("int uint", "int double", "int decimal", "uint double", "uint decimal").stream()
            .map(pair -> pair.split(" "))
            .map(pair ->
                "%s # %s -> bool; %s # %s -> bool".formatted(pair[0], pair[1], pair[1], pair[0]))
            .toList();
    return String.join("; ", pairs).replace("#", operator.toString());
  }
}
