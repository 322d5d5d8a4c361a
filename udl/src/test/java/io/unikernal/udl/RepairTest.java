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
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who does what the diagnostics say, gets a definition that checks. */
class RepairTest {
  /** Cases whose edits let the compiler see an error more, with the reason. */
  private static final Map<String, String> REVEALED =
      Map.ofEntries(
          Map.entry("benthos_pipeline", "what stands under `pipelines` is a list of its own kind"),
          Map.entry("defaults_systems_wrong", "two keys are misspellings of one"),
          Map.entry("route_keys", "what the keys hold is typed once they are known"),
          Map.entry("target_member_unknown", "the member that was meant is there already"),
          Map.entry("template_steps_place", "arguments are checked once the use is right"),
          Map.entry("template_unknown", "arguments are checked once the template is known"),
          Map.entry("unknown_operation", "the operation that was meant has a route already"),
          Map.entry("unknown_system", "types are checked once both ends are known"),
          Map.entry("unknown_system_type", "operations are looked at once the type is known"),
          Map.entry("wrong_kind", "names are resolved once the routes are a list"));

  @TempDir private static Path copy;

  @Test
  void theEditsOfEachCaseLeadToADefinitionThatChecks() throws Exception {
    List<Path> cases = copied();
    Map<Path, String> texts = texts();
    int offered = 0;
    int whole = 0;
    var wrong = new ArrayList<String>();
    var revealed = new TreeSet<String>();
    for (Path path : cases) {
      Repair.Outcome outcome = Repair.run(path);
      if (outcome.rounds() == 0) {
        continue;
      }
      restore(texts);
      offered++;
      boolean isWhole = isWholly(outcome.first());
      whole += isWhole ? 1 : 0;
      if (!(isWhole ? outcome.isRepaired() : isMended(outcome))) {
        wrong.add(path + "\n" + outcome.last().rendered().text(false));
      } else if (!errors(outcome.first()).containsAll(errors(outcome.last()))) {
        revealed.add(String.valueOf(path.getFileName()).replace(".udl.yaml", ""));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(revealed).isEqualTo(new TreeSet<>(REVEALED.keySet()));
    assertThat(offered).as("cases with an edit").isGreaterThan(460);
    assertThat(whole).as("cases that edits alone repair").isGreaterThan(380);
  }

  @Test
  void whatOffersNoEditSaysWhatToDo() throws Exception {
    var silent = new ArrayList<String>();
    for (Path path : Golden.cases()) {
      boolean isOffline = path.toString().contains("offline");
      for (Diagnostic found : Golden.check(path, isOffline).diagnostics()) {
        boolean isSaid = !found.write().isEmpty() || !found.fix().isBlank();
        if (found.edits().isEmpty() && !isSaid) {
          silent.add(path + ": " + found.message());
        }
      }
    }
    assertThat(silent).isEmpty();
  }

  /** The errors, wherever they stand and however often. */
  private static Set<String> errors(Compilation compilation) {
    return compilation.diagnostics().stream()
        .filter(found -> found.severity() == Severity.ERROR)
        .filter(found -> !found.code().equals(Code.NOT_YET.id()))
        .map(found -> found.code() + " " + found.message())
        .collect(Collectors.toSet());
  }

  /**
   * Whether each error offers an edit, so that nothing is left to think about; what this version
   * does not run yet is no error of the author's.
   */
  private static boolean isWholly(Compilation first) {
    return first.diagnostics().stream()
        .filter(found -> found.severity() == Severity.ERROR)
        .filter(found -> !found.code().equals(Code.NOT_YET.id()))
        .allMatch(found -> !found.edits().isEmpty());
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
