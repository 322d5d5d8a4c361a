package io.unikernal.model;

import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Consumer;

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
    collect(type, found, record -> found.addAll(record.labels()));
    return found;
  }

  /** Those of a record, which may hold itself. */
  static Set<Label> ofFields(Type.Record record) {
    Set<Label> found = EnumSet.noneOf(Label.class);
    fields(record, found, Collections.newSetFromMap(new IdentityHashMap<>()));
    return found;
  }

  private static void fields(Type.Record record, Set<Label> found, Set<Type> seen) {
    if (record.isDefined() && seen.add(record)) {
      record
          .fields()
          .forEach(field -> collect(field.type(), found, within -> fields(within, found, seen)));
    }
  }

  private static void collect(Type type, Set<Label> found, Consumer<Type.Record> records) {
    switch (type) {
      case Type.Labelled(var label, var of) -> {
        found.add(label);
        collect(of, found, records);
      }
      case Type.Maybe(var of) -> collect(of, found, records);
      case Type.ListOf(var element, _) -> collect(element, found, records);
      case Type.MapOf(var value) -> collect(value, found, records);
      case Type.StreamOf(var element) -> collect(element, found, records);
      case Type.Union union -> union.members().forEach(records);
      case Type.Record record -> records.accept(record);
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
