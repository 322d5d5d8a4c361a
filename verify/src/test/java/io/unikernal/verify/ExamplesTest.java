package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Examples are right, and so are the tests beside them. */
class ExamplesTest {
  private static final Map<String, String> SECRETS =
      Map.of(
          "UNIKERNAL_SECRET_SMS_TOKEN", "a secret",
          "UNIKERNAL_SECRET_STATE_KEY", "a secret of at least 32 characters, now",
          "UNIKERNAL_SECRET_OLD_STATE_KEY", "a secret of at least 32 characters, then");

  /** How many tests stand beside an example; none where it is not named. */
  private static final Map<String, Integer> TESTS =
      Map.of(
          "05-routing", 5,
          "06-tested", 2,
          "09-guards", 6,
          "10-durable", 2,
          "11-batches", 2,
          "12-smart-targets", 4,
          "13-streams", 2);

  @Test
  void theExampleOfTemplatesChecksWithItsTests() throws Exception {
    Path example = Definitions.root().resolve("examples/02-templates");
    assertThat(Files.isDirectory(example)).isTrue();
    var compilation =
        UdlCompiler.check(example, AdapterCatalog.load(), new UdlCompiler.Options(Map.of(), true));
    assertThat(compilation.rendered().text(false)).isEmpty();
    assertThat(compilation.tests()).hasSize(2);
    assertThat(compilation.functions().names()).containsExactly("gross", "is_dear", "offer");
  }

  @Test
  void everyOtherExampleChecksWithoutAWord() throws Exception {
    for (Path example : examples()) {
      // The first asks Python for its types; the tests of the second are looked at above.
      if (example.endsWith("01-orders") || example.endsWith("02-templates")) {
        continue;
      }
      assertThat(example.resolve("README.md")).isRegularFile();
      var options = new UdlCompiler.Options(SECRETS, true);
      var compilation = UdlCompiler.check(example, AdapterCatalog.load(), options);
      assertThat(compilation.diagnostics()).as(compilation.rendered().text(false)).isEmpty();
      assertThat(compilation.plan()).as(example.toString()).isPresent();
      assertThat(compilation.tests())
          .as("tests of " + example)
          .hasSize(TESTS.getOrDefault(example.getFileName().toString(), 0));
    }
  }

  @Test
  void everyExampleIsInTheList() throws Exception {
    String list = Files.readString(Definitions.root().resolve("examples/README.md"));
    assertThat(examples())
        .hasSizeGreaterThan(13)
        .allSatisfy(it -> assertThat(list).contains("](" + it.getFileName() + ")"));
  }

  private static List<Path> examples() throws IOException {
    try (var folders = Files.list(Definitions.root().resolve("examples"))) {
      return folders.filter(Files::isDirectory).sorted().toList();
    }
  }
}
