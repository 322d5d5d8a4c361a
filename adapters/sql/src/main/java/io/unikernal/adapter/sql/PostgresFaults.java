package io.unikernal.adapter.sql;

import io.unikernal.model.Fault;
import io.unikernal.model.Fault.Code;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What PostgreSQL's errors mean, by SQLSTATE. The server's own words are repeated only where they
 * are about names and code: elsewhere they hold values.
 */
final class PostgresFaults {
  private PostgresFaults() {}

  static Fault of(SQLException error, Optional<SqlText> statement) {
    SQLException cause = driverError(error);
    String state = state(cause);
    if (state.isEmpty() || isServerGone(cause)) {
      return disconnected(cause, state);
    }
    return switch (state) {
      case "40001", "40P01", "55P03" ->
          Fault.of(Code.OVERLOADED, "another transaction was in the way (" + state + ")");
      case "57014" -> Fault.of(Code.TIMEOUT, "the statement was cancelled");
      case "3D000" ->
          Fault.of(Code.REJECTED, "the server has no such database", "make it with createdb");
      default -> byClass(cause, state, statement);
    };
  }

  private static Fault byClass(SQLException cause, String state, Optional<SqlText> statement) {
    return switch (state.substring(0, 2)) {
      case "28" ->
          Fault.of(
              Code.REJECTED,
              "the server refuses this user or password",
              "check the `connection`, and pg_hba.conf");
      case "53" -> Fault.of(Code.OVERLOADED, "the server is at a limit (" + state + ")");
      case "22" -> Fault.of(Code.REJECTED, "a value does not fit (" + state + ")" + about(cause));
      case "23" -> Fault.of(Code.REJECTED, constraint(state) + about(cause));
      case "25" -> Fault.of(Code.REJECTED, "the database takes no changes now (" + state + ")");
      case "42" ->
          Fault.of(
              Code.REJECTED,
              "PostgreSQL refuses the statement: " + said(cause) + position(cause, statement),
              statement.map(text -> "in: " + text.original().strip()).orElse(""));
      case "0A" -> Fault.of(Code.REJECTED, "PostgreSQL cannot do this: " + said(cause));
      default -> Fault.of(Code.REJECTED, "PostgreSQL refuses this (" + state + ")" + about(cause));
    };
  }

  private static Fault disconnected(SQLException cause, String state) {
    return switch (state) {
      case "57P01", "57P02", "57P03" ->
          Fault.of(Code.DISCONNECTED, "the server is starting or stopping", "wait until it is up");
      default ->
          Fault.of(
              Code.DISCONNECTED,
              "the database server cannot be reached, or went away",
              "is it running, and is the host and port of `connection` right?");
    };
  }

  /** Whether no other connection would do better. */
  static boolean isServerGone(SQLException error) {
    String state = state(driverError(error));
    return state.startsWith("08") || state.startsWith("57P") || state.startsWith("58");
  }

  /** The pool's own exception says only that it waited. */
  static SQLException driverError(SQLException error) {
    Throwable at = error;
    while (at != null) {
      if (at instanceof PSQLException driver) {
        return driver;
      }
      at = at.getCause();
    }
    return error;
  }

  static String state(SQLException error) {
    String state = error.getSQLState();
    return state == null || state.length() != 5 ? "" : state;
  }

  private static String constraint(String state) {
    return switch (state) {
      case "23505" -> "there is one already";
      case "23503" -> "it refers to something that is not there, or is referred to";
      case "23502" -> "a required column has no value";
      case "23514" -> "a check is not met";
      default -> "a constraint is broken (" + state + ")";
    };
  }

  static @Nullable ServerErrorMessage server(SQLException error) {
    return error instanceof PSQLException driver ? driver.getServerErrorMessage() : null;
  }

  /** Names of what it is about: never the server's message or detail, which hold values. */
  private static String about(SQLException error) {
    var server = server(error);
    if (server == null) {
      return "";
    }
    var text = new StringBuilder();
    append(text, "table", server.getTable());
    append(text, "column", server.getColumn());
    append(text, "constraint", server.getConstraint());
    append(text, "type", server.getDatatype());
    return text.isEmpty() ? "" : ":" + text;
  }

  private static void append(StringBuilder text, String what, @Nullable String name) {
    if (name != null) {
      text.append(text.isEmpty() ? " " : ", ").append(what).append(" `").append(name).append('`');
    }
  }

  static String said(SQLException error) {
    var server = server(error);
    String message = server == null ? null : server.getMessage();
    return message == null ? state(error) : message;
  }

  private static String position(SQLException error, Optional<SqlText> statement) {
    var server = server(error);
    if (server == null || server.getPosition() < 1 || statement.isEmpty()) {
      return "";
    }
    var text = statement.get();
    return SqlRule.place(text.original(), text.originalOffset(server.getPosition() - 1));
  }
}
