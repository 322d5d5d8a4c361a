package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Diagnostic.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who does what the diagnostics say, gets a definition that checks. */
class RepairTest {
  /** Cases whose edits lead to an error that has none, with the reason. */
  private static final Map<String, String> EXCEPTIONS = Map.of();

  @TempDir private static Path copy;

  @Test
  void theEditsOfEachCaseLeadToADefinitionThatChecks() throws Exception {
    List<Path> cases = copied();
    Map<Path, String> texts = texts();
    int offered = 0;
    int whole = 0;
    var wrong = new ArrayList<String>();
    for (Path path : cases) {
      Repair.Outcome outcome = Repair.run(path);
      boolean isTouched = outcome.rounds() > 0;
      if (isTouched) {
        restore(texts);
        offered++;
      }
      boolean isWhole = isTouched && isWholly(outcome.first());
      whole += isWhole ? 1 : 0;
      String name = String.valueOf(path.getFileName());
      boolean isGood = isWhole ? outcome.isRepaired() : !isTouched || isMended(outcome);
      if (!isGood && !EXCEPTIONS.containsKey(name)) {
        wrong.add(path + "\n" + outcome.last().rendered().text(false));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(offered).as("cases with an edit").isGreaterThan(360);
    assertThat(whole).as("cases that edits alone repair").isGreaterThan(330);
  }

  /** Whether each error offers an edit, so that nothing is left to think about. */
  private static boolean isWholly(Compilation first) {
    return first.diagnostics().stream()
        .allMatch(found -> found.severity() == Severity.WARNING || !found.edits().isEmpty());
  }

  /** Where some errors need thought, at least those that offered an edit are gone. */
  private static boolean isMended(Repair.Outcome outcome) {
    return outcome.first().diagnostics().stream()
        .filter(found -> !found.edits().isEmpty())
        .noneMatch(found ->
            outcome.last().diagnostics().stream()
                .anyMatch(left ->
                    left.code().equals(found.code()) && left.message().equals(found.message())));
  }

  private static List<Path> copied() throws IOException {
    try (Stream<Path> files = Files.walk(Golden.FOLDER)) {
      for (Path file : files.toList()) {
        Path target = copy.resolve(Golden.FOLDER.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return Golden.cases().stream()
        .map(path -> copy.resolve(Golden.FOLDER.relativize(path)))
        .toList();
  }

  private static Map<Path, String> texts() throws IOException {
    var texts = new HashMap<Path, String>();
    try (Stream<Path> files = Files.walk(copy)) {
      for (Path file : files.filter(path -> path.toString().contains(".udl")).toList()) {
        if (Files.isRegularFile(file)) {
          texts.put(file, Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1));
        }
      }
    }
    return texts;
  }

  /** A part that several cases import must be for the next as it was. */
  private static void restore(Map<Path, String> texts) throws IOException {
    for (var text : texts.entrySet()) {
      Path parent = text.getKey().getParent();
      if (parent != null && parent.endsWith("parts")) {
        Files.writeString(
            text.getKey(), text.getValue(), java.nio.charset.StandardCharsets.ISO_8859_1);
      }
    }
  }
}
