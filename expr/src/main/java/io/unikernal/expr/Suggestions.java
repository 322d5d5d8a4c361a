package io.unikernal.expr;

import java.util.Collection;
import java.util.Optional;

/** Did you mean. */
final class Suggestions {
  private Suggestions() {}

  /** The nearest name, when it is near enough to be what was meant. */
  static Optional<String> nearest(String name, Collection<String> names) {
    int bestDistance = Math.max(1, name.length() / 3) + 1;
    Optional<String> best = Optional.empty();
    for (String candidate : names) {
      int distance = distance(name, candidate);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = Optional.of(candidate);
      }
    }
    return best;
  }

  static String didYouMean(String name, Collection<String> names) {
    return nearest(name, names).map(found -> "did you mean `" + found + "`?").orElse("");
  }

  /** Levenshtein's, with one for two neighbours swapped; case counts nothing. */
  private static int distance(String a, String b) {
    int[][] costs = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          costs[i][j] = i + j;
          continue;
        }
        int change = same(a, i, b, j) ? 0 : 1;
        int least =
            Math.min(costs[i - 1][j - 1] + change, Math.min(costs[i - 1][j], costs[i][j - 1]) + 1);
        if (i > 1 && j > 1 && same(a, i, b, j - 1) && same(a, i - 1, b, j)) {
          least = Math.min(least, costs[i - 2][j - 2] + 1);
        }
        costs[i][j] = least;
      }
    }
    return costs[a.length()][b.length()];
  }

  private static boolean same(String a, int i, String b, int j) {
    return Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
  }
}
