package io.unikernal.importers;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Types as JSON Schema 2020-12. What its keywords do not hold stands beside them as {@code x-udl}
 * and {@code x-udl-label}, which other tools pass over.
 */
final class SchemaWriter {
  private static final String BASE64 =
      "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}(==)?|[A-Za-z0-9+/]{3}=?)?$";
  private static final String TIME = "^[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?$";
  private static final String WHOLE_TEXT = "^-?[0-9]+$";
  private static final String DECIMAL_TEXT = "^-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?$";
  private static final String DURATION = "^-?([0-9]+(\\.[0-9]+)?(d|h|m|s|ms|us|ns))+$|^0$";

  private final TypeSet types;
  private final String base;
  private final boolean withDiscriminator;
  private final Losses losses;

  /**
   * @param base where named types are, as {@code #/$defs/}
   */
  SchemaWriter(TypeSet types, String base, boolean withDiscriminator, Losses losses) {
    this.types = types;
    this.base = base;
    this.withDiscriminator = withDiscriminator;
    this.losses = losses;
  }

  /** One schema under construction. */
  private static final class Schema extends LinkedHashMap<String, Value> {
    private static final long serialVersionUID = 1L;

    Schema with(String keyword, String text) {
      put(keyword, Value.text(text));
      return this;
    }

    Schema with(String keyword, Value value) {
      put(keyword, value);
      return this;
    }

    Schema bounds(Type.Range range, String least, String most) {
      range.min().ifPresent(min -> put(least, number(min)));
      range.max().ifPresent(max -> put(most, number(max)));
      return this;
    }
  }

  private static Value number(BigDecimal number) {
    return number.stripTrailingZeros().scale() <= 0
            && number.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0
        ? new Value.Int(number.longValue())
        : new Value.Decimal(number);
  }

  /** All named types, by name. */
  Value.Dict definitions() {
    var all = new LinkedHashMap<String, Value>();
    types.types().forEach((name, type) -> all.put(name, declared(name, type)));
    return new Value.Dict(all);
  }

  private Value declared(String name, Type type) {
    boolean isOther = types.nameOf(type).filter(own -> !own.equals(name)).isPresent();
    Schema schema = isOther ? reference(type) : fresh(type, name);
    if (!types.doc(name).isEmpty()) {
      schema.with("description", types.doc(name));
    }
    return new Value.Dict(schema);
  }

  /** A type where it is used. */
  Value.Dict used(Type type, String path) {
    return new Value.Dict(use(type, path));
  }

  private Schema use(Type type, String path) {
    return types.nameOf(type).isPresent() ? reference(type) : fresh(type, path);
  }

  private Schema reference(Type type) {
    return new Schema().with("$ref", base + types.nameOf(type).orElseThrow());
  }

  private Schema fresh(Type type, String path) {
    return switch (type) {
      case Type.Labelled(var label, var of) -> use(of, path).with("x-udl-label", label.toString());
      case Type.Maybe(var of) -> nullable(use(of, path));
      case Type.ListOf(var element, var size) ->
          new Schema()
              .with("type", "array")
              .with("items", used(element, path + "[]"))
              .bounds(size, "minItems", "maxItems");
      case Type.MapOf(var value) ->
          new Schema()
              .with("type", "object")
              .with("additionalProperties", used(value, path + ".*"));
      case Type.StreamOf(var element) -> {
        losses.add(Loss.Kind.STREAM, path);
        yield new Schema().with("type", "array").with("items", used(element, path + "[]"));
      }
      case Type.Union union -> union(union, path);
      case Type.Record record -> record(record, path);
      case Type.Enum(var symbols) -> symbols(symbols);
      case Type.Simple simple -> simple(simple, path);
      case Type.Int(var range) ->
          new Schema()
              .with("type", "integer")
              .with("format", "int64")
              .bounds(range, "minimum", "maximum");
      case Type.UInt(var range) ->
          new Schema()
              .with("type", "integer")
              .with("format", "uint64")
              .with("minimum", new Value.Int(0))
              .bounds(range, "minimum", "maximum");
      case Type.Real(var range) ->
          new Schema()
              .with("type", "number")
              .with("format", "double")
              .bounds(range, "minimum", "maximum");
      case Type.Decimal decimal -> decimal(decimal);
      case Type.Text text -> text(text, path);
      case Type.Bytes bytes -> bytes(bytes, path);
    };
  }

  private static Schema nullable(Schema schema) {
    if (schema.isEmpty()) {
      return schema;
    }
    if (schema.get("type") instanceof Value.Text(var kind) && !schema.containsKey("const")) {
      schema.put("type", new Value.Items(List.of(Value.text(kind), Value.text("null"))));
      if (schema.get("enum") instanceof Value.Items(var symbols)) {
        var more = new ArrayList<>(symbols);
        more.add(Value.Null.NULL);
        schema.put("enum", new Value.Items(more));
      }
      return schema;
    }
    Value label = schema.remove("x-udl-label");
    var either = new Schema();
    either.with(
        "anyOf",
        new Value.Items(
            List.of(new Value.Dict(schema), new Value.Dict(new Schema().with("type", "null")))));
    if (label != null) {
      either.with("x-udl-label", label);
    }
    return either;
  }

