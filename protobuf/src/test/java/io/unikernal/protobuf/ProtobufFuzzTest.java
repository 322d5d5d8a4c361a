package io.unikernal.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: no bytes make a decoder fail in another way than by saying where they are wrong. Method:
 * Jazzer, guided by what each input reaches. The short forms are in the tests of each decoder.
 */
class ProtobufFuzzTest {
  private static final int SECONDS = 240;
  private static final String DRIVER = "com.code_intelligence.jazzer.Jazzer";

  @TempDir private Path folder;

  @Test
  void whatJazzerFindsIsRefusedAtItsPlace() throws Exception {
    assumeTrue(Boolean.getBoolean("unikernal.long"), "long: " + SECONDS + " seconds of Jazzer");
    Path seeds = Files.createDirectories(folder.resolve("seeds"));
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      Files.write(
          seeds.resolve(seed + "-message"),
          Protos.random(Protos.descriptor(), random, 3).toByteArray());
      Files.write(seeds.resolve(seed + "-value"), UdmProto.write(UdmProtoTest.value(random, 4)));
    }
    fuzz(ProtobufFuzz.class, seeds, "io.unikernal.protobuf.**");
  }

  private void fuzz(Class<?> target, Path seeds, String instrumented)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.addAll(List.of(DRIVER, "--target_class=" + target.getName()));
    command.add("--instrumentation_includes=" + instrumented);
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
    String end = String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    assertThat(isDone).as(end).isTrue();
    assertThat(process.exitValue()).as(end).isZero();
    assertThat(end).contains("Done ");
  }
}
