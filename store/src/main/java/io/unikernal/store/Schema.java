package io.unikernal.store;

import io.unikernal.model.Fault;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The tables of a state file. {@code user_version} is the number of its schema: an older one is
 * brought up to date when it is opened, a newer one is left alone.
 */
final class Schema {
  static final int VERSION = 1;

  private Schema() {}

  /** What makes each version of the one before; the first of nothing. */
  private static final String[][] STEPS = {
    {
      // Names of tables and journals are written once, or each row would hold them.
      "create table name (id integer primary key, name text not null unique)",
      "create table kept (owner integer not null, key text not null, value blob not null,"
          + " until integer not null, primary key (owner, key)) without rowid",
      "create index kept_until on kept (until)",
      // AUTOINCREMENT: a number is never given again, not even after the last record is removed.
      "create table record (number integer primary key autoincrement, owner integer not null,"
          + " record blob not null)",
      "create index record_owner on record (owner, number)",
    },
  };

  static void bringUp(Connection connection) throws SQLException {
    int found = version(connection);
    if (found > VERSION) {
      throw Fault.of(
              Fault.Code.INTERNAL,
              "the state file is of a newer Unikernal (schema " + found + ")",
              "run that one, or move .unikernal/state.db away")
          .toException();
    }
    if (found == VERSION) {
      return;
    }
    try (var statement = connection.createStatement()) {
      statement.execute("begin immediate");
      for (int from = version(connection); from < VERSION; from++) {
        for (String sql : STEPS[from]) {
          statement.execute(sql);
        }
      }
      statement.execute("pragma user_version = " + VERSION);
      statement.execute("commit");
    }
  }

  private static int version(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("pragma user_version")) {
      return rows.next() ? rows.getInt(1) : 0;
    }
  }
}
