package io.unikernal.lsp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.FoldingRange;

/** Folds what is indented below a line. */
final class Folding {
  private static final int RANGES_MAX = 5_000;

  private Folding() {}

  static List<FoldingRange> of(Lines lines) {
    record Open(int line, int indent) {}
    var open = new ArrayDeque<Open>();
    var ranges = new ArrayList<FoldingRange>();
    int last = -1;
    for (int line = 0; line < lines.count() && ranges.size() < RANGES_MAX; line++) {
      String text = lines.line(line);
      if (text.isBlank()) {
        continue;
      }
      int indent = text.length() - text.stripLeading().length();
      // A list may stand in the column of its key, and then belongs to it.
      boolean isItem = text.startsWith("- ", indent);
      while (!open.isEmpty()
          && (open.peek().indent() > indent
              || (open.peek().indent() == indent
                  && !(isItem && isKey(lines.line(open.peek().line())))))) {
        Open closed = open.pop();
        if (last > closed.line()) {
          ranges.add(new FoldingRange(closed.line(), last));
        }
      }
      open.push(
          new Open(
              line,
              isItem && !open.isEmpty() && open.peek().indent() == indent ? indent + 1 : indent));
      last = line;
    }
    while (!open.isEmpty()) {
      Open closed = open.pop();
      if (last > closed.line()) {
        ranges.add(new FoldingRange(closed.line(), last));
      }
    }
    return ranges;
  }

  private static boolean isKey(String line) {
    return line.stripTrailing().endsWith(":") && !line.stripLeading().startsWith("- ");
  }
}
