package io.unikernal.model;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** "Did you mean": the known name nearest to what was written. */
public final class Suggest {
  /** Among more nothing is sought: many mistakes in a large file would cost their product. */
  private static final int CANDIDATES_MAX = 5_000;

  private Suggest() {}

  /**
   * The candidate with the fewest edits (a letter more, less, other, or two swapped), if they are
   * few for the length of {@code written}. Ties go to the first.
   */
  public static Optional<String> closest(String written, Collection<String> candidates) {
    if (candidates.size() > CANDIDATES_MAX) {
      return Optional.empty();
    }
    String wanted = written.toLowerCase(Locale.ROOT);
    int allowed = Math.max(1, Math.min(3, wanted.length() / 3));
    Optional<String> best = Optional.empty();
    int bestDistance = allowed + 1;
    for (String candidate : candidates) {
      if (Math.abs(candidate.length() - wanted.length()) >= bestDistance) {
        continue;
      }
      int distance = distance(wanted, candidate.toLowerCase(Locale.ROOT));
      if (distance < bestDistance && distance < candidate.length()) {
        best = Optional.of(candidate);
        bestDistance = distance;
      }
    }
    return best;
  }

  /** {@code did you mean `x`?}, or nothing. */
  public static String didYouMean(String written, Collection<String> candidates) {
    return closest(written, candidates).map(near -> "did you mean `" + near + "`?").orElse("");
  }

  /** Damerau-Levenshtein in its restricted form: no letter is edited twice. */
  private static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
    }
    return last[b.length()];
  }
}
