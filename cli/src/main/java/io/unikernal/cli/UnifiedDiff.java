package io.unikernal.cli;

import java.util.ArrayList;
import java.util.List;

/** What differs between two texts, as {@code diff -u} shows it. */
final class UnifiedDiff {
  private static final int CONTEXT = 3;

  /** Cells of the table of common lines; beyond that all is shown as changed. */
  private static final long CELLS_MAX = 25_000_000;

  private record Line(char sign, String text) {}

  private UnifiedDiff() {}

  static String of(String file, String before, String after) {
    List<Line> lines = lines(split(before), split(after));
    var text = new StringBuilder("--- " + file + "\n+++ " + file + "\n");
    int at = 0;
    int oldLine = 1;
    int newLine = 1;
    while (at < lines.size()) {
      if (lines.get(at).sign() == ' ') {
        at++;
        oldLine++;
        newLine++;
        continue;
      }
      int from = Math.max(0, at - CONTEXT);
      int to = end(lines, at);
      int context = at - from;
      hunk(text, lines.subList(from, to), oldLine - context, newLine - context);
      for (Line line : lines.subList(at, to)) {
        oldLine += line.sign() == '+' ? 0 : 1;
        newLine += line.sign() == '-' ? 0 : 1;
      }
      at = to;
    }
    return text.toString();
  }

  /** After the hunk's last line: changes that are near belong to it. */
  private static int end(List<Line> lines, int from) {
    int last = from;
    for (int i = from; i < lines.size() && i <= last + 2 * CONTEXT; i++) {
      last = lines.get(i).sign() == ' ' ? last : i;
    }
    return Math.min(lines.size(), last + 1 + CONTEXT);
  }

  private static void hunk(StringBuilder text, List<Line> lines, int oldLine, int newLine) {
    long oldCount = lines.stream().filter(line -> line.sign() != '+').count();
    long newCount = lines.stream().filter(line -> line.sign() != '-').count();
    text.append("@@ -" + oldLine + "," + oldCount + " +" + newLine + "," + newCount + " @@\n");
    for (Line line : lines) {
      text.append(line.sign()).append(line.text());
      if (!line.text().endsWith("\n")) {
        text.append("\n\\ No newline at end of file\n");
      }
    }
  }

  /** With their ends, so that a changed end is a change. */
  private static List<String> split(String text) {
    var lines = new ArrayList<String>();
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      int next = end < 0 ? text.length() : end + 1;
      lines.add(text.substring(at, next));
      at = next;
    }
    return lines;
  }

  private static List<Line> lines(List<String> before, List<String> after) {
    int head = 0;
    while (head < Math.min(before.size(), after.size())
        && before.get(head).equals(after.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < Math.min(before.size(), after.size()) - head
        && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
      tail++;
    }
    var lines = new ArrayList<Line>();
    before.subList(0, head).forEach(line -> lines.add(new Line(' ', line)));
    middle(
        before.subList(head, before.size() - tail),
        after.subList(head, after.size() - tail),
        lines);
    before.subList(before.size() - tail, before.size()).forEach(l -> lines.add(new Line(' ', l)));
    return lines;
  }

  private static void middle(List<String> before, List<String> after, List<Line> lines) {
    int i = 0;
    int j = 0;
    if ((long) before.size() * after.size() <= CELLS_MAX) {
      int[][] common = common(before, after);
      while (i < before.size() && j < after.size()) {
        if (before.get(i).equals(after.get(j))) {
          lines.add(new Line(' ', before.get(i++)));
          j++;
        } else if (common[i + 1][j] >= common[i][j + 1]) {
          lines.add(new Line('-', before.get(i++)));
        } else {
          lines.add(new Line('+', after.get(j++)));
        }
      }
    }
    before.subList(i, before.size()).forEach(line -> lines.add(new Line('-', line)));
    after.subList(j, after.size()).forEach(line -> lines.add(new Line('+', line)));
  }

  /** How many lines both have in common from each pair of places on. */
  private static int[][] common(List<String> before, List<String> after) {
    int[][] common = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        common[i][j] =
            before.get(i).equals(after.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }
}
