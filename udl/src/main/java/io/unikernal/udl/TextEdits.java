package io.unikernal.udl;

import io.unikernal.udl.Diagnostic.Edit;
import io.unikernal.udl.Diagnostic.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Applies edits to a text and leaves every other character of it alone. */
final class TextEdits {
  private static final char MARK = '\uFEFF';

  private TextEdits() {}

  /** Edits of one text that do not overlap. */
  static String apply(String text, List<Edit> edits) {
    boolean isMarked = !text.isEmpty() && text.charAt(0) == MARK;
    var result = new StringBuilder(isMarked ? text.substring(1) : text);
    var source = new Source("", java.nio.file.Path.of(""), result.toString());
    List<Edit> backwards = new ArrayList<>(edits);
    backwards.sort(Comparator.comparing((Edit edit) -> start(source, edit.span())).reversed());
    for (Edit edit : backwards) {
      int start = start(source, edit.span());
      result.replace(start, Math.max(start, end(source, edit.span())), edit.text());
    }
    return (isMarked ? String.valueOf(MARK) : "") + result;
  }

  static int start(Source source, Span span) {
    return offset(source, span.line(), span.column());
  }

  static int end(Source source, Span span) {
    return offset(source, span.endLine(), span.endColumn());
  }

  private static int offset(Source source, int line, int column) {
    int start = source.start(line);
    int points = source.text().codePointCount(start, source.text().length());
    return source.text().offsetByCodePoints(start, Math.clamp(column - 1, 0, points));
  }

  static boolean overlap(Span one, Span other) {
    return one.file().equals(other.file())
        && isBefore(one.line(), one.column(), other.endLine(), other.endColumn())
        && isBefore(other.line(), other.column(), one.endLine(), one.endColumn());
  }

  /** Two at one place overlap too, though both be empty. */
  private static boolean isBefore(int line, int column, int otherLine, int otherColumn) {
    return line < otherLine || line == otherLine && column <= otherColumn;
  }
}
