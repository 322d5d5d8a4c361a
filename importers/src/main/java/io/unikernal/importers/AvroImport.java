package io.unikernal.importers;

import io.unikernal.model.Conform;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Protocol;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Avro schemas and the types of protocols; messages of protocols are told and left out. */
final class AvroImport {
  private static final int DIGITS_MAX = 38;

  private final Losses losses = new Losses();
  private final UdlNames names = new UdlNames(losses);
  private final TypeSet types = new TypeSet();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Type> named = new LinkedHashMap<>();

  private AvroImport() {}

  static Imported read(List<SourceFile> files) {
    var all = new AvroImport();
    var parser = new Schema.Parser();
    for (SourceFile file : files) {
      Tree root = TreeReader.json(file);
      try {
        if (root.has("protocol")) {
          all.protocol(Protocol.parse(file.text()));
        } else {
          all.declare(parser.parse(file.text()), file.stem());
        }
      } catch (AvroRuntimeException | ClassCastException | NullPointerException wrong) {
        throw RefusedException.at(
            file, root.place(), "this is no Avro schema: " + message(wrong), "");
      }
    }
    return new Imported(Format.AVRO, all.types, List.of(), all.losses.all(), all.notes);
  }

  private static String message(RuntimeException wrong) {
    String message = String.valueOf(wrong.getMessage()).replaceAll("\\s+", " ");
    return message.length() > 200 ? message.substring(0, 200) + "…" : message;
  }

  private void protocol(Protocol protocol) {
    protocol.getTypes().forEach(schema -> declare(schema, schema.getName()));
    if (!protocol.getMessages().isEmpty()) {
      losses.add(Loss.Kind.RPC, protocol.getName());
      notes.add(
          "Left out: messages of protocol "
              + protocol.getName()
              + ": "
              + String.join(", ", protocol.getMessages().keySet())
              + ".");
    }
  }

  private void declare(Schema schema, String name) {
    if (schema.getType() == Schema.Type.UNION) {
      schema.getTypes().stream()
          .filter(member -> member.getType() != Schema.Type.NULL)
          .forEach(member -> declare(member, member.getName()));
      return;
    }
    boolean isNamed =
        schema.getType() == Schema.Type.RECORD
            || schema.getType() == Schema.Type.ENUM
            || schema.getType() == Schema.Type.FIXED;
    Type type = type(schema, UdlNames.typeName(name));
    if (!isNamed) {
      types.put(names.givenType(UdlNames.typeName(name)), type, "");
    }
  }

  private Type type(Schema schema, String path) {
    return switch (schema.getType()) {
      case NULL -> Type.Simple.NULL;
      case BOOLEAN -> Type.Simple.BOOL;
      case INT, LONG -> whole(schema, path);
      case FLOAT -> {
        losses.add(Loss.Kind.SINGLE_PRECISION, path, "float");
        yield Type.Real.ANY_DOUBLE;
      }
      case DOUBLE -> Type.Real.ANY_DOUBLE;
      case STRING -> logical(schema).equals("uuid") ? Type.Simple.UUID : Type.Text.ANY_TEXT;
      case BYTES ->
          schema.getLogicalType() instanceof LogicalTypes.Decimal decimal
              ? decimal(decimal, path)
              : Type.Bytes.ANY_BYTES;
      case FIXED -> fixed(schema, path);
      case ENUM -> symbols(schema);
      case ARRAY -> Type.ListOf.of(type(schema.getElementType(), path + "[]"));
      case MAP -> new Type.MapOf(type(schema.getValueType(), path + ".*"));
      case UNION -> union(schema, path);
      case RECORD -> record(schema);
    };
  }

  private static String logical(Schema schema) {
    String name = schema.getProp("logicalType");
    return name == null ? "" : name;
  }

  private Type whole(Schema schema, String path) {
    return switch (logical(schema)) {
      case "date" -> Type.Simple.DATE;
      case "time-millis", "time-micros" -> Type.Simple.TIME;
      case "timestamp-millis", "timestamp-micros", "timestamp-nanos" -> Type.Simple.TIMESTAMP;
      case "local-timestamp-millis", "local-timestamp-micros", "local-timestamp-nanos" -> {
        losses.add(Loss.Kind.TIME_OFFSET, path);
        yield Type.Simple.TIMESTAMP;
      }
      default ->
          schema.getType() == Schema.Type.INT ? new Type.Int(Bounds.INT32) : Type.Int.ANY_INT;
    };
  }

  private Type decimal(LogicalTypes.Decimal decimal, String path) {
    if (decimal.getPrecision() > DIGITS_MAX) {
      losses.add(Loss.Kind.DIGITS_UNKNOWN, path, decimal.getPrecision() + " digits");
      return Type.Decimal.ANY_DECIMAL;
    }
    return new Type.Decimal(decimal.getPrecision(), decimal.getScale());
  }

