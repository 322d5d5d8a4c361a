package io.unikernal.model;

import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.Set;

/** Where labels are. */
public final class Labels {
  private Labels() {}

  /** Whether a label stands anywhere in the type, its records' fields included. */
  public static boolean isWithin(Type type) {
    return !within(type).isEmpty();
  }

  /** Every label anywhere in the type. */
  public static Set<Label> within(Type type) {
    Set<Label> found = EnumSet.noneOf(Label.class);
    collect(type, found, Collections.newSetFromMap(new IdentityHashMap<>()));
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
}
