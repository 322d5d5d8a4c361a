package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The distribution's launcher as a process, run as a user would; its output goes to files. */
final class RunningProgram implements AutoCloseable {
  static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)");
  private final Process process;
  private final Path out;
  private final Path err;

  private RunningProgram(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static Path installation() {
    return Path.of(System.getProperty("unikernal.dist"));
  }

  static Path launcher() {
    return installation().resolve("bin/unikernal");
  }

  static RunningProgram start(Path logs, Map<String, String> environment, String... arguments)
      throws IOException {
    return startAt(launcher(), logs, environment, arguments);
  }

  /** Of another installation. */
  static RunningProgram startAt(Path launcher, Path logs, String... arguments) throws IOException {
    return startAt(launcher, logs, Map.of(), arguments);
  }

  private static RunningProgram startAt(
      Path launcher, Path logs, Map<String, String> environment, String... arguments)
      throws IOException {
    var command =
        new java.util.ArrayList<>(List.of("env", "--default-signal=INT", launcher.toString()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(logs, "out", ".log");
    Path err = Files.createTempFile(logs, "err", ".log");
    var builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    return new RunningProgram(builder.start(), out, err);
  }

  /** Runs `unikernal run` and waits until it says that it is ready. */
  static RunningProgram run(Path logs, Path definition) throws IOException, InterruptedException {
    var program = start(logs, Map.of(), "run", definition.toString());
    program.awaitOutput("Ctrl-C stops it.");
    return program;
  }

  void awaitOutput(String text) throws IOException, InterruptedException {
    await(text, this::output);
  }

  /** What a worker prints comes by another way than its answer, and so perhaps after it. */
  void awaitErrors(String text) throws IOException, InterruptedException {
    await(text, this::errors);
  }

  private interface Said {
    String text() throws IOException;
  }

  private void await(String text, Said said) throws IOException, InterruptedException {
    long end = System.nanoTime() + READY_LIMIT.toNanos();
    while (!said.text().contains(text)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new AssertionError("it did not say `" + text + "`:\n" + output() + errors());
      }
      Thread.sleep(10);
    }
  }

  /** Where its HTTP server listens, as it printed. */
  String url() throws IOException {
    var match = ADDRESS.matcher(output());
    assertThat(match.find()).as(output()).isTrue();
    return match.group();
  }

  String output() throws IOException {
    return Files.readString(out, StandardCharsets.UTF_8);
  }

  String errors() throws IOException {
    return Files.readString(err, StandardCharsets.UTF_8);
  }

  Process process() {
    return process;
  }

  /** Ctrl-C, then its exit code. */
  int interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();
    return exitCode();
  }

  int exitCode() throws InterruptedException, IOException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS))
        .as("it ends\n" + output() + errors())
        .isTrue();
    return process.exitValue();
  }

  /** {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
