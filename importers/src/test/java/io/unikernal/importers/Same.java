package io.unikernal.importers;

import io.unikernal.model.Type;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/** Whether types say the same: records by their fields and names, as they compare by identity. */
final class Same {
  private Same() {}

  /** One line for each declared type and each field: the first line that differs tells where. */
  static String text(SequencedMap<String, Type> types) {
    var text = new StringBuilder();
    types.forEach((name, type) -> {
      text.append(name).append(": ");
      if (type instanceof Type.Record record && record.name().equals(name)) {
        record
            .fields()
            .forEach(field ->
                text.append("\n  ")
                    .append(field.name())
                    .append(": ")
                    .append(canonical(field.type()))
                    .append(field.isJsonText() ? Type.JSON_TEXT : "")
                    .append(field.fallback().map(value -> " = " + value).orElse("")));
      } else {
        text.append(canonical(type));
      }
      text.append('\n');
    });
    return text.toString();
  }

  /** A label and a question mark may stand either way round: {@code pii(T?)} is {@code pii(T)?}. */
  static String canonical(Type type) {
    return switch (type) {
      case Type.Labelled(var label, var of) ->
          of instanceof Type.Maybe(var inner)
              ? canonical(new Type.Maybe(new Type.Labelled(label, inner)))
              : label + "(" + canonical(of) + ")";
      case Type.Maybe(var of) -> of.isMaybe() ? canonical(of) : canonical(of) + "?";
      case Type.ListOf(var element, var size) -> "list(" + canonical(element) + ", " + size + ")";
      case Type.MapOf(var value) -> "map(string, " + canonical(value) + ")";
      case Type.Record _, Type.Union _, Type.StreamOf _ -> type.toString();
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _ ->
          type.toString();
    };
  }

  /** Types that the records of a set refer to and that are records of it are the same objects. */
  static boolean isClosed(SequencedMap<String, Type> types) {
    Map<Type, Boolean> reached = new IdentityHashMap<>();
    types.values().forEach(type -> TypeSet.reach(type, reached));
    Set<Type> declared = Collections.newSetFromMap(new IdentityHashMap<>());
    declared.addAll(types.values());
    return reached.keySet().stream()
        .filter(Type.Record.class::isInstance)
        .allMatch(declared::contains);
  }
}
