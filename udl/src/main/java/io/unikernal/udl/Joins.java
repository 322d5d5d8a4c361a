package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** The type that holds what either of several ways gives. */
final class Joins {
  /** Recursive records of different names would go on for ever. */
  private static final int DEPTH_MAX = 8;

  private Joins() {}

  static Type join(List<Type> types) {
    return types.stream().reduce((a, b) -> join(a, b, 0)).orElse(Type.Simple.NULL);
  }

  /**
   * Nothing and a {@code T} are {@code T?}; records that a tag tells apart are a union; other
   * records one with the fields of both, those that only one has as {@code T?}.
   */
  private static Type join(Type left, Type right, int depth) {
    if (left.equals(right)) {
      return left;
    }
    if (left == Type.Simple.NULL || right == Type.Simple.NULL) {
      return (left == Type.Simple.NULL ? right : left).maybe();
    }
    boolean isMaybe = left.isMaybe() || right.isMaybe();
    boolean isLabelled = left.bare() != left || right.bare() != right;
    Type a = left.core();
    Type b = right.core();
    if (!isLabelled && depth < DEPTH_MAX) {
      Optional<Type> joined = Optional.empty();
      if (a instanceof Type.ListOf(var of, var _) && b instanceof Type.ListOf(var other, var _)) {
        joined = Optional.of(Type.ListOf.of(join(of, other, depth + 1)));
      } else if (a instanceof Type.Record one && b instanceof Type.Record other) {
        joined =
            Optional.of(
                one == other ? one : union(one, other).orElseGet(() -> merged(one, other, depth)));
      } else if (isUnion(a) && isUnion(b)) {
        joined = union(a, b);
      }
      if (joined.isPresent()) {
        return isMaybe ? joined.get().maybe() : joined.get();
      }
    }
    return Expressions.join(left, right);
  }

  private static boolean isUnion(Type type) {
    return type instanceof Type.Union || type instanceof Type.Record;
  }

  /** The union of named records that a tag tells apart. */
  private static Optional<Type> union(Type left, Type right) {
    var members = new LinkedHashSet<Type.Record>();
    for (Type type : List.of(left, right)) {
      switch (type) {
        case Type.Union union -> members.addAll(union.members());
        case Type.Record record -> members.add(record);
        default -> throw new IllegalArgumentException("no record: " + type);
      }
    }
    List<Type.Record> list = List.copyOf(members);
    boolean isNamed = list.stream().noneMatch(member -> member.name().isEmpty());
    return isNamed
        ? Type.Union.tagOf(list).map(tag -> new Type.Union("", list, tag))
        : Optional.empty();
  }

  private static Type merged(Type.Record left, Type.Record right, int depth) {
    var fields = new ArrayList<Type.Field>();
    for (Type.Field field : left.fields()) {
      Type type =
          right
              .field(field.name())
              .map(other -> join(field.type(), other.type(), depth + 1))
              .orElseGet(() -> field.type().maybe());
      fields.add(Type.Field.of(field.name(), type));
    }
    right.fields().stream()
        .filter(field -> left.field(field.name()).isEmpty())
        .forEach(field -> fields.add(Type.Field.of(field.name(), field.type().maybe())));
    return new Type.Record("", fields);
  }
}
