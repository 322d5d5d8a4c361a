package io.unikernal.importers;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Records as tables of PostgreSQL; what a column cannot hold travels as a JSON document. */
final class SqlWriter {
  private static final String DOCUMENT = "jsonb";

  private final TypeSet types;
  private final Losses losses;

  SqlWriter(TypeSet types, Losses losses) {
    this.types = types;
    this.losses = losses;
  }

  String tables() {
    var text = new StringBuilder();
    types
        .types()
        .forEach((name, type) -> {
          if (type instanceof Type.Record record && types.nameOf(record).orElse("").equals(name)) {
            if (record.fields().isEmpty()) {
              losses.add(Loss.Kind.STRUCTURE, name, "a record without fields");
            } else {
              text.append(text.isEmpty() ? "" : "\n").append(table(name, record));
            }
          }
        });
    return text.toString();
  }

  private String table(String name, Type.Record record) {
    var columns = new ArrayList<String>();
    for (Type.Field field : record.fields()) {
      columns.add("  " + column(field, name + "." + field.name()));
    }
    return "create table "
        + quoted(UdlNames.lowerName(name))
        + " (\n"
        + String.join(",\n", columns)
        + "\n);\n";
  }

  private static String quoted(String name) {
    return name.matches("[a-z_][a-z0-9_]*") && !isWord(name)
        ? name
        : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static boolean isWord(String name) {
    return List.of(
            "order",
            "user",
            "group",
            "table",
            "select",
            "from",
            "where",
            "limit",
            "default",
            "check",
            "end",
            "all",
            "to",
            "desc",
            "asc",
            "references",
            "primary",
            "unique",
            "in",
            "not",
            "null",
            "and",
            "or",
            "as",
            "case",
            "when",
            "then",
            "else",
            "offset",
            "grant",
            "column",
            "constraint",
            "create",
            "for",
            "foreign",
            "on",
            "only",
            "union",
            "using",
            "with")
        .contains(name.toLowerCase(Locale.ROOT));
  }

  private String column(Type.Field field, String path) {
    boolean isMaybe = field.type().isMaybe();
    String name = quoted(field.name());
    String type = type(field.type().isMaybe() ? field.type().bare() : field.type(), name, path);
    String fallback =
        field.fallback().map(value -> fallback(value, field.type().core(), path)).orElse("");
    int check = type.indexOf(" check");
    String column = check < 0 ? type : type.substring(0, check);
    return name
        + " "
        + column
        + (isMaybe ? "" : " not null")
        + fallback
        + (check < 0 ? "" : type.substring(check));
  }

  private String fallback(Value value, Type type, String path) {
    boolean isConstant =
        switch (type) {
          case Type.Int _, Type.UInt _, Type.Real _, Type.Decimal _, Type.Text _, Type.Enum _ ->
              true;
          case Type.Simple simple ->
              simple != Type.Simple.ANY
                  && simple != Type.Simple.BLOB
                  && simple != Type.Simple.DURATION;
          case Type.Bytes _,
              Type.ListOf _,
              Type.MapOf _,
              Type.Maybe _,
              Type.Labelled _,
              Type.StreamOf _,
              Type.Union _,
              Type.Record _ ->
              false;
        };
    String json = TypeTexts.json(value);
    if (!isConstant) {
      losses.add(Loss.Kind.DEFAULT, path, json);
      return "";
    }
    boolean isText = json.startsWith("\"");
    String text = value instanceof Value.Text(var plain) ? plain : json.replaceAll("^\"|\"$", "");
    return " default " + (isText ? literal(text) : json);
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** With {@code check} after it where the type is bounded. */
  private String type(Type type, String column, String path) {
    return switch (type) {
      case Type.Labelled(var label, var of) -> {
        losses.add(Loss.Kind.LABEL, path, label.toString());
        yield type(of, column, path);
      }
      case Type.Maybe(var of) -> type(of, column, path);
      case Type.Int(var range) -> whole(range, column);
      case Type.UInt(var range) -> "numeric(20,0)" + unsigned(range, column, path);
      case Type.Real(var range) -> "double precision" + check(range, column);
      case Type.Decimal(var precision, var scale) -> {
        if (precision == 0) {
          losses.add(Loss.Kind.DIGITS_UNKNOWN, path);
        }
        yield precision == 0 ? "numeric" : "numeric(" + precision + "," + scale + ")";
      }
      case Type.Text text -> text(text, path);
      case Type.Bytes(var length) -> {
        if (!length.isAll()) {
          losses.add(Loss.Kind.LENGTH, path, length.toString());
        }
        yield "bytea";
      }
      case Type.Enum(var symbols) ->
          "text check ("
              + column
              + " in ("
              + symbols.stream().map(SqlWriter::literal).collect(Collectors.joining(", "))
              + "))";
      case Type.Simple simple -> simple(simple, path);
      case Type.ListOf _, Type.MapOf _, Type.StreamOf _, Type.Union _, Type.Record _ -> {
        losses.add(Loss.Kind.STRUCTURE, path, type.toString());
        yield DOCUMENT;
      }
    };
  }

  private static String whole(Type.Range range, String column) {
    if (range.equals(Bounds.INT32)) {
      return "integer";
    }
    return range.equals(Bounds.INT16) ? "smallint" : "bigint" + check(range, column);
  }

  private String unsigned(Type.Range range, String column, String path) {
    losses.add(Loss.Kind.UNSIGNED, path, "written as a decimal of 20 digits");
    BigDecimal least = range.min().orElse(BigDecimal.ZERO);
    return " check ("
        + column
        + range
            .max()
            .map(max -> " between " + least.toPlainString() + " and " + max.toPlainString())
            .orElse(" >= " + least.toPlainString())
        + ")";
  }

  private static String check(Type.Range range, String column) {
    if (range.isAll()) {
      return "";
    }
    String min = range.min().map(BigDecimal::toPlainString).orElse("");
    String max = range.max().map(BigDecimal::toPlainString).orElse("");
    String rule =
        min.isEmpty()
            ? " <= " + max
            : max.isEmpty() ? " >= " + min : " between " + min + " and " + max;
    return " check (" + column + rule + ")";
  }

  private String text(Type.Text text, String path) {
    text.pattern().ifPresent(pattern -> losses.add(Loss.Kind.PATTERN, path, pattern));
    Type.Range length = text.length();
    boolean isHeld = length.min().filter(min -> min.signum() > 0).isEmpty();
    if (!isHeld) {
      losses.add(Loss.Kind.LENGTH, path, length.toString());
    }
    boolean hasMax =
        length.max().filter(max -> max.signum() > 0 && max.longValue() <= 10_485_760).isPresent();
    if (length.max().isPresent() && !hasMax) {
      losses.add(Loss.Kind.LENGTH, path, length.toString());
    }
    return hasMax ? "varchar(" + length.max().get().toPlainString() + ")" : "text";
  }

  private String simple(Type.Simple simple, String path) {
    return switch (simple) {
      case ANY, NULL -> {
        losses.add(Loss.Kind.STRUCTURE, path, simple.toString());
        yield DOCUMENT;
      }
      case BOOL -> "boolean";
      case TIMESTAMP -> {
        losses.add(Loss.Kind.NANOSECONDS, path);
        yield "timestamp with time zone";
      }
      case DATE -> "date";
      case TIME -> {
        losses.add(Loss.Kind.NANOSECONDS, path);
        yield "time";
      }
      case DURATION -> {
        losses.add(Loss.Kind.NANOSECONDS, path);
        yield "interval";
      }
      case UUID -> "uuid";
      case BLOB -> {
        losses.add(Loss.Kind.STREAM, path);
        yield "bytea";
      }
    };
  }
}
