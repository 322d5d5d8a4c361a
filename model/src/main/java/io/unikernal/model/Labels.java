package io.unikernal.model;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Where labels are. */
final class Labels {
  private Labels() {}

  /** Whether a label stands anywhere in the type, its records' fields included. */
  static boolean isWithin(Type type) {
    return isWithin(type, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static boolean isWithin(Type type, Set<Type> seen) {
    return switch (type) {
      case Type.Labelled _ -> true;
      case Type.Maybe(var of) -> isWithin(of, seen);
      case Type.ListOf(var element, _) -> isWithin(element, seen);
      case Type.StreamOf(var element) -> isWithin(element, seen);
      case Type.MapOf(var of) -> isWithin(of, seen);
      case Type.Union union -> union.members().stream().anyMatch(member -> isWithin(member, seen));
      case Type.Record record ->
          seen.add(record)
              && record.fields().stream().anyMatch(field -> isWithin(field.type(), seen));
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _ ->
          false;
    };
  }
}
