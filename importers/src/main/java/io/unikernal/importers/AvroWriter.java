package io.unikernal.importers;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Types as Avro schemas. */
final class AvroWriter {
  private static final String WORD = "[A-Za-z_][A-Za-z0-9_]*";

  private final TypeSet types;
  private final Losses losses;
  private final Map<Type, String> written = new IdentityHashMap<>();
  private final Set<String> taken = new HashSet<>();

  AvroWriter(TypeSet types, Losses losses) {
    this.types = types;
    this.losses = losses;
    taken.addAll(types.types().keySet());
  }

  /** Records and enums; an alias of anything else stands where it is used. */
  Value schemas() {
    var all = new ArrayList<Value>();
    types
        .types()
        .forEach((name, type) -> {
          boolean isNamed = type instanceof Type.Record || type instanceof Type.Enum;
          if (isNamed && !written.containsKey(type)) {
            Value schema = use(type, name, name);
            if (schema instanceof Value.Dict) {
              all.add(schema);
            }
          }
        });
    return new Value.Items(all);
  }

  private Value use(Type type, String hint, String path) {
    return switch (type) {
      case Type.Labelled(var label, var of) -> {
        losses.add(Loss.Kind.LABEL, path, label.toString());
        yield use(of, hint, path);
      }
      case Type.Maybe(var of) -> maybe(use(of, hint, path));
      case Type.ListOf(var element, var size) -> {
        bound(size, path);
        yield dict("type", Value.text("array"), "items", use(element, hint + "_item", path + "[]"));
      }
      case Type.MapOf(var value) ->
          dict("type", Value.text("map"), "values", use(value, hint + "_value", path + ".*"));
      case Type.StreamOf(var element) -> {
        losses.add(Loss.Kind.STREAM, path);
        yield dict("type", Value.text("array"), "items", use(element, hint + "_item", path + "[]"));
      }
      case Type.Union union ->
          new Value.Items(
              union.members().stream().map(member -> use(member, member.name(), path)).toList());
      case Type.Record record -> record(record, hint, path);
      case Type.Enum symbols -> symbols(symbols, hint, path);
      case Type.Simple simple -> simple(simple, path);
      case Type.Int(var range) -> whole(range, path);
      case Type.UInt(var range) -> unsigned(range, path);
      case Type.Real(var range) -> {
        range(range, path);
        yield Value.text("double");
      }
      case Type.Decimal decimal -> decimal(decimal, path);
      case Type.Text(var length, var pattern) -> {
        bound(length, path);
        pattern.ifPresent(text -> losses.add(Loss.Kind.PATTERN, path, text));
        yield Value.text("string");
      }
      case Type.Bytes(var length) -> bytes(length, hint, path);
    };
  }

  private static Value.Dict dict(Object... namesAndValues) {
    return OpenApiWriter.dict(namesAndValues);
  }

  /** Null comes first, so that an absent value is the default. */
  private static Value maybe(Value schema) {
    var members = new ArrayList<Value>();
    members.add(Value.text("null"));
    if (schema instanceof Value.Items(var alternatives)) {
      alternatives.stream().filter(one -> !one.equals(Value.text("null"))).forEach(members::add);
    } else if (!schema.equals(Value.text("null"))) {
      members.add(schema);
    }
    return new Value.Items(members);
  }

  private void bound(Type.Range size, String path) {
    if (!size.isAll()) {
      losses.add(Loss.Kind.LENGTH, path, size.toString());
    }
  }

  private void range(Type.Range range, String path) {
    if (!range.isAll()) {
      losses.add(Loss.Kind.RANGE, path, range.toString());
    }
  }

  private Value whole(Type.Range range, String path) {
    if (range.equals(Bounds.INT32)) {
      return Value.text("int");
    }
    range(range, path);
    return Value.text("long");
  }

  private Value unsigned(Type.Range range, String path) {
    losses.add(Loss.Kind.UNSIGNED, path, "written as a decimal of 20 digits");
    range(range, path);
    return logical("bytes", "decimal", 20, 0);
  }

  private static Value.Dict logical(String type, String logical, int precision, int scale) {
    return dict(
        "type",
        Value.text(type),
        "logicalType",
        Value.text(logical),
        "precision",
        new Value.Int(precision),
        "scale",
        new Value.Int(scale));
  }

  private Value decimal(Type.Decimal decimal, String path) {
    if (decimal.precision() == 0) {
      losses.add(Loss.Kind.DECIMAL_TEXT, path);
      return Value.text("string");
    }
    return logical("bytes", "decimal", decimal.precision(), decimal.scale());
  }

  private Value bytes(Type.Range length, String hint, String path) {
    boolean isFixed = length.min().isPresent() && length.min().equals(length.max());
    if (isFixed && length.min().get().signum() > 0) {
      return dict(
          "type", Value.text("fixed"),
          "name", Value.text(unique(hint)),
          "size", new Value.Int(length.min().get().longValue()));
    }
    bound(length, path);
    return Value.text("bytes");
  }

