package io.unikernal.adapter.sql;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Operation;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import io.unikernal.spi.World;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An open database. */
final class SqlSystem implements OpenSystem {
  private static final Duration PROBE_WAIT = Duration.ofSeconds(2);

  private final SystemContext context;
  private final Dialect dialect;
  private final SqlPool pool;
  private final Duration patience;
  private final Set<Watch> running = ConcurrentHashMap.newKeySet();

  private SqlSystem(SystemContext context, Dialect dialect, SqlPool pool) {
    this.context = context;
    this.dialect = dialect;
    this.pool = pool;
    patience = context.config().get(SqlFields.TIMEOUT);
  }

  static SqlSystem open(SystemContext context, Dialect dialect) throws InterruptedException {
    return new SqlSystem(context, dialect, dialect.open(context));
  }

  @Override
  public Endpoint bind(Operation operation) {
    var options = operation.options();
    return switch (SqlScanner.scan(options.get(SqlFields.SQL), dialect.grammar())) {
      case SqlScanner.Result.Wrong wrong ->
          throw Fault.of(Fault.Code.INVALID, operation.id() + ": " + wrong.message(), wrong.hint())
              .toException();
      case SqlScanner.Result.Scanned(SqlText text) -> {
        var returns = Cardinality.Returns.of(options.find(SqlFields.RETURNS), text.yieldsRows());
        tryOut(operation, text);
        yield new SqlDuplex(this, dialect, text, returns, options.get(SqlFields.MAX_ROWS));
      }
    };
  }

  /**
   * Lets the database compile the statement, so that a wrong one is known before the first call.
   * Only a warning: another operation may be there to make the table.
   */
  private void tryOut(Operation operation, SqlText text) {
    try (var lease = pool.take(text.reads(), patience)) {
      var statement = lease.prepare(text.jdbc());
      try {
        if (text.yieldsRows()) {
          // A driver that compiles late is made to do it by asking for the columns.
          var unused = statement.getMetaData();
        } else {
          var unused = statement.getParameterMetaData();
        }
      } finally {
        lease.finish(statement);
      }
    } catch (SQLException error) {
      var fault = dialect.fault(error, Optional.of(text));
      context.log().log(
          Level.WARNING, () -> operation.id() + " will not work as things are: " + fault.message());
    } catch (FaultException fault) {
      context.log().log(Level.WARNING, () -> operation.id() + ": " + fault.fault().message());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Health probe() throws InterruptedException {
    var missing = dialect.missing(context);
    if (missing.isPresent()) {
      return new Health.Down(missing.get());
    }
    try (var lease = pool.take(true, PROBE_WAIT)) {
      var statement = lease.prepare("select 1");
      try (var watch =
          Watch.start(
              context.world(),
              io.unikernal.model.Deadline.after(PROBE_WAIT, context.world().nanos()),
              lease.connection(),
              statement,
              running)) {
        statement.execute();
        return Health.UP;
      } finally {
        lease.finish(statement);
      }
    } catch (SQLException error) {
      return new Health.Down(dialect.fault(error, Optional.empty()).message());
    } catch (FaultException fault) {
      return fault.fault().code() == Fault.Code.OVERLOADED
          ? new Health.Degraded(fault.fault().message())
          : new Health.Down(fault.fault().message());
    }
  }

  @Override
  public String describe() {
    return dialect.describe(context);
  }

  @Override
  public void close() {
    running.forEach(watch -> watch.stop(Watch.Reason.CLOSING));
    pool.close();
  }

  World world() {
    return context.world();
  }

  SqlPool pool() {
    return pool;
  }

  /** How long to wait for a connection, and for the locks of others. */
  Duration patience() {
    return patience;
  }

  Set<Watch> running() {
    return running;
  }
}
