package io.unikernal.importers;

import io.unikernal.model.Type;
import io.unikernal.model.TypeParser;
import io.unikernal.model.Value;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The mapping tables: of each format, what every form of a UDL type becomes there, what comes back
 * from there, and what either way loses. The left columns are data, the others what the functions
 * give, so that the reference page cannot say anything else than they do.
 */
public final class TypeMappings {
  private static final String RECORD = "R";
  private static final String FIELD = "value";

  /** Every form that a type may have. A default stands after {@code =}. */
  static final List<String> FORMS =
      List.of(
          "bool",
          "int",
          "int(-2147483648..2147483647)",
          "int(1..999)",
          "uint",
          "uint(0..4294967295)",
          "double",
          "double(0..1)",
          "decimal",
          "decimal(12,2)",
          "string",
          "string(1..80)",
          "string(..80)",
          "string(/[A-Z]{3}/)",
          "bytes",
          "bytes(16)",
          "timestamp",
          "date",
          "time",
          "duration",
          "uuid",
          "enum(new, paid)",
          "list(int)",
          "list(int, 1..100)",
          "list(list(int))",
          "list(int?)",
          "map(string, int)",
          "map(string, list(int))",
          "any",
          "null",
          "int?",
          "Item",
          "Item?",
          "Folder",
          "Payment",
          "pii(string)",
          "secret(string)",
          "string = new",
          "list(int) = []");

  private record Shown(String text, List<Loss> losses) {}

  /**
   * One format.
   *
   * @param back what others may have written, one field or schema each
   */
  private record Format(
      String title,
      String about,
      Function<Type.Field, Shown> out,
      List<String> back,
      Function<String, Shown> in) {}

  private static final List<Format> FORMATS =
      List.of(
          new Format(
              "JSON",
              "What messages are. `unikernal import json` infers types from samples, whose sign of what may be"
                  + " absent is that it is.",
              field -> shown(Exporters.json(field.type(), path())),
              List.of(
                  "true",
                  "12",
                  "18446744073709551615",
                  "19.99",
                  "1e6",
                  "\"text\"",
                  "\"2026-01-31T12:00:00Z\"",
                  "\"2026-01-31\"",
                  "\"3b241101-e2bb-4255-8caf-4136c566a962\"",
                  "[1, 2]",
                  "[1, \"a\"]",
                  "[]",
                  "{\"7\": 1, \"8\": 2}",
                  "null"),
              TypeMappings::fromJson),
          new Format(
              "JSON Schema 2020-12",
              "Also the schemas of OpenAPI 3.1; of 3.0 `nullable` and `exclusiveMinimum: true` are read too. What its"
                  + " keywords do not hold stands beside them as `x-udl`, which an import reads.",
              TypeMappings::toSchema,
              List.of(
                  "{\"type\": \"integer\"}",
                  "{\"type\": \"integer\", \"format\": \"int32\"}",
                  "{\"type\": \"integer\", \"exclusiveMinimum\": 0}",
                  "{\"type\": \"number\"}",
                  "{\"type\": \"number\", \"multipleOf\": 0.01}",
                  "{\"type\": \"string\", \"maxLength\": 80}",
                  "{\"type\": \"string\", \"pattern\": \"^[a-z]+$\"}",
                  "{\"type\": \"string\", \"pattern\": \"[0-9]\"}",
                  "{\"type\": \"string\", \"pattern\": \"(?=a)b\"}",
                  "{\"type\": \"string\", \"format\": \"date-time\"}",
                  "{\"type\": \"string\", \"format\": \"time\"}",
                  "{\"type\": \"string\", \"format\": \"duration\"}",
                  "{\"type\": \"string\", \"format\": \"byte\"}",
                  "{\"type\": \"string\", \"format\": \"password\"}",
                  "{\"const\": \"card\"}",
                  "{\"enum\": [1, 2, 3]}",
                  "{\"enum\": [\"a\", 1]}",
                  "{\"type\": [\"string\", \"null\"]}",
                  "{\"type\": [\"string\", \"integer\"]}",
                  "{\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"uniqueItems\": true}",
                  "{\"type\": \"array\", \"prefixItems\": [{\"type\": \"string\"}]}",
                  "{\"type\": \"object\", \"additionalProperties\": {\"type\": \"integer\"}}",
                  "{\"oneOf\": [{\"properties\": {\"a\": {}}}, {\"properties\": {\"b\": {}}}]}",
                  "{\"not\": {\"type\": \"string\"}}",
                  "false"),
              TypeMappings::fromSchema),
          new Format(
              "protobuf",
              "proto3 is written, proto2 and proto3 are read. A field without `optional` reads as zero where it is"
                  + " absent, and is a field that must be there in UDL. Services: gRPC is not available yet.",
              TypeMappings::toProto,
              List.of(
                  "int32 value = 1;",
                  "uint64 value = 1;",
                  "fixed32 value = 1;",
                  "float value = 1;",
                  "optional string value = 1;",
                  "repeated string value = 1;",
                  "map<string, int64> value = 1;",
                  "map<int32, string> value = 1;",
                  "google.protobuf.Timestamp value = 1;",
                  "google.protobuf.Int64Value value = 1;",
                  "google.protobuf.Struct value = 1;",
                  "google.protobuf.Any value = 1;",
                  "oneof choice { string value = 1; int64 other = 2; }"),
              TypeMappings::fromProto),
          new Format(
              "SQL",
              "Tables of PostgreSQL are written; those of PostgreSQL and SQLite are read, and the common types of"
                  + " others. In SQLite `integer` has 64 bits.",
              TypeMappings::toSql,
              List.of(
                  "value integer not null",
                  "value bigserial primary key",
                  "value numeric",
                  "value numeric(12,2) not null",
                  "value real",
                  "value varchar(80) not null",
                  "value text not null check (value in ('new', 'paid'))",
                  "value bigint not null check (value between 1 and 999)",
                  "value text not null check (length(value) > 3)",
                  "value timestamp not null",
                  "value timestamp with time zone not null",
                  "value jsonb",
                  "value text[] not null",
                  "value inet",
                  "value text not null default 'new'",
                  "value text not null default now()"),
              TypeMappings::fromSql),
          new Format(
              "Avro",
              "Schemas (`.avsc`) are written; those and the types of protocols (`.avpr`) are read.",
              TypeMappings::toAvro,
              List.of(
                  "\"int\"",
                  "\"float\"",
                  "\"bytes\"",
                  "{\"type\": \"fixed\", \"name\": \"F\", \"size\": 16}",
                  "{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 12, \"scale\": 2}",
                  "{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 50, \"scale\": 2}",
                  "{\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}",
                  "{\"type\": \"long\", \"logicalType\": \"local-timestamp-millis\"}",
                  "[\"null\", \"string\"]",
                  "[\"string\", \"long\"]",
                  "{\"type\": \"enum\", \"name\": \"E\", \"symbols\": [\"a\", \"b\"]}"),
              TypeMappings::fromAvro));

