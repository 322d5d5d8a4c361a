package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class GoldenTest {
  private static final boolean WRITES = Boolean.getBoolean("golden.write");

  @TestFactory
  Stream<DynamicTest> eachCaseGivesWhatIsExpected() throws IOException {
    return Golden.cases().stream()
        .map(path -> DynamicTest.dynamicTest(path.getFileName().toString(), () -> check(path)));
  }

  private static void check(Path definition) throws IOException, InterruptedException {
    String outcome = Golden.outcome(definition);
    Path expected = Golden.expected(definition);
    if (WRITES) {
      Files.writeString(expected, outcome);
    }
    assertThat(outcome).isEqualTo(Golden.read(expected));
  }

  @Test
  void everyCodeHasACase() throws IOException {
    var missing = new TreeSet<String>();
    for (Code code : Code.values()) {
      missing.add(code.id());
    }
    // Those of `check --connect` need a real system: their tests are in `verify`.
    missing.removeIf(code -> code.startsWith("UDL-7"));
    for (Path path : Golden.cases()) {
      String expected = Golden.read(Golden.expected(path));
      missing.removeIf(code -> expected.contains("[" + code + "]"));
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void noSecretIsEverPrinted() throws IOException {
    for (Path path : Golden.cases()) {
      assertThat(Golden.read(Golden.expected(path))).as(path.toString()).doesNotContain("hunter2");
    }
  }
}
