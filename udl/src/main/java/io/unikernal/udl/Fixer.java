package io.unikernal.udl;

import io.unikernal.spi.Adapter;
import io.unikernal.udl.Diagnostic.Edit;
import io.unikernal.udl.Diagnostic.Severity;
import io.unikernal.udl.UdlCompiler.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Applies what diagnostics offer, as long as it helps: after each change the definition is checked
 * again, and what did not make it better is taken back. Writes no file.
 */
public final class Fixer {
  private static final int ROUNDS_MAX = 20;
  private static final int CHECKS_MAX = 300;
  private static final int AHEAD_MAX = 5;

  private final Path definition;
  private final Map<String, Adapter> adapters;
  private final Options options;
  private final boolean isAll;
  private final Map<Path, String> texts = new LinkedHashMap<>();
  private final Map<Path, String> originals = new LinkedHashMap<>();
  private final Set<String> refused = new HashSet<>();
  private int checks;
  private int applied;

  /** A file that would change. */
  public record Change(Path file, String before, String after) {}

  /**
   * @param applied how many diagnostics were answered
   * @param takenBack how many offers did not help
   * @param after what is left
   */
  public record Fixed(List<Change> changes, int applied, int takenBack, Compilation after) {}

  /**
   * How good a definition is.
   *
   * @param readTo how far files can be read that cannot be read to the end
   * @param traps what YAML reads otherwise than it was meant: the rest is not looked at then
   */
  private record Score(Map<String, Integer> readTo, int traps, int errors, int warnings) {}

  private record Checked(Compilation compilation, List<Diagnostic> found, Score score) {}

  private Fixer(Path definition, Map<String, Adapter> adapters, Options options, boolean isAll) {
    this.definition = definition;
    this.adapters = adapters;
    this.options = options;
    this.isAll = isAll;
  }

  /** {@code isAll}: also what a message only offers, not being sure of it. */
  public static Fixed fix(
      Path definition, Map<String, Adapter> adapters, Options options, boolean isAll)
      throws InterruptedException {
    return new Fixer(definition, adapters, options, isAll).run();
  }

  private Fixed run() throws InterruptedException {
    Checked now = check();
    for (int round = 0; round < ROUNDS_MAX && checks < CHECKS_MAX; round++) {
      List<Diagnostic> chosen = chosen(now.found());
      if (chosen.isEmpty()) {
        break;
      }
      now = answer(chosen, now);
    }
    var changes = new ArrayList<Change>();
    texts.forEach((file, text) -> {
      String before = originals.getOrDefault(file, "");
      if (!before.equals(text)) {
        changes.add(new Change(file, before, text));
      }
    });
    return new Fixed(List.copyOf(changes), applied, refused.size(), now.compilation());
  }

  private Checked check() throws InterruptedException {
    checks++;
    var diagnostics = new Diagnostics();
    Overlay overlay =
        file -> Optional.ofNullable(texts.get(file)).or(() -> options.overlay().text(file));
    var changed = options.with(overlay);
    Compilation compilation = UdlCompiler.compile(definition, adapters, changed, diagnostics);
    List<Diagnostic> found = diagnostics.sorted();
    Map<String, Integer> readTo = new TreeMap<>();
    int errors = 0;
    int traps = 0;
    for (Diagnostic diagnostic : found) {
      boolean isError = diagnostic.severity() == Severity.ERROR;
      errors += isError ? 1 : 0;
      Source source = diagnostics.sources().get(diagnostic.span().file());
      if (isError && source != null && isOfReading(diagnostic)) {
        traps++;
        if (YamlReader.read(source, new Diagnostics()).isEmpty()) {
          readTo.merge(source.name(), TextEdits.start(source, diagnostic.span()), Math::min);
        }
      }
    }
    var score = new Score(readTo, traps, errors, found.size() - errors);
    return new Checked(compilation, found, score);
  }

  /** Whether the file could not be read as it was meant, so that the rest is not known. */
  private static boolean isOfReading(Diagnostic diagnostic) {
    return switch (Code.find(diagnostic.code()).orElse(Code.NOT_YET)) {
      case YAML_SYNTAX,
          YAML_TAB,
          YAML_TAG,
          YAML_COMMA_QUOTES,
          YAML_MARKER_QUOTES,
          YAML_PREDICATE_QUOTES ->
          true;
      default -> false;
    };
  }

