package io.unikernal.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;

/**
 * What the disk and SQLite cost alone: messages of so many at a time are inserted, and removed with
 * the next ones, in one transaction that is synced. Same driver, same settings as the kernel's
 * store.
 */
final class SqliteSide implements Side {
  private final Connection connection;
  private final PreparedStatement insert;
  private final PreparedStatement delete;
  private final byte[] order;
  private final int together;
  private long number;

  private SqliteSide(Connection connection, byte[] order, int together) throws SQLException {
    this.connection = connection;
    this.order = order;
    this.together = together;
    insert = connection.prepareStatement("insert into message (number, body) values (?, ?)");
    delete = connection.prepareStatement("delete from message where number = ?");
  }

  static SqliteSide of(Path folder, byte[] order, int together) throws SQLException {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setGetGeneratedKeys(false);
    var connection = config.createConnection("jdbc:sqlite:" + folder.resolve("raw.db"));
    try (var statement = connection.createStatement()) {
      statement.execute("create table message (number integer primary key, body blob not null)");
    }
    connection.setAutoCommit(false);
    return new SqliteSide(connection, order, together);
  }

  @Override
  public void run(int count) {
    try {
      for (int left = count; left > 0; left -= together) {
        for (int i = 0; i < together; i++, number++) {
          insert.setLong(1, number);
          insert.setBytes(2, order);
          insert.executeUpdate();
          delete.setLong(1, number - together);
          delete.executeUpdate();
        }
        connection.commit();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int batch() {
    return together == 1 ? 200 : 20 * together;
  }

  @Override
  public byte[] last() {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("select body from message order by number desc")) {
      return rows.next() ? rows.getBytes(1) : "none".getBytes(StandardCharsets.UTF_8);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
