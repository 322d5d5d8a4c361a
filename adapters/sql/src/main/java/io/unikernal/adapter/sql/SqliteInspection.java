package io.unikernal.adapter.sql;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.Inspects.Question;
import io.unikernal.spi.Reality;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * Compiles each statement on a connection that cannot write, or, where a schema file is still to be
 * applied or the file is still to be made, on a copy of its tables in memory.
 */
final class SqliteInspection {
  private final Inspects.Request request;
  private final List<String> notes = new ArrayList<>();

  private SqliteInspection(Inspects.Request request) {
    this.request = request;
  }

  static Inspection of(Inspects.Request request) {
    Path file;
    try {
      file = SqliteDialect.file(request.system(), request.config());
    } catch (FaultException wrong) {
      return new Inspection.Unreached(wrong.fault());
    }
    try {
      return new SqliteInspection(request).inspect(file);
    } catch (SQLException error) {
      var fault = SqliteFaults.of(error, Optional.empty());
      return new Inspection.Unreached(
          Fault.of(fault.code(), file.getFileName() + ": " + fault.message(), fault.hint()));
    } catch (FaultException wrong) {
      return new Inspection.Unreached(wrong.fault());
    }
  }

  private Inspection inspect(Path file) throws SQLException {
    Optional<String> script = SqlInspection.schema(request).map(SchemaFile::read);
    if (SqliteDialect.isMemory(file)) {
      return inMemory(List.of(), script);
    }
    if (!Files.exists(file)) {
      Optional<Fault> trouble = cannotBeMade(file);
      if (trouble.isPresent()) {
        return new Inspection.Unreached(trouble.get());
      }
      notes.add(file.getFileName() + " is not there yet: `run` makes it");
      return inMemory(List.of(), script);
    }
    try (Connection connection = readOnly(file)) {
      var catalog = new SqliteCatalog(connection);
      List<String> objects = catalog.objects();
      if (script.isEmpty() || catalog.isApplied(SchemaFile.hash(script.get()))) {
        return ask(connection);
      }
      notes.add(
          SqlInspection.notApplied(
              SqlInspection.schema(request).orElseThrow(),
              "it was applied to a copy of the tables in memory"));
      return inMemory(objects, script);
    }
  }

  /** The folder is made too, so what counts is the first one above that is there. */
  private static Optional<Fault> cannotBeMade(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    boolean isGood = folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
    return isGood
        ? Optional.empty()
        : Optional.of(
            Fault.of(
                Fault.Code.DISCONNECTED,
                file.getFileName() + " is not there and cannot be made",
                "check its folder, and that you may write there"));
  }

  private Connection readOnly(Path file) throws SQLException {
    var config = new SQLiteConfig();
    config.setOpenMode(SQLiteOpenMode.OPEN_URI);
    config.setReadOnly(true);
    config.setBusyTimeout((int) Math.clamp(request.limit().toMillis(), 1, Integer.MAX_VALUE));
    return config.createConnection(
        "jdbc:sqlite:" + file.toAbsolutePath().normalize().toUri() + "?" + mode(file));
  }

  /**
   * A reader of a database in WAL mode leaves files beside it, unless it is told that nobody
   * writes; where somebody does, his files are there already.
   */
  private static String mode(Path file) {
    Path log = file.resolveSibling(file.getFileName() + "-wal");
    try {
      return Files.exists(log) && Files.size(log) > 0 ? "mode=ro" : "mode=ro&immutable=1";
    } catch (IOException _) {
      return "mode=ro";
    }
  }

  private Inspection inMemory(List<String> objects, Optional<String> script) throws SQLException {
    var config = new SQLiteConfig();
    config.enforceForeignKeys(true);
    try (Connection connection = config.createConnection("jdbc:sqlite::memory:")) {
      for (String object : objects) {
        copy(connection, object);
      }
      if (script.isPresent()) {
        try {
          new SqliteDialect().runScript(connection, script.get());
        } catch (SQLException error) {
          var fault = SqliteFaults.of(error, Optional.empty());
          return new Inspection.Unreached(
              Fault.of(
                  fault.code(),
                  "schema "
                      + SqlInspection.schema(request).orElseThrow().getFileName()
                      + ": "
                      + fault.message(),
                  fault.hint()));
        }
      }
      return ask(connection);
    }
  }

  private static void copy(Connection connection, String object) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate(object);
    } catch (SQLException error) {
      // A virtual table has made its own tables by itself.
      if (!String.valueOf(error.getMessage()).contains("already exists")
          && !String.valueOf(error.getMessage()).contains("reserved")) {
        throw error;
      }
    }
  }

  private Inspection ask(Connection connection) throws SQLException {
    var catalog = new SqliteCatalog(connection);
    return SqlInspection.ask(
        request,
        SqlScanner.Grammar.SQLITE,
        (question, text) -> Optional.of(ask(connection, catalog, question, text)),
        notes);
  }

  private static Reality ask(
      Connection connection, SqliteCatalog catalog, Question question, SqlText text)
      throws SQLException {
    try (var statement = connection.prepareStatement(text.jdbc())) {
      var meta = text.yieldsRows() ? statement.getMetaData() : null;
      return new Reality.Statement(
          meta == null ? List.of() : columns(catalog, question, text, meta), List.of(), List.of());
    } catch (SQLException error) {
      return new SqliteRefusal(connection, catalog, text).of(error);
    }
  }

  private static List<Reality.Column> columns(
      SqliteCatalog catalog, Question question, SqlText text, ResultSetMetaData meta)
      throws SQLException {
    var tokens = new SqlTokens(text.original());
    var columns = new ArrayList<Reality.Column>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      String label = meta.getColumnLabel(i);
      String table = meta.getTableName(i);
      Type wanted = SqlInspection.wanted(question, text, label);
      var declared = catalog.column(table == null ? "" : table, label);
      columns.add(
          new Reality.Column(
              label,
              declared.map(SqliteCatalog.Declared::kind).orElse(""),
              declared
                  .map(column -> SqliteTypes.asRead(column.kind(), wanted))
                  .orElse(Type.Simple.ANY),
              declared.map(SqliteCatalog.Declared::nulls).orElse(Reality.Nulls.UNKNOWN),
              SqlInspection.spot(tokens, label)));
    }
    return columns;
  }
}
