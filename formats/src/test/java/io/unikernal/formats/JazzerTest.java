package io.unikernal.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unikernal.spi.Formats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: no bytes, however they were found, make a reader crash or hang. Method: Jazzer, guided by
 * what each input reaches, in a JVM of its own. The short form is {@link FuzzTest}.
 */
class JazzerTest {
  private static final int SECONDS = Integer.getInteger("unikernal.fuzz.seconds", 300);
  private static final String DRIVER = "com.code_intelligence.jazzer.Jazzer";

  @TempDir private Path folder;

  @Test
  void whatJazzerFindsIsRefusedWithItsPlace() throws Exception {
    assumeTrue(Boolean.getBoolean("unikernal.long"), "long: " + SECONDS + " seconds of Jazzer");
    Path seeds = seeds();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.addAll(List.of(DRIVER, "--target_class=" + FuzzTarget.class.getName()));
    command.add(
        "--instrumentation_includes=io.unikernal.formats.**:com.ctc.wstx.**:org.snakeyaml.**"
            + ":com.fasterxml.jackson.dataformat.csv.**");
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
    List<String> lines = Files.readAllLines(output, StandardCharsets.ISO_8859_1);
    String end = String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    assertThat(isDone).as(end).isTrue();
    assertThat(process.exitValue()).as(end).isZero();
    assertThat(end).contains("Done ");
  }

  private Path seeds() throws IOException {
    Path seeds = Files.createDirectories(folder.resolve("seeds"));
    List<String> names = List.of(Formats.installed().names());
    int number = 0;
    for (Seeds.Seed seed : Seeds.ALL) {
      var bytes = new ByteArrayOutputStream();
      int type = seed.type() == Seeds.ORDERS ? 1 : seed.type() == Seeds.ORDER ? 2 : 0;
      bytes.write(names.indexOf(seed.format()) + type * names.size());
      bytes.writeBytes(seed.bytes());
      Files.write(seeds.resolve(seed.format() + number++), bytes.toByteArray());
    }
    return seeds;
  }
}
