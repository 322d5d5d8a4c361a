package io.unikernal.adapter.sql;

import io.unikernal.model.Fault;
import io.unikernal.spi.World;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * Applies a file of SQL once for each version of it. The record of it and the change are one
 * transaction, and starters at the same time wait for each other.
 */
final class SchemaFile {
  private static final Set<String> TRANSACTIONS = Set.of("begin", "start", "commit", "rollback");

  private SchemaFile() {}

  static void apply(Dialect dialect, Connection connection, Path file, World world)
      throws SQLException {
    String script = read(file);
    for (String first : SqlScanner.firstWords(script, dialect.grammar())) {
      if (TRANSACTIONS.contains(first)) {
        throw Fault.of(
                Fault.Code.INVALID,
                file.getFileName() + " holds `" + first + "`",
                "leave it out: the whole file is one transaction")
            .toException();
      }
    }
    connection.setAutoCommit(false);
    boolean done = false;
    try {
      dialect.lockForSchema(connection);
      String hash = hash(script);
      if (!isApplied(connection, hash)) {
        run(dialect, connection, file, script);
        record(connection, hash, file, world);
      }
      connection.commit();
      done = true;
    } finally {
      if (!done) {
        connection.rollback();
      }
      connection.setAutoCommit(true);
    }
  }

  private static void run(Dialect dialect, Connection connection, Path file, String script)
      throws SQLException {
    try {
      dialect.runScript(connection, script);
    } catch (SQLException error) {
      var fault = dialect.fault(error, Optional.empty());
      throw Fault.of(
              fault.code(), "schema " + file.getFileName() + ": " + fault.message(), fault.hint())
          .withRetryable(fault.retryable())
          .toException(error);
    }
  }

  private static boolean isApplied(Connection connection, String hash) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists unikernal_schema"
              + " (hash text primary key, file text not null, applied_at text not null)");
    }
    try (var query = connection.prepareStatement("select 1 from unikernal_schema where hash = ?")) {
      query.setString(1, hash);
      try (var rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static void record(Connection connection, String hash, Path file, World world)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "insert into unikernal_schema (hash, file, applied_at) values (?, ?, ?)")) {
      insert.setString(1, hash);
      insert.setString(2, String.valueOf(file.getFileName()));
      insert.setString(3, SqlBinder.TIMESTAMP.format(world.now()));
      insert.executeUpdate();
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException error) {
      throw Fault.of(
              Fault.Code.INVALID,
              "the schema file " + file.getFileName() + " cannot be read",
              "`schema` is a path relative to the file that declares it, in UTF-8")
          .toException(error);
    }
  }

  static String hash(String script) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(script.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
