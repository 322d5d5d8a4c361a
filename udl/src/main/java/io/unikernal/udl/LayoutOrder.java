package io.unikernal.udl;

import io.unikernal.udl.Layout.Document;
import io.unikernal.udl.Layout.Group;
import io.unikernal.udl.Layout.Leaf;
import io.unikernal.udl.Layout.Part;
import io.unikernal.udl.Layout.Unit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Puts the keys that the language knows in the order of {@link Grammar}. Names that authors choose
 * keep their order, as do the options of adapters and policies, which stand after {@code type}.
 */
final class LayoutOrder {
  /** What a step calls stands before what it gives to it, whatever is called. */
  private static final Set<String> CALLS = Set.of("route", "use");

  private LayoutOrder() {}

  static void sort(Document document) {
    // An alias must not come to stand before its anchor.
    if (!document.hasAnchors()) {
      sort(document.root(), new Shape.Nested(() -> Grammar.DEFINITION));
    }
  }

  private static void sort(Part part, Shape shape) {
    if (!(part instanceof Group group)) {
      return;
    }
    switch (shape) {
      case Shape.Nested(var vocabulary) when group.isMapping -> known(group, vocabulary.get());
      case Shape.MapOf(var value) when group.isMapping ->
          group.units.forEach(unit -> sort(unit.value, value));
      case Shape.ListOf(var element) when !group.isMapping ->
          group.units.forEach(unit -> sort(unit.value, element));
      case Shape.AnyOf(var shapes) -> shapes.forEach(choice -> sort(part, choice));
      case Shape.Written written -> written(group, written);
      case Shape.Nested _, Shape.MapOf _, Shape.ListOf _, Shape.Scalar _, Shape.Symbols _ -> {}
    }
  }

  private static void written(Group group, Shape.Written written) {
    switch (written) {
      case SYSTEM -> {
        if (group.isMapping) {
          known(group, Grammar.SYSTEM);
        }
      }
      case POLICIES -> {
        if (group.isMapping) {
          first(group, List.of("type", "extends"));
        } else {
          group.units.forEach(unit -> sort(unit.value, Shape.Written.POLICY));
        }
      }
      case POLICY -> {
        if (group.isMapping) {
          first(group, List.of("type", "extends"));
        }
      }
      case TYPE, EXPRESSION, ANY -> {}
    }
  }

  private static void known(Group group, Vocabulary vocabulary) {
    List<String> names = vocabulary.all().stream().map(Vocabulary.Key::name).toList();
    boolean isSystem = vocabulary == Grammar.SYSTEM;
    boolean isStep = vocabulary == Grammar.STEP;
    // Options of a system follow its type; elsewhere what is not known comes last.
    group.units.sort(
        Comparator.comparingInt(unit -> {
          int rank = names.indexOf(isStep && CALLS.contains(name(unit)) ? "system" : name(unit));
          return rank >= 0 ? 2 * rank : isSystem ? 1 : 2 * names.size();
        }));
    for (Unit unit : group.units) {
      vocabulary.find(name(unit)).ifPresent(key -> sort(unit.value, key.shape()));
    }
  }

  private static void first(Group group, List<String> names) {
    group.units.sort(
        Comparator.comparingInt(unit -> {
          int rank = names.indexOf(name(unit));
          return rank >= 0 ? rank : names.size();
        }));
  }

  private static String name(Unit unit) {
    Optional<Part> key = unit.key;
    return key.isPresent() && key.get() instanceof Leaf leaf ? leaf.value() : "";
  }
}
