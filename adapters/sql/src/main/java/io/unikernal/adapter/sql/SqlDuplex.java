package io.unikernal.adapter.sql;

import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Reply;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** One statement: each call binds it, runs it in a transaction of its own, and reads the rows. */
final class SqlDuplex implements Endpoint.Duplex {
  /** Rows that a server sends at once. */
  private static final int PORTION = 1000;

  private final SqlSystem system;
  private final Dialect dialect;
  private final SqlText text;
  private final SqlBinder binder;
  private final SqlReader reader;
  private final boolean transaction;

  SqlDuplex(
      SqlSystem system, Dialect dialect, SqlText text, Cardinality.Returns returns, int rowsMax) {
    this.system = system;
    this.dialect = dialect;
    this.text = text;
    binder = new SqlBinder(dialect, text);
    reader = new SqlReader(dialect, returns, rowsMax);
    boolean rows = text.yieldsRows() && returns.rows() != Cardinality.NONE;
    boolean portions = dialect.fetchesInTransaction() && returns.rows() == Cardinality.MANY;
    // A single statement is atomic by itself; what is refused after it ran has to be undone.
    transaction = rows && (!text.reads() || portions);
  }

  @Override
  public Reply call(Message request) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Value input = request.body().value();
    Deadline deadline = request.deadline();
    var left = deadline.remaining(system.world().nanos());
    if (left.isZero()) {
      throw late().toException();
    }
    try (var lease = take(deadline, left)) {
      return run(lease, input, deadline);
    } catch (SQLException error) {
      system.pool().noticed(error);
      throw dialect.fault(error, Optional.of(text)).toException(error);
    }
  }

  private SqlPool.Lease take(Deadline deadline, Duration left)
      throws SQLException, InterruptedException {
    var patience = system.patience();
    try {
      return system.pool().take(text.reads(), left.compareTo(patience) < 0 ? left : patience);
    } catch (FaultException fault) {
      if (deadline.remaining(system.world().nanos()).isZero()) {
        throw late().toException(fault);
      }
      throw fault;
    }
  }

  private Reply run(SqlPool.Lease lease, Value input, Deadline deadline)
      throws SQLException, InterruptedException {
    var connection = lease.connection();
    var left = deadline.remaining(system.world().nanos());
    var patience = system.patience();
    lease.lockWait(left.compareTo(patience) < 0 ? left : patience);
    PreparedStatement statement = lease.prepare(text.jdbc());
    try {
      binder.bind(statement, input);
      statement.setMaxRows(reader.rowsAsked());
      statement.setFetchSize(dialect.fetchesInTransaction() && transaction ? PORTION : 0);
      try (var watch =
          Watch.start(system.world(), deadline, connection, statement, system.running())) {
        try {
          return Reply.of(transaction ? inTransaction(lease, statement) : execute(statement));
        } catch (SQLException error) {
          throw stopped(watch, error);
        }
      }
    } finally {
      lease.finish(statement);
    }
  }

  private Value inTransaction(SqlPool.Lease lease, PreparedStatement statement)
      throws SQLException {
    var connection = lease.connection();
    connection.setAutoCommit(false);
    boolean done = false;
    try {
      Value answer = execute(statement);
      connection.commit();
      done = true;
      return answer;
    } finally {
      if (!done) {
        undo(lease);
      }
      // Fails only with the connection, and then what happened before is what matters.
      if (!connection.isClosed()) {
        connection.setAutoCommit(true);
      }
    }
  }

  private static void undo(SqlPool.Lease lease) {
    try {
      lease.connection().rollback();
    } catch (SQLException _) {
      // The connection is lost, and the database rolls back by itself.
    }
  }

  private Value execute(PreparedStatement statement) throws SQLException {
    if (!statement.execute()) {
      return reader.withoutRows();
    }
    try (ResultSet rows = statement.getResultSet()) {
      return reader.read(rows);
    }
  }

  /** What a statement ended with that was told to stop. */
  private SQLException stopped(Watch watch, SQLException error) throws InterruptedException {
    if (watch.reason().isEmpty()) {
      return error;
    }
    switch (watch.reason().get()) {
      case DEADLINE -> throw late().toException(error);
      case INTERRUPT -> {
        var unused = Thread.interrupted();
        throw new InterruptedException("the statement was cancelled");
      }
      case CLOSING -> throw Gate.closedFault().toException(error);
    }
    throw new AssertionError();
  }

  private static Fault late() {
    return Fault.of(Fault.Code.TIMEOUT, "the database did not answer in time");
  }
}
