package io.unikernal.expr;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.parser.CelMacro;
import dev.cel.parser.CelMacroExprFactory;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Macros besides those of CEL's own library, and what the reference says about all of them. A macro
 * is rewritten before types are checked: its arguments may name variables.
 */
final class Macros {
  private static final String KEYED = "@keyed";

  /** What people call {@code a.sort_by(x, key)} is a call of this, with the list of the keys. */
  static final String SORT_BY = "@sort_by";

  static final String GROUP_BY = "@group_by";

  private Macros() {}

  static List<CelMacro> all() {
    return List.of(
        keyed("sort_by", SORT_BY),
        keyed("sortBy", SORT_BY),
        keyed("group_by", GROUP_BY),
        extreme("greatest", "math.@max"),
        extreme("least", "math.@min"));
  }

  static boolean isNamed(CelExpr node, String name) {
    return node.getKind() == ExprKind.Kind.IDENT && node.ident().name().equals(name);
  }

  /** {@code list.f(x, key)} becomes {@code bind(k, list, g(k, k.map(x, key)))}. */
  private static CelMacro keyed(String name, String function) {
    return CelMacro.newReceiverMacro(
        name,
        2,
        (make, target, arguments) -> {
          CelExpr variable = arguments.getFirst();
          if (variable.getKind() != ExprKind.Kind.IDENT) {
            return Optional.of(
                make.reportError("the first argument of " + name + " is the name of a variable"));
          }
          CelExpr keys = keys(make, variable.ident().name(), arguments.get(1));
          CelExpr call = make.newGlobalCall(function, make.newIdentifier(KEYED), keys);
          return Optional.of(bind(make, KEYED, target, call));
        });
  }

  /** What {@code @keyed.map(x, key)} becomes. */
  private static CelExpr keys(CelMacroExprFactory make, String variable, CelExpr key) {
    String keys = "@keys";
    return make.fold(
        variable,
        make.newIdentifier(KEYED),
        keys,
        make.newList(),
        make.newBoolLiteral(true),
        make.newGlobalCall("_+_", make.newIdentifier(keys), make.newList(key)),
        make.newIdentifier(keys));
  }

  /** As {@code cel.bind} is expanded: a loop over nothing, whose start is the value. */
  static CelExpr bind(CelMacroExprFactory make, String name, CelExpr value, CelExpr body) {
    return make.fold(
        "#unused",
        make.newList(),
        name,
        value,
        make.newBoolLiteral(false),
        make.newIdentifier(name),
        body);
  }

  /** {@code math.greatest} takes any number of numbers, or a list of them. */
  private static CelMacro extreme(String name, String function) {
    return CelMacro.newReceiverVarArgMacro(
        name,
        (make, target, arguments) ->
            !isNamed(target, "math") || arguments.isEmpty()
                ? Optional.empty()
                : Optional.of(
                    arguments.size() <= 2
                        ? make.newGlobalCall(function, arguments)
                        : make.newGlobalCall(function, make.newList(arguments))));
  }

