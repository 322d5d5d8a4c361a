package io.unikernal.udl;

import io.unikernal.udl.Diagnostic.Edit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Does to a definition what its diagnostics say, and nothing else: applies their edits, checks
 * again, until none is offered any more. Environment variables that an edit names are set, as its
 * reader would.
 */
final class Repair {
  static final int ROUNDS_MAX = 30;
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)}");

  private final Path definition;
  private final Map<String, String> environment = new HashMap<>(Golden.ENVIRONMENT);
  private int rounds;

  private Repair(Path definition) {
    this.definition = definition;
  }

  /** What was found first and at last; {@code rounds} is 0 if no edit was offered. */
  record Outcome(Compilation first, Compilation last, int rounds) {
    boolean isRepaired() {
      return last.plan().isPresent() && last.diagnostics().stream().allMatch(d -> d.edits().isEmpty());
    }
  }

  /** Changes the files of the definition. */
  static Outcome run(Path definition) throws IOException, InterruptedException {
    var repair = new Repair(definition);
    Compilation first = repair.compile();
    Compilation last = first;
    while (repair.apply(last.diagnostics())) {
      if (++repair.rounds > ROUNDS_MAX) {
        throw new IllegalStateException("edits without end in " + definition);
      }
      last = repair.compile();
    }
    return new Outcome(first, last, repair.rounds);
  }

  private Compilation compile() throws InterruptedException {
    boolean isOffline = definition.toString().contains("offline");
    return UdlCompiler.compile(
        definition, Fakes.all(), new UdlCompiler.Options(environment, isOffline));
  }

  private boolean apply(List<Diagnostic> diagnostics) throws IOException {
    Map<String, List<Edit>> byFile = new LinkedHashMap<>();
    for (Diagnostic diagnostic : diagnostics) {
      for (Edit edit : diagnostic.edits()) {
        byFile.computeIfAbsent(edit.span().file(), _ -> new ArrayList<>()).add(edit);
        Matcher variable = VARIABLE.matcher(edit.text());
        while (variable.find()) {
          environment.putIfAbsent(variable.group(1), "sesame");
        }
      }
    }
    for (var file : byFile.entrySet()) {
      Path path = Path.of(file.getKey());
      Files.writeString(path, applied(read(path), file.getValue()), StandardCharsets.UTF_8);
    }
    return !byFile.isEmpty();
  }

  private static String read(Path path) throws IOException {
    String text = Golden.read(path);
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** From the last to the first; of two that overlap the later waits for another round. */
  static String applied(String text, List<Edit> edits) {
    var source = new Source("", Path.of(""), text);
    var result = new StringBuilder(text);
    int before = Integer.MAX_VALUE;
    List<Edit> ordered =
        edits.stream()
            .distinct()
            .sorted(Comparator.comparingInt((Edit edit) -> -start(source, edit)))
            .toList();
    for (Edit edit : ordered) {
      int end = source.offsetAt(edit.span().endLine(), edit.span().endColumn());
      if (end <= before) {
        before = start(source, edit);
        result.replace(before, end, edit.text());
      }
    }
    return result.toString();
  }

  private static int start(Source source, Edit edit) {
    return source.offsetAt(edit.span().line(), edit.span().column());
  }
}
