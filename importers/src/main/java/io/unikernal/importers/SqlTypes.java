package io.unikernal.importers;

import io.unikernal.model.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Column types of PostgreSQL, SQLite and others as UDL has them. */
final class SqlTypes {
  private static final int DIGITS_MAX = 38;

  private final Losses losses;
  private final boolean isSqlite;

  /** Enums and domains that the script declares, by their name in small letters. */
  private final Map<String, Type> declared = new HashMap<>();

  SqlTypes(Losses losses, boolean isSqlite) {
    this.losses = losses;
    this.isSqlite = isSqlite;
  }

  void declare(String name, Type type) {
    declared.putIfAbsent(plain(name), type);
  }

  Optional<Type> declared(String name) {
    return Optional.ofNullable(declared.get(plain(name)));
  }

  static String plain(String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    return last.replaceAll("[\"`\\[\\]]", "").toLowerCase(Locale.ROOT);
  }

  /**
   * @param arguments what stands in parentheses
   */
  Type read(String written, List<String> arguments, String path) {
    String name = written.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
    int open = name.indexOf('(');
    if (open > 0 && arguments.isEmpty()) {
      int close = name.indexOf(')', open);
      var inside =
          List.of(name.substring(open + 1, close < 0 ? name.length() : close).split("\\s*,\\s*"));
      return read(
          name.substring(0, open) + (close < 0 ? "" : name.substring(close + 1)), inside, path);
    }
    return switch (name) {
      case "smallint", "int2", "smallserial", "serial2" -> new Type.Int(Bounds.INT16);
      case "int", "integer", "int4", "serial", "serial4", "mediumint" ->
          isSqlite ? Type.Int.ANY_INT : new Type.Int(Bounds.INT32);
      case "bigint", "int8", "bigserial", "serial8", "tinyint", "oid" -> Type.Int.ANY_INT;
      case "bigint unsigned", "int unsigned", "unsigned big int" -> Type.UInt.ANY_UINT;
      case "numeric", "decimal", "dec", "number" -> decimal(arguments, path);
      case "money" -> {
        losses.add(Loss.Kind.DIGITS_UNKNOWN, path);
        yield Type.Decimal.ANY_DECIMAL;
      }
      case "double precision", "double", "float8", "float" -> Type.Real.ANY_DOUBLE;
      case "real", "float4" -> {
        if (!isSqlite) {
          losses.add(Loss.Kind.SINGLE_PRECISION, path, "real");
        }
        yield Type.Real.ANY_DOUBLE;
      }
      case "bool", "boolean" -> Type.Simple.BOOL;
      case "bytea", "blob", "binary", "varbinary", "longblob", "mediumblob" -> Type.Bytes.ANY_BYTES;
      case "uuid" -> Type.Simple.UUID;
      case "date" -> Type.Simple.DATE;
      case "interval" -> Type.Simple.DURATION;
      case "json", "jsonb" -> Type.Simple.ANY;
      case "text", "clob", "citext", "name", "longtext", "mediumtext", "tinytext" ->
          Type.Text.ANY_TEXT;
      case "varchar",
          "character varying",
          "char",
          "character",
          "nvarchar",
          "nchar",
          "bpchar",
          "varchar2" ->
          text(arguments);
      case "enum" -> symbols(arguments, path);
      default -> moment(name, path);
    };
  }

  private Type moment(String name, String path) {
    if (name.matches("timestamptz|timestamp with time zone")) {
      return Type.Simple.TIMESTAMP;
    }
    if (name.matches("timestamp( without time zone)?|datetime")) {
      if (!isSqlite) {
        losses.add(Loss.Kind.TIME_OFFSET, path);
      }
      return Type.Simple.TIMESTAMP;
    }
    if (name.matches("time( without time zone)?")) {
      return Type.Simple.TIME;
    }
    if (name.matches("timetz|time with time zone")) {
      losses.add(Loss.Kind.TIME_OFFSET, path);
      return Type.Text.ANY_TEXT;
    }
    if (name.matches(
        "xml|inet|cidr|macaddr|tsvector|point|polygon|int4range|ltree|bit( varying)?")) {
      losses.add(Loss.Kind.TEXT_FORM, path, name);
      return Type.Text.ANY_TEXT;
    }
    Optional<Type> own = declared(name);
    if (own.isEmpty()) {
      losses.add(Loss.Kind.ANY, path, name);
    }
    return own.orElse(Type.Simple.ANY);
  }

  private Type decimal(List<String> arguments, String path) {
    if (arguments.isEmpty() || !arguments.stream().allMatch(a -> a.strip().matches("[0-9]{1,4}"))) {
      losses.add(Loss.Kind.DIGITS_UNKNOWN, path);
      return Type.Decimal.ANY_DECIMAL;
    }
    int precision = Integer.parseInt(arguments.getFirst().strip());
    int scale = arguments.size() > 1 ? Integer.parseInt(arguments.get(1).strip()) : 0;
    if (precision < 1 || precision > DIGITS_MAX || scale > precision) {
      losses.add(Loss.Kind.DIGITS_UNKNOWN, path, "numeric(" + String.join(",", arguments) + ")");
      return Type.Decimal.ANY_DECIMAL;
    }
    return new Type.Decimal(precision, scale);
  }

  private static Type text(List<String> arguments) {
    String length = arguments.isEmpty() ? "" : arguments.getFirst().strip().replaceAll("\\D.*", "");
    return length.isEmpty() || length.length() > 9
        ? Type.Text.ANY_TEXT
        : new Type.Text(
            new Type.Range(Optional.empty(), Optional.of(new BigDecimal(length))),
            Optional.empty());
  }

  Type symbols(List<String> quoted, String path) {
    var symbols = new ArrayList<String>();
    for (String text : quoted) {
      String symbol = text.strip().replaceAll("^E?'|'(::[a-z ]+)?$", "").replace("''", "'");
      if (!symbols.contains(symbol)) {
        symbols.add(symbol);
      }
    }
    if (symbols.isEmpty() || symbols.contains("")) {
      losses.add(Loss.Kind.SYMBOLS, path);
      return Type.Text.ANY_TEXT;
    }
    return new Type.Enum(symbols);
  }
}
