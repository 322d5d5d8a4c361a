package io.unikernal.store;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's errors mean for who keeps something. */
final class StateFaults {
  private StateFaults() {}

  static FaultException of(SQLException error) {
    // The extended codes begin with the plain one's name.
    String name =
        error instanceof SQLiteException sqlite
            ? sqlite.getResultCode().name().replaceFirst("SQLITE_", "")
            : SQLiteErrorCode.UNKNOWN_ERROR.name();
    Fault fault =
        switch (name.split("_", 2)[0]) {
          case "FULL", "IOERR" ->
              Fault.of(
                  Fault.Code.OVERLOADED,
                  "the disk of the state folder is full, or cannot be written (" + name + ")",
                  "free space on its disk");
          case "BUSY", "LOCKED" ->
              Fault.of(Fault.Code.OVERLOADED, "another process holds the lock of the state file");
          case "CANTOPEN", "PERM", "READONLY" ->
              Fault.of(
                  Fault.Code.INTERNAL,
                  "the state file cannot be opened to write",
                  "check the permissions of .unikernal and of what lies there");
          case "CORRUPT", "NOTADB" ->
              Fault.of(
                  Fault.Code.INTERNAL,
                  "the state file is damaged",
                  "move it away, or restore it from a copy");
          default -> Fault.of(Fault.Code.INTERNAL, "the state file refuses this (" + name + ")");
        };
    return fault.toException(error);
  }

  static boolean isFull(SQLException error) {
    return error instanceof SQLiteException sqlite
        && (sqlite.getResultCode() == SQLiteErrorCode.SQLITE_FULL
            || sqlite.getResultCode().name().startsWith("SQLITE_IOERR"));
  }

  /** What is told while there is no room but for what frees some. */
  static FaultException full() {
    return Fault.of(
            Fault.Code.OVERLOADED, "the disk of the state folder is full", "free space on its disk")
        .toException();
  }

  static FaultException closed() {
    return Fault.of(Fault.Code.DISCONNECTED, "the state store is closed").toException();
  }
}