  private TypeMappings() {}

  private static String path() {
    return RECORD + "." + FIELD;
  }

  private static Shown shown(Exported exported) {
    return new Shown(exported.text(), exported.losses());
  }

  /** The types that the forms mention. */
  private static SequencedMap<String, Type> samples() {
    SequencedMap<String, Type> types = new LinkedHashMap<>();
    types.put("Item", new Type.Record("Item", List.of(Type.Field.of("sku", Type.Text.ANY_TEXT))));
    var folder = new Type.Record("Folder");
    folder.define(
        List.of(
            Type.Field.of("name", Type.Text.ANY_TEXT),
            Type.Field.of("folders", Type.ListOf.of(folder))));
    types.put("Folder", folder);
    var card =
        new Type.Record("Card", List.of(Type.Field.of("kind", new Type.Enum(List.of("card")))));
    var transfer =
        new Type.Record(
            "Transfer", List.of(Type.Field.of("kind", new Type.Enum(List.of("transfer")))));
    types.put("Card", card);
    types.put("Transfer", transfer);
    types.put("Payment", new Type.Union("Payment", List.of(card, transfer), "kind"));
    return types;
  }

  private static Type.Field field(String form, SequencedMap<String, Type> types) {
    var names =
        new TypeParser.Names() {
          @Override
          public Optional<Type> find(String name) {
            return Optional.ofNullable(types.get(name));
          }

          @Override
          public List<String> all() {
            return List.copyOf(types.keySet());
          }
        };
    String[] parts = form.split(" = ", 2);
    if (!(TypeParser.parse(parts[0], names) instanceof TypeParser.Result.Parsed(var type))) {
      throw new IllegalArgumentException(form);
    }
    Optional<Value> fallback =
        parts.length < 2
            ? Optional.empty()
            : Optional.of(parts[1].equals("[]") ? Value.Items.EMPTY : Value.text(parts[1]));
    return new Type.Field(FIELD, type, fallback, "");
  }

  /** A record with this one field, before the types that it may mention. */
  private static SequencedMap<String, Type> around(Type.Field field) {
    SequencedMap<String, Type> types = new LinkedHashMap<>();
    types.put(RECORD, new Type.Record(RECORD, List.of(field)));
    var reached = new IdentityHashMap<Type, Boolean>();
    TypeSet.reach(field.type(), reached);
    // In the order of their names: that of identities is another in every run.
    var byName = new TreeMap<String, Type>();
    for (Type type : reached.keySet()) {
      if (type instanceof Type.Record record) {
        byName.put(record.name(), record);
      } else if (type instanceof Type.Union union) {
        byName.put(union.name(), union);
      }
    }
    types.putAll(byName);
    return types;
  }

