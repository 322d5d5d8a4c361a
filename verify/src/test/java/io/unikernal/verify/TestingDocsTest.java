package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.server.AdapterCatalog;
import io.unikernal.testing.Opener;
import io.unikernal.testing.Reports;
import io.unikernal.testing.Suite;
import io.unikernal.testing.TestResult;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the docs show hold. */
class TestingDocsTest {
  @TempDir private Path folder;

  @Test
  void theTestsInTheDocsHold() throws Exception {
    int tests = 0;
    for (Path document : Fence.documents()) {
      for (Fence fence : Fence.of(document)) {
        boolean hasTests = fence.language().equals("udl") && fence.text().contains("\ntests:\n");
        tests += hasTests ? run(fence) : 0;
      }
    }
    assertThat(tests).isGreaterThanOrEqualTo(6);
  }

  private int run(Fence fence) throws Exception {
    Path file = Files.writeString(folder.resolve("block.udl.yaml"), fence.text());
    var lines = new ArrayList<String>();
    var progress =
        new Suite.Progress() {
          @Override
          public void began(Path definition) {}

          @Override
          public void ended(TestResult result) {
            lines.addAll(Reports.lines(result));
          }
        };
    var report =
        new Suite(
                AdapterCatalog.load(),
                new UdlCompiler.Options(Map.of(), true),
                new Suite.Settings(1, "", Set.of(), false, Opener.REAL),
                progress)
            .run(List.of(file));
    assertThat(report.isGood()).as(fence + "\n" + String.join("\n", lines)).isTrue();
    return report.results().size();
  }
}
