package io.unikernal.adapter.sql;

import io.unikernal.model.Fault;
import io.unikernal.model.Fault.Code;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import org.sqlite.SQLiteException;

/** What SQLite's errors mean. */
final class SqliteFaults {
  private SqliteFaults() {}

  static Fault of(SQLException error, Optional<SqlText> statement) {
    if (!(error instanceof SQLiteException sqlite)) {
      return Fault.of(Code.DISCONNECTED, "the connection to the database was closed");
    }
    // The extended codes begin with the plain one's name.
    String name = sqlite.getResultCode().name().replaceFirst("SQLITE_", "");
    return switch (name.split("_", 2)[0]) {
      case "CONSTRAINT" -> Fault.of(Code.REJECTED, "a constraint is broken: " + said(sqlite));
      case "BUSY", "LOCKED", "PROTOCOL" ->
          Fault.of(
              Code.OVERLOADED,
              "another process holds the database's lock",
              "shorten its transactions, or raise `timeout`");
      case "INTERRUPT" -> Fault.of(Code.TIMEOUT, "the statement was cancelled");
      case "CANTOPEN" ->
          Fault.of(
              Code.DISCONNECTED,
              "the database file cannot be opened",
              "check that its folder exists and that you may write there");
      case "PERM", "READONLY", "AUTH" ->
          Fault.of(
              Code.REJECTED,
              "the database may not be written (" + name.toLowerCase(Locale.ROOT) + ")",
              "check the permissions of the file and of its folder");
      case "FULL" ->
          Fault.of(Code.OVERLOADED, "the disk or the database is full", "free space on its disk");
      case "CORRUPT", "NOTADB" ->
          Fault.of(
              Code.REJECTED,
              "the file is not a SQLite database, or is damaged",
              "restore it from a copy");
      case "IOERR" ->
          Fault.of(
              Code.DISCONNECTED, "the database file cannot be read or written", "check the disk");
      case "TOOBIG", "MISMATCH", "RANGE" ->
          Fault.of(Code.REJECTED, "the database cannot hold this value");
      case "ERROR" ->
          Fault.of(Code.REJECTED, "SQLite refuses the statement: " + said(sqlite), hint(statement));
      default -> Fault.of(Code.REJECTED, "SQLite refuses this (" + name + ")");
    };
  }

  /** SQLite's own words are about names and code: the driver puts them in the last parentheses. */
  static String said(SQLiteException error) {
    String message = String.valueOf(error.getMessage());
    int from = message.indexOf('(');
    String said =
        from >= 0 && message.endsWith(")")
            ? message.substring(from + 1, message.length() - 1)
            : message;
    // A trigger's own text may be made of values.
    return error.getResultCode().name().endsWith("TRIGGER") ? "a trigger refused it" : said;
  }

  private static String hint(Optional<SqlText> statement) {
    return statement.isEmpty() ? "" : "in: " + statement.get().original().strip();
  }
}
