package io.unikernal.udl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What Jazzer calls with each input: the whole front end. Whatever the bytes are, there is a plan
 * or a reason, both renderings work, and it does not take long.
 */
public final class FuzzTarget {
  private static final Duration TIME_MAX = Duration.ofSeconds(20);
  private static final Path FILE = file();

  private FuzzTarget() {}

  private static Path file() {
    try {
      return Files.createTempDirectory("fuzz").resolve("f.udl.yaml");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The first compilation of a process loads and instruments all classes: not the input's time. */
  public static void fuzzerInitialize() throws IOException, InterruptedException {
    Files.writeString(FILE, "pipelines: { p: { output: \"${1 + 1}\" } }");
    Golden.compile(FILE, true).rendered().text(true);
  }

  public static void fuzzerTestOneInput(byte[] data) throws IOException, InterruptedException {
    Files.write(FILE, data);
    long started = System.nanoTime();
    Compilation compilation = Golden.compile(FILE, true);
    if (compilation.plan().isEmpty() && compilation.diagnostics().isEmpty()) {
      throw new IllegalStateException("refused without a word");
    }
    compilation.rendered().text(true);
    compilation.rendered().json();
    if (System.nanoTime() - started > TIME_MAX.toNanos()) {
      throw new IllegalStateException("took longer than " + TIME_MAX);
    }
  }
}
