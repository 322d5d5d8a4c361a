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
import java.util.Optional;

/** What one database does its own way. */
interface Dialect {
  SqlScanner.Grammar grammar();

  /** Connects, and applies the schema file. Fails fast with a fault. */
  SqlPool open(SystemContext context) throws InterruptedException;

  /** Where it is, without anything secret. */
  String describe(SystemContext context);

  /** Empty while the database is where it was; else what is wrong, for people. */
  Optional<String> missing(SystemContext context);

  /** What the database's error means; holds no value of a parameter or row. */
  Fault fault(SQLException error, Optional<SqlText> statement);

  /** Why this value cannot be a parameter, or empty. */
  Optional<String> refuses(Value value);

  void bindDecimal(PreparedStatement statement, int index, BigDecimal number) throws SQLException;

  /** A column of the current row; {@link Value.Absent} for NULL. */
  Value read(ResultSet rows, int column, Type wanted) throws SQLException;

  /** Whether rows come in portions only inside of a transaction. */
  boolean fetchesInTransaction();

  /** Begins the one transaction at a time that applies schema files. */
  void lockForSchema(Connection connection) throws SQLException;

  void runScript(Connection connection, String script) throws SQLException;
}
