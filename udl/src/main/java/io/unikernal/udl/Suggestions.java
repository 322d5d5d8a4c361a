package io.unikernal.udl;

import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;

/** "Did you mean": the known name that is closest to a misspelt one. */
final class Suggestions {
  private Suggestions() {}

  static Optional<String> closest(String wrong, Collection<String> known) {
    int best = Math.max(1, wrong.length() / 3) + 1;
    String found = "";
    for (String name : known) {
      int distance = distance(wrong, name, best);
      if (distance < best) {
        best = distance;
        found = name;
      }
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  /** {@code did you mean `x`?}, or the known names, or nothing. */
  static String label(String wrong, Collection<String> known) {
    return closest(wrong, known)
        .map(name -> "did you mean `" + name + "`?")
        .orElseGet(() -> known.isEmpty() ? "" : "known: " + list(known));
  }

  static String list(Collection<String> names) {
    String first =
        names.stream().limit(20).map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    return names.size() > 20 ? first + ", …" : first;
  }

  /** Damerau-Levenshtein with adjacent swaps; {@code limit} where it is that or more. */
  private static int distance(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) >= limit) {
      return limit;
    }
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        d[i][j] = i == 0 ? j : j == 0 ? i : cell(a, b, d, i, j);
      }
    }
    return Math.min(limit, d[a.length()][b.length()]);
  }

  private static int cell(String a, String b, int[][] d, int i, int j) {
    char x = Character.toLowerCase(a.charAt(i - 1));
    char y = Character.toLowerCase(b.charAt(j - 1));
    int cost = x == y ? 0 : 1;
    int best = Math.min(d[i - 1][j - 1] + cost, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
    boolean isSwap =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return isSwap ? Math.min(best, d[i - 2][j - 2] + 1) : best;
  }
}
