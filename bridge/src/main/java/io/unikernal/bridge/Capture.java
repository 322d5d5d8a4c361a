package io.unikernal.bridge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What one process prints: its standard output, up to a bound, and the last line of its errors. */
final class Capture {
  private static final int OUTPUT_BYTES_MAX = 4 * 1024 * 1024;
  private static final int LINE_BYTES_MAX = 2_000;

  /** A child that it left behind may hold its pipes for ever. */
  private static final long STREAMS_SECONDS_MAX = 2;

  private final Process process;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final CountDownLatch read = new CountDownLatch(2);
  private volatile boolean overflowed;
  private volatile String lastLine = "";

  private Capture(Process process) {
    this.process = process;
  }

  /** Starts it without input. */
  static Capture start(ProcessBuilder builder) throws IOException {
    var capture = new Capture(builder.start());
    capture.process.getOutputStream().close();
    capture.readOn("describe-out", capture::readOutput);
    capture.readOn("describe-err", capture::readErrors);
    return capture;
  }

  private interface Reading {
    void run() throws IOException;
  }

  private void readOn(String name, Reading reading) {
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(() -> {
          try {
            reading.run();
          } catch (IOException _) {
            // The process is gone, and its pipe with it.
          } finally {
            read.countDown();
          }
        });
  }

  private void readOutput() throws IOException {
    try (InputStream stream = process.getInputStream()) {
      output.writeBytes(stream.readNBytes(OUTPUT_BYTES_MAX));
      if (stream.read() >= 0) {
        overflowed = true;
        kill();
      }
    }
  }

  private void readErrors() throws IOException {
    var line = new ByteArrayOutputStream();
    try (InputStream stream = process.getErrorStream()) {
      byte[] buffer = new byte[8192];
      for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
        for (int i = 0; i < count; i++) {
          if (buffer[i] == '\n') {
            keep(line);
            line.reset();
          } else if (line.size() < LINE_BYTES_MAX) {
            line.write(buffer[i]);
          }
        }
      }
    }
    keep(line);
  }

  private void keep(ByteArrayOutputStream line) {
    String text = line.toString(StandardCharsets.UTF_8).strip();
    if (!text.isEmpty()) {
      lastLine = text;
    }
  }

  /** Waits for the end of the process; ends it after that time, or when interrupted. */
  boolean await(long seconds) throws InterruptedException {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS)
          && read.await(STREAMS_SECONDS_MAX, TimeUnit.SECONDS);
    } finally {
      kill();
    }
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.toHandle().destroyForcibly();
  }

  int exitValue() {
    return process.exitValue();
  }

  /** Empty if it was more than anybody reads. */
  Optional<byte[]> output() {
    return overflowed ? Optional.empty() : Optional.of(output.toByteArray());
  }

  String lastErrorLine() {
    return lastLine;
  }
}