  private Value simple(Type.Simple simple, String path) {
    return switch (simple) {
      case ANY -> {
        losses.add(Loss.Kind.STRUCTURE, path);
        yield Value.text("string");
      }
      case NULL -> Value.text("null");
      case BOOL -> Value.text("boolean");
      case TIMESTAMP -> {
        losses.add(Loss.Kind.NANOSECONDS, path);
        yield dict("type", Value.text("long"), "logicalType", Value.text("timestamp-micros"));
      }
      case DATE -> dict("type", Value.text("int"), "logicalType", Value.text("date"));
      case TIME -> {
        losses.add(Loss.Kind.NANOSECONDS, path);
        yield dict("type", Value.text("long"), "logicalType", Value.text("time-micros"));
      }
      case DURATION -> {
        losses.add(Loss.Kind.TEXT_FORM, path, "duration");
        yield Value.text("string");
      }
      case UUID -> dict("type", Value.text("string"), "logicalType", Value.text("uuid"));
      case BLOB -> {
        losses.add(Loss.Kind.STREAM, path);
        yield Value.text("bytes");
      }
    };
  }

  private String unique(String hint) {
    String wanted = hint.replaceAll("[^A-Za-z0-9_]", "_");
    String name = wanted.matches(WORD) ? wanted : "T" + wanted;
    String unique = name;
    for (int i = 2; !taken.add(unique); i++) {
      unique = name + i;
    }
    return unique;
  }

  private Value symbols(Type.Enum type, String hint, String path) {
    if (written.containsKey(type)) {
      return Value.text(written.get(type));
    }
    if (!type.symbols().stream().allMatch(symbol -> symbol.matches(WORD))) {
      losses.add(Loss.Kind.SYMBOLS, path);
      return Value.text("string");
    }
    String name = types.nameOf(type).orElseGet(() -> unique(hint));
    written.put(type, name);
    return dict(
        "type", Value.text("enum"),
        "name", Value.text(name),
        "symbols", new Value.Items(type.symbols().stream().map(Value::text).toList()));
  }

  private Value record(Type.Record record, String hint, String path) {
    if (written.containsKey(record)) {
      return Value.text(written.get(record));
    }
    String name = types.nameOf(record).orElseGet(() -> unique(hint));
    written.put(record, name);
    var fields = new ArrayList<Value>();
    var used = new HashSet<String>();
    for (Type.Field field : record.fields()) {
      fields.add(field(field, name, path.isEmpty() ? name : name + "." + field.name(), used));
    }
    return dict(
        "type", Value.text("record"),
        "name", Value.text(name),
        "fields", new Value.Items(fields));
  }

  private Value field(Type.Field field, String owner, String path, Set<String> used) {
    String legal = field.name().replaceAll("[^A-Za-z0-9_]", "_");
    String name = legal.matches(WORD) ? legal : "f" + legal;
    for (int i = 2; !used.add(name); i++) {
      name = legal + i;
    }
    if (!name.equals(field.name())) {
      losses.add(Loss.Kind.NAME, path, "is `" + name + "`");
    }
    var fields = new LinkedHashMap<String, Value>();
    fields.put("name", Value.text(name));
    Value schema = use(field.type(), owner + "_" + name, path);
    fields.put("type", schema);
    if (field.fallback().isPresent()) {
      Value value = field.fallback().get();
      if (isHeld(value, field.type())) {
        fields.put("default", value);
      } else {
        losses.add(Loss.Kind.DEFAULT, path, TypeTexts.json(value));
      }
    } else if (field.type().isMaybe()) {
      fields.put("default", Value.Null.NULL);
    }
    if (!field.doc().isBlank()) {
      fields.put("doc", Value.text(field.doc().strip()));
    }
    return new Value.Dict(fields);
  }

  /**
   * A default is JSON of the first alternative; what is bytes in Avro is not written as a number.
   */
  private static boolean isHeld(Value value, Type type) {
    return switch (type.bare()) {
      case Type.Text _, Type.Real _, Type.Int _ -> true;
      case Type.Enum(var symbols) -> symbols.stream().allMatch(symbol -> symbol.matches(WORD));
      case Type.Simple simple -> simple == Type.Simple.BOOL;
      case Type.ListOf _ -> value.equals(Value.Items.EMPTY);
      case Type.MapOf _ -> value.equals(Value.Dict.EMPTY);
      case Type.UInt _,
          Type.Decimal _,
          Type.Bytes _,
          Type.Maybe _,
          Type.Labelled _,
          Type.StreamOf _,
          Type.Union _,
          Type.Record _ ->
          false;
    };
  }
}