  private Schema symbols(List<String> symbols) {
    return symbols.size() == 1
        ? new Schema().with("type", "string").with("const", symbols.getFirst())
        : new Schema()
            .with("type", "string")
            .with("enum", new Value.Items(symbols.stream().map(Value::text).toList()));
  }

  private Schema union(Type.Union union, String path) {
    var members = union.members().stream().<Value>map(member -> used(member, path)).toList();
    var schema = new Schema().with("oneOf", new Value.Items(members));
    if (withDiscriminator) {
      var mapping = new LinkedHashMap<String, Value>();
      for (Type.Record member : union.members()) {
        union.symbols().stream()
            .filter(symbol -> union.member(symbol).filter(found -> found == member).isPresent())
            .forEach(symbol -> mapping.put(symbol, Value.text(base + member.name())));
      }
      var discriminator = new LinkedHashMap<String, Value>();
      discriminator.put("propertyName", Value.text(union.tag()));
      discriminator.put("mapping", new Value.Dict(mapping));
      schema.with("discriminator", new Value.Dict(discriminator));
    }
    return schema;
  }

  private Schema record(Type.Record record, String path) {
    var properties = new LinkedHashMap<String, Value>();
    var required = new ArrayList<Value>();
    for (Type.Field field : record.fields()) {
      if (field.isRequired()) {
        required.add(Value.text(field.name()));
      }
      properties.put(field.name(), new Value.Dict(property(field, path + "." + field.name())));
    }
    var schema = new Schema().with("type", "object").with("properties", new Value.Dict(properties));
    if (!required.isEmpty()) {
      schema.with("required", new Value.Items(required));
    }
    return schema.with("additionalProperties", Value.Bool.FALSE);
  }

  /** A null is read as absent, so it is allowed where the field need not be there. */
  private Schema property(Type.Field field, String path) {
    Type type = field.fallback().isPresent() ? field.type().maybe() : field.type();
    Schema schema = field.isJsonText() ? numberAsText(type) : use(type, path);
    field
        .fallback()
        .ifPresent(value ->
            schema.with("default", field.isJsonText() ? Value.text(TypeTexts.json(value)) : value));
    if (!field.doc().isBlank()) {
      schema.with("description", field.doc().strip());
    }
    return schema;
  }

  private static Schema numberAsText(Type type) {
    if (type instanceof Type.Maybe(var of)) {
      return nullable(numberAsText(of));
    }
    if (type instanceof Type.Labelled(var label, var of)) {
      return numberAsText(of).with("x-udl-label", label.toString());
    }
    return new Schema()
        .with("type", "string")
        .with("pattern", type instanceof Type.Decimal ? DECIMAL_TEXT : WHOLE_TEXT)
        .with("x-udl", type.toString());
  }

  private Schema simple(Type.Simple simple, String path) {
    return switch (simple) {
      case ANY -> new Schema();
      case NULL -> new Schema().with("type", "null");
      case BOOL -> new Schema().with("type", "boolean");
      case TIMESTAMP -> new Schema().with("type", "string").with("format", "date-time");
      case DATE -> new Schema().with("type", "string").with("format", "date");
      case TIME -> new Schema().with("type", "string").with("pattern", TIME).with("x-udl", "time");
      case DURATION ->
          new Schema().with("type", "string").with("pattern", DURATION).with("x-udl", "duration");
      case UUID -> new Schema().with("type", "string").with("format", "uuid");
      case BLOB -> {
        losses.add(Loss.Kind.STREAM, path);
        yield bytes(Type.Bytes.ANY_BYTES, path);
      }
    };
  }

  private Schema decimal(Type.Decimal decimal) {
    var schema = new Schema().with("type", "number");
    if (decimal.precision() > 0) {
      BigDecimal step = BigDecimal.ONE.movePointLeft(decimal.scale());
      BigDecimal most =
          BigDecimal.ONE.movePointRight(decimal.precision() - decimal.scale()).subtract(step);
      schema
          .with("multipleOf", number(step))
          .with("minimum", number(most.negate()))
          .with("maximum", number(most));
    }
    return schema.with("x-udl", decimal.toString());
  }

  private Schema text(Type.Text text, String path) {
    var schema =
        new Schema().with("type", "string").bounds(text.length(), "minLength", "maxLength");
    text.pattern()
        .ifPresent(pattern -> {
          Optional<String> ecma = EcmaPattern.of(pattern);
          if (ecma.isPresent()) {
            schema.with("pattern", "^(?:" + ecma.get() + ")$");
          } else {
            losses.add(Loss.Kind.PATTERN, path, pattern);
          }
          if (text.length().isAll()) {
            schema.with("x-udl", text.toString());
          }
        });
    return schema;
  }

  private Schema bytes(Type.Bytes bytes, String path) {
    var schema =
        new Schema()
            .with("type", "string")
            .with("contentEncoding", "base64")
            .with("pattern", BASE64);
    if (!bytes.length().isAll()) {
      losses.add(Loss.Kind.BINARY_LENGTH, path);
      schema
          .bounds(
              new Type.Range(
                  bytes.length().min().map(SchemaWriter::base64Length),
                  bytes.length().max().map(SchemaWriter::base64Length)),
              "minLength",
              "maxLength")
          .with("x-udl", bytes.toString());
    }
    return schema;
  }

  private static BigDecimal base64Length(BigDecimal bytes) {
    return BigDecimal.valueOf(Math.ceilDiv(bytes.longValue(), 3L) * 4);
  }
}
