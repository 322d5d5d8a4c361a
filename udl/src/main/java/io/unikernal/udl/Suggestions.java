package io.unikernal.udl;

import io.unikernal.model.Suggest;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;

/** "Did you mean": the known name that is closest to a misspelt one. */
final class Suggestions {
  private Suggestions() {}

  static Optional<String> closest(String wrong, Collection<String> known) {
    return Suggest.closest(wrong, known);
  }

  /** Whether no other known name is as near that it could have been meant. */
  static boolean isOnly(String wrong, Collection<String> known) {
    return known.stream()
            .distinct()
            .filter(name -> closest(wrong, java.util.List.of(name)).isPresent())
            .limit(2)
            .count()
        == 1;
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
}
