package io.unikernal.importers;

import io.unikernal.importers.SchemaDocuments.Document;
import io.unikernal.importers.SchemaDocuments.Target;
import io.unikernal.model.Conform;
import io.unikernal.model.Label;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * JSON Schema 2020-12, and the dialects of OpenAPI 3.0 and 3.1, to types. A record is made when it
 * is first met and gets its fields later, so that records may hold themselves and long chains of
 * references need no deep stack.
 */
final class SchemaReader {
  static final int TYPES_MAX = 20_000;

  /** A chain of aliases or of schemas in place; no document that people write is so deep. */
  private static final int DEPTH_MAX = 300;

  private static final Set<String> UNREAD =
      Set.of(
          "not",
          "if",
          "then",
          "else",
          "dependentSchemas",
          "dependentRequired",
          "dependencies",
          "contains",
          "minContains",
          "maxContains",
          "unevaluatedProperties",
          "unevaluatedItems",
          "propertyNames",
          "minProperties",
          "maxProperties");

  final SchemaDocuments documents;
  final Losses losses;
  final UdlNames names;
  private final TypeSet types = new TypeSet();
  private final List<String> order = new ArrayList<>();
  private final SchemaScalars scalars;
  private final SchemaUnions unions;
  private final Map<Tree, String> given = new IdentityHashMap<>();
  private final Map<Tree, Type> known = new IdentityHashMap<>();
  private final Map<Tree, Boolean> underWay = new IdentityHashMap<>();
  private final ArrayDeque<Runnable> later = new ArrayDeque<>();
  private int depth;

  SchemaReader(SchemaDocuments documents, Losses losses) {
    this.documents = documents;
    this.losses = losses;
    names = new UdlNames(losses);
    scalars = new SchemaScalars(losses);
    unions = new SchemaUnions(this);
  }

  /** Keeps a name for a schema that the document names. */
  void reserve(Tree schema, String name) {
    if (!given.containsKey(schema)) {
      String own = names.givenType(name);
      given.put(schema, own);
      order.add(own);
    }
  }

  /** Declares a schema that has a reserved name. */
  void declare(Tree schema, Document document) {
    String name = Optional.ofNullable(given.get(schema)).orElseThrow();
    Type type = named(new Target(schema, document, name), name);
    if (!types.types().containsKey(name)) {
      types.put(name, type, doc(schema));
    }
    finish();
  }

  /** All types, those of the document in its order. */
  TypeSet types() {
    finish();
    return types.ordered(order);
  }

  /** Gives the records met so far their fields. */
  void finish() {
    while (!later.isEmpty()) {
      later.pop().run();
    }
  }

  /** The tags that a discriminator gives its members, before any of them is read. */
  void discriminators(Tree root, Document document) {
    unions.discriminators(root, document);
  }

  /**
   * @param hint the name that a record in place gets
   */
  Type read(Tree schema, Document document, String hint, String path) {
    Type done = known.get(schema);
    if (done != null) {
      return done;
    }
    if (given.containsKey(schema)) {
      return named(new Target(schema, document, hint), path);
    }
    if (++depth > DEPTH_MAX) {
      depth--;
      losses.add(Loss.Kind.CONSTRAINT, path, "nested too deep");
      return Type.Simple.ANY;
    }
    try {
      return fresh(schema, document, hint, path);
    } finally {
      depth--;
    }
  }

