package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every example that has tests, run by the distribution as a user runs them. */
class ExamplesTestedIT {
  @TempDir private Path folder;

  @Test
  void theTestsOfAllExamplesHold() throws Exception {
    Path examples = Definitions.root().resolve("examples");
    List<String> tested;
    try (var files = Files.walk(examples)) {
      tested =
          files
              .filter(file -> file.toString().endsWith(".test.udl.yaml"))
              .map(file -> examples.relativize(file).getName(0).toString())
              .distinct()
              .toList();
    }
    assertThat(tested)
        .contains("02-templates", "05-routing", "09-guards", "10-durable", "11-batches");
    for (String name : tested) {
      Definitions.example(name, folder);
    }
    Path junit = folder.resolve("junit.xml");
    try (var program =
        RunningProgram.start(
            folder, Map.of(), "test", "--junit", junit.toString(), folder.toString())) {
      assertThat(program.exitCode()).as(program.output() + program.errors()).isZero();
      assertThat(program.output()).contains("tests hold").contains(tested);
    }
    assertThat(junit).content().contains("failures=\"0\"");
  }

  @Test
  void daysOfAnExampleAreSimulatedInSeconds() throws Exception {
    Path example = Definitions.example("05-routing", folder);
    try (var program =
        RunningProgram.start(
            folder, Map.of(), "sim", "--seeds", "10", "--hours", "24", example.toString())) {
      assertThat(program.exitCode()).as(program.output() + program.errors()).isZero();
      assertThat(program.output()).containsPattern("10 seeds, (2000|19..) messages");
    }
  }
}
