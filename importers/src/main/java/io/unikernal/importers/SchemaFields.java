package io.unikernal.importers;

import io.unikernal.importers.SchemaDocuments.Document;
import io.unikernal.importers.SchemaDocuments.Target;
import io.unikernal.model.Value;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/** The fields of a schema that is a record: its own, and those of what it is all of. */
final class SchemaFields {
  private static final int PARTS_MAX = 1_000;

  record Found(Tree schema, Document document, boolean isRequired) {}

  private final SchemaReader reader;
  private final String name;
  private final SequencedMap<String, Found> fields = new LinkedHashMap<>();
  private final Set<String> required = new LinkedHashSet<>();
  private final Set<Tree> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private SchemaFields(SchemaReader reader, String name) {
    this.reader = reader;
    this.name = name;
  }

  static SequencedMap<String, Found> of(
      SchemaReader reader, Tree schema, Document document, String name) {
    var all = new SchemaFields(reader, name);
    all.add(schema, document);
    for (String field : all.required) {
      Found found = all.fields.get(field);
      all.fields.put(
          field,
          found == null
              ? new Found(new Tree.Leaf(Value.Bool.TRUE, schema.place()), document, true)
              : new Found(found.schema(), found.document(), true));
    }
    return all.fields;
  }

  private void add(Tree schema, Document document) {
    if (!seen.add(schema) || seen.size() > PARTS_MAX) {
      return;
    }
    for (Tree part : schema.items("allOf")) {
      Target target = reader.resolved(part, document);
      add(target.schema(), target.document());
    }
    if (schema.text("$ref").isPresent() && schema.has("properties")) {
      Tree reference = schema.get("$ref").orElseThrow();
      Target target =
          reader.documents.find(document, schema.text("$ref").orElseThrow(), reference.place());
      add(target.schema(), target.document());
    }
    schema
        .fields("properties")
        .forEach((field, value) -> {
          Found before = fields.put(field, new Found(value, document, false));
          if (before != null
              && before.schema() != value
              && !isEmpty(before.schema())
              && !isEmpty(value)) {
            reader.losses.add(
                Loss.Kind.CONSTRAINT, name + "." + field, "stands twice: the last is kept");
          }
        });
    schema.items("required").forEach(item -> item.text().ifPresent(required::add));
    boolean isOpen =
        schema
                .get("additionalProperties")
                .filter(more -> more instanceof Tree.Obj || more.isTrue())
                .isPresent()
            || !schema.fields("patternProperties").isEmpty();
    if (isOpen) {
      reader.losses.add(Loss.Kind.EXTRA_FIELDS, name);
    }
    for (String keyword : List.of("oneOf", "anyOf")) {
      if (schema.has(keyword) && !SchemaUnions.onlyConstrain(schema.items(keyword))) {
        reader.losses.add(Loss.Kind.KEYWORD, name, keyword + " beside its fields");
      } else if (schema.has(keyword)) {
        reader.losses.add(Loss.Kind.CHOICE, name, keyword);
      }
    }
  }

  private static boolean isEmpty(Tree schema) {
    return schema.fields().isEmpty();
  }

  /** Whether a schema has fields of its own or through {@code allOf}. */
  static boolean isRecord(SchemaReader reader, Tree schema, Document document) {
    return isRecord(reader, schema, document, 0);
  }

  private static boolean isRecord(SchemaReader reader, Tree schema, Document document, int depth) {
    if (!schema.fields("properties").isEmpty()) {
      return true;
    }
    List<Tree> parts = schema.items("allOf");
    if (parts.isEmpty() || depth > 20) {
      return false;
    }
    // One reference with words beside it is the thing itself, not a record of its own.
    if (parts.size() == 1 && parts.getFirst().text("$ref").isPresent() && !schema.has("required")) {
      return false;
    }
    return parts.stream()
        .anyMatch(part -> {
          Target target = reader.resolved(part, document);
          return isRecord(reader, target.schema(), target.document(), depth + 1);
        });
  }
}
