package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Diagnostic.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the language reference shows, works; what it lists, is all there is. */
class LanguageReferenceTest {
  private static final Path REFERENCE = Path.of("../docs/reference/language.md");
  private static final Pattern BLOCK =
      Pattern.compile("```udl( not-yet)?\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void everyDefinitionInTheReferenceCompiles() throws Exception {
    List<String> blocks = blocks(false);
    assertThat(blocks).hasSizeGreaterThan(8);
    for (String block : blocks) {
      Path file = Files.writeString(folder.resolve("block.udl.yaml"), block);
      Compilation compilation = Golden.compile(file, true);
      assertThat(compilation.diagnostics())
          .as(block + "\n" + compilation.rendered().text(false))
          .noneMatch(diagnostic -> diagnostic.severity() == Severity.ERROR);
    }
  }

  @Test
  void whatIsShownAndNotAvailableYetIsRefusedForThatAlone() throws Exception {
    for (String block : blocks(true)) {
      Path file = Files.writeString(folder.resolve("block.udl.yaml"), block);
      Compilation compilation = Golden.compile(file, true);
      assertThat(compilation.diagnostics())
          .as(block + "\n" + compilation.rendered().text(false))
          .filteredOn(diagnostic -> diagnostic.severity() == Severity.ERROR)
          .isNotEmpty()
          .allMatch(diagnostic -> diagnostic.code().equals(Code.NOT_YET.id()));
      assertThat(compilation.draft()).as(block).isPresent();
    }
  }

  @Test
  void everyKeyThatTheCompilerKnowsIsInTheReference() throws Exception {
    String text = Golden.read(REFERENCE);
    var missing = new ArrayList<String>();
    for (Vocabulary vocabulary : Grammar.ALL) {
      vocabulary.keys().stream().filter(key -> !text.contains("`" + key)).forEach(missing::add);
      vocabulary.later().stream()
          .filter(key -> !text.contains("`" + key + "`"))
          .forEach(missing::add);
    }
    assertThat(missing).isEmpty();
  }

  private static List<String> blocks(boolean isNotYet) throws Exception {
    Matcher match = BLOCK.matcher(Golden.read(REFERENCE));
    var blocks = new ArrayList<String>();
    while (match.find()) {
      if (match.group(1) != null == isNotYet) {
        blocks.add(match.group(2));
      }
    }
    return blocks;
  }
}
