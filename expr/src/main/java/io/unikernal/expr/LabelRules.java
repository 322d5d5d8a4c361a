package io.unikernal.expr;

import io.unikernal.model.Label;
import io.unikernal.model.Labels;
import io.unikernal.model.Type;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How labels flow: what is passed through keeps its structure and the labels in it; what is
 * computed carries every label of what it was computed from.
 */
final class LabelRules {
  private LabelRules() {}

  /** The labels around the type itself. */
  static Set<Label> outer(Type type) {
    Set<Label> found = EnumSet.noneOf(Label.class);
    collectOuter(type, found);
    return found;
  }

  private static void collectOuter(Type type, Set<Label> found) {
    if (type instanceof Type.Labelled(var label, var of)) {
      found.add(label);
      collectOuter(of, found);
    } else if (type instanceof Type.Maybe(var of)) {
      collectOuter(of, found);
    }
  }

  /** Every label anywhere in the types of these. */
  static Set<Label> deep(List<Ir> nodes) {
    Set<Label> found = EnumSet.noneOf(Label.class);
    nodes.forEach(node -> found.addAll(Labels.within(node.type())));
    return found;
  }

  /** The type with these labels around it, each once. */
  static Type wrap(Type type, Set<Label> labels) {
    Type wrapped = type;
    Set<Label> there = outer(type);
    for (Label label : labels) {
      if (!there.contains(label)) {
        wrapped = new Type.Labelled(label, wrapped);
      }
    }
    return wrapped;
  }

  /** The type without labels around it; those inside stay. */
  static Type unwrap(Type type) {
    return switch (type) {
      case Type.Labelled(_, var of) -> unwrap(of);
      case Type.Maybe(var of) when of instanceof Type.Labelled -> unwrap(of).maybe();
      default -> type;
    };
  }
}
