package io.unikernal.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of expectation with a test that holds and one that does not, and what is said of both.
 * {@code -Dgolden.write=true} writes it anew.
 */
class GoldenTest {
  private static final Path FOLDER = Path.of("src/test/golden");

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".test.udl.yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void whatIsSaidIsWhatWasReadBefore(Path file) throws Exception {
    var report = Suites.run(file, 1);
    var lines = new ArrayList<String>();
    report.refused().forEach(one -> lines.add(one.rendered().text(false)));
    report.results().forEach(result -> lines.addAll(Reports.lines(result)));
    String text =
        String.join("\n", lines).replaceAll(" in \\d+ ms\\)", ")").replace(FOLDER + "/", "") + "\n";
    Path expected =
        FOLDER.resolve(file.getFileName().toString().replace(".test.udl.yaml", ".expected"));
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(expected, text);
    }
    assertThat(text).isEqualTo(Files.readString(expected));
  }
}
