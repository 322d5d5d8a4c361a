package io.unikernal.expr;

import io.unikernal.expr.Compiled.Kind;
import io.unikernal.expr.Compiled.Problem;
import io.unikernal.model.Suggest;
import io.unikernal.model.Type;
import java.util.List;

/** The wording of what may be wrong, in one place, so that every way of compiling says the same. */
final class Problems {
  private static final int NAMES_MAX = 12;
  private static final int NAME_LENGTH_MAX = 64;

  private Problems() {}

  static Problem of(Kind kind, Span span, String message, String hint) {
    return new Problem(kind, span.start(), span.end(), message, hint);
  }

  static Problem unknownName(String name, List<String> names, Span span) {
    String hint = near(name, names);
    if (hint.isEmpty() && !names.isEmpty()) {
      hint = "there are " + list(names);
    }
    return of(Kind.UNKNOWN_NAME, span, "there is no `" + shorten(name) + "` here", hint);
  }

  static Problem unknownField(Type type, String field, Span span) {
    List<String> names = CelTypes.fieldNames(type);
    String fields = names.isEmpty() ? "it has no fields" : "its fields are " + list(names);
    String near = near(field, names);
    return of(
        Kind.UNKNOWN_FIELD,
        span,
        "`" + describe(type) + "` has no field `" + shorten(field) + "`",
        near.isEmpty() ? fields : near + " " + fields);
  }

  static Problem noFields(String type, String field, Span span) {
    return of(
        Kind.UNKNOWN_FIELD,
        span,
        "a value of type `" + type + "` has no fields, so no `" + shorten(field) + "`",
        "");
  }

  static Problem unknownFunction(String name, List<String> names, Span span) {
    return of(
        Kind.UNKNOWN_FUNCTION,
        span,
        "there is no function `" + shorten(name) + "`",
        near(name, names));
  }

  static Problem maybeAbsent(String path, String hint, Span span) {
    return of(Kind.MAYBE_ABSENT, span, "`" + path + "` may be absent", hint);
  }

  static Problem limit(String message, Span span) {
    return of(Kind.LIMIT, span, message, "");
  }

  private static String near(String name, List<String> names) {
    return name.length() > NAME_LENGTH_MAX ? "" : Suggest.didYouMean(name, names);
  }

  private static String shorten(String name) {
    return name.length() > NAME_LENGTH_MAX ? name.substring(0, NAME_LENGTH_MAX) + "…" : name;
  }

  static String list(List<String> names) {
    var quoted = names.stream().limit(NAMES_MAX).map(name -> "`" + name + "`").toList();
    return String.join(", ", quoted) + (names.size() > NAMES_MAX ? ", …" : "");
  }

  /** The type as a message names it: a record in place only by its fields' names. */
  static String describe(Type type) {
    return switch (type) {
      case Type.Record record when record.name().isEmpty() ->
          "{ " + String.join(", ", CelTypes.fieldNames(record)) + " }";
      case Type.Union union when !union.name().isEmpty() -> union.name();
      default -> type.toString();
    };
  }
}
