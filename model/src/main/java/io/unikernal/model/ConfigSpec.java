package io.unikernal.model;

import java.util.List;
import java.util.Optional;

/** The options of a system or of an operation, in the order of the documentation. */
public record ConfigSpec(List<Field<?>> fields) {
  public static final ConfigSpec NONE = of();

  public ConfigSpec {
    fields = List.copyOf(fields);
  }

  public static ConfigSpec of(Field<?>... fields) {
    return new ConfigSpec(List.of(fields));
  }

  public Optional<Field<?>> find(String name) {
    return fields.stream()
        .filter(field -> field.name().equals(name))
        .<Field<?>>map(f -> f)
        .findFirst();
  }

  public List<String> names() {
    return fields.stream().map(Field::name).toList();
  }
}
