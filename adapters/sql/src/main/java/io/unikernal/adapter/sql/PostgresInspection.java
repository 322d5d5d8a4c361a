package io.unikernal.adapter.sql;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets the server parse each statement with the types that will come, in one transaction that is
 * rolled back and that may not write. Nothing is executed.
 */
final class PostgresInspection {
  /** Nobody who works with the database may have to wait for a look at it. */
  private static final Duration LOCK_WAIT_MAX = Duration.ofSeconds(1);

  /** The classes of SQLSTATE that are about the statement itself. */
  private static final Set<String> OF_THE_STATEMENT = Set.of("42", "22", "0A", "2B", "3F");

  private final Inspects.Request request;
  private final Connection connection;
  private final List<String> notes = new ArrayList<>();

  private PostgresInspection(Inspects.Request request, Connection connection) {
    this.request = request;
    this.connection = connection;
  }

  static Inspection of(Inspects.Request request) {
    PostgresUrl url;
    try {
      url = PostgresUrl.parse(request.config().get(PostgresAdapter.CONNECTION));
    } catch (FaultException wrong) {
      return new Inspection.Unreached(wrong.fault());
    }
    var source = PostgresDialect.source(url, request.limit());
    try {
      source.setSocketTimeout((int) Math.max(1, request.limit().plusMillis(999).toSeconds()));
      try (Connection connection = source.getConnection()) {
        connection.setAutoCommit(false);
        try {
          return new PostgresInspection(request, connection).inspect();
        } finally {
          connection.rollback();
        }
      }
    } catch (SQLException error) {
      var fault = PostgresFaults.of(error, Optional.empty());
      return new Inspection.Unreached(
          Fault.of(fault.code(), url + ": " + fault.message(), fault.hint()));
    } catch (FaultException wrong) {
      return new Inspection.Unreached(wrong.fault());
    }
  }

  private Inspection inspect() throws SQLException {
    execute("set local statement_timeout = " + request.limit().toMillis());
    execute("set local lock_timeout = " + LOCK_WAIT_MAX.toMillis());
    var catalog = new PostgresCatalog(connection);
    var schema = SqlInspection.schema(request);
    boolean isTried =
        schema.isPresent() && new PostgresTrial(connection, catalog, notes).isTried(schema.get());
    if (!isTried) {
      execute("set transaction read only");
    }
    var prober = new PostgresProber(connection, catalog, notes);
    return SqlInspection.ask(request, SqlScanner.Grammar.POSTGRES, prober, notes);
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Throws what says nothing of the statement: the server went away, or somebody holds a lock. */
  static void requireServer(SQLException error) throws SQLException {
    String state = PostgresFaults.state(PostgresFaults.driverError(error));
    if (state.isEmpty() || !OF_THE_STATEMENT.contains(state.substring(0, 2))) {
      throw error;
    }
  }
}