  /** For the reference. */
  static List<Function> documented() {
    return Stream.of(conditions(), elements(), maps(), values(), orders())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Function> conditions() {
    return List.of(
        new Function(
            "has",
            List.of("has(T.field) -> bool"),
            "Whether a field, or a key of a map, is there. After it the field can be read.",
            "has({'a': 1}.b)",
            "false"),
        new Function(
            "all",
            List.of(
                "list(T).all(x, bool) -> bool",
                "map(K, V).all(k, bool) -> bool",
                "list(T).all(i, x, bool) -> bool",
                "map(K, V).all(k, v, bool) -> bool"),
            "Whether it holds for each element, or each key; with two names the position and the"
                + " element, or the key and the value.",
            "[2, 4].all(x, x % 2 == 0)",
            "true"),
        new Function(
            "exists",
            List.of(
                "list(T).exists(x, bool) -> bool",
                "map(K, V).exists(k, bool) -> bool",
                "list(T).exists(i, x, bool) -> bool",
                "map(K, V).exists(k, v, bool) -> bool"),
            "Whether it holds for one at least.",
            "{'a': 1}.exists(k, v, v > 0)",
            "true"),
        new Function(
            "exists_one",
            List.of("list(T).exists_one(x, bool) -> bool", "map(K, V).exists_one(k, bool) -> bool"),
            "Whether it holds for exactly one.",
            "[1, 2, 3].exists_one(x, x > 2)",
            "true"),
        new Function(
            "existsOne",
            List.of(
                "list(T).existsOne(i, x, bool) -> bool", "map(K, V).existsOne(k, v, bool) -> bool"),
            "Whether it holds for exactly one, by position and element or key and value.",
            "['a', 'b'].existsOne(i, x, i == 0 && x == 'a')",
            "true"));
  }

  private static List<Function> elements() {
    return List.of(
        new Function(
            "filter",
            List.of("list(T).filter(x, bool) -> list(T)", "map(K, V).filter(k, bool) -> list(K)"),
            "The elements, or the keys, for which it holds.",
            "[1, 2, 3].filter(x, x > 1)",
            "[2, 3]"),
        new Function(
            "map",
            List.of(
                "list(T).map(x, U) -> list(U)",
                "list(T).map(x, bool, U) -> list(U)",
                "map(K, V).map(k, U) -> list(U)"),
            "What the expression gives for each element, or each key; with a condition, for those"
                + " that it holds for.",
            "[1, 2, 3].map(x, x > 1, x * 10)",
            "[20, 30]"),
        new Function(
            "transformList",
            List.of(
                "list(T).transformList(i, x, U) -> list(U)",
                "list(T).transformList(i, x, bool, U) -> list(U)",
                "map(K, V).transformList(k, v, U) -> list(U)",
                "map(K, V).transformList(k, v, bool, U) -> list(U)"),
            "As `map`, by position and element or key and value.",
            "['a', 'b'].transformList(i, x, string(i) + x)",
            "['0a', '1b']"));
  }

  private static List<Function> maps() {
    return List.of(
        new Function(
            "transformMap",
            List.of(
                "map(K, V).transformMap(k, v, U) -> map(K, U)",
                "map(K, V).transformMap(k, v, bool, U) -> map(K, U)"),
            "A map of the same keys, with other values.",
            "{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 10)",
            "{'b': 20}"),
        new Function(
            "transformMapEntry",
            List.of(
                "list(T).transformMapEntry(i, x, map(K, U)) -> map(K, U)",
                "map(K, V).transformMapEntry(k, v, map(L, U)) -> map(L, U)",
                "map(K, V).transformMapEntry(k, v, bool, map(L, U)) -> map(L, U)"),
            "A map of the entries that each turn gives; the same key twice is an error.",
            "['a', 'b'].transformMapEntry(i, x, {x: i})",
            "{'a': 0, 'b': 1}"));
  }

  private static List<Function> values() {
    return List.of(
        new Function(
            "optMap",
            List.of("T?.optMap(x, U) -> U?"),
            "What the expression gives for the value, or absent when it is absent.",
            "optional.of(2).optMap(x, x * 10).value()",
            "20"),
        new Function(
            "optFlatMap",
            List.of("T?.optFlatMap(x, U?) -> U?"),
            "As `optMap`, where the expression gives what may itself be absent.",
            "{'a': {'b': 1}}.?a.optFlatMap(x, x.?b).value()",
            "1"),
        new Function(
            "cel.bind",
            List.of("cel.bind(x, T, U) -> U"),
            "The last, in which the name stands for the value, which is computed once.",
            "cel.bind(x, 2 + 3, x * x)",
            "25"));
  }

  private static List<Function> orders() {
    return List.of(
        new Function(
            "sort_by",
            List.of("list(T).sort_by(x, K) -> list(T)"),
            "The elements in the order of what the expression gives for each, smallest first;"
                + " equals stay as they were.",
            "[{'n': 2}, {'n': 1}].sort_by(x, x.n)",
            "[{'n': 1}, {'n': 2}]"),
        new Function(
            "sortBy",
            List.of("list(T).sortBy(x, K) -> list(T)"),
            "`sort_by` under the name that CEL has for it.",
            "['bb', 'a'].sortBy(x, size(x))",
            "['a', 'bb']"),
        new Function(
            "group_by",
            List.of("list(T).group_by(x, K) -> map(string, list(T))"),
            "The elements by what the expression gives for each, written as `string` would; keys in"
                + " the order in which they first come.",
            "[1, 2, 3].group_by(x, x % 2 == 0 ? 'even' : 'odd')",
            "{'odd': [1, 3], 'even': [2]}"));
  }
}