  /** Those with edits to apply now: none of them overlaps with one before it. */
  private List<Diagnostic> chosen(List<Diagnostic> found) {
    var chosen = new ArrayList<Diagnostic>();
    var taken = new ArrayList<Edit>();
    for (Diagnostic diagnostic : found) {
      List<Edit> edits = diagnostic.edits();
      boolean isWanted =
          !edits.isEmpty()
              && (isAll || edits.stream().allMatch(Edit::isSafe))
              && !refused.contains(key(diagnostic));
      boolean isFree =
          edits.stream()
              .noneMatch(edit ->
                  taken.stream().anyMatch(other -> TextEdits.overlap(edit.span(), other.span())));
      if (isWanted && isFree) {
        chosen.add(diagnostic);
        taken.addAll(edits);
      }
    }
    return chosen;
  }

  private static String key(Diagnostic diagnostic) {
    return diagnostic.code() + diagnostic.message() + diagnostic.span().file() + diagnostic.edits();
  }

  /** All at once; where that does not help, one after the other. */
  private Checked answer(List<Diagnostic> chosen, Checked before) throws InterruptedException {
    Map<Path, String> kept = new LinkedHashMap<>(texts);
    apply(chosen);
    Checked after = check();
    boolean isBetter = isBetter(before.score(), after.score(), chosen);
    int count = chosen.size();
    // A mistake may hide others: those that can be fixed too count for it.
    for (int ahead = 0; !isBetter && ahead < AHEAD_MAX && checks < CHECKS_MAX; ahead++) {
      List<Diagnostic> more = chosen(after.found());
      if (more.isEmpty() || after.score().traps() > 0) {
        break;
      }
      count += more.size();
      apply(more);
      after = check();
      isBetter = isBetter(before.score(), after.score(), chosen);
    }
    if (isBetter) {
      applied += count;
      return after;
    }
    texts.clear();
    texts.putAll(kept);
    if (chosen.size() == 1) {
      refused.add(key(chosen.getFirst()));
      return before;
    }
    Checked alone = answer(List.of(chosen.getFirst()), before);
    return alone != before || checks >= CHECKS_MAX
        ? alone
        : answer(chosen.subList(1, chosen.size()), before);
  }

  /** More can be read, or all that was answered is gone and nothing came instead. */
  private static boolean isBetter(Score before, Score after, List<Diagnostic> answered) {
    var files = new HashSet<>(before.readTo().keySet());
    files.addAll(after.readTo().keySet());
    boolean isFurther = false;
    for (String file : files) {
      int was = before.readTo().getOrDefault(file, Integer.MAX_VALUE);
      int is = after.readTo().getOrDefault(file, Integer.MAX_VALUE);
      if (is < was) {
        return false;
      }
      isFurther |= is > was;
    }
    if (isFurther || after.traps() != before.traps()) {
      return isFurther || after.traps() < before.traps();
    }
    int errors = 0;
    for (Diagnostic diagnostic : answered) {
      errors += diagnostic.severity() == Severity.ERROR ? 1 : 0;
    }
    int all = before.errors() + before.warnings() - after.errors() - after.warnings();
    return after.errors() <= before.errors() - errors && (errors > 0 || all >= answered.size());
  }

  private void apply(List<Diagnostic> chosen) {
    Map<Path, List<Edit>> byFile = new LinkedHashMap<>();
    chosen.stream()
        .flatMap(diagnostic -> diagnostic.edits().stream())
        .forEach(edit -> byFile.computeIfAbsent(file(edit), _ -> new ArrayList<>()).add(edit));
    byFile.forEach((file, edits) ->
        text(file).ifPresent(text -> texts.put(file, TextEdits.apply(text, edits))));
  }

  private static Path file(Edit edit) {
    return Path.of(edit.span().file()).toAbsolutePath().normalize();
  }

  private Optional<String> text(Path file) {
    String known = texts.get(file);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<String> text = options.overlay().text(file).or(() -> read(file));
    text.ifPresent(found -> originals.putIfAbsent(file, found));
    return text;
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException _) {
      return Optional.empty(); // It was there when it was checked; then there is nothing to edit.
    }
  }
}
