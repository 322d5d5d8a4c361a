package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** JSONTestSuite, from the folder of test data that lies beside the project. */
class JsonSuiteTest {
  private static final String FOLDER = "shared/data/JSONTestSuite/test_parsing";

  /**
   * RFC 8259 says that names should be unique, and leaves to the reader what it makes of others.
   * Unikernal refuses them by default: two readers of one message must not see two messages. They
   * are accepted where a reader asks for it.
   */
  private static final Set<String> STRICTER =
      Set.of("y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json");

  @Test
  void theSuiteIsAcceptedAndRefusedAsItSays() throws IOException {
    var accepted = cases("y_");
    for (Path file : accepted) {
      byte[] bytes = Files.readAllBytes(file);
      if (STRICTER.contains(String.valueOf(file.getFileName()))) {
        assertThatThrownBy(() -> Json.read(bytes, Json.Limits.DEFAULT))
            .hasMessageContaining("twice");
        var lastWins = new Json.Limits(64, 400, Json.Keys.LAST_WINS, false);
        assertThat(Json.read(bytes, lastWins))
            .isEqualTo(
                Json.read(
                    "{\"a\":\"%s\"}"
                        .formatted(file.toString().contains("value") ? "b" : "c")
                        .getBytes(StandardCharsets.UTF_8),
                    lastWins));
        continue;
      }
      Value value = Json.read(bytes, Json.Limits.DEFAULT);
      assertThat(Json.read(Json.write(value), Json.Limits.DEFAULT)).as("%s", file).isEqualTo(value);
      assertThat(Json.read(bytes, Type.Simple.ANY, Conform.Extra.KEEP, Json.Limits.DEFAULT))
          .isEqualTo(value);
      assertThat(Json.receive(bytes, Json.Limits.DEFAULT, Set.of())).isEqualTo(value);
      Json.check(bytes, Json.Limits.DEFAULT);
    }
    var refused = cases("n_");
    for (Path file : refused) {
      byte[] bytes = Files.readAllBytes(file);
      for (Runnable reading : readings(bytes)) {
        assertThatThrownBy(reading::run)
            .as("%s", file)
            .isInstanceOfSatisfying(
                FaultException.class,
                e -> {
                  assertThat(e.fault().code()).isIn(Fault.Code.MALFORMED, Fault.Code.TOO_LARGE);
                  assertThat(e.fault().details().fields()).containsKey("position");
                });
      }
    }
    var either = cases("i_");
    for (Path file : either) {
      byte[] bytes = Files.readAllBytes(file);
      assertThat(readings(bytes).stream().map(JsonSuiteTest::readOrRefuse).distinct())
          .as("%s", file)
          .hasSize(1);
    }
    assertThat(accepted).hasSizeGreaterThanOrEqualTo(90);
    assertThat(refused).hasSizeGreaterThanOrEqualTo(180);
    assertThat(either).hasSizeGreaterThanOrEqualTo(30);
  }

  /** All ways to read a document: each refuses what the others refuse. */
  private static List<Runnable> readings(byte[] bytes) {
    var limits = Json.Limits.DEFAULT;
    return List.of(
        () -> Json.write(Json.read(bytes, limits)),
        () -> Json.read(bytes, Type.Simple.ANY, Conform.Extra.KEEP, limits),
        () -> Json.receive(bytes, limits, Set.of()),
        () -> Json.check(bytes, limits));
  }

  /** What the reading said. */
  private static Object readOrRefuse(Runnable reading) {
    try {
      reading.run();
      return "read";
    } catch (FaultException e) {
      assertThat(e.fault().details().fields()).containsKey("position");
      return e.fault();
    }
  }

  private static List<Path> cases(String prefix) throws IOException {
    try (var files = Files.newDirectoryStream(folder(), prefix + "*.json")) {
      var found = new ArrayList<Path>();
      files.forEach(found::add);
      return found;
    }
  }

  private static Path folder() {
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      if (Files.isDirectory(up.resolve(FOLDER))) {
        return up.resolve(FOLDER);
      }
    }
    Assumptions.assumeTrue(false, "data: " + FOLDER + " is not beside the project");
    throw new AssertionError("never here");
  }
}
