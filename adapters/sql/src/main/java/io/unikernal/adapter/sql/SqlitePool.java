package io.unikernal.adapter.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;

/**
 * One connection that writes and some that read: SQLite lets one write at a time, and waiting in
 * line is cheaper and fairer than asking again. A database in memory belongs to its connection, so
 * there the writer reads too.
 */
final class SqlitePool implements SqlPool {
  private final String url;
  private final boolean writerReads;
  private final Gate writers = new Gate(1);
  private final Gate readers;
  private final Duration patience;
  private final Deque<Held> idleWriters = new ConcurrentLinkedDeque<>();
  private final Deque<Held> idleReaders = new ConcurrentLinkedDeque<>();
  private final Set<Held> all = ConcurrentHashMap.newKeySet();

  /** {@code readerCount} 0: the writer reads too. */
  SqlitePool(String url, int readerCount, Duration patience) {
    this.url = url;
    this.patience = patience;
    writerReads = readerCount == 0;
    readers = new Gate(Math.max(1, readerCount));
  }

  @Override
  public Lease take(boolean reads, Duration wait) throws SQLException, InterruptedException {
    boolean reader = reads && !writerReads;
    Gate gate = reader ? readers : writers;
    gate.enter(wait);
    try {
      Held idle = (reader ? idleReaders : idleWriters).poll();
      return idle == null ? connect(reader) : idle;
    } catch (SQLException | RuntimeException failed) {
      gate.leave();
      throw failed;
    }
  }

  private Held connect(boolean reader) throws SQLException {
    var config = new SQLiteConfig();
    config.setBusyTimeout((int) Math.min(Integer.MAX_VALUE, patience.toMillis()));
    config.enforceForeignKeys(true);
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // A commit is on the disk when it returns: what was answered survives a loss of power.
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    // A transaction that begins by reading could not always go on to write.
    config.setTransactionMode(
        reader ? SQLiteConfig.TransactionMode.DEFERRED : SQLiteConfig.TransactionMode.IMMEDIATE);
    config.setGetGeneratedKeys(false);
    Connection connection = config.createConnection(url);
    if (reader) {
      try (var statement = connection.createStatement()) {
        statement.execute("pragma query_only = on");
      }
    }
    var held = new Held(connection, reader);
    all.add(held);
    return held;
  }

  @Override
  public void noticed(SQLException error) {
    // A file does not go away for a while, as a server does.
  }

  @Override
  public void close() {
    boolean first = !writers.isClosed();
    writers.close();
    readers.close();
    if (!first) {
      return;
    }
    for (Held held : all) {
      held.end();
    }
  }

  /** A connection with its compiled statements: one for each operation at most. */
  private final class Held implements Lease {
    private final Connection connection;
    private final boolean reader;
    private final Map<String, PreparedStatement> compiled = new LinkedHashMap<>();

    private Held(Connection connection, boolean reader) {
      this.connection = connection;
      this.reader = reader;
    }

    @Override
    public Connection connection() {
      return connection;
    }

    @Override
    public PreparedStatement prepare(String jdbc) throws SQLException {
      PreparedStatement known = compiled.get(jdbc);
      if (known == null) {
        known = connection.prepareStatement(jdbc);
        compiled.put(jdbc, known);
      }
      return known;
    }

    @Override
    public void finish(PreparedStatement statement) {
      try {
        // Values of a call must not stay in memory, nor in the next call.
        statement.clearParameters();
      } catch (SQLException _) {
        // The driver ends a statement that failed: the next call compiles it anew.
        compiled.values().remove(statement);
      }
    }

    @Override
    public void lockWait(Duration wait) throws SQLException {
      ((SQLiteConnection) connection)
          .setBusyTimeout((int) Math.clamp(wait.toMillis(), 1, Integer.MAX_VALUE));
    }

    @Override
    public void close() {
      (reader ? idleReaders : idleWriters).push(this);
      (reader ? readers : writers).leave();
      if (writers.isClosed()) {
        end();
      }
    }

    /** The driver lets a statement that runs come to its end first. */
    private void end() {
      all.remove(this);
      try {
        connection.close();
      } catch (SQLException _) {
        // Every commit is on the disk already.
      }
    }
  }
}
