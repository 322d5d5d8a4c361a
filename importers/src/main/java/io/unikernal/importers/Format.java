package io.unikernal.importers;

import java.util.Locale;
import java.util.Optional;

/** What can be imported. */
public enum Format {
  OPENAPI,
  JSON_SCHEMA,
  PROTO,
  AVRO,
  SQL,
  JSON;

  /** As it is written on the command line: {@code json-schema}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<Format> find(String name) {
    for (Format format : values()) {
      if (format.toString().equals(name.toLowerCase(Locale.ROOT))) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /** By the suffix, or by the keys that only one format has; empty where two could be meant. */
  static Optional<Format> detect(SourceFile file) {
    String name = file.name().toLowerCase(Locale.ROOT);
    if (name.endsWith(".proto")) {
      return Optional.of(PROTO);
    }
    if (name.endsWith(".avsc") || name.endsWith(".avpr")) {
      return Optional.of(AVRO);
    }
    if (name.endsWith(".sql") || name.endsWith(".ddl")) {
      return Optional.of(SQL);
    }
    if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
      return Optional.of(JSON);
    }
    if (!name.matches(".*\\.(json|ya?ml|schema)")) {
      return Optional.empty();
    }
    Tree root = TreeReader.read(file);
    if (root.has("openapi") || root.has("swagger")) {
      return Optional.of(OPENAPI);
    }
    if (root.has("$schema") || root.has("$defs") || root.has("$id")) {
      return Optional.of(JSON_SCHEMA);
    }
    return Optional.empty();
  }
}
