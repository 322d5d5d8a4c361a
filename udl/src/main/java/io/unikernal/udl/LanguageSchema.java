package io.unikernal.udl;

import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.model.Json;
import io.unikernal.model.Label;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.AdapterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * The JSON Schema of the language, for editors that know YAML: keys and kinds, from {@link Grammar}
 * and the options of the adapters. It cannot know names and types: `check` does.
 */
public final class LanguageSchema {
  private static final String MARKER = "\\$\\{";
  private static final String NAME = "[a-z][a-z0-9_]*";

  private final SequencedMap<String, Value> definitions = new LinkedHashMap<>();
  private final Map<String, AdapterSpec> specs = new TreeMap<>();

  private LanguageSchema(Map<String, Adapter> adapters) {
    adapters.values().forEach(adapter -> specs.put(adapter.spec().name(), adapter.spec()));
  }

  /** Draft 2020-12, as JSON. */
  public static String of(Map<String, Adapter> adapters) {
    return Json.pretty(new LanguageSchema(adapters).schema());
  }

  private Value schema() {
    definitions.put("type", type());
    definitions.put("policy", policy());
    definitions.put("policies", policies());
    definitions.put("system", system());
    for (AdapterSpec spec : specs.values()) {
      definitions.put("operation_" + spec.name(), operation(spec));
    }
    for (Vocabulary vocabulary : Grammar.ALL) {
      if (vocabulary != Grammar.SYSTEM && vocabulary != Grammar.OPERATION) {
        definitions.put(name(vocabulary), mapping(vocabulary));
      }
    }
    var root = object();
    root.put("$schema", Value.text("https://json-schema.org/draft/2020-12/schema"));
    root.put("$id", Value.text("https://unikernal.io/schema/udl-7.json"));
    root.put("title", Value.text("UDL 7, the definition language of Unikernal"));
    root.put(
        "anyOf",
        items(
            reference(name(Grammar.DEFINITION)),
            reference(name(Grammar.TEST_FILE)),
            kinds("null")));
    root.put("$defs", new Value.Dict(definitions));
    return new Value.Dict(root);
  }

  /** `a smart target` is `smart_target`. */
  private static String name(Vocabulary vocabulary) {
    return vocabulary.what().replaceFirst("^(an?|the) ", "").replace(' ', '_');
  }

  private Value mapping(Vocabulary vocabulary) {
    var properties = object();
    for (Vocabulary.Key key : vocabulary.all()) {
      properties.put(key.name(), described(of(key.shape()), doc(key)));
    }
    var schema = object();
    schema.put("type", Value.text("object"));
    schema.put("properties", new Value.Dict(properties));
    schema.put("additionalProperties", Value.Bool.FALSE);
    if (vocabulary == Grammar.ROUTE) {
      schema.put("required", texts(List.of("from", "to")));
    }
    return new Value.Dict(schema);
  }

  private static String doc(Vocabulary.Key key) {
    return key.doc() + (key.isLater() ? " (not available yet)" : "");
  }

  private Value of(Shape shape) {
    return switch (shape) {
      case Shape.Scalar scalar -> scalar(scalar);
      case Shape.Written written -> written(written);
      case Shape.Symbols(var symbols) -> one("enum", texts(symbols));
      case Shape.ListOf(var element) -> {
        var list = object();
        list.put("type", texts(List.of("array", "null")));
        // Inside of templates a whole step may be a marker.
        Value item = of(element);
        list.put(
            "items",
            element instanceof Shape.Nested ? one("anyOf", items(item, pattern(MARKER))) : item);
        yield new Value.Dict(list);
      }
      case Shape.MapOf(var value) -> mapOf(of(value));
      case Shape.Nested(var vocabulary) -> reference(name(vocabulary.get()));
      case Shape.AnyOf(var shapes) ->
          one("anyOf", new Value.Items(shapes.stream().map(this::of).toList()));
    };
  }

  private static Value mapOf(Value value) {
    var map = object();
    map.put("type", texts(List.of("object", "null")));
    map.put("additionalProperties", value);
    return new Value.Dict(map);
  }

  private Value scalar(Shape.Scalar scalar) {
    return switch (scalar) {
      case TEXT, PATH, NAME, RECORD_TYPE, TEMPLATE -> kinds("string", "number", "boolean");
      case BOOL -> orMarker("boolean");
      case INTEGER -> one("anyOf", items(kinds("integer"), pattern("^[0-9]+$|" + MARKER)));
      case NUMBER -> orMarker("number");
      case DURATION -> pattern("^([0-9.]+(d|h|m|s|ms))+$|" + MARKER);
      case SIZE -> size();
      case CONDITION -> kinds("string", "boolean");
      case SOURCE -> pattern("^" + NAME + "\\." + NAME + "$|" + MARKER);
      case CALLEE -> pattern("^" + NAME + "(\\." + NAME + ")?$|" + MARKER);
      case SYSTEM_TYPE -> one("enum", texts(typeNames()));
      case LABEL -> one("enum", texts(Arrays.stream(Label.values()).map(Label::toString).toList()));
      case EFFECT -> pattern("^(reads|idempotent|transactional|once|keyed\\(.+\\))$|" + MARKER);
    };
  }

