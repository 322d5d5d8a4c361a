package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is misspelt in steps and targets is noticed, though nothing runs them yet. */
class StepMutationTest {
  private static final Pattern KEY = Pattern.compile("(?<=[\\s{,])([a-z_]+)(?=:(\\s|$))");
  private static final Pattern CALLEE =
      Pattern.compile(
          "(?<=[\\s\\[{])((bus|eu|us|live|files|letters|next)\\.[a-z]+)(?=[\\s,}\\]:])");

  @TempDir Path folder;

  private static List<Path> definitions() throws Exception {
    return Golden.cases().stream()
        .filter(path -> path.getFileName().toString().startsWith("later_"))
        .toList();
  }

  @Test
  void everyKeyOfAStepOrTargetThatIsRenamedIsNoticed() throws Exception {
    // In a value, a key is the author's own name.
    assertNoticed(KEY, 150, match -> isOfTheLanguage(match.group(1)));
  }

  @Test
  void everyTargetThatIsMisspeltIsNoticed() throws Exception {
    assertNoticed(CALLEE, 80, _ -> true);
  }

  private static boolean isOfTheLanguage(String key) {
    return List.of(
            Grammar.STEP,
            Grammar.TARGET,
            Grammar.FOR_EACH,
            Grammar.CASE,
            Grammar.CATCH,
            Grammar.BATCH,
            Grammar.WINDOW,
            Grammar.ROUTE,
            Grammar.PIPELINE)
        .stream()
        .anyMatch(vocabulary -> vocabulary.find(key).isPresent());
  }

  private interface Filter {
    boolean takes(Matcher match);
  }

  private void assertNoticed(Pattern pattern, int countMin, Filter filter) throws Exception {
    var silent = new ArrayList<String>();
    int count = 0;
    for (Path path : definitions()) {
      String text = Golden.read(path);
      Set<String> before = codes(text);
      Matcher match = pattern.matcher(text);
      int at = text.indexOf("\nroutes:");
      while (match.find(at)) {
        at = match.end();
        if (filter.takes(match)) {
          count++;
          String changed = text.substring(0, at) + "zz" + text.substring(at);
          if (before.containsAll(codes(changed))) {
            int line = (int) text.substring(0, at).lines().count();
            silent.add(path.getFileName() + ":" + line + " " + match.group());
          }
        }
      }
    }
    assertThat(count).isGreaterThan(countMin);
    assertThat(silent).isEmpty();
  }

  private Set<String> codes(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("a.udl.yaml"), text);
    return Golden.compile(file).diagnostics().stream()
        .map(Diagnostic::code)
        .collect(Collectors.toSet());
  }
}