  private static Shown toSchema(Type.Field field) {
    var losses = new Losses();
    var writer = new SchemaWriter(TypeSet.of(around(field)), "#/$defs/", false, losses);
    Value properties = writer.definitions().field(RECORD).field("properties");
    return new Shown(TypeTexts.json(properties.field(FIELD)), losses.all());
  }

  private static Shown toProto(Type.Field field) {
    Exported file = Exporters.proto(around(field), List.of(), "sample");
    String message = file.text().split("message " + RECORD + " \\{\n", 2)[1].split("}", 2)[0];
    return new Shown(message.strip(), file.losses());
  }

  private static Shown toSql(Type.Field field) {
    Exported script = Exporters.sql(around(field));
    String column = script.text().split("\\(\n", 2)[1].split("\n\\);", 2)[0];
    return new Shown(column.strip(), script.losses());
  }

  private static Shown toAvro(Type.Field field) {
    var losses = new Losses();
    Value schemas = new AvroWriter(TypeSet.of(around(field)), losses).schemas();
    Value first = schemas instanceof Value.Items(var items) ? items.getFirst() : schemas;
    Value fields = first.field("fields");
    Value only = fields instanceof Value.Items(var items) ? items.getFirst() : fields;
    String fallback =
        only.field("default") == Value.Absent.ABSENT
            ? ""
            : ", default " + TypeTexts.json(only.field("default"));
    return new Shown(TypeTexts.json(only.field("type")) + fallback, losses.all());
  }

  private static SourceFile file(String name, String text) {
    return new SourceFile(name, Path.of(name), text);
  }

  /** The type of the field {@code value} of the first record. */
  private static Shown backField(Imported imported) {
    Type first = imported.types().types().get(RECORD);
    if (first instanceof Type.Record record && record.field(FIELD).isPresent()) {
      return shown(imported, record.field(FIELD).get());
    }
    throw new IllegalArgumentException("no field in " + imported.types().types().keySet());
  }

  private static Shown shown(Imported imported, Type.Field field) {
    return new Shown(
        new TypeTexts(imported.types(), new Losses()).field(field, path()), imported.losses());
  }

  private static Shown fromJson(String sample) {
    return backField(
        JsonInference.read(List.of(file("R.json", "{\"value\": " + sample + "}")), false));
  }

  private static Shown fromSchema(String schema) {
    String text =
        "{\"title\": \"R\", \"properties\": {\"value\": "
            + schema
            + "}, \"required\": [\"value\"]}";
    return backField(JsonSchemaImport.read(List.of(file("R.json", text))));
  }

  private static Shown fromProto(String field) {
    String text = "syntax = \"proto3\"; message R { " + field + " }";
    return backField(ProtoImport.read(List.of(file("R.proto", text))));
  }

  private static Shown fromSql(String column) {
    return backField(
        SqlImport.read(
            List.of(file("R.sql", "create table R (" + column + ");")), Optional.empty()));
  }

  private static Shown fromAvro(String schema) {
    String text =
        "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"value\", \"type\": "
            + schema
            + "}]}";
    return backField(AvroImport.read(List.of(file("R.avsc", text))));
  }

  /** The reference page. */
  public static String page() {
    var page =
        new StringBuilder(
            """
            # Type mappings

            What the types of UDL become elsewhere, and what comes back. Both ways are total: whatever has no place on
            the other side becomes the nearest type that has, and is told as a loss. `unikernal import` and
            `unikernal export` print all losses of a document; [what to do](#what-to-do) about each is at the end. In
            the tables `Item` is a record, `Folder` one that holds itself, and `Payment` a union.
            """);
    for (Format format : FORMATS) {
      page.append("\n## ").append(format.title()).append("\n\n").append(format.about());
      page.append("\n\n| UDL | there | lost |\n|---|---|---|\n");
      for (String form : FORMS) {
        Type.Field field = field(form, samples());
        page.append(row(form, format.out().apply(field), format.title().equals("JSON")));
      }
      page.append("\n| there | UDL | lost |\n|---|---|---|\n");
      for (String written : format.back()) {
        page.append(row(written, format.in().apply(written), false));
      }
    }
    page.append("\n## What to do\n\n| lost | what to do |\n|---|---|\n");
    for (Loss.Kind kind : Loss.Kind.values()) {
      page.append("| ").append(kind.what()).append(" | ").append(kind.advice()).append(" |\n");
    }
    return page.toString();
  }

  private static String row(String left, Shown shown, boolean isProse) {
    String lost =
        shown.losses().stream()
            .filter(loss -> loss.path().startsWith(path()) || !loss.path().contains("."))
            .map(loss -> loss.kind().what())
            .distinct()
            .collect(Collectors.joining("; "));
    String text = isProse ? shown.text().replace("|", "\\|") : code(shown.text());
    return "| " + code(left) + " | " + text + " | " + lost + " |\n";
  }

  private static String code(String text) {
    String line = text.replaceAll("\\s*\n\\s*", " ").replace("|", "\\|");
    return line.contains("`") ? "`` " + line + " ``" : "`" + line + "`";
  }
}
