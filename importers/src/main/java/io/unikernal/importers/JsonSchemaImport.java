package io.unikernal.importers;

import io.unikernal.importers.SchemaDocuments.Document;
import java.util.ArrayList;
import java.util.List;

/** JSON Schema documents to types: each root, and all of their {@code $defs}. */
final class JsonSchemaImport {
  private JsonSchemaImport() {}

  static Imported read(List<SourceFile> files) {
    var losses = new Losses();
    var documents = new SchemaDocuments();
    var read = new ArrayList<Document>();
    for (SourceFile file : files) {
      read.add(documents.add(file, TreeReader.read(file)));
    }
    var reader = new SchemaReader(documents, losses);
    for (Document document : read) {
      Tree root = document.root();
      if (!(root instanceof Tree.Obj) && !root.isTrue()) {
        throw RefusedException.at(document.file(), root.place(), "a JSON Schema is an object", "");
      }
      if (hasType(root)) {
        reader.reserve(
            root, root.text("title").filter(t -> t.length() <= 60).orElse(document.file().stem()));
      }
      for (String section : List.of("$defs", "definitions")) {
        root.fields(section).forEach((name, schema) -> reader.reserve(schema, name));
      }
      reader.discriminators(root, document);
    }
    for (Document document : read) {
      Tree root = document.root();
      if (hasType(root)) {
        reader.declare(root, document);
      }
      for (String section : List.of("$defs", "definitions")) {
        root.fields(section).values().forEach(schema -> reader.declare(schema, document));
      }
    }
    return new Imported(Format.JSON_SCHEMA, reader.types(), List.of(), losses.all(), List.of());
  }

  /** Whether the root says more than which definitions it holds. */
  private static boolean hasType(Tree root) {
    return root.isTrue()
        || root.fields().keySet().stream()
            .anyMatch(word ->
                !word.startsWith("$")
                    && !List.of("definitions", "title", "description").contains(word))
        || root.has("$ref")
        || root.has("$dynamicRef");
  }
}
