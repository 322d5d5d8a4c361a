package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: no bytes make a decoder fail in another way than by saying where they are wrong. Method:
 * the beginnings of many messages and changes of them, always; Jazzer, guided by what each input
 * reaches, in the long form.
 */
class CodecFuzzTest {
  private static final int MESSAGES = 1500;
  private static final int SECONDS = 240;
  private static final String DRIVER = "com.code_intelligence.jazzer.Jazzer";

  @TempDir private Path folder;

  private static List<byte[]> seeds(int seed) {
    var samples = new Samples(seed, 0);
    Type type = samples.type(4);
    Value value = samples.value(type);
    return List.of(
        Json.write(value),
        samples.render(samples.document(type), false).getBytes(StandardCharsets.UTF_8),
        Cbor.write(value),
        Cbor.writeSlots(type, value));
  }

  @Test
  void everyBeginningAndEveryChangeOfAMessageIsTakenOrRefusedAtItsPlace() {
    for (int seed = 0; seed < MESSAGES; seed++) {
      var random = new java.util.Random(seed);
      for (byte[] bytes : seeds(seed)) {
        for (int length = 0; length < Math.min(bytes.length, 120); length++) {
          CodecFuzz.fuzzerTestOneInput(Arrays.copyOf(bytes, length));
        }
        for (int i = 0; i < 20 && bytes.length > 0; i++) {
          byte[] broken = bytes.clone();
          for (int n = random.nextInt(4); n >= 0; n--) {
            broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
          }
          CodecFuzz.fuzzerTestOneInput(broken);
        }
      }
    }
    assertThat(CodecFuzz.taken(() -> Json.write(Value.text("x")))).isTrue();
  }

  /** What is cut off is malformed at its end, and nowhere else. */
  @Test
  void aMessageThatIsCutOffIsRefusedWhereItEnds() {
    byte[] json = "{\"a\":[1,{\"b\":\"x\\u00e4\"}],\"c\":true}".getBytes(StandardCharsets.UTF_8);
    byte[] cbor = Cbor.write(Json.read(json, Json.Limits.DEFAULT));
    for (int length = 0; length < json.length; length++) {
      byte[] cut = Arrays.copyOf(json, length);
      assertThat(position(() -> Json.read(cut, Json.Limits.DEFAULT))).isEqualTo(length);
      assertThat(position(() -> Json.check(cut, Json.Limits.DEFAULT))).isEqualTo(length);
    }
    for (int length = 0; length < cbor.length; length++) {
      byte[] cut = Arrays.copyOf(cbor, length);
      assertThat(position(() -> Cbor.read(cut, 0, cut.length))).isEqualTo(length);
    }
  }

  private static long position(Runnable reading) {
    try {
      reading.run();
    } catch (FaultException e) {
      assertThat(e.fault().code()).isEqualTo(Fault.Code.MALFORMED);
      return ((Value.Int) e.fault().details().field("position")).value();
    }
    throw new AssertionError("it was taken");
  }

  @Test
  void whatJazzerFindsIsRefusedAtItsPlace() throws Exception {
    assumeTrue(Boolean.getBoolean("unikernal.long"), "long: " + SECONDS + " seconds of Jazzer");
    Path seeds = Files.createDirectories(folder.resolve("seeds"));
    for (int seed = 0; seed < 200; seed++) {
      int kind = 0;
      for (byte[] bytes : seeds(seed)) {
        Files.write(seeds.resolve(seed + "-" + kind++), bytes);
      }
    }
    fuzz(CodecFuzz.class, seeds, "io.unikernal.model.**");
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
