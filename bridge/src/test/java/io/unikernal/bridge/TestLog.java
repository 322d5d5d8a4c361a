package io.unikernal.bridge;

import java.text.MessageFormat;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Keeps its lines. */
final class TestLog implements System.Logger {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public String getName() {
    return "test";
  }

  @Override
  public boolean isLoggable(Level level) {
    return true;
  }

  @Override
  public void log(
      Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable e) {
    lines.add(level + " " + text + (e == null ? "" : " " + e));
  }

  @Override
  public void log(
      Level level,
      @Nullable ResourceBundle bundle,
      @Nullable String format,
      @Nullable Object... parameters) {
    boolean isPlain = format == null || parameters.length == 0;
    lines.add(level + " " + (isPlain ? format : MessageFormat.format(format, parameters)));
  }
}
