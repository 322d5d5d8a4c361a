package io.unikernal.adapter.sql;

import io.unikernal.spi.Reality;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a database's own tables say of it. */
final class SqliteCatalog {
  private final Connection connection;
  private final Map<String, Map<String, Declared>> tables = new LinkedHashMap<>();

  SqliteCatalog(Connection connection) {
    this.connection = connection;
  }

  /** A column as its table declares it. */
  record Declared(String kind, Reality.Nulls nulls) {}

  /** Empty for an expression, and for a column under another name. */
  Optional<Declared> column(String table, String name) throws SQLException {
    return table.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(columns(table).get(name.toLowerCase(Locale.ROOT)));
  }

  /** The columns of a table or view by their names in lower case. */
  Map<String, Declared> columns(String table) throws SQLException {
    Map<String, Declared> known = tables.get(table);
    if (known != null) {
      return known;
    }
    var columns = new LinkedHashMap<String, Declared>();
    try (var query =
        connection.prepareStatement(
            "select name, type, \"notnull\", pk from pragma_table_xinfo(?)")) {
      query.setString(1, table);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          // SQLite lets a primary key be NULL, which nobody means.
          boolean isNever = rows.getInt(3) != 0 || rows.getInt(4) != 0;
          columns.put(
              rows.getString(1).toLowerCase(Locale.ROOT),
              new Declared(
                  rows.getString(2), isNever ? Reality.Nulls.NEVER : Reality.Nulls.POSSIBLE));
        }
      }
    }
    tables.put(table, columns);
    return columns;
  }

  List<String> tableNames() throws SQLException {
    return texts("select name from sqlite_master where type in ('table', 'view')");
  }

  /** What makes the tables, views, indexes and triggers anew, in order. */
  List<String> objects() throws SQLException {
    return texts(
        "select sql from sqlite_master where sql is not null and name not like 'sqlite\\_%'"
            + " escape '\\' order by rowid");
  }

  private List<String> texts(String sql) throws SQLException {
    var texts = new ArrayList<String>();
    try (var query = connection.createStatement();
        var rows = query.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  /** Whether {@link SchemaFile} has recorded a file of this hash. */
  boolean isApplied(String hash) throws SQLException {
    if (texts("select name from sqlite_master where name = 'unikernal_schema'").isEmpty()) {
      return false;
    }
    try (var query = connection.prepareStatement("select 1 from unikernal_schema where hash = ?")) {
      query.setString(1, hash);
      try (var rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }
}
