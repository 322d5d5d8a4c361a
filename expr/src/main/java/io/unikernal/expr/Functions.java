package io.unikernal.expr;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Every function and operator, declared once: the checker, the interpreter and the language
 * reference read this table. Macros ({@code has}, {@code all}, {@code exists}, {@code exists_one},
 * {@code map}, {@code filter}, {@code transformList}, {@code transformMap}, {@code
 * transformMapEntry}, {@code optMap}, {@code optFlatMap}, {@code cel.bind}) are CEL's own.
 */
public final class Functions {
  static final List<String> MACROS =
      List.of(
          "has",
          "all",
          "exists",
          "exists_one",
          "existsOne",
          "map",
          "filter",
          "transformList",
          "transformMap",
          "transformMapEntry",
          "optMap",
          "optFlatMap",
          "sort_by",
          "sortBy",
          "group_by");

  private Functions() {}

  /**
   * Whether expressions have a function or macro of this name, so that no other may. A method, as
   * {@code first} of lists, leaves its name to others: they are called in another way.
   */
  public static boolean isBuiltIn(String name) {
    return MACROS.contains(name) || Table.GLOBAL.contains(name);
  }

  /** For the reference, in its order. */
  public static List<Function> all() {
    return Table.VISIBLE.stream().map(Definition::function).toList();
  }

  /** Those and the macros: all that may be called. */
  public static List<Function> documented() {
    var all = new ArrayList<>(Macros.documented());
    all.addAll(all());
    return List.copyOf(all);
  }

  static List<Definition> definitions() {
    return Table.ALL;
  }

  /** By CEL's internal name; only names that the checker let pass are asked for. */
  static Definition named(String celName) {
    Definition found = Table.BY_NAME.get(celName);
    if (found == null) {
      throw new IllegalArgumentException("no function " + celName);
    }
    return found;
  }

  static Optional<Definition> find(String celName) {
    return Optional.ofNullable(Table.BY_NAME.get(celName));
  }

  static List<String> callable() {
    return Table.VISIBLE.stream()
        .map(Definition::function)
        .map(Function::name)
        .filter(name -> Character.isLetter(name.charAt(0)) && !name.equals("in"))
        .distinct()
        .toList();
  }

  /** Not made until an expression needs more than a path. */
  private static final class Table {
    /** What takes the same time for any value, or pays itself for what it looks at. */
    private static final Set<String> FREE =
        Set.of(
            "optional.of",
            "optional.none",
            "optional.ofNonZeroValue",
            "hasValue",
            "value",
            "or",
            "orValue",
            "dyn",
            "size",
            "startsWith",
            "endsWith",
            "first",
            "last",
            "slice",
            "_[_]",
            "_[?_]",
            "now",
            "uuid",
            "random",
            "mask");

    static final List<Definition> VISIBLE = visible();
    static final List<Definition> ALL = withHidden();
    static final Map<String, Definition> BY_NAME = byName();
    static final Set<String> GLOBAL =
        ALL.stream()
            .map(Definition::function)
            .filter(Table::isGlobal)
            .map(Function::name)
            .collect(Collectors.toSet());

    /** Called without a receiver in one of its forms. */
    private static boolean isGlobal(Function function) {
      return function.signatures().stream()
          .anyMatch(it -> !it.contains("." + function.name() + "("));
    }

    private static List<Definition> visible() {
      var all = new ArrayList<Definition>(OperatorFunctions.all());
      all.addAll(CollectionFunctions.all());
      all.addAll(ConversionFunctions.all());
      all.addAll(ListFunctions.all());
      all.addAll(UdlFunctions.all());
      all.addAll(EncodingFunctions.all());
      all.addAll(FormattingFunctions.all());
      all.addAll(TextFunctions.all());
      all.addAll(RegexFunctions.all());
      all.addAll(MathFunctions.all());
      all.addAll(TimeFunctions.all());
      all.addAll(NetworkFunctions.all());
      return List.copyOf(all);
    }

    private static List<Definition> withHidden() {
      var all = new ArrayList<>(VISIBLE);
      all.addAll(OperatorFunctions.hidden());
      all.addAll(ListFunctions.hidden());
      all.addAll(NetworkFunctions.hidden());
      return all.stream()
          .map(found -> FREE.contains(found.celName()) ? found : Meter.metered(found))
          .toList();
    }

    private static Map<String, Definition> byName() {
      var map = new HashMap<String, Definition>();
      for (Definition definition : ALL) {
        if (map.put(definition.celName(), definition) != null) {
          throw new IllegalStateException("declared twice: " + definition.celName());
        }
      }
      return map;
    }
  }
}
