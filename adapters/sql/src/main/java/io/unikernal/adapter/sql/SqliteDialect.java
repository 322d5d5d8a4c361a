package io.unikernal.adapter.sql;

import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.SystemContext;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** SQLite has integers, doubles, text and blobs; everything else is text. */
final class SqliteDialect implements Dialect {
  static final String MEMORY = ":memory:";

  @Override
  public SqlScanner.Grammar grammar() {
    return SqlScanner.Grammar.SQLITE;
  }

  @Override
  public SqlPool open(SystemContext context) throws InterruptedException {
    Path file = file(context);
    boolean memory = isMemory(file);
    try {
      if (!memory && file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
    } catch (IOException error) {
      throw Fault.of(
              Fault.Code.DISCONNECTED,
              "the folder of " + file.getFileName() + " cannot be made",
              "check that it is a folder, and that you may write there")
          .toException(error);
    }
    int readers = context.config().get(SqliteAdapter.POOL);
    if (readers < 1) {
      throw Fault.of(Fault.Code.INVALID, "`pool` must be at least 1", "leave it out").toException();
    }
    var patience = context.config().get(SqlFields.TIMEOUT);
    var pool =
        new SqlitePool(memory ? "jdbc:sqlite::memory:" : url(file), memory ? 0 : readers, patience);
    try (var lease = pool.take(false, patience)) {
      var schema = context.config().find(SqlFields.SCHEMA);
      if (schema.isPresent()) {
        SchemaFile.apply(this, lease.connection(), schema.get(), context.world());
      }
    } catch (SQLException error) {
      pool.close();
      throw opening(error, file).toException(error);
    } catch (RuntimeException | InterruptedException error) {
      pool.close();
      throw error;
    }
    return pool;
  }

  private Fault opening(SQLException error, Path file) {
    var fault = fault(error, Optional.empty());
    return Fault.of(fault.code(), file.getFileName() + ": " + fault.message(), fault.hint())
        .withRetryable(fault.retryable());
  }

  static Path file(SystemContext context) {
    return file(context.name(), context.config());
  }

  static Path file(String system, Config config) {
    return config
        .find(SqliteAdapter.CONNECTION)
        .or(() -> config.find(SqliteAdapter.PATH))
        .orElseThrow(() ->
            Fault.of(
                    Fault.Code.INVALID,
                    system + " does not say which file it is",
                    "write connection: ./name.db")
                .toException());
  }

  /** The checker resolves a path against its file, so only the end tells. */
  static boolean isMemory(Path file) {
    return file.endsWith(MEMORY);
  }

  /** As a URI, so that no character of the path means something. */
  private static String url(Path file) {
    return "jdbc:sqlite:" + file.toAbsolutePath().normalize().toUri();
  }

  @Override
  public String describe(SystemContext context) {
    return isMemory(file(context)) ? MEMORY : file(context).toString();
  }

  /** Connections outlive their file, and then what they write is lost. */
  @Override
  public Optional<String> missing(SystemContext context) {
    Path file = file(context);
    return isMemory(file) || Files.exists(file)
        ? Optional.empty()
        : Optional.of("the file " + file.getFileName() + " is gone");
  }

  @Override
  public Fault fault(SQLException error, Optional<SqlText> statement) {
    return SqliteFaults.of(error, statement);
  }

  @Override
  public Optional<String> refuses(Value value) {
    return value instanceof Value.Real(double number) && Double.isNaN(number)
        ? Optional.of("is NaN, which SQLite would keep as NULL")
        : Optional.empty();
  }

  /** As text with its scale: SQLite's own numbers would be doubles. */
  @Override
  public void bindDecimal(PreparedStatement statement, int index, BigDecimal number)
      throws SQLException {
    statement.setString(index, number.toPlainString());
  }

  @Override
  public Value read(ResultSet rows, int column, Type wanted) throws SQLException {
    return switch (rows.getObject(column)) {
      case null -> Value.Absent.ABSENT;
      case Integer number -> Value.integer(number);
      case Long number -> Value.integer(number);
      case Double number -> new Value.Real(number);
      case byte[] bytes -> new Value.Bytes(bytes);
      case Object other -> Value.text(other.toString());
    };
  }

  @Override
  public boolean fetchesInTransaction() {
    return false;
  }

  /** The writer's transactions begin immediate: nobody else writes until the end. */
  @Override
  public void lockForSchema(Connection connection) {}

  @Override
  public void runScript(Connection connection, String script) throws SQLException {
    try (var statement = connection.createStatement()) {
      // Runs every statement of the script, where execute would run the first.
      statement.executeUpdate(script);
    }
  }
}
