package io.unikernal.udl;

import io.unikernal.udl.Diagnostic.Edit;
import io.unikernal.udl.Diagnostic.Span;
import java.util.List;
import java.util.Map;

/** Diagnostics as text with source lines and carets, and as JSON. */
final class Renderer implements Compilation.Rendered {
  private static final String RED = "\u001b[1;31m";
  private static final String YELLOW = "\u001b[1;33m";
  private static final String BLUE = "\u001b[1;34m";
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";

  private final List<Diagnostic> diagnostics;
  private final Map<String, Source> sources;
  private final List<Span> hidden;
  private final int leftOut;

  Renderer(
      List<Diagnostic> diagnostics, Map<String, Source> sources, List<Span> hidden, int leftOut) {
    this.hidden = hidden;
    this.diagnostics = diagnostics;
    this.sources = sources;
    this.leftOut = leftOut;
  }

  @Override
  public String text(boolean color) {
    var text = new StringBuilder();
    for (Diagnostic diagnostic : diagnostics) {
      if (!text.isEmpty()) {
        text.append('\n');
      }
      one(text, diagnostic, color);
    }
    if (leftOut > 0) {
      text.append("\nand ").append(leftOut).append(" more\n");
    }
    return text.toString();
  }

  /** A line as it may be seen; empty where the file is not at hand. */
  private String shown(String file, int line) {
    Source source = sources.get(file);
    return source == null ? "" : masked(source.line(line), file, line);
  }

  private void one(StringBuilder text, Diagnostic diagnostic, boolean color) {
    String tone =
        switch (diagnostic.severity()) {
          case ERROR -> RED;
          case WARNING -> YELLOW;
          case NOTE -> BLUE;
        };
    Span span = diagnostic.span();
    text.append(paint(color, tone, diagnostic.severity() + "[" + diagnostic.code() + "]"))
        .append(paint(color, BOLD, ": " + diagnostic.message()))
        .append('\n');
    Source source = sources.get(span.file());
    String line = shown(span.file(), span.line());
    int last = source == null || line.isBlank() ? span.line() : lastLine(source, span);
    String gutter = " ".repeat(String.valueOf(last).length());
    text.append(gutter)
        .append(paint(color, BLUE, "--> "))
        .append(span.file() + ":" + span.line() + ":" + span.column())
        .append('\n');
    if (!line.isBlank()) {
      text.append(paint(color, BLUE, gutter + " |")).append('\n');
      int from = offset(line, span.column());
      if (last == span.line()) {
        int to = span.endLine() == span.line() ? offset(line, span.endColumn()) : line.length();
        excerpt(text, line, last, gutter, new Under(from, to, tone, diagnostic.label()), color);
      } else {
        excerpt(text, line, span.line(), gutter, new Under(from, line.length(), tone, ""), color);
        if (last > span.line() + 1) {
          text.append(paint(color, BLUE, gutter + " …")).append('\n');
        }
        String end = shown(span.file(), last);
        int to = last == span.endLine() ? offset(end, span.endColumn()) : end.length();
        int begin = end.length() - end.stripLeading().length();
        excerpt(text, end, last, gutter, new Under(begin, to, tone, diagnostic.label()), color);
      }
    } else if (!diagnostic.label().isEmpty()) {
      note(text, gutter, color, diagnostic.label());
    }
    diagnostic.write().forEach(write -> note(text, gutter, color, "write: " + write));
    if (!diagnostic.fix().isEmpty()) {
      note(text, gutter, color, "do: " + diagnostic.fix());
    }
    note(text, gutter, color, "see: unikernal explain " + diagnostic.code());
  }

  /** The last line in which something of the span stands. */
  private static int lastLine(Source source, Span span) {
    int last = span.endLine();
    String line = source.line(last);
    if (line.substring(0, offset(line, span.endColumn())).isBlank()) {
      last--;
    }
    while (last > span.line() && source.line(last).isBlank()) {
      last--;
    }
    return Math.max(last, span.line());
  }

  /** What stands under a line: carets from one offset to another, and then words. */
  private record Under(int from, int to, String tone, String label) {}

  private static void excerpt(
      StringBuilder text, String line, int number, String gutter, Under under, boolean color) {
    var shown = Excerpt.of(line, under.from(), Math.max(under.from(), under.to()));
    String name = " ".repeat(gutter.length() - String.valueOf(number).length()) + number;
    text.append(paint(color, BLUE, name + " |"))
        .append((' ' + shown.text()).stripTrailing())
        .append('\n');
    text.append(paint(color, BLUE, gutter + " |"))
        .append(' ')
        .append(paint(color, under.tone(), (shown.carets() + ' ' + under.label()).stripTrailing()))
        .append('\n');
  }

  /** The line, what is hidden in it replaced by stars. */
  private String masked(String line, String file, int number) {
    var text = new StringBuilder(line);
    for (Span span : hidden) {
      boolean isHere =
          span.file().equals(file) && span.line() <= number && number <= span.endLine();
      if (isHere) {
        int from = number == span.line() ? offset(line, span.column()) : 0;
        int to = span.endLine() > number ? line.length() : offset(line, span.endColumn());
        text.replace(from, to, "*".repeat(to - from));
      }
    }
    return text.toString();
  }

  private static void note(StringBuilder text, String gutter, boolean color, String note) {
    String indent = "\n" + gutter + "   " + (note.startsWith("write: ") ? "       " : "");
    text.append(paint(color, BLUE, gutter + " = ")).append(note.replace("\n", indent)).append('\n');
  }

  private static int offset(String line, int column) {
    int points = line.codePointCount(0, line.length());
    return line.offsetByCodePoints(0, Math.clamp(column - 1, 0, points));
  }

  private static String paint(boolean color, String tone, String text) {
    return color && !text.isEmpty() ? tone + text + PLAIN : text;
  }

  @Override
  public String json() {
    var text = new StringBuilder("[");
    for (Diagnostic diagnostic : diagnostics) {
      text.append(text.length() > 1 ? ",\n " : "\n ").append('{');
      text.append("\"code\":").append(quote(diagnostic.code()));
      text.append(",\"severity\":").append(quote(diagnostic.severity().toString()));
      text.append(",\"message\":").append(quote(diagnostic.message())).append(',');
      span(text, diagnostic.span());
      text.append(",\"label\":").append(quote(diagnostic.label()));
      text.append(",\"write\":[")
          .append(String.join(",", diagnostic.write().stream().map(Renderer::quote).toList()))
          .append("],\"fix\":")
          .append(quote(diagnostic.fix()))
          .append(",\"edits\":[");
      edits(text, diagnostic.edits());
      text.append("]}");
    }
    return text.append(text.length() > 1 ? "\n]" : "]").toString();
  }

  private static void edits(StringBuilder text, List<Edit> edits) {
    for (int i = 0; i < edits.size(); i++) {
      text.append(i > 0 ? ",{" : "{");
      span(text, edits.get(i).span());
      text.append(",\"text\":").append(quote(edits.get(i).text()));
      text.append(",\"safe\":").append(edits.get(i).isSafe()).append('}');
    }
  }

  private static void span(StringBuilder text, Span span) {
    text.append("\"file\":")
        .append(quote(span.file()))
        .append(",\"line\":" + span.line())
        .append(",\"column\":" + span.column())
        .append(",\"endLine\":" + span.endLine())
        .append(",\"endColumn\":" + span.endColumn());
  }

  private static String quote(String text) {
    var quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < 0x20 || (Character.isSurrogate(c) && !isPaired(text, i))) {
            quoted.append("\\u%04x".formatted((int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  private static boolean isPaired(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }
}
