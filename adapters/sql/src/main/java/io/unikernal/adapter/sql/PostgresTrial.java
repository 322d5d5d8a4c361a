package io.unikernal.adapter.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes what a schema file that is not applied yet would make, in a transaction that is rolled
 * back: only what others do not have to wait for, and nothing that touches rows.
 */
final class PostgresTrial {
  /** Making these takes no lock that others wait for. */
  private static final Set<String> HARMLESS =
      Set.of(
          "table",
          "type",
          "view",
          "schema",
          "domain",
          "sequence",
          "function",
          "or",
          "temp",
          "temporary",
          "unlogged",
          "recursive");

  /** These change no type of a column. */
  private static final Set<String> PASSED =
      Set.of(
          "insert", "update", "delete", "select", "comment", "grant", "revoke", "set", "analyze");

  private final Connection connection;
  private final PostgresCatalog catalog;
  private final List<String> notes;

  PostgresTrial(Connection connection, PostgresCatalog catalog, List<String> notes) {
    this.connection = connection;
    this.catalog = catalog;
    this.notes = notes;
  }

  /** Whether a schema file that is not applied yet was, for this transaction. */
  boolean isTried(Path file) throws SQLException {
    String script = SchemaFile.read(file);
    if (catalog.isApplied(SchemaFile.hash(script))) {
      return false;
    }
    var harmless = new ArrayList<String>();
    for (var part : SqlScanner.parts(script, SqlScanner.Grammar.POSTGRES)) {
      String first = part.words().getFirst();
      String second = part.words().size() > 1 ? part.words().get(1) : "";
      boolean isIndex = first.equals("create") && Set.of("index", "unique").contains(second);
      if (first.equals("create") && HARMLESS.contains(second)) {
        harmless.add(part.text());
      } else if (!isIndex && !PASSED.contains(first)) {
        notes.add(
            SqlInspection.notApplied(
                file,
                "it holds `"
                    + (first + " " + second).strip()
                    + "`, which is not tried on a database that others use; statements were"
                    + " checked against the database as it is"));
        return false;
      }
    }
    var before = connection.setSavepoint();
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(String.join("\n;\n", harmless));
    } catch (SQLException error) {
      PostgresInspection.requireServer(error);
      connection.rollback(before);
      notes.add(
          SqlInspection.notApplied(
              file,
              "trying it gave: "
                  + PostgresFaults.said(PostgresFaults.driverError(error))
                  + "; statements were checked against the database as it is"));
      return false;
    }
    notes.add(
        SqlInspection.notApplied(
            file, "its tables were made in a transaction that was rolled back"));
    return true;
  }
}
