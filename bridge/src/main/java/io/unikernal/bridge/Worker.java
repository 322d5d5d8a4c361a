package io.unikernal.bridge;

import io.unikernal.spi.World;
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
import java.util.concurrent.TimeUnit;

/** One process of a worker: spawned with a token of its own, its output turned into log lines. */
final class Worker {
  private static final int TOKEN_BYTES = 32;
  private static final int LINE_CHARS_MAX = 8_192;
  private static final SecureRandom RANDOM = new SecureRandom();
  private final String name;
  private final String token;
  private final Process process;
  private final Logger log;
  private volatile String lastError = "";

  private Worker(String name, String token, Process process, Logger log) {
    this.name = name;
    this.token = token;
    this.process = process;
    this.log = log;
  }

  static String newToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  static Worker spawn(
      String name, String token, ProcessBuilder builder, String socket, World world, Logger log)
      throws IOException {
    var variables = builder.environment();
    variables.put("UNIKERNAL_SOCKET", socket);
    variables.put("UNIKERNAL_TOKEN", token);
    variables.put("UNIKERNAL_WORKER", name);
    var worker = new Worker(name, token, builder.start(), log);
    worker.process.getOutputStream().close();
    // Platform threads would be two a process; a pipe's read blocks a carrier only for one line.
    Thread.ofPlatform()
        .daemon()
        .name(name + "-out")
        .start(() -> worker.pump(worker.process.getInputStream(), Level.INFO));
    Thread.ofPlatform()
        .daemon()
        .name(name + "-err")
        .start(() -> worker.pump(worker.process.getErrorStream(), Level.WARNING));
    return worker;
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
    }
  }

  private void emit(String line, Level level) {
    if (level == Level.WARNING && !line.isBlank()) {
      lastError = line.strip();
    }
    log.log(level, () -> name + ": " + line);
  }

  String name() {
    return name;
  }

  String token() {
    return token;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** How it ended, for people. */
  String exitText() {
    if (process.isAlive()) {
      return "is running";
    }
    int exit = process.exitValue();
    String how =
        exit > 128 ? "was killed by signal " + (exit - 128) : "ended with exit code " + exit;
    return lastError.isEmpty() ? how : how + ": " + lastError;
  }

  /** Asks it to end, then makes it. */
  void stop(Duration grace) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
    }
  }

  void kill() {
    process.destroyForcibly();
  }

  void waitFor() throws InterruptedException {
    process.waitFor();
  }
}
