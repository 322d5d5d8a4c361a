package io.unikernal.udl;

import io.unikernal.model.Suggest;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** "Did you mean": the known name that is closest to a misspelt one. */
final class Suggestions {
  private static final int NAMES_MAX = 5_000;

  private Suggestions() {}

  /** Names that differ only in case, hyphens and underscores are closest. */
  static Optional<String> closest(String wrong, Collection<String> known) {
    if (known.size() > NAMES_MAX) {
      return Optional.empty(); // a definition of that size must not cost a search for each mistake
    }
    String plain = plain(wrong);
    return known.stream()
        .filter(name -> !plain.isEmpty() && plain(name).equals(plain))
        .findFirst()
        .or(() -> Suggest.closest(wrong, known))
        // What a reserved name was to become.
        .or(() -> Optional.of("my_" + wrong).filter(known::contains));
  }

  private static String plain(String name) {
    return name.replaceAll("[-_\\s]", "").toLowerCase(Locale.ROOT);
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

  /** Says which name was meant, and offers it. */
  static void offer(
      Diagnostics.Finding finding, Place place, String wrong, Collection<String> known) {
    finding.label(label(wrong, known));
    closest(wrong, known).ifPresent(better -> finding.edit(place, better, isOnly(wrong, known)));
  }

  static String list(Collection<String> names) {
    String first =
        names.stream().limit(20).map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    return names.size() > 20 ? first + ", …" : first;
  }
}