  private Type fixed(Schema schema, String path) {
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      return decimal(decimal, path);
    }
    if (logical(schema).equals("uuid")) {
      return Type.Simple.UUID;
    }
    if (logical(schema).equals("duration")) {
      losses.add(Loss.Kind.DURATION_FORM, path);
    }
    int size = schema.getFixedSize();
    return new Type.Bytes(Type.Range.of(size, size));
  }

  private Type symbols(Schema schema) {
    Type known = named.get(schema.getFullName());
    if (known != null) {
      return known;
    }
    Type type =
        schema.getEnumSymbols().isEmpty()
            ? Type.Text.ANY_TEXT
            : new Type.Enum(schema.getEnumSymbols());
    named.put(schema.getFullName(), type);
    types.put(names.givenType(schema.getName()), type, doc(schema.getDoc()));
    return type;
  }

  private Type union(Schema schema, String path) {
    List<Schema> members =
        schema.getTypes().stream().filter(member -> member.getType() != Schema.Type.NULL).toList();
    boolean isOptional = members.size() < schema.getTypes().size();
    if (members.isEmpty()) {
      return Type.Simple.NULL;
    }
    Type type = members.size() == 1 ? type(members.getFirst(), path) : several(members, path);
    return isOptional ? Optionals.of(type) : type;
  }

  private Type several(List<Schema> members, String path) {
    var records = new ArrayList<Type.Record>();
    for (Schema member : members) {
      if (type(member, path) instanceof Type.Record record) {
        records.add(record);
      }
    }
    boolean isTagged = records.size() == members.size() && isTagged(members);
    if (isTagged) {
      return new Type.Union("", records, "");
    }
    losses.add(
        records.size() == members.size() ? Loss.Kind.ALTERNATIVES : Loss.Kind.TYPES_MIXED,
        path,
        members.size() + " alternatives");
    return Type.Simple.ANY;
  }

  /** Asked of the schemas, since a member may be a record whose fields are still being read. */
  private static boolean isTagged(List<Schema> members) {
    return members.getFirst().getFields().stream()
        .map(Schema.Field::name)
        .anyMatch(name ->
            members.stream()
                    .map(member ->
                        Optional.ofNullable(member.getField(name)).map(Schema.Field::schema))
                    .filter(field ->
                        field
                            .filter(s ->
                                s.getType() == Schema.Type.ENUM && s.getEnumSymbols().size() == 1)
                            .isPresent())
                    .map(field -> field.orElseThrow().getEnumSymbols().getFirst())
                    .distinct()
                    .count()
                == members.size());
  }

  private Type record(Schema schema) {
    Type known = named.get(schema.getFullName());
    if (known != null) {
      return known;
    }
    String name = names.givenType(schema.getName());
    var record = new Type.Record(name);
    named.put(schema.getFullName(), record);
    types.put(name, record, doc(schema.getDoc()));
    var fields = new ArrayList<Type.Field>();
    for (Schema.Field field : schema.getFields()) {
      String path = name + "." + field.name();
      Type type = type(field.schema(), path);
      Optional<Value> fallback = fallback(field, type, path);
      fields.add(new Type.Field(field.name(), type, fallback, doc(field.doc())));
    }
    record.define(fields);
    return record;
  }

  private static String doc(@Nullable String doc) {
    return doc == null ? "" : doc;
  }

  private Optional<Value> fallback(Schema.Field field, Type type, String path) {
    if (!field.hasDefaultValue() || field.defaultVal() == JsonProperties.NULL_VALUE) {
      return Optional.empty();
    }
    Value value = value(field.defaultVal());
    boolean isHeld = !(type.core() instanceof Type.Record) && type.core() != Type.Simple.ANY;
    if (isHeld
        && Conform.check(type, value, Conform.Extra.REFUSE)
            instanceof Conform.Result.Fits(var fits)) {
      return Optional.of(fits);
    }
    losses.add(Loss.Kind.DEFAULT, path, TypeTexts.json(value));
    return Optional.empty();
  }

  private static Value value(@Nullable Object object) {
    return switch (object) {
      case null -> Value.Null.NULL;
      case Boolean bool -> Value.Bool.of(bool);
      case Integer number -> new Value.Int(number);
      case Long number -> new Value.Int(number);
      case Float number -> new Value.Real(number);
      case Double number -> new Value.Real(number);
      case CharSequence text -> Value.text(text.toString());
      case byte[] bytes -> Value.text(new String(bytes, StandardCharsets.ISO_8859_1));
      case List<?> items -> new Value.Items(items.stream().map(AvroImport::value).toList());
      case Map<?, ?> map -> {
        var fields = new LinkedHashMap<String, Value>();
        map.forEach((key, item) -> fields.put(String.valueOf(key), value(item)));
        yield new Value.Dict(fields);
      }
      default -> Value.Null.NULL;
    };
  }
}