  /** A schema that has a name of its own, or gets one since something refers to it. */
  Type named(Target target, String path) {
    Tree schema = target.schema();
    Type done = known.get(schema);
    if (done != null) {
      return done;
    }
    if (underWay.putIfAbsent(schema, true) != null) {
      losses.add(Loss.Kind.ALIAS_CYCLE, path, target.name());
      return Type.Simple.ANY;
    }
    String name = given.computeIfAbsent(schema, _ -> names.type(target.name()));
    Type type;
    if (++depth > DEPTH_MAX) {
      losses.add(Loss.Kind.CONSTRAINT, path, "nested too deep");
      type = Type.Simple.ANY;
    } else {
      type = fresh(schema, target.document(), name, name);
    }
    depth--;
    underWay.remove(schema);
    known.putIfAbsent(schema, type);
    boolean isWorthAName =
        type instanceof Type.Enum || type instanceof Type.Union || type instanceof Type.Text;
    if (isWorthAName && types.nameOf(type).isEmpty() && !types.types().containsKey(name)) {
      types.put(name, type, doc(schema));
    }
    return known.get(schema);
  }

  private Type fresh(Tree schema, Document document, String hint, String path) {
    if (schema.isTrue() || schema.fields().isEmpty() && schema instanceof Tree.Obj) {
      return Type.Simple.ANY;
    }
    if (!(schema instanceof Tree.Obj)) {
      if (!schema.isFalse()) {
        throw RefusedException.at(
            document.file(), schema.place(), "a schema is an object, `true` or `false`", "");
      }
      losses.add(Loss.Kind.NOTHING, path);
      return Type.Simple.ANY;
    }
    Type type = SchemaScalars.annotated(schema).orElseGet(() -> core(schema, document, hint, path));
    boolean isNullable =
        schema.isTrue("nullable")
            || allows(schema, "null") && !onlyNull(schema)
            || schema.items("enum").stream().anyMatch(SchemaReader::isNull)
                && schema.items("enum").size() > 1;
    Optional<Label> label =
        schema
            .text("x-udl-label")
            .flatMap(text ->
                Arrays.stream(Label.values())
                    .filter(one -> one.toString().equals(text))
                    .findFirst());
    if (label.isPresent()) {
      type = new Type.Labelled(label.get(), type.isMaybe() ? type.core() : type);
      isNullable |= SchemaUnions.isNullable(schema);
    }
    return isNullable ? type.maybe() : type;
  }

  static boolean isNull(Tree tree) {
    return tree instanceof Tree.Leaf(Value.Null _, _);
  }

  private static boolean onlyNull(Tree schema) {
    return typeNames(schema).equals(List.of("null"));
  }

  private static boolean allows(Tree schema, String type) {
    return typeNames(schema).contains(type);
  }

  static List<String> typeNames(Tree schema) {
    return schema
        .get("type")
        .map(type ->
            type.text()
                .map(List::of)
                .orElseGet(() -> type.items().stream().flatMap(t -> t.text().stream()).toList()))
        .orElse(List.of());
  }

  private Type core(Tree schema, Document document, String hint, String path) {
    for (String keyword : schema.fields().keySet()) {
      if (UNREAD.contains(keyword)) {
        losses.add(Loss.Kind.KEYWORD, path, keyword);
      }
    }
    for (String keyword : List.of("$ref", "$dynamicRef", "$recursiveRef")) {
      if (schema.text(keyword).isPresent() && !schema.has("properties")) {
        return reference(schema, keyword, document, path);
      }
    }
    if (schema.has("const")) {
      return isNull(schema.get("const").orElseThrow())
          ? Type.Simple.NULL
          : scalars.symbols(List.of(schema.get("const").orElseThrow()), path);
    }
    if (schema.get("enum").isPresent()) {
      List<Tree> values = schema.items("enum").stream().filter(v -> !isNull(v)).toList();
      return values.isEmpty() ? Type.Simple.NULL : scalars.symbols(values, path);
    }
    if (SchemaFields.isRecord(this, schema, document)) {
      return record(schema, document, hint);
    }
    if (!schema.items("allOf").isEmpty()) {
      return all(schema, document, hint, path);
    }
    for (String keyword : List.of("oneOf", "anyOf")) {
      List<Tree> branches = schema.items(keyword);
      if (!branches.isEmpty() && !SchemaUnions.onlyConstrain(branches)) {
        return unions.read(schema, branches, document, hint, path);
      }
    }
    return typed(schema, document, hint, path);
  }

