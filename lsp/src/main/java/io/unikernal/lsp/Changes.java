package io.unikernal.lsp;

import io.unikernal.lsp.Analyst.Analysis;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.Diagnostic;
import io.unikernal.udl.Diagnostic.Severity;
import io.unikernal.udl.Fixer;
import io.unikernal.udl.Formatter;
import io.unikernal.udl.Index.Location;
import io.unikernal.udl.Index.Mention;
import io.unikernal.udl.Renaming;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;

/** Changes of texts that an editor asks for. */
final class Changes {
  private static final int TITLE_MAX = 60;
  static final String FIX_ALL = CodeActionKind.SourceFixAll + ".unikernal";

  private final Documents documents;
  private final Analyst analyst;

  /** What was asked for cannot be done, and the user is told why. */
  static final class RefusedException extends RuntimeException {
    RefusedException(String why) {
      super(why, null, false, false);
    }
  }

  Changes(Documents documents, Analyst analyst) {
    this.documents = documents;
    this.analyst = analyst;
  }

  /** What diagnostics in the range offer to write. */
  List<CodeAction> fixes(Analysis analysis, Path file, Range range) {
    var actions = new ArrayList<CodeAction>();
    Lines lines = analyst.lines(file, analysis.index());
    for (Diagnostic diagnostic : analysis.diagnostics()) {
      Range place = lines.range(diagnostic.span());
      boolean isHere =
          Publisher.file(diagnostic).equals(file)
              && !isBefore(place.getEnd(), range.getStart())
              && !isBefore(range.getEnd(), place.getStart());
      if (isHere && !diagnostic.edits().isEmpty()) {
        var action = new CodeAction(title(diagnostic));
        action.setKind(CodeActionKind.QuickFix);
        action.setDiagnostics(List.of(Publisher.shown(diagnostic, lines)));
        action.setEdit(edit(analysis, diagnostic.edits()));
        action.setIsPreferred(diagnostic.edits().stream().allMatch(Diagnostic.Edit::isSafe));
        actions.add(action);
      }
    }
    return actions;
  }

  private static boolean isBefore(Position a, Position b) {
    return a.getLine() < b.getLine()
        || (a.getLine() == b.getLine() && a.getCharacter() < b.getCharacter());
  }

  private static String title(Diagnostic diagnostic) {
    String text = diagnostic.edits().getFirst().text().strip();
    String line = text.lines().findFirst().orElse("");
    String shown =
        line.length() > TITLE_MAX || text.contains("\n")
            ? line.substring(
                    0,
                    line.offsetByCodePoints(
                        0, Math.min(TITLE_MAX, line.codePointCount(0, line.length()))))
                + "…"
            : line;
    return shown.isEmpty() ? "Remove this" : "Write: " + shown;
  }

  private WorkspaceEdit edit(Analysis analysis, List<Diagnostic.Edit> edits) {
    Map<String, List<TextEdit>> byUri = new LinkedHashMap<>();
    for (Diagnostic.Edit edit : edits) {
      Path file = Path.of(edit.span().file()).toAbsolutePath().normalize();
      Range range = analyst.lines(file, analysis.index()).range(edit.span());
      byUri
          .computeIfAbsent(documents.uri(file), _ -> new ArrayList<>())
          .add(new TextEdit(range, edit.text()));
    }
    return new WorkspaceEdit(byUri);
  }

  /** Everything that diagnostics are sure of; empty if there is nothing. */
  Optional<CodeAction> fixAll(Analysis analysis) throws InterruptedException {
    boolean isWorthwhile =
        analysis.diagnostics().stream()
            .anyMatch(it -> it.edits().stream().anyMatch(Diagnostic.Edit::isSafe));
    if (!isWorthwhile) {
      return Optional.empty();
    }
    Fixer.Fixed fixed =
        Fixer.fix(analysis.definition(), analyst.adapters(), analyst.options(), false);
    if (fixed.changes().isEmpty()) {
      return Optional.empty();
    }
    Map<String, List<TextEdit>> byUri = new LinkedHashMap<>();
    for (Fixer.Change change : fixed.changes()) {
      Path file = change.file().toAbsolutePath().normalize();
      byUri.put(documents.uri(file), replaced(new Lines(change.before()), change.after()));
    }
    var action = new CodeAction("Fix all that is sure (" + fixed.applied() + ")");
    action.setKind(FIX_ALL);
    action.setEdit(new WorkspaceEdit(byUri));
    return Optional.of(action);
  }

