package io.unikernal.udl;

import io.unikernal.model.Type;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;

/** Values that are read once: {@code stream(T)}, {@code blob}, and records that end in one. */
final class Streams {
  private Streams() {}

  static boolean is(Type type) {
    return type instanceof Type.StreamOf || type == Type.Simple.BLOB;
  }

  /** Whether a value of the type can be read only once. */
  static boolean holds(Type type) {
    return path(type).isPresent();
  }

  /** The way to the stream in a value: empty text if it is the value itself. */
  static Optional<String> path(Type type) {
    return type.core() instanceof LastingRecord record
        ? record.streamPath()
        : path(type, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  /** That of a record, without the notes that it makes of it. */
  static Optional<String> pathWithin(Type.Record record) {
    return path(record, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static Optional<String> path(Type type, Set<Type> seen) {
    Type core = type.core();
    if (is(core)) {
      return Optional.of("");
    }
    if (core instanceof Type.Record record && record.isDefined() && seen.add(record)) {
      for (Type.Field field : record.fields()) {
        Optional<String> rest = path(field.type(), seen);
        if (rest.isPresent()) {
          return Optional.of(field.name() + (rest.get().isEmpty() ? "" : "." + rest.get()));
        }
      }
    }
    return Optional.empty();
  }

  /** A stream within something that is more than a record's last field: what it stands in. */
  static Optional<Type> misplaced(Type type) {
    return switch (type) {
      case Type.StreamOf(var element) -> holds(element) ? Optional.of(type) : Optional.empty();
      case Type.Maybe(var of) -> is(of) ? Optional.of(type) : misplaced(of);
      case Type.Labelled(var _, var of) -> holds(of) ? Optional.of(type) : Optional.empty();
      case Type.ListOf(var element, var _) -> holds(element) ? Optional.of(type) : Optional.empty();
      case Type.MapOf(var value) -> holds(value) ? Optional.of(type) : Optional.empty();
      case Type.Union union ->
          union.members().stream().anyMatch(Streams::holds) ? Optional.of(type) : Optional.empty();
      case Type.Simple _, Type.Int _, Type.UInt _, Type.Real _, Type.Decimal _, Type.Text _ ->
          Optional.empty();
      case Type.Bytes _, Type.Enum _, Type.Record _ -> Optional.empty();
    };
  }
}