  private Type reference(Tree schema, String keyword, Document document, String path) {
    Tree reference = schema.get(keyword).orElseThrow();
    if (!keyword.equals("$ref")) {
      losses.add(Loss.Kind.KEYWORD, path, keyword);
    }
    boolean constrains =
        schema.fields().keySet().stream()
            .anyMatch(word ->
                Set.of("minimum", "maximum", "minLength", "maxLength", "pattern", "items")
                    .contains(word));
    if (constrains) {
      losses.add(Loss.Kind.CONSTRAINT, path, "beside " + keyword);
    }
    String text = reference.text().orElseThrow();
    return named(documents.find(document, text, reference.place()), path);
  }

  /** {@code allOf} around no record: one schema with rules beside it. */
  private Type all(Tree schema, Document document, String hint, String path) {
    List<Tree> parts =
        schema.items("allOf").stream()
            .filter(part -> !SchemaUnions.onlyConstrain(List.of(part)))
            .toList();
    if (parts.size() > 1) {
      losses.add(
          Loss.Kind.CONSTRAINT, path, "all of " + parts.size() + " schemas: the first is kept");
    }
    return parts.isEmpty()
        ? typed(schema, document, hint, path)
        : read(parts.getFirst(), document, hint, path);
  }

  private Type typed(Tree schema, Document document, String hint, String path) {
    List<String> kinds = typeNames(schema).stream().filter(t -> !t.equals("null")).toList();
    if (kinds.size() > 1) {
      return kinds.size() == 2 && kinds.contains("integer") && kinds.contains("number")
          ? scalars.numeric(schema, path)
          : mixed(kinds, path);
    }
    String kind = kinds.isEmpty() ? guess(schema) : kinds.getFirst();
    return switch (kind) {
      case "string" -> scalars.text(schema, path);
      case "integer" -> scalars.integer(schema, path);
      case "number" -> scalars.numeric(schema, path);
      case "boolean" -> Type.Simple.BOOL;
      case "null" -> Type.Simple.NULL;
      case "array" -> array(schema, document, hint, path);
      case "object" -> map(schema, document, hint, path);
      default -> Type.Simple.ANY;
    };
  }

  private Type mixed(List<String> kinds, String path) {
    losses.add(Loss.Kind.TYPES_MIXED, path, String.join(", ", kinds));
    return Type.Simple.ANY;
  }

  private static String guess(Tree schema) {
    if (schema.has("items") || schema.has("prefixItems")) {
      return "array";
    }
    if (schema.has("additionalProperties") || schema.has("patternProperties")) {
      return "object";
    }
    if (schema.has("pattern") || schema.has("minLength") || schema.has("maxLength")) {
      return "string";
    }
    boolean isText =
        schema.text("format").filter(f -> f.matches("uuid|date|date-time")).isPresent();
    return isText ? "string" : onlyNull(schema) ? "null" : "";
  }

  private Type array(Tree schema, Document document, String hint, String path) {
    if (schema.isTrue("uniqueItems")) {
      losses.add(Loss.Kind.UNIQUE, path);
    }
    Type.Range size = scalars.size(schema, "minItems", "maxItems", path);
    boolean isTuple =
        schema.has("prefixItems")
            || schema.get("items").filter(Tree.Arr.class::isInstance).isPresent();
    if (isTuple) {
      losses.add(Loss.Kind.TUPLE, path);
      return new Type.ListOf(Type.Simple.ANY, size);
    }
    Type element =
        schema
            .get("items")
            .map(items -> read(items, document, hint + "Item", path + "[]"))
            .orElse(Type.Simple.ANY);
    return new Type.ListOf(element, size);
  }

