package io.unikernal.model;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/** Options by their {@link Field}; made by the checker, so every required one is there. */
public final class Config {
  public static final Config EMPTY = new Config(new LinkedHashMap<>());
  private final SequencedMap<Field<?>, Object> values;

  public Config(SequencedMap<Field<?>, Object> values) {
    this.values = new LinkedHashMap<>(values);
  }

  /** The option's value or its default. */
  public <T> T get(Field<T> option) {
    return find(option)
        .orElseThrow(() -> new IllegalArgumentException("`" + option.name() + "` has no value"));
  }

  public <T> Optional<T> find(Field<T> option) {
    Object value = values.get(option);
    return value == null ? option.fallback() : Optional.of(option.cast(value));
  }

  /** What was written, in the order of the definition; never for people: it holds secrets. */
  public SequencedMap<Field<?>, Object> values() {
    return java.util.Collections.unmodifiableSequencedMap(values);
  }

  public boolean has(Field<?> option) {
    return values.containsKey(option);
  }

  /** For people: secrets are masked. */
  @Override
  public String toString() {
    var text = new StringBuilder("{");
    values.forEach((option, value) ->
        text.append(text.length() > 1 ? ", " : "")
            .append(option.name())
            .append(": ")
            .append(option.isSecret() ? "***" : value));
    return text.append('}').toString();
  }
}