  private static Value size() {
    return one(
        "anyOf", items(kinds("integer"), pattern("^[0-9.]+ *(B|[kKMGT]B|[KMGT]iB)?$|" + MARKER)));
  }

  private static Value orMarker(String kind) {
    return one("anyOf", items(kinds(kind), pattern(MARKER)));
  }

  private static Value written(Shape.Written written) {
    return switch (written) {
      case TYPE -> reference("type");
      case EXPRESSION, ANY -> new Value.Dict(object());
      case POLICY -> reference("policy");
      case POLICIES -> reference("policies");
      case SYSTEM -> reference("system");
    };
  }

  /** A type as text, or a record in place: names with types. */
  private static Value type() {
    var record = object();
    record.put("type", texts(List.of("object")));
    record.put("additionalProperties", reference("type"));
    record.put(
        "properties",
        dict(
            "extends",
            described(
                one("anyOf", items(kinds("string"), list(kinds("string")))),
                "records whose fields it takes over; also a field may have this name")));
    return described(
        one("anyOf", items(kinds("string", "null"), new Value.Dict(record))),
        "a type, as `string(1..80)`, `list(Item)`, `Order?`, or a record: names with types");
  }

  private static Value policies() {
    return one(
        "anyOf",
        items(
            kinds("string"),
            reference("policy"),
            list(one("anyOf", items(kinds("string"), reference("policy"))))));
  }

  private Value policy() {
    var kinds = new ArrayList<Value>();
    PolicyKind.all()
        .forEach(kind -> {
          var properties = object();
          properties.put("type", new Value.Dict(object()));
          properties.put("extends", kinds("string"));
          properties.put("doc", kinds("string"));
          kind.options()
              .fields()
              .forEach(f -> properties.put(f.name(), described(field(f), f.doc())));
          var then = object();
          then.put("properties", new Value.Dict(properties));
          then.put("additionalProperties", Value.Bool.FALSE);
          kinds.add(when("type", List.of(kind.name()), new Value.Dict(then)));
        });
    var schema = object();
    schema.put("type", Value.text("object"));
    schema.put(
        "properties",
        dict(
            "type", described(one("enum", texts(PolicyKind.names())), "the kind of policy"),
            "extends", described(kinds("string"), "the policy whose keys it takes over"),
            "doc", described(kinds("string"), "a text for people")));
    schema.put("allOf", new Value.Items(kinds));
    return new Value.Dict(schema);
  }

  private Value system() {
    var cases = new ArrayList<Value>();
    for (AdapterSpec spec : specs.values()) {
      var properties = object();
      for (Vocabulary.Key key : Grammar.SYSTEM.all()) {
        properties.put(key.name(), new Value.Dict(object()));
      }
      options(spec.system(), properties);
      properties.put("operations", mapOf(reference("operation_" + spec.name())));
      var then = object();
      then.put("description", Value.text(spec.summary()));
      then.put("properties", new Value.Dict(properties));
      then.put("additionalProperties", Value.Bool.FALSE);
      var names = new ArrayList<>(List.of(spec.name()));
      names.addAll(spec.aliases());
      cases.add(when("type", names, new Value.Dict(then)));
    }
    var properties = object();
    for (Vocabulary.Key key : Grammar.SYSTEM.all()) {
      properties.put(key.name(), described(of(key.shape()), key.doc()));
    }
    var schema = object();
    schema.put("type", Value.text("object"));
    schema.put("properties", new Value.Dict(properties));
    schema.put("required", texts(List.of("type")));
    schema.put("allOf", new Value.Items(cases));
    return new Value.Dict(schema);
  }

  private Value operation(AdapterSpec spec) {
    var properties = object();
    options(spec.operation(), properties);
    for (Vocabulary.Key key : Grammar.OPERATION.all()) {
      properties.putIfAbsent(key.name(), described(of(key.shape()), doc(key)));
    }
    var schema = object();
    schema.put("type", texts(List.of("object", "null")));
    schema.put("properties", new Value.Dict(properties));
    schema.put("additionalProperties", Value.Bool.FALSE);
    required(spec.operation(), schema);
    return new Value.Dict(schema);
  }