  private Type map(Tree schema, Document document, String hint, String path) {
    Optional<Tree> values = schema.get("additionalProperties");
    var patterns = schema.fields("patternProperties");
    if (!patterns.isEmpty()) {
      losses.add(Loss.Kind.KEYWORD, path, "patternProperties");
      if (patterns.size() == 1 && values.filter(v -> !v.isFalse()).isEmpty()) {
        values = Optional.of(patterns.firstEntry().getValue());
      }
    }
    if (values.filter(Tree::isFalse).isPresent()) {
      return record(schema, document, hint);
    }
    return new Type.MapOf(
        values.map(v -> read(v, document, hint + "Value", path + ".*")).orElse(Type.Simple.ANY));
  }

  private Type record(Tree schema, Document document, String hint) {
    if (types.types().size() >= TYPES_MAX) {
      throw RefusedException.of(
          document.file(), "the document has over " + TYPES_MAX + " types", "import a part of it");
    }
    String name = given.computeIfAbsent(schema, _ -> names.type(hint));
    var record = new Type.Record(name);
    known.put(schema, record);
    types.put(name, record, doc(schema));
    later.add(() -> define(record, schema, document));
    return record;
  }

  private void define(Type.Record record, Tree schema, Document document) {
    String name = record.name();
    var fields = new ArrayList<Type.Field>();
    for (var entry : SchemaFields.of(this, schema, document, name).entrySet()) {
      SchemaFields.Found found = entry.getValue();
      String path = name + "." + entry.getKey();
      Type type =
          unions
              .tag(schema, entry.getKey())
              .<Type>map(symbol -> new Type.Enum(List.of(symbol)))
              .orElseGet(() ->
                  read(
                      found.schema(),
                      found.document(),
                      name + "_" + UdlNames.typeName(entry.getKey()),
                      path));
      fields.add(field(entry.getKey(), type, found, path));
    }
    record.define(fields);
  }

  private Type.Field field(String name, Type type, SchemaFields.Found found, String path) {
    Optional<Value> fallback =
        found.schema().get("default").flatMap(tree -> fallback(tree, type, path));
    boolean isJsonText = Type.Field.mayBeJsonText(type.core()) && allows(found.schema(), "string");
    if (fallback.isPresent()) {
      // A null is as if nothing were given, and then the default counts.
      Type always = type instanceof Type.Maybe(var of) ? of : type;
      return new Type.Field(name, always, fallback, doc(found.schema()), isJsonText);
    }
    boolean isNullable = found.isRequired() && type.isMaybe();
    if (isNullable) {
      losses.add(Loss.Kind.NULL_IS_ABSENT, path);
    }
    return new Type.Field(
        name,
        found.isRequired() ? type : Optionals.of(type),
        Optional.empty(),
        doc(found.schema()),
        isJsonText);
  }

  private Optional<Value> fallback(Tree tree, Type type, String path) {
    if (isNull(tree)) {
      return Optional.empty();
    }
    boolean isHeld =
        !(type.core() instanceof Type.Record)
            && !(type.core() instanceof Type.Union)
            && type.core() != Type.Simple.ANY;
    if (isHeld
        && Conform.check(type, tree.value(), Conform.Extra.REFUSE)
            instanceof Conform.Result.Fits(var value)) {
      return Optional.of(value);
    }
    losses.add(Loss.Kind.DEFAULT, path, TypeTexts.json(tree.value()));
    return Optional.empty();
  }

  static String doc(Tree schema) {
    return schema.text("description").or(() -> schema.text("title")).orElse("");
  }

  /** The schema behind a chain of plain references. */
  Target resolved(Tree schema, Document document) {
    var target = new Target(schema, document, "");
    for (int i = 0; i < DEPTH_MAX; i++) {
      Optional<Tree> reference = target.schema().get("$ref");
      if (reference.flatMap(Tree::text).isEmpty() || target.schema().has("properties")) {
        return target;
      }
      target =
          documents.find(
              target.document(),
              reference.flatMap(Tree::text).orElseThrow(),
              reference.get().place());
    }
    return target;
  }
}
