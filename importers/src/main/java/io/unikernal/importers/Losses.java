package io.unikernal.importers;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** Gathers losses; each is told once, and of a hostile document not all. */
final class Losses {
  static final int MAX = 20_000;
  private static final int DETAIL_MAX = 120;

  private final SequencedSet<Loss> found = new LinkedHashSet<>();

  void add(Loss.Kind kind, String path) {
    add(kind, path, "");
  }

  void add(Loss.Kind kind, String path, String detail) {
    if (found.size() < MAX) {
      found.add(new Loss(kind, path, oneLine(detail)));
    }
  }

  private static String oneLine(String text) {
    String line = text.strip().replaceAll("\\p{Cntrl}+|\\s+", " ");
    int end =
        line.offsetByCodePoints(0, Math.min(DETAIL_MAX, line.codePointCount(0, line.length())));
    return end < line.length() ? line.substring(0, end) + "…" : line;
  }

  List<Loss> all() {
    return List.copyOf(found);
  }
}