  /** Each option, and its other name where it has one. */
  private static void options(ConfigSpec spec, SequencedMap<String, Value> properties) {
    for (Field<?> field : spec.fields()) {
      properties.put(field.name(), described(field(field), doc(field)));
    }
    for (String alias : List.of("path", "connection")) {
      OptionReader.field(spec, alias)
          .ifPresent(field -> properties.putIfAbsent(alias, described(field(field), doc(field))));
    }
  }

  private static String doc(Field<?> field) {
    return field.doc()
        + field.fallback().map(value -> "; default: " + OptionText.text(value, FOLDER)).orElse("");
  }

  private static final java.nio.file.Path FOLDER = java.nio.file.Path.of("");

  private static void required(ConfigSpec spec, SequencedMap<String, Value> schema) {
    var names = new ArrayList<String>();
    var choices = new ArrayList<Value>();
    for (Field<?> field : spec.fields()) {
      if (!field.isRequired()) {
        continue;
      }
      boolean hasAlias = field.name().equals("path") || field.name().equals("connection");
      if (hasAlias) {
        choices.add(one("required", texts(List.of("path"))));
        choices.add(one("required", texts(List.of("connection"))));
      } else {
        names.add(field.name());
      }
    }
    if (!names.isEmpty()) {
      schema.put("required", texts(names));
    }
    if (!choices.isEmpty()) {
      schema.put("anyOf", new Value.Items(choices));
    }
  }

  private static Value field(Field<?> field) {
    Value plain = kinds("string", "number", "boolean");
    return switch (field.kind()) {
      case TEXT, PATH -> plain;
      case INT -> one("anyOf", items(kinds("integer"), pattern("^[-+0-9_]+$|" + MARKER)));
      case BOOL -> orMarker("boolean");
      case DURATION -> pattern("^([0-9.]+(d|h|m|s|ms))+$|" + MARKER);
      case SIZE -> size();
      case SYMBOL -> one("anyOf", items(one("enum", texts(field.symbols())), pattern(MARKER)));
      case TYPE, TYPE_OR_SYMBOL -> reference("type");
      case TYPES -> mapOf(reference("type"));
      case TEXTS -> one("anyOf", items(plain, list(plain)));
      case TEXT_MAP -> mapOf(plain);
      case SHARE -> one("anyOf", items(kinds("number"), pattern("^[0-9.]+%$|" + MARKER)));
      case SYMBOLS -> {
        Value symbol = one("enum", texts(field.symbols()));
        yield one("anyOf", items(symbol, list(symbol), pattern(MARKER)));
      }
      case OPTIONS -> nested(field);
      case OPTIONS_LIST -> one("anyOf", items(nested(field), list(nested(field))));
      case EXPRESSION -> new Value.Dict(object());
      case CONDITION -> kinds("string", "boolean");
    };
  }

  private static Value nested(Field<?> field) {
    SequencedMap<String, Value> properties = object();
    options(field.within(), properties);
    var schema = object();
    schema.put("type", Value.text("object"));
    schema.put("properties", new Value.Dict(properties));
    schema.put("additionalProperties", Value.Bool.FALSE);
    return new Value.Dict(schema);
  }

  private List<String> typeNames() {
    var names = new ArrayList<String>();
    specs
        .values()
        .forEach(spec -> {
          names.add(spec.name());
          names.addAll(spec.aliases());
        });
    return names;
  }

  private static Value when(String key, List<String> values, Value then) {
    var test = object();
    test.put("properties", dict(key, one("enum", texts(values))));
    test.put("required", texts(List.of(key)));
    return dict("if", new Value.Dict(test), "then", then);
  }

  private static Value described(Value schema, String doc) {
    if (doc.isEmpty() || !(schema instanceof Value.Dict(var fields))) {
      return schema;
    }
    var more = object();
    more.put("description", Value.text(doc));
    more.putAll(fields);
    return new Value.Dict(more);
  }

  private static Value reference(String name) {
    return one("$ref", Value.text("#/$defs/" + name));
  }

  private static Value pattern(String pattern) {
    return dict("type", Value.text("string"), "pattern", Value.text(pattern));
  }

  private static Value list(Value items) {
    return dict("type", Value.text("array"), "items", items);
  }

  private static Value kinds(String... kinds) {
    return one("type", kinds.length == 1 ? Value.text(kinds[0]) : texts(List.of(kinds)));
  }

  private static Value one(String key, Value value) {
    return dict(key, value);
  }

  private static Value items(Value... values) {
    return new Value.Items(List.of(values));
  }

  private static Value texts(List<String> texts) {
    return new Value.Items(texts.stream().map(Value::text).toList());
  }

  private static SequencedMap<String, Value> object() {
    return new LinkedHashMap<>();
  }

  private static Value dict(Object... namesAndValues) {
    var fields = object();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], (Value) namesAndValues[i + 1]);
    }
    return new Value.Dict(fields);
  }
}
