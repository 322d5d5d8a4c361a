package io.unikernal.formats;

import io.unikernal.model.Conform;
import io.unikernal.model.Json;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Values as texts and back, for formats that know nothing else. */
final class Texts {
  private Texts() {}

  /**
   * What a text is where a type is wanted. An empty one is nothing where the type allows it and is
   * no text: forms send what was left blank so.
   */
  static Value read(Type type, String text) {
    if (text.isEmpty() && type.isMaybe() && !isText(type.core())) {
      return Value.Absent.ABSENT;
    }
    return Conform.textual(type, text);
  }

  /** Types of which an empty text may be a value. */
  static boolean isText(Type core) {
    return core instanceof Type.Text
        || core instanceof Type.Bytes
        || core instanceof Type.Enum
        || core == Type.Simple.ANY
        || core == Type.Simple.BLOB;
  }

  /** As JSON has it but without quotes; lists, maps and records as JSON. */
  static String of(Value value) {
    return switch (value) {
      case Value.Absent _, Value.Null _ -> "";
      case Value.Text(var text) -> text;
      case Value.Items _, Value.Dict _, Rec _, ValueStream _ -> json(value);
      case Value.Bool _,
          Value.Int _,
          Value.UInt _,
          Value.Real _,
          Value.Decimal _,
          Value.Bytes _,
          Value.Timestamp _,
          Value.Date _,
          Value.Time _,
          Value.Duration _,
          Value.Uuid _ -> {
        String json = json(value);
        yield json.startsWith("\"") ? json.substring(1, json.length() - 1) : json;
      }
    };
  }

  private static String json(Value value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }

  static boolean isNothing(Value value) {
    return value == Value.Absent.ABSENT || value == Value.Null.NULL;
  }

  static boolean isRecord(Value value) {
    return value instanceof Value.Dict || value instanceof Rec;
  }

  /** The fields of a record or map. */
  static java.util.SequencedMap<String, Value> fields(Value value) {
    if (value instanceof Rec rec) {
      return rec.toMap();
    }
    return value instanceof Value.Dict(var fields) ? fields : Value.Dict.EMPTY.fields();
  }

  /** Whether the type is one of many: what a sequence of records is read as. */
  static boolean isList(Type core) {
    return core instanceof Type.ListOf || core instanceof Type.StreamOf;
  }

  /** The type of one record of a sequence of this type. */
  static Type element(Type type) {
    if (type.core() instanceof Type.ListOf(var element, var _)) {
      return element;
    }
    return type.core() instanceof Type.StreamOf(var element) ? element : type;
  }

  /** The type of what stands under a name, {@link Type.Simple#ANY} where none is known. */
  static Type typeOf(Type core, String name, Function<Type.Field, Type> ofField) {
    if (core instanceof Type.MapOf(var value)) {
      return value;
    }
    if (core instanceof Type.Union union) {
      return fieldType(union, name);
    }
    return core instanceof Type.Record record
        ? record.field(name).map(ofField).orElse(Type.Simple.ANY)
        : Type.Simple.ANY;
  }

  /** A field that may be left out counts as one that may be nothing. */
  static Type fieldType(Type.Field field) {
    return field.isRequired() ? field.type() : field.type().maybe();
  }

  /** Of a field of one of several records: the first that has it decides. */
  static Type fieldType(Type.Union union, String name) {
    return union.members().stream()
        .flatMap(member -> member.field(name).stream())
        .findFirst()
        .map(Texts::fieldType)
        .orElse(Type.Simple.ANY);
  }

  /** Whether a type holds others. */
  static boolean isWhole(Type core) {
    return switch (core) {
      case Type.Record _, Type.Union _, Type.MapOf _, Type.ListOf _, Type.StreamOf _ -> true;
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _,
          Type.Maybe _,
          Type.Labelled _ ->
          false;
    };
  }
}
