package io.unikernal.udl;

import io.unikernal.model.Plan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** The corpus: a definition, and what the compiler says of it. */
final class Golden {
  static final Path FOLDER = Path.of("src/test/golden");
  static final Map<String, String> ENVIRONMENT =
      Map.of(
          "PORT", "8080",
          "NOT_A_PORT", "hunter2",
          "ORDER_DB", "postgres://localhost/orders",
          "REGION", "eu",
          "UNIKERNAL_SECRET_DB_PASSWORD", "hunter2",
          "UNIKERNAL_SECRET_STATE_KEY", "hunter2 and thirty more characters of it",
          "UNIKERNAL_SECRET_OLD_STATE_KEY", "hunter1 and thirty more characters of it");

  private Golden() {}

  /** Files by their names, and folders that are definitions; sub-folders order them by subject. */
  static List<Path> cases() throws IOException {
    try (var all = Files.walk(FOLDER)) {
      return all.filter(path -> isCase(path) && !TestFiles.isTest(path)).sorted().toList();
    }
  }

  private static boolean isCase(Path path) {
    boolean isPart = FOLDER.relativize(path).startsWith("parts");
    return !isPart
        && path.toString().endsWith(".udl.yaml")
        && StreamSupport.stream(FOLDER.relativize(path).spliterator(), false)
                .filter(part -> part.toString().endsWith(".udl.yaml"))
                .count()
            == 1;
  }

  static Compilation compile(Path definition) throws InterruptedException {
    return compile(definition, false);
  }

  static Compilation compile(Path definition, boolean offline) throws InterruptedException {
    return UdlCompiler.compile(
        definition, Fakes.all(), new UdlCompiler.Options(ENVIRONMENT, offline));
  }

  /** With the tests beside it. */
  static Compilation check(Path path, boolean offline) throws InterruptedException {
    return UdlCompiler.check(path, Fakes.all(), new UdlCompiler.Options(ENVIRONMENT, offline));
  }

  /**
   * The diagnostics, then the plan if there is one. Of a case named {@code later_…} the routes and
   * pipelines are shown although nothing runs them yet.
   */
  static String outcome(Path definition) throws InterruptedException {
    boolean offline = definition.toString().contains("offline");
    boolean isLater = definition.getFileName().toString().startsWith("later_");
    Compilation compilation = check(definition, offline);
    String text = compilation.rendered().text(false);
    return (isLater ? compilation.draft() : compilation.plan())
        .map(plan -> text + (text.isEmpty() ? "" : "\n") + planned(PlanText.of(plan), isLater))
        .orElse(text)
        .replace(FOLDER + "/", "");
  }

  /** What a plan does, without the places of which its guarantees tell. */
  static String meaning(Plan plan) {
    return PlanText.of(plan).replaceAll(", [^ ,()]+:\\d+(?=[,)])", "");
  }

  private static String planned(String plan, boolean isLater) {
    return isLater ? plan.substring(plan.indexOf("\nroute ") + 1) : plan;
  }

  static Path expected(Path definition) {
    return Path.of(definition.toString().replaceFirst("\\.udl\\.yaml$", ".expected"));
  }

  static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
