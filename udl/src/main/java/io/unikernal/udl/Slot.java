package io.unikernal.udl;

import io.unikernal.model.Field;
import io.unikernal.udl.Vocabulary.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One key that a mapping may have, whoever declares it: the grammar, an adapter or a policy.
 *
 * @param detail kind and default, in a few words
 */
record Slot(
    String name, Shape shape, String doc, String detail, boolean isRequired, boolean isLater) {

  static Slot of(Key key) {
    return new Slot(key.name(), key.shape(), key.doc(), "", false, key.isLater());
  }

  static Slot of(Field<?> field, String name) {
    return new Slot(name, shape(field), field.doc(), detail(field), field.isRequired(), false);
  }

  static List<Slot> of(Vocabulary vocabulary) {
    return vocabulary.all().stream().map(Slot::of).toList();
  }

  private static Shape shape(Field<?> field) {
    return switch (field.kind()) {
      case TEXT -> Shape.Scalar.TEXT;
      case INT -> Shape.Scalar.INTEGER;
      case BOOL -> Shape.Scalar.BOOL;
      case DURATION -> Shape.Scalar.DURATION;
      case SIZE -> Shape.Scalar.SIZE;
      case PATH -> Shape.Scalar.PATH;
      case SYMBOL -> new Shape.Symbols(field.symbols());
      case TYPE -> Shape.Written.TYPE;
      case TYPE_OR_SYMBOL -> Shape.AnyOf.of(new Shape.Symbols(field.symbols()), Shape.Written.TYPE);
      case TYPES -> new Shape.MapOf(Shape.Written.TYPE);
      case TEXTS -> Shape.oneOrMany(Shape.Scalar.TEXT);
      case TEXT_MAP -> new Shape.MapOf(Shape.Scalar.TEXT);
      case SHARE -> Shape.Scalar.NUMBER;
      case SYMBOLS -> Shape.oneOrMany(new Shape.Symbols(field.symbols()));
      case OPTIONS -> new Shape.Nested(() -> vocabulary(field));
      case OPTIONS_LIST -> Shape.oneOrMany(new Shape.Nested(() -> vocabulary(field)));
      case EXPRESSION -> Shape.Written.EXPRESSION;
      case CONDITION -> Shape.Scalar.CONDITION;
    };
  }

  private static Vocabulary vocabulary(Field<?> field) {
    return new Vocabulary(
        "`" + field.name() + "`",
        field.within().fields().stream()
            .map(it -> Key.key(it.name(), shape(it), it.doc()))
            .toList());
  }

  private static String detail(Field<?> field) {
    var parts = new ArrayList<String>();
    parts.add(
        field.symbols().isEmpty()
            ? field.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
            : field.symbols().stream().collect(Collectors.joining(" | ")));
    Optional<String> fallback = field.fallback().map(Slot::written).filter(it -> !it.isEmpty());
    if (field.isSecret()) {
      parts.add("secret");
    } else {
      fallback.ifPresent(it -> parts.add("default " + it));
    }
    if (field.isRequired()) {
      parts.add("required");
    }
    return String.join(", ", parts);
  }

  private static String written(Object value) {
    return value instanceof Duration time ? Quantities.text(time) : value.toString();
  }
}
