package io.unikernal.expr;

import io.unikernal.model.Label;
import io.unikernal.model.Type;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * How labels flow: what is passed through keeps its structure and the labels in it; what is
 * computed carries every label of what it was computed from.
 */
final class Labels {
  private Labels() {}

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

  /** Every label anywhere in the type. */
  static Set<Label> deep(Type type) {
    Set<Label> found = EnumSet.noneOf(Label.class);
    collect(type, found, Collections.newSetFromMap(new IdentityHashMap<>()));
    return found;
  }

  static Set<Label> deep(List<Ir> nodes) {
    Set<Label> found = EnumSet.noneOf(Label.class);
    nodes.forEach(node -> found.addAll(deep(node.type())));
    return found;
  }

  private static void collect(Type type, Set<Label> found, Set<Type> seen) {
    switch (type) {
      case Type.Labelled(var label, var of) -> {
        found.add(label);
        collect(of, found, seen);
      }
      case Type.Maybe(var of) -> collect(of, found, seen);
      case Type.ListOf(var element, _) -> collect(element, found, seen);
      case Type.MapOf(var value) -> collect(value, found, seen);
      case Type.StreamOf(var element) -> collect(element, found, seen);
      case Type.Union union -> union.members().forEach(member -> collect(member, found, seen));
      case Type.Record record -> {
        if (seen.add(record)) {
          record.fields().forEach(field -> collect(field.type(), found, seen));
        }
      }
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _ -> {}
    }
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
