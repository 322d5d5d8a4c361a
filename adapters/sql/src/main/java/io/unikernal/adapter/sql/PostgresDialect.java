package io.unikernal.adapter.sql;

import io.unikernal.model.Fault;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.SystemContext;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/** PostgreSQL: texts go without a type, so that columns of every type take their text form. */
final class PostgresDialect implements Dialect {
  /** Any number, the same in every process: held while a schema file is applied. */
  private static final long SCHEMA_LOCK = 0x756e696b65726eL;

  @Override
  public SqlScanner.Grammar grammar() {
    return SqlScanner.Grammar.POSTGRES;
  }

  @Override
  public SqlPool open(SystemContext context) throws InterruptedException {
    var config = context.config();
    var url = PostgresUrl.parse(config.get(PostgresAdapter.CONNECTION));
    int size = config.get(PostgresAdapter.POOL);
    if (size < 1) {
      throw Fault.of(Fault.Code.INVALID, "`pool` must be at least 1", "leave it out").toException();
    }
    var timeout = config.get(SqlFields.TIMEOUT);
    var source = source(url, timeout);
    try (Connection connection = source.getConnection()) {
      var schema = config.find(SqlFields.SCHEMA);
      if (schema.isPresent()) {
        SchemaFile.apply(this, connection, schema.get(), context.world());
      }
    } catch (SQLException error) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while connecting");
      }
      var fault = fault(error, Optional.empty());
      throw Fault.of(fault.code(), url + ": " + fault.message(), fault.hint())
          .withRetryable(fault.retryable())
          .toException(error);
    }
    return new PostgresPool(source, context.name(), size, timeout);
  }

  static PGSimpleDataSource source(PostgresUrl url, Duration timeout) {
    var source = new PGSimpleDataSource();
    int seconds = (int) Math.max(1, timeout.plusMillis(999).toSeconds());
    source.setServerNames(new String[] {url.host()});
    source.setPortNumbers(new int[] {url.port()});
    source.setDatabaseName(url.database());
    source.setUser(url.user());
    source.setPassword(url.password());
    source.setConnectTimeout(seconds);
    source.setLoginTimeout(seconds);
    source.setCancelSignalTimeout(2);
    source.setTcpKeepAlive(true);
    source.setApplicationName("unikernal");
    source.setStringType("unspecified");
    // What the server would add to its messages are values.
    source.setLogServerErrorDetail(false);
    source.setOptions("-c intervalstyle=iso_8601");
    url.parameters().forEach((name, value) -> source.setProperty(property(name), value));
    return source;
  }

  private static PGProperty property(String name) {
    String own =
        switch (name) {
          case "application_name" -> "ApplicationName";
          case "connect_timeout" -> "connectTimeout";
          default -> name;
        };
    PGProperty property = PGProperty.forName(own);
    if (property == null || property == PGProperty.STRING_TYPE) {
      throw wrongParameter(name);
    }
    return property;
  }

  private static RuntimeException wrongParameter(String name) {
    return Fault.of(
            Fault.Code.INVALID,
            "`connection` has a parameter `" + name + "` that does not exist or does not fit",
            "write the driver's name, as ?sslmode=verify-full")
        .toException();
  }

  @Override
  public String describe(SystemContext context) {
    return PostgresUrl.parse(context.config().get(PostgresAdapter.CONNECTION)).toString();
  }

  @Override
  public Optional<String> missing(SystemContext context) {
    return Optional.empty();
  }

  @Override
  public Fault fault(SQLException error, Optional<SqlText> statement) {
    return PostgresFaults.of(error, statement);
  }

  @Override
  public Optional<String> refuses(Value value) {
    return value instanceof Value.Text(String text) && text.indexOf('\0') >= 0
        ? Optional.of("holds a NUL, which PostgreSQL cannot keep")
        : Optional.empty();
  }

  @Override
  public void bindDecimal(PreparedStatement statement, int index, BigDecimal number)
      throws SQLException {
    // A text column takes the digits as they are sent, and 1E+3 is not how people write it.
    statement.setBigDecimal(
        index, number.scale() < 0 ? new BigDecimal(number.toPlainString()) : number);
  }

  @Override
  public Value read(ResultSet rows, int column, Type wanted) throws SQLException {
    return PostgresColumns.read(rows, column, wanted);
  }

  @Override
  public boolean fetchesInTransaction() {
    return true;
  }

  @Override
  public void lockForSchema(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("select pg_advisory_xact_lock(" + SCHEMA_LOCK + ")");
    }
  }

  @Override
  public void runScript(Connection connection, String script) throws SQLException {
    try (var statement = connection.createStatement()) {
      // A question mark in a script is an operator, and no parameter.
      statement.setEscapeProcessing(false);
      statement.execute(script);
    }
  }
}
