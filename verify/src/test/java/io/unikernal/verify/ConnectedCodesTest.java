package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Code;
import io.unikernal.udl.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The codes of `--connect` need a real system, so the corpus of definitions has no case of them.
 */
class ConnectedCodesTest {
  @TempDir private Path folder;

  private static Stream<Code> codes() {
    return Arrays.stream(Code.values()).filter(code -> code.id().startsWith("UDL-7"));
  }

  @Test
  void everyCodeOfRealityHasATestAgainstARealSystem() throws IOException {
    var untested = new TreeSet<>(codes().map(Code::id).toList());
    assertThat(untested).isNotEmpty();
    Path tests = Definitions.root().resolve("verify/src/test/java/io/unikernal/verify");
    try (var files = Files.list(tests)) {
      for (Path file : files.filter(path -> path.toString().contains("Connected")).toList()) {
        String text = Files.readString(file);
        untested.removeIf(text::contains);
      }
    }
    assertThat(untested).isEmpty();
  }

  /** The examples of `explain` are true: the one gives the code, the other gives nothing at all. */
  @TestFactory
  Stream<DynamicTest> theExamplesOfEachCodeAreTrue() {
    return codes().map(code -> DynamicTest.dynamicTest(code.id(), () -> check(code)));
  }

  private void check(Code code) throws Exception {
    if (code == Code.DRIFT_PARAMETER) {
      try (var server = PostgresServer.start()) {
        check(code, Map.of("ORDER_DB", server.url()));
      }
    } else {
      check(code, Map.of());
    }
  }

  private void check(Code code, Map<String, String> environment) throws Exception {
    assertThat(diagnostics(code, "before", code.page().before(), environment))
        .extracting(Diagnostic::code)
        .containsOnly(code.id());
    assertThat(diagnostics(code, "after", code.page().after(), environment)).isEmpty();
  }

  private List<Diagnostic> diagnostics(
      Code code, String which, List<Code.Snippet> snippets, Map<String, String> environment)
      throws Exception {
    Path here = Files.createDirectories(folder.resolve(code.id()).resolve(which));
    for (Code.Snippet snippet : snippets) {
      if (!snippet.file().isEmpty()) {
        Files.writeString(here.resolve(snippet.file()), snippet.text() + "\n");
      }
    }
    return Connected.check(here, snippets.getFirst().text(), environment, Connected.LIMIT)
        .compilation()
        .diagnostics();
  }
}
