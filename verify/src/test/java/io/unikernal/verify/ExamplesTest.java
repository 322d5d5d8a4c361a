package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Examples are right, and so are the tests beside them. */
class ExamplesTest {
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
  void theExampleOfFormatsChecksWithoutAWord() throws Exception {
    Path example = Definitions.root().resolve("examples/03-formats");
    var compilation =
        UdlCompiler.check(example, AdapterCatalog.load(), new UdlCompiler.Options(Map.of(), true));
    assertThat(compilation.rendered().text(false)).isEmpty();
    assertThat(compilation.plan()).isPresent();
  }
}
