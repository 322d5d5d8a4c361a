package io.unikernal.lsp;

import io.unikernal.udl.Diagnostic.Span;
import java.util.Arrays;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;

/**
 * A text and where its lines begin. The protocol counts UTF-16 units, as Java's strings do;
 * diagnostics count code points.
 */
final class Lines {
  private final String text;
  private final int[] starts;

  Lines(String text) {
    this.text = text;
    int[] found = new int[64];
    int count = 1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || (c == '\r' && !text.startsWith("\n", i + 1))) {
        if (count == found.length) {
          found = Arrays.copyOf(found, count * 2);
        }
        found[count++] = i + 1;
      }
    }
    starts = Arrays.copyOf(found, count);
  }

  String text() {
    return text;
  }

  /** Positions past a line's end are at its end, those past the last line at the text's end. */
  int offset(Position position) {
    if (position.getLine() < 0) {
      return 0;
    }
    if (position.getLine() >= starts.length) {
      return text.length();
    }
    int start = starts[position.getLine()];
    return Math.clamp((long) start + position.getCharacter(), start, lineEnd(position.getLine()));
  }

  Position position(int offset) {
    int at = Math.clamp(offset, 0, text.length());
    int found = Arrays.binarySearch(starts, at);
    int line = found >= 0 ? found : -found - 2;
    return new Position(line, at - starts[line]);
  }

  Range range(int start, int end) {
    return new Range(position(start), position(end));
  }

  /** From lines and columns in code points, both from 1. */
  Range range(Span span) {
    return new Range(
        position(span.line(), span.column()), position(span.endLine(), span.endColumn()));
  }

  private Position position(int line, int column) {
    int index = Math.clamp(line - 1, 0, starts.length - 1);
    int start = starts[index];
    int end = lineEnd(index);
    int points = Math.clamp(column - 1, 0, text.codePointCount(start, end));
    return new Position(index, text.offsetByCodePoints(start, points) - start);
  }

  /** Without the line's end. */
  private int lineEnd(int line) {
    int end = line + 1 < starts.length ? starts[line + 1] : text.length();
    while (end > starts[line] && "\r\n".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return end;
  }

  int count() {
    return starts.length;
  }

  String line(int line) {
    return text.substring(starts[line], lineEnd(line));
  }
}
