package io.unikernal.adapter.sql;

import io.unikernal.model.Type;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the server's own tables say, and its types as ours. */
final class PostgresCatalog {
  static final Set<String> JSON = Set.of("json", "jsonb");

  /** Names to choose a suggestion from. */
  private static final int TABLES_MAX = 10_000;

  private final Connection connection;
  private final Map<String, Type> named = new HashMap<>();

  PostgresCatalog(Connection connection) {
    this.connection = connection;
  }

  /** What {@link PostgresColumns} makes of a column. */
  Type type(String kind, int precision, int scale) throws SQLException {
    return switch (kind) {
      case "int2", "int4", "int8", "serial", "bigserial", "smallserial" -> Type.Int.ANY_INT;
      case "bool" -> Type.Simple.BOOL;
      case "uuid" -> Type.Simple.UUID;
      case "numeric" ->
          precision > 0 && scale >= 0 && scale <= precision
              ? new Type.Decimal(precision, scale)
              : Type.Decimal.ANY_DECIMAL;
      case "float4", "float8" -> Type.Real.ANY_DOUBLE;
      case "timestamptz", "timestamp" -> Type.Simple.TIMESTAMP;
      case "date" -> Type.Simple.DATE;
      case "time" -> Type.Simple.TIME;
      case "interval" -> Type.Simple.DURATION;
      case "bytea" -> Type.Bytes.ANY_BYTES;
      case "json", "jsonb" -> Type.Simple.ANY;
      case "text", "bpchar", "name", "citext" -> Type.Text.ANY_TEXT;
      case "varchar" ->
          precision > 0 && precision < Integer.MAX_VALUE
              ? new Type.Text(Type.Range.of(0, precision), Optional.empty())
              : Type.Text.ANY_TEXT;
      default ->
          kind.startsWith("_") ? Type.ListOf.of(type(kind.substring(1), 0, 0)) : userType(kind);
    };
  }

  /** As people write it in a table. */
  static String written(String kind, Type type) {
    return switch (type) {
      case Type.Decimal(int precision, int scale) when precision > 0 ->
          kind + "(" + precision + "," + scale + ")";
      case Type.Text(var length, var _) when length.max().isPresent() ->
          kind + "(" + length.max().get().toPlainString() + ")";
      default -> kind.startsWith("_") ? kind.substring(1) + "[]" : kind;
    };
  }

  /** An enum of the database; other types arrive as their text. */
  private Type userType(String kind) throws SQLException {
    Type known = named.get(kind);
    if (known != null) {
      return known;
    }
    var labels = new ArrayList<String>();
    try (var query =
        connection.prepareStatement(
            "select enumlabel from pg_enum where enumtypid = to_regtype(?) order by enumsortorder")) {
      query.setString(1, kind);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          labels.add(rows.getString(1));
        }
      }
    }
    Type type = labels.isEmpty() ? Type.Text.ANY_TEXT : new Type.Enum(labels);
    named.put(kind, type);
    return type;
  }

  /** Whether the server reads such a text as a value of the type: it does so without running it. */
  boolean reads(String text, String kind) throws SQLException {
    var before = connection.setSavepoint();
    String literal = "'" + text.replace("'", "''") + "'";
    try (var cast = connection.prepareStatement("select cast(" + literal + " as " + kind + ")")) {
      return cast.getMetaData() != null;
    } catch (SQLException error) {
      PostgresInspection.requireServer(error);
      return false;
    } finally {
      connection.rollback(before);
      connection.releaseSavepoint(before);
    }
  }

  List<String> tables() throws SQLException {
    var names = new ArrayList<String>();
    try (var query =
            connection.prepareStatement(
                "select relname from pg_class where relkind in ('r', 'v', 'm', 'p', 'f')"
                    + " and pg_table_is_visible(oid)"
                    + " and relnamespace <> 'pg_catalog'::regnamespace limit "
                    + TABLES_MAX);
        var rows = query.executeQuery()) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  /** Whether {@link SchemaFile} has recorded a file of this hash. */
  boolean isApplied(String hash) throws SQLException {
    try (var query = connection.prepareStatement("select to_regclass('unikernal_schema')");
        var rows = query.executeQuery()) {
      if (!rows.next() || rows.getString(1) == null) {
        return false;
      }
    }
    try (var query = connection.prepareStatement("select 1 from unikernal_schema where hash = ?")) {
      query.setString(1, hash);
      try (var rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }
}
