package io.unikernal.cli;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One place for what libraries, adapters and workers log: a line each on standard error. */
final class Logs {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  /** Held here, since the log manager forgets the level of a logger that nobody holds. */
  private static final List<Logger> OURS =
      List.of(Logger.getLogger("unikernal"), Logger.getLogger("io.unikernal"));

  private static boolean verbose;

  private Logs() {}

  static void setUp() {
    Logger root = Logger.getLogger("");
    for (var handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    var handler = new ConsoleHandler();
    handler.setFormatter(new Line());
    handler.setLevel(Level.ALL);
    root.addHandler(handler);
    root.setLevel(Level.WARNING);
    verbose(false);
  }

  static void verbose(boolean on) {
    verbose = on;
    for (Logger ours : OURS) {
      ours.setLevel(on ? Level.ALL : Level.INFO);
    }
  }

  static boolean isVerbose() {
    return verbose;
  }

  private static final class Line extends Formatter {
    @Override
    public String format(LogRecord entry) {
      String name = entry.getLoggerName();
      String line =
          TIME.format(entry.getInstant())
              + " "
              + entry.getLevel().getName().toLowerCase(java.util.Locale.ROOT)
              + " "
              + name.substring(name.lastIndexOf('.') + 1)
              + ": "
              + formatMessage(entry)
              + System.lineSeparator();
      if (verbose && entry.getThrown() != null) {
        var text = new java.io.StringWriter();
        entry.getThrown().printStackTrace(new java.io.PrintWriter(text));
        return line + text;
      }
      return line;
    }
  }
}
