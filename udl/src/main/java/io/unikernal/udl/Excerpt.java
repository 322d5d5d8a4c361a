package io.unikernal.udl;

import io.unikernal.udl.Cells.Cluster;
import java.util.List;

/**
 * A line as it is shown, and what stands under it. A very long line is cut around the carets.
 *
 * @param carets spaces, then a caret for each cell of the part that is meant
 */
record Excerpt(String text, String carets) {
  private static final int WIDTH = 160;
  private static final int BEFORE = 60;

  /** {@code from} and {@code to} are offsets in the line. */
  static Excerpt of(String line, int from, int to) {
    List<Cluster> clusters = Cells.clusters(line);
    int begin = 0;
    int end = 0;
    int all = 0;
    for (Cluster cluster : clusters) {
      begin += cluster.end() <= from ? cluster.cells() : 0;
      end += cluster.start() < to ? cluster.cells() : 0;
      all += cluster.cells();
    }
    end = Math.max(end, begin + 1);
    int left = 0;
    if (all > WIDTH) {
      left = Math.max(0, Math.min(begin - BEFORE, all - WIDTH));
    }
    int right = Math.min(all, left + WIDTH);
    var text = new StringBuilder(left > 0 ? "…" : "");
    int at = 0;
    int start = -1;
    for (Cluster cluster : clusters) {
      boolean isShown = at >= left && at + cluster.cells() <= right;
      if (isShown) {
        start = start < 0 ? at : start;
        write(line, cluster, text);
      }
      at += cluster.cells();
    }
    text.append(right < all ? "…" : "");
    int shift = Math.max(0, start) - (left > 0 ? 1 : 0);
    int first = Math.max(0, begin - shift);
    int last = Math.max(first + 1, Math.min(end, Math.max(right, begin + 1)) - shift);
    return new Excerpt(text.toString(), " ".repeat(first) + "^".repeat(last - first));
  }

  private static void write(String line, Cluster cluster, StringBuilder text) {
    if (line.charAt(cluster.start()) == '\t') {
      text.repeat(' ', cluster.cells());
      return;
    }
    for (int point : line.substring(cluster.start(), cluster.end()).codePoints().toArray()) {
      boolean isSafe = !Character.isISOControl(point) && !Cells.isTurning(point);
      text.appendCodePoint(isSafe ? point : 0xFFFD);
    }
  }
}
