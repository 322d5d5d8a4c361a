package io.unikernal.importers;

import io.unikernal.model.Type;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Types by name, with their docs. A type that is no record is known again by its identity. */
public final class TypeSet {
  private final SequencedMap<String, Type> types = new LinkedHashMap<>();
  private final Map<String, String> docs = new LinkedHashMap<>();
  private final Map<Type, String> names = new IdentityHashMap<>();

  public static TypeSet of(SequencedMap<String, Type> types) {
    var set = new TypeSet();
    types.forEach((name, type) -> set.put(name, type, ""));
    return set;
  }

  void put(String name, Type type, String doc) {
    types.put(name, type);
    if (!doc.isBlank()) {
      docs.put(name, doc.strip());
    }
    // Constants stand for many types: only what was made for this name has it.
    if (!(type instanceof Type.Simple) && !isPlain(type)) {
      names.putIfAbsent(type, name);
    }
  }

  private static boolean isPlain(Type type) {
    return type == Type.Int.ANY_INT
        || type == Type.UInt.ANY_UINT
        || type == Type.Real.ANY_DOUBLE
        || type == Type.Decimal.ANY_DECIMAL
        || type == Type.Text.ANY_TEXT
        || type == Type.Bytes.ANY_BYTES;
  }

  public SequencedMap<String, Type> types() {
    return types;
  }

  private Type get(String name) {
    return Optional.ofNullable(types.get(name)).orElseThrow();
  }

  String doc(String name) {
    return docs.getOrDefault(name, "");
  }

  /** The name that this very type was given. */
  Optional<String> nameOf(Type type) {
    return Optional.ofNullable(names.get(type));
  }

  /** This type alone with what it refers to, in the order of this set. */
  TypeSet only(Iterable<String> wanted) {
    var reached = new IdentityHashMap<Type, Boolean>();
    wanted.forEach(name -> reach(get(name), reached));
    var set = new TypeSet();
    types.forEach((name, type) -> {
      boolean isWanted = false;
      for (String one : wanted) {
        isWanted |= one.equals(name);
      }
      if (isWanted || (names.containsKey(type) && reached.containsKey(type))) {
        set.put(name, type, doc(name));
      }
    });
    return set;
  }

  /** Those named first, in this order, each before what was named after it. */
  TypeSet ordered(Iterable<String> first) {
    var left = new LinkedHashSet<>(types.keySet());
    first.forEach(left::remove);
    var set = new TypeSet();
    for (String name : first) {
      if (types.containsKey(name)) {
        set.put(name, get(name), doc(name));
        List<String> own = left.stream().filter(other -> other.startsWith(name + "_")).toList();
        own.forEach(other -> set.put(other, get(other), doc(other)));
        own.forEach(left::remove);
      }
    }
    left.forEach(name -> set.put(name, get(name), doc(name)));
    return set;
  }

  static void reach(Type start, Map<Type, Boolean> reached) {
    var open = new ArrayDeque<Type>();
    open.add(start);
    while (!open.isEmpty()) {
      Type type = open.pop();
      if (reached.putIfAbsent(type, true) == null) {
        open.addAll(parts(type));
      }
    }
  }

  /** What a type is made of, one level down. */
  static List<? extends Type> parts(Type type) {
    return switch (type) {
      case Type.Labelled(_, var of) -> List.of(of);
      case Type.Maybe(var of) -> List.of(of);
      case Type.ListOf(var element, _) -> List.of(element);
      case Type.MapOf(var value) -> List.of(value);
      case Type.StreamOf(var element) -> List.of(element);
      case Type.Union union -> union.members();
      case Type.Record record -> record.fields().stream().map(Type.Field::type).toList();
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _ ->
          List.of();
    };
  }
}
