package io.unikernal.bridge;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One process of a worker: spawned with a token of its own, its output turned into log lines. */
final class Worker {
  private static final int TOKEN_BYTES = 32;
  private static final int LINE_CHARS_MAX = 8_192;

  /** What a process wrote at its end takes a moment to be read; a child may hold its pipes. */
  private static final long LAST_LINES_MILLIS = 500;

  private static final SecureRandom RANDOM = new SecureRandom();
  private final String name;
  private final Process process;
  private final Logger log;
  private final CountDownLatch streams = new CountDownLatch(2);
  private volatile String lastError = "";

  private Worker(String name, Process process, Logger log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  static String newToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * @param name of this instance, for its log lines
   */
  static Worker spawn(
      String name, String system, String token, ProcessBuilder builder, String socket, Logger log)
      throws IOException {
    var variables = builder.environment();
    variables.put("UNIKERNAL_SOCKET", socket);
    variables.put("UNIKERNAL_TOKEN", token);
    variables.put("UNIKERNAL_WORKER", system);
    Process process = builder.start();
    var worker = new Worker(name, process, log);
    worker.closeInput();
    worker.pumpOn(name + "-out", process.getInputStream(), Level.INFO);
    worker.pumpOn(name + "-err", process.getErrorStream(), Level.WARNING);
    return worker;
  }

  private void closeInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException _) {
      // It has ended already.
    }
  }

  /** A platform thread: reading a pipe would hold a virtual one's carrier for as long. */
  private void pumpOn(String thread, InputStream stream, Level level) {
    Thread.ofPlatform().daemon().name(thread).start(() -> pump(stream, level));
  }

  private void pump(InputStream stream, Level level) {
    try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      var line = new StringBuilder();
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        if (c == '\n' || line.length() >= LINE_CHARS_MAX) {
          emit(line.toString(), level);
          line.setLength(0);
        }
        if (c != '\n') {
          line.append((char) c);
        }
      }
      if (!line.isEmpty()) {
        emit(line.toString(), level);
      }
    } catch (IOException _) {
      // The process is gone, and its pipe with it.
    } finally {
      streams.countDown();
    }
  }

  private void emit(String line, Level level) {
    if (level == Level.WARNING && !line.isBlank()) {
      lastError = line.strip();
    }
    log.log(level, () -> name + ": " + line);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  void onExit(Runnable action) {
    var _ = process.onExit().thenRun(action);
  }

  /** How it ended, for people. Waits a moment for its last lines. */
  String exitText() throws InterruptedException {
    if (process.isAlive()) {
      return "is running";
    }
    streams.await(LAST_LINES_MILLIS, TimeUnit.MILLISECONDS);
    int exit = process.exitValue();
    String how =
        exit > 128 ? "was killed by signal " + (exit - 128) : "ended with exit code " + exit;
    return lastError.isEmpty() ? how : how + ": " + lastError;
  }

  /** Gives it time to end by itself, then makes it, and everything that it started. */
  void end(Duration grace) throws InterruptedException {
    // Asked while it lives: afterwards nobody knows whose they were.
    var children = process.descendants().toList();
    try {
      process.waitFor(grace.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      kill();
      children.forEach(ProcessHandle::destroyForcibly);
    }
    process.waitFor();
  }

  /** By the handle, since {@link Process#destroyForcibly} would close the pipes unread. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.toHandle().destroyForcibly();
  }
}