  /** One edit of what differs, so that the cursor elsewhere stays where it is. */
  private static List<TextEdit> replaced(Lines before, String after) {
    String old = before.text();
    if (old.equals(after)) {
      return List.of();
    }
    int start = 0;
    int most = Math.min(old.length(), after.length());
    while (start < most && old.charAt(start) == after.charAt(start)) {
      start++;
    }
    start = after.lastIndexOf('\n', start - 1) + 1;
    int end = 0;
    while (end < most - start
        && old.charAt(old.length() - 1 - end) == after.charAt(after.length() - 1 - end)) {
      end++;
    }
    while (end > 0 && old.charAt(old.length() - end) != '\n') {
      end--;
    }
    return List.of(
        new TextEdit(
            before.range(start, old.length() - end), after.substring(start, after.length() - end)));
  }

  /** A text that cannot be read stays as it is. */
  List<TextEdit> format(Path file) {
    Lines lines = analyst.lines(file, Optional.empty());
    return switch (Formatter.format(file.getFileName().toString(), lines.text())) {
      case Formatter.Result.Formatted(var text) -> replaced(lines, text);
      case Formatter.Result.Refused _ -> List.of();
    };
  }

  /** The range of the name that would be changed. */
  Range prepareRename(Analysis analysis, Mention mention) {
    analysis
        .index()
        .flatMap(index -> index.keepsName(mention.symbol()))
        .ifPresent(why -> {
          throw new RefusedException(why);
        });
    Location it = mention.location();
    return analyst.lines(it.file(), analysis.index()).range(it.start(), it.end());
  }

  WorkspaceEdit rename(Analysis analysis, Mention mention, String name)
      throws InterruptedException {
    var index = analysis.index().orElseThrow();
    List<Location> places =
        switch (index.rename(mention.symbol(), name)) {
          case Renaming.Possible(var found) -> found;
          case Renaming.Refused(var why) -> throw new RefusedException(why);
        };
    Map<String, List<TextEdit>> byUri = new LinkedHashMap<>();
    Map<Path, String> texts = new HashMap<>();
    for (Location place :
        places.stream().sorted(Comparator.comparingInt(Location::start).reversed()).toList()) {
      Lines lines = analyst.lines(place.file(), analysis.index());
      byUri
          .computeIfAbsent(documents.uri(place.file()), _ -> new ArrayList<>())
          .add(new TextEdit(lines.range(place.start(), place.end()), name));
      String text = texts.getOrDefault(place.file(), lines.text());
      texts.put(
          place.file(), text.substring(0, place.start()) + name + text.substring(place.end()));
    }
    refuseNewErrors(analysis, texts);
    return new WorkspaceEdit(byUri);
  }

  /** A name may mean something else where it is used: then the definition says so. */
  private void refuseNewErrors(Analysis analysis, Map<Path, String> texts)
      throws InterruptedException {
    Compilation after = analyst.with(analysis.definition(), texts);
    if (errors(after.diagnostics()) > errors(analysis.diagnostics())) {
      String why =
          after.diagnostics().stream()
              .filter(it -> it.severity() == Severity.ERROR)
              .map(it -> it.message() + " (line " + it.span().line() + ")")
              .findFirst()
              .orElse("");
      throw new RefusedException("with that name: " + why);
    }
  }

  private static long errors(List<Diagnostic> diagnostics) {
    return diagnostics.stream().filter(it -> it.severity() == Severity.ERROR).count();
  }
}
