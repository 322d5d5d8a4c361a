package io.unikernal.cli;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
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
  private static boolean json;

  /** What a line on standard error looks like. */
  enum Form {
    text,
    json
  }

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

  static void form(Form form) {
    json = form == Form.json;
    for (var handler : Logger.getLogger("").getHandlers()) {
      handler.setFormatter(json ? new JsonLine() : new Line());
    }
  }

  /** With fields, where lines have them. */
  static void log(
      System.Logger log,
      System.Logger.Level level,
      Supplier<String> text,
      Supplier<Value.Dict> fields) {
    if (!json) {
      log.log(level, text);
    } else if (log.isLoggable(level)) {
      var entry = new LogRecord(Level.parse(Integer.toString(julLevel(level))), text.get());
      entry.setLoggerName(log.getName());
      entry.setParameters(new Object[] {fields.get()});
      Logger.getLogger(log.getName()).log(entry);
    }
  }

  private static int julLevel(System.Logger.Level level) {
    return switch (level) {
      case ALL -> Level.ALL.intValue();
      case TRACE -> Level.FINER.intValue();
      case DEBUG -> Level.FINE.intValue();
      case INFO -> Level.INFO.intValue();
      case WARNING -> Level.WARNING.intValue();
      case ERROR -> Level.SEVERE.intValue();
      case OFF -> Level.OFF.intValue();
    };
  }

  static boolean isVerbose() {
    return verbose;
  }

  /**
   * One object a line: {@code time}, {@code level}, {@code logger}, {@code message}, and fields.
   */
  private static final class JsonLine extends Formatter {
    @Override
    public String format(LogRecord entry) {
      var all = new LinkedHashMap<String, Value>();
      all.put("time", Value.text(entry.getInstant().toString()));
      all.put("level", Value.text(entry.getLevel().getName().toLowerCase(Locale.ROOT)));
      all.put("logger", Value.text(String.valueOf(entry.getLoggerName())));
      boolean isOurs =
          entry.getParameters() != null
              && entry.getParameters().length == 1
              && entry.getParameters()[0] instanceof Value.Dict;
      all.put(
          "message",
          Value.text(String.valueOf(isOurs ? entry.getMessage() : formatMessage(entry))));
      if (isOurs && entry.getParameters()[0] instanceof Value.Dict(var fields)) {
        fields.forEach(all::putIfAbsent);
      }
      if (verbose && entry.getThrown() != null) {
        all.put("exception", Value.text(trace(entry.getThrown())));
      }
      return new String(Json.write(new Value.Dict(all)), StandardCharsets.UTF_8)
          + System.lineSeparator();
    }
  }

  private static String trace(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static final class Line extends Formatter {
    @Override
    public String format(LogRecord entry) {
      String name = entry.getLoggerName();
      String line =
          TIME.format(entry.getInstant())
              + " "
              + entry.getLevel().getName().toLowerCase(Locale.ROOT)
              + " "
              + name.substring(name.lastIndexOf('.') + 1)
              + ": "
              + formatMessage(entry)
              + System.lineSeparator();
      if (verbose && entry.getThrown() != null) {
        return line + trace(entry.getThrown());
      }
      return line;
    }
  }
}
