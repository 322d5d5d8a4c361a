package io.unikernal.adapter.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * HikariCP, with what it does not do: each call waits as long as that call may, and while the
 * server is gone calls fail at once instead of waiting for a connection that cannot come.
 */
final class PostgresPool implements SqlPool {
  private static final long IDLE_MILLIS = 60_000;

  private final DataSource source;
  private final HikariDataSource pool;
  private final Gate gate;
  private volatile boolean serverGone;

  PostgresPool(DataSource source, String name, int size, Duration connectTimeout) {
    this.source = source;
    gate = new Gate(size);
    var config = new HikariConfig();
    config.setDataSource(source);
    config.setPoolName("unikernal-" + name);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(1);
    config.setIdleTimeout(IDLE_MILLIS);
    config.setConnectionTimeout(Math.max(1000, connectTimeout.toMillis()));
    config.setValidationTimeout(Math.clamp(connectTimeout.toMillis() / 2, 500, 5000));
    // The driver sets the JVM's zone; what SQL makes of times must not depend on the machine.
    config.setConnectionInitSql("set time zone 'UTC'");
    // The caller has connected once already, with a better message when it failed.
    config.setInitializationFailTimeout(-1);
    pool = new HikariDataSource(config);
  }

  @Override
  public Lease take(boolean reads, Duration wait) throws SQLException, InterruptedException {
    gate.enter(wait);
    boolean taken = false;
    try {
      if (serverGone) {
        source.getConnection().close();
        serverGone = false;
      }
      var lease = new Held(pool.getConnection());
      taken = true;
      return lease;
    } catch (SQLException failed) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while waiting for a connection");
      }
      if (gate.isClosed()) {
        throw Gate.closedFault().toException(failed);
      }
      noticed(failed);
      throw failed;
    } finally {
      if (!taken) {
        gate.leave();
      }
    }
  }

  @Override
  public void noticed(SQLException error) {
    if (PostgresFaults.isServerGone(error)) {
      serverGone = true;
    }
  }

  @Override
  public void close() {
    gate.close();
    pool.close();
  }

  private final class Held implements Lease {
    private final Connection connection;

    private Held(Connection connection) {
      this.connection = connection;
    }

    @Override
    public Connection connection() {
      return connection;
    }

    @Override
    public PreparedStatement prepare(String jdbc) throws SQLException {
      // The driver keeps compiled statements itself, by their text.
      return connection.prepareStatement(jdbc);
    }

    @Override
    public void finish(PreparedStatement statement) {
      try {
        statement.close();
      } catch (SQLException _) {
        // Its connection is lost, and with it the statement.
      }
    }

    @Override
    public void lockWait(Duration wait) {
      // The deadline's cancellation ends the wait.
    }

    @Override
    public void close() {
      try {
        connection.close();
      } catch (SQLException _) {
        // The pool has thrown it away.
      } finally {
        gate.leave();
      }
    }
  }
}
