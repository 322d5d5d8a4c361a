package io.unikernal.udl;

import io.unikernal.model.Type;
import java.util.List;

/** Whether types are the same, records that are written in place by their fields. */
final class Alike {
  private Alike() {}

  static boolean are(Type.Field left, Type.Field right) {
    return left.name().equals(right.name())
        && left.fallback().equals(right.fallback())
        && left.doc().equals(right.doc())
        && left.isJsonText() == right.isJsonText()
        && are(left.type(), right.type());
  }

  static boolean are(Type left, Type right) {
    return switch (left) {
      case Type.Record record ->
          record == right
              || record.name().isEmpty()
                  && right instanceof Type.Record other
                  && other.name().isEmpty()
                  && are(record.fields(), other.fields());
      case Type.ListOf(var element, var size) ->
          right instanceof Type.ListOf(var other, var otherSize)
              && size.equals(otherSize)
              && are(element, other);
      case Type.MapOf(var value) -> right instanceof Type.MapOf(var other) && are(value, other);
      case Type.Maybe(var of) -> right instanceof Type.Maybe(var other) && are(of, other);
      case Type.Labelled(var label, var of) ->
          right instanceof Type.Labelled(var otherLabel, var other)
              && label == otherLabel
              && are(of, other);
      case Type.StreamOf(var element) ->
          right instanceof Type.StreamOf(var other) && are(element, other);
      case Type.Union _, Type.Simple _, Type.Int _, Type.UInt _, Type.Real _ -> left.equals(right);
      case Type.Decimal _, Type.Text _, Type.Bytes _, Type.Enum _ -> left.equals(right);
    };
  }

  private static boolean are(List<Type.Field> left, List<Type.Field> right) {
    boolean isSame = left.size() == right.size();
    for (int i = 0; isSame && i < left.size(); i++) {
      isSame = are(left.get(i), right.get(i));
    }
    return isSame;
  }
}
