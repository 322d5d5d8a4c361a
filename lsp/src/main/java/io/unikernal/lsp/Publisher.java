package io.unikernal.lsp;

import io.unikernal.lsp.Analyst.Analysis;
import io.unikernal.udl.Diagnostic;
import io.unikernal.udl.Diagnostic.Severity;
import io.unikernal.udl.Index;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.lsp4j.DiagnosticSeverity;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.services.LanguageClient;

/** Says of each file what is wrong with it, once, and takes it back when it is mended. */
final class Publisher {
  private final Documents documents;
  private final Analyst analyst;

  /** What was said last, by file; and of which text. */
  private final Map<Path, Said> said = new HashMap<>();

  private record Said(
      Path definition, String text, List<org.eclipse.lsp4j.Diagnostic> diagnostics) {}

  Publisher(Documents documents, Analyst analyst) {
    this.documents = documents;
    this.analyst = analyst;
  }

  /** {@code open}: those of the definition's files that the editor shows. */
  void publish(Analysis analysis, List<Path> open, LanguageClient client) {
    Map<Path, List<Diagnostic>> byFile = new HashMap<>();
    // What is wrong with what it tests is said where that is looked at.
    boolean isTest = Definitions.isTest(analysis.definition());
    analysis.diagnostics().stream()
        .filter(it -> !isTest || file(it).equals(analysis.definition()))
        .forEach(it -> byFile.computeIfAbsent(file(it), _ -> new ArrayList<>()).add(it));
    boolean isGuessed = !isTest && analysis.index().map(Index::isGuessed).orElse(true);
    var targets = new LinkedHashSet<Path>(open);
    said.forEach((file, last) -> {
      if (last.definition().equals(analysis.definition())) {
        targets.add(file);
      }
    });
    targets.addAll(byFile.keySet());
    for (Path file : targets) {
      if (byFile.containsKey(file) || !isGuessed || !isStill(file, analysis)) {
        send(analysis, file, byFile.getOrDefault(file, List.of()), client);
      }
    }
  }

  /** While a file cannot be read, nothing new is known of those that are as they were. */
  private boolean isStill(Path file, Analysis analysis) {
    Said last = said.get(file);
    return last != null && last.text().equals(analyst.lines(file, analysis.index()).text());
  }

  private void send(
      Analysis analysis, Path file, List<Diagnostic> diagnostics, LanguageClient client) {
    Lines lines = analyst.lines(file, analysis.index());
    List<org.eclipse.lsp4j.Diagnostic> shown =
        diagnostics.stream().map(it -> shown(it, lines)).toList();
    Said before = said.get(file);
    if (shown.isEmpty()) {
      said.remove(file);
    } else {
      said.put(file, new Said(analysis.definition(), lines.text(), shown));
    }
    boolean isNews = before == null ? !shown.isEmpty() : !before.diagnostics().equals(shown);
    if (isNews || documents.find(file).isPresent()) {
      var message = new PublishDiagnosticsParams(documents.uri(file), shown);
      documents.find(file).ifPresent(it -> message.setVersion(it.version()));
      client.publishDiagnostics(message);
    }
  }

  /** Nothing is wrong any more with files that nobody looks at. */
  void clear(Path definition, LanguageClient client) {
    for (var entry : List.copyOf(said.entrySet())) {
      if (entry.getValue().definition().equals(definition)) {
        said.remove(entry.getKey());
        client.publishDiagnostics(
            new PublishDiagnosticsParams(documents.uri(entry.getKey()), List.of()));
      }
    }
  }

  static Path file(Diagnostic diagnostic) {
    return Path.of(diagnostic.span().file()).toAbsolutePath().normalize();
  }

  static org.eclipse.lsp4j.Diagnostic shown(Diagnostic diagnostic, Lines lines) {
    var shown = new org.eclipse.lsp4j.Diagnostic();
    shown.setRange(lines.range(diagnostic.span()));
    shown.setSeverity(
        diagnostic.severity() == Severity.ERROR
            ? DiagnosticSeverity.Error
            : DiagnosticSeverity.Warning);
    shown.setCode(diagnostic.code());
    shown.setSource("unikernal");
    var text = new StringBuilder(diagnostic.message());
    Optional.of(diagnostic.label())
        .filter(it -> !it.isEmpty())
        .ifPresent(it -> text.append('\n').append(it));
    diagnostic.write().forEach(it -> text.append("\nwrite: ").append(it));
    if (!diagnostic.fix().isEmpty()) {
      text.append('\n').append(diagnostic.fix());
    }
    shown.setMessage(text.toString());
    return shown;
  }
}
