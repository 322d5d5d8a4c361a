package io.unikernal.importers;

import io.unikernal.model.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** A JSON or YAML document with the place of each part. */
sealed interface Tree {
  Place place();

  /** From 1. */
  record Place(int line, int column) {
    static final Place NONE = new Place(0, 0);
  }

  record Obj(SequencedMap<String, Tree> fields, Place place) implements Tree {}

  record Arr(List<Tree> items, Place place) implements Tree {}

  record Leaf(Value scalar, Place place) implements Tree {}

  /** The field of an object; empty for anything else. */
  default Optional<Tree> get(String name) {
    return this instanceof Obj(var fields, _)
        ? Optional.ofNullable(fields.get(name))
        : Optional.empty();
  }

  default boolean has(String name) {
    return get(name).isPresent();
  }

  default Optional<String> text() {
    return this instanceof Leaf(Value.Text(var text), _) ? Optional.of(text) : Optional.empty();
  }

  default Optional<String> text(String name) {
    return get(name).flatMap(Tree::text);
  }

  default List<Tree> items() {
    return this instanceof Arr(var items, _) ? items : List.of();
  }

  /** The elements of a field that is a list; none for anything else. */
  default List<Tree> items(String name) {
    return get(name).map(Tree::items).orElse(List.of());
  }

  /** The fields of a field that is an object; none for anything else. */
  default SequencedMap<String, Tree> fields(String name) {
    return get(name).map(Tree::fields).orElse(Tree.none());
  }

  default SequencedMap<String, Tree> fields() {
    return this instanceof Obj(var fields, _) ? fields : Tree.none();
  }

  default boolean isTrue() {
    return this instanceof Leaf(Value.Bool bool, _) && bool.value();
  }

  default boolean isTrue(String name) {
    return get(name).map(Tree::isTrue).orElse(false);
  }

  default boolean isFalse() {
    return this instanceof Leaf(Value.Bool bool, _) && !bool.value();
  }

  private static SequencedMap<String, Tree> none() {
    return new LinkedHashMap<>();
  }

  /** As a value, for defaults and constants. */
  default Value value() {
    return switch (this) {
      case Leaf(var value, _) -> value;
      case Arr(var items, _) -> new Value.Items(items.stream().map(Tree::value).toList());
      case Obj(var fields, _) -> {
        var values = new LinkedHashMap<String, Value>();
        fields.forEach((name, field) -> values.put(name, field.value()));
        yield new Value.Dict(values);
      }
    };
  }
}
