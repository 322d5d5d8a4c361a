package io.unikernal.udl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: no input, however it was found, crashes or hangs the front end. Method: Jazzer, guided by
 * what each input reaches, with the corpus as its seeds, in a JVM of its own. The short form is
 * {@link FuzzTest}.
 */
class JazzerTest {
  private static final int SECONDS = 300;
  private static final String DRIVER = "com.code_intelligence.jazzer.Jazzer";

  @TempDir private Path folder;

  @Test
  void whatJazzerFindsIsRefusedWithWords() throws Exception {
    assumeTrue(Boolean.getBoolean("unikernal.long"), "long: " + SECONDS + " seconds of Jazzer");
    Path seeds = seeds();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading", "-cp"));
    command.add(BombTest.classPath());
    command.addAll(List.of(DRIVER, "--target_class=" + FuzzTarget.class.getName()));
    command.add(
        "--instrumentation_includes=io.unikernal.udl.**:io.unikernal.expr.**:io.unikernal.model.**");
    command.add("--reproducer_path=" + folder);
    command.addAll(List.of(seeds.toString(), "-max_total_time=" + SECONDS, "-timeout=30"));
    command.add("-artifact_prefix=" + folder + "/");
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean isDone = process.waitFor(SECONDS * 3L, TimeUnit.SECONDS);
    process.destroyForcibly();
    List<String> lines = Files.readAllLines(output, java.nio.charset.StandardCharsets.ISO_8859_1);
    String end = String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    assertThat(isDone).as(end).isTrue();
    assertThat(process.exitValue()).as(end).isZero();
    assertThat(end).contains("Done ");
  }

  private Path seeds() throws IOException {
    Path seeds = Files.createDirectories(folder.resolve("seeds"));
    for (Path path : Golden.cases()) {
      if (Files.isRegularFile(path)) {
        Files.copy(
            path, seeds.resolve(Golden.FOLDER.relativize(path).toString().replace('/', '_')));
      }
    }
    return seeds;
  }
}
