package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.udl.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The codes of `--connect` need a real system, so the corpus of definitions has no case of them.
 */
class ConnectedCodesTest {
  @Test
  void everyCodeOfRealityHasATestAgainstARealSystem() throws IOException {
    var untested = new TreeSet<String>();
    for (Code code : Code.values()) {
      if (code.id().startsWith("UDL-7")) {
        untested.add(code.id());
      }
    }
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
}
