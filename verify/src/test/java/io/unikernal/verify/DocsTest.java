package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.Diagnostic;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fenced block of the docs is compiled here, or run by {@link DocsIT}. */
class DocsTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "ORDER_DB", "postgres://localhost/orders",
          "KAFKA", "localhost:9092",
          "REGION", "eu",
          "UNIKERNAL_SECRET_STATE_KEY", "hunter2 and thirty more characters of it",
          "UNIKERNAL_SECRET_OLD_STATE_KEY", "hunter1 and thirty more characters of it");

  @TempDir private Path folder;

  static Stream<Fence> fences() throws IOException {
    List<Fence> all = new java.util.ArrayList<>();
    for (Path document : Fence.documents()) {
      all.addAll(Fence.of(document));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("fences")
  void everyBlockIsOfAKindThatIsTested(Fence fence) {
    assertThat(fence.language())
        .as(fence.toString())
        .isIn("udl", "udl not-yet", "python", "console");
  }

  @ParameterizedTest
  @MethodSource("fences")
  void everyDefinitionCompiles(Fence fence) throws Exception {
    if (!fence.language().equals("udl")) {
      return;
    }
    Path file = Files.writeString(folder.resolve("block.udl.yaml"), fence.text());
    var compilation =
        UdlCompiler.compile(
            file, AdapterCatalog.load(), new UdlCompiler.Options(ENVIRONMENT, true));
    assertThat(compilation.diagnostics())
        .as(fence + "\n" + compilation.rendered().text(false))
        .noneMatch(diagnostic -> diagnostic.severity() == Diagnostic.Severity.ERROR);
  }

  /** What is shown and not run yet has nothing else wrong with it. */
  @ParameterizedTest
  @MethodSource("fences")
  void everyDefinitionThatIsNotAvailableYetIsRefusedForThatAlone(Fence fence) throws Exception {
    if (!fence.language().equals("udl not-yet")) {
      return;
    }
    Path file = Files.writeString(folder.resolve("block.udl.yaml"), fence.text());
    var compilation =
        UdlCompiler.compile(
            file, AdapterCatalog.load(), new UdlCompiler.Options(ENVIRONMENT, true));
    assertThat(compilation.diagnostics())
        .as(fence + "\n" + compilation.rendered().text(false))
        .filteredOn(diagnostic -> diagnostic.severity() == Diagnostic.Severity.ERROR)
        .isNotEmpty()
        .allMatch(diagnostic -> diagnostic.code().equals("UDL-9001"));
  }

  @ParameterizedTest
  @MethodSource("fences")
  void everyPythonBlockCompiles(Fence fence) throws Exception {
    if (!fence.language().equals("python")) {
      return;
    }
    Path file = Files.writeString(folder.resolve("block.py"), fence.text());
    var python =
        new ProcessBuilder("python3", "-m", "py_compile", file.toString())
            .redirectErrorStream(true)
            .start();
    String output =
        new String(python.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(python.waitFor()).as(fence + "\n" + output).isZero();
  }

  @Test
  void theDocsHaveBlocksOfEveryKind() throws IOException {
    assertThat(fences().map(Fence::language)).contains("udl", "udl not-yet", "python", "console");
  }
}
