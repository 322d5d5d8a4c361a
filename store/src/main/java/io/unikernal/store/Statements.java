package io.unikernal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** A connection of one thread, with the statements that it has prepared. */
final class Statements implements AutoCloseable {
  final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Statements(Connection connection) {
    this.connection = connection;
  }

  /** Its texts are few and constant, so all are kept. */
  PreparedStatement of(String sql, Object... parameters) throws SQLException {
    var statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < parameters.length; i++) {
      switch (parameters[i]) {
        case Long number -> statement.setLong(i + 1, number);
        case Integer number -> statement.setInt(i + 1, number);
        case String text -> statement.setString(i + 1, text);
        case byte[] bytes -> statement.setBytes(i + 1, bytes);
        default -> throw new IllegalArgumentException(parameters[i].getClass().getName());
      }
    }
    return statement;
  }

  /** How many rows it changed. */
  int update(String sql, Object... parameters) throws SQLException {
    return of(sql, parameters).executeUpdate();
  }

  void execute(String sql) throws SQLException {
    of(sql).execute();
  }

  /**
   * Prepares all anew from here on. One that has failed, as a commit on a full disk, may take
   * itself for still running, and then fails for ever.
   */
  void forget() {
    for (var statement : prepared.values()) {
      try {
        statement.close();
      } catch (SQLException e) {
        System.getLogger(Statements.class.getName())
            .log(System.Logger.Level.DEBUG, "closing a statement", e);
      }
    }
    prepared.clear();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
