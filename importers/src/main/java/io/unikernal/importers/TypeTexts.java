package io.unikernal.importers;

import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.TypeParser;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The text that a definition holds for a type. What could not be read back is not written. */
final class TypeTexts {
  private static final String DOCUMENT = "any";

  private final TypeSet types;
  private final Losses losses;
  private final TypeParser.Names names =
      new TypeParser.Names() {
        @Override
        public Optional<Type> find(String name) {
          return Optional.ofNullable(types.types().get(name));
        }

        @Override
        public List<String> all() {
          return List.copyOf(types.types().keySet());
        }
      };

  TypeTexts(TypeSet types, Losses losses) {
    this.types = types;
    this.losses = losses;
  }

  /** A type that is used, by its name where it has one. */
  String used(Type type, String path) {
    return checked(types.nameOf(type).orElseGet(() -> written(type)), type, path);
  }

  /** A type that is declared: what it is made of, without its own name. */
  String declared(Type type, String path) {
    return checked(written(type), type, path);
  }

  /** A field's type, with its default where it has one. */
  String field(Type.Field field, String path) {
    String text = used(field.type(), path) + (field.isJsonText() ? Type.JSON_TEXT : "");
    if (field.fallback().isEmpty()) {
      return text;
    }
    Optional<String> fallback = fallback(field.type(), field.fallback().get());
    if (fallback.isEmpty() || defaultAt(text + " = ") != text.length() + 1) {
      losses.add(Loss.Kind.DEFAULT, path, json(field.fallback().get()));
      return text + (field.type().isMaybe() ? "" : "?");
    }
    return text + " = " + fallback.get();
  }

  private String checked(String text, Type type, String path) {
    boolean isRead =
        TypeParser.parse(text, names) instanceof TypeParser.Result.Parsed && defaultAt(text) < 0;
    if (isRead) {
      return text;
    }
    boolean isText = type.core() instanceof Type.Text || type.core() instanceof Type.Enum;
    losses.add(isText ? Loss.Kind.PATTERN : Loss.Kind.CONSTRAINT, path, text);
    return (isText ? "string" : DOCUMENT) + (type.isMaybe() ? "?" : "");
  }

  /** Where the language would see the `=` of a default. */
  private static int defaultAt(String text) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char sign = text.charAt(i);
      depth += sign == '(' ? 1 : sign == ')' ? -1 : 0;
      if (sign == '=' && depth <= 0) {
        return i;
      }
    }
    return -1;
  }

  private String written(Type type) {
    return switch (type) {
      case Type.Labelled(var label, var of) -> label + "(" + inner(of) + ")";
      case Type.Maybe(var of) -> inner(of) + "?";
      case Type.ListOf(var element, var size) ->
          "list(" + inner(element) + (size.isAll() ? "" : ", " + size) + ")";
      case Type.MapOf(var value) -> "map(string, " + inner(value) + ")";
      case Type.StreamOf(var element) -> "stream(" + inner(element) + ")";
      case Type.Union union ->
          union.members().stream().map(this::inner).collect(Collectors.joining(" | "));
      case Type.Record record -> types.nameOf(record).orElse(DOCUMENT);
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

  private String inner(Type type) {
    return types.nameOf(type).orElseGet(() -> written(type));
  }

  private static Optional<String> fallback(Type type, Value value) {
    return switch (type.core()) {
      case Type.Record _, Type.Union _, Type.MapOf _, Type.StreamOf _ ->
          value.equals(Value.Dict.EMPTY) && type.core() instanceof Type.MapOf
              ? Optional.of("{}")
              : Optional.empty();
      case Type.ListOf _ -> Optional.of(json(value));
      case Type.Simple simple when simple == Type.Simple.ANY || simple == Type.Simple.NULL ->
          Optional.empty();
      case Type.Text _, Type.Enum _ ->
          value instanceof Value.Text(var text) ? Optional.of('"' + text + '"') : Optional.empty();
      case Type.Simple _, Type.Bytes _ -> Optional.of(json(value).replaceAll("^\"|\"$", ""));
      case Type.Int _, Type.UInt _, Type.Real _, Type.Decimal _ -> Optional.of(json(value));
      case Type.Maybe _, Type.Labelled _ -> throw new AssertionError("taken apart before");
    };
  }

  static String json(Value value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }
}
