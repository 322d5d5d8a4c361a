package io.unikernal.adapter.sql;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL of our own: data in a new folder, a free port of the loopback. Where it is not
 * installed tests fail. It refuses to run as root, so root runs it as the user `postgres`.
 */
final class PostgresServer implements AutoCloseable {
  static final String PASSWORD = "Secr3t!p@ss";
  private static final Path BINARIES =
      Path.of(System.getProperty("postgres.bin", "/usr/lib/postgresql/15/bin"));
  private static @Nullable PostgresServer shared;

  private final Path folder;
  private final int port;
  private @Nullable Process process;

  private PostgresServer() throws IOException, InterruptedException {
    folder = Files.createTempDirectory("unikernal-pg");
    port = freePort();
    if (isRoot()) {
      run(List.of("chown", "postgres:", folder.toString()));
    }
    Path password = Files.writeString(folder.resolve("pw"), PASSWORD + "\n");
    if (isRoot()) {
      run(List.of("chown", "postgres:", password.toString()));
    }
    run(
        asServer(
            BINARIES.resolve("initdb").toString(),
            "-D",
            folder.resolve("data").toString(),
            "-U",
            "unikernal",
            "--pwfile=" + password,
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync"));
  }

  /** Started once for all tests of this JVM, and stopped with it. */
  static synchronized PostgresServer shared() throws IOException, InterruptedException {
    var server = shared;
    if (server == null) {
      server = start();
      shared = server;
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }
    return server;
  }

  static PostgresServer start() throws IOException, InterruptedException {
    var server = new PostgresServer();
    try {
      server.run();
      return server;
    } catch (IOException | InterruptedException | RuntimeException failed) {
      server.close();
      throw failed;
    }
  }

  int port() {
    return port;
  }

  String url() {
    return "postgres://unikernal:Secr3t!p%40ss@127.0.0.1:" + port + "/postgres";
  }

  /** Starts the server process, again after {@link #kill}. */
  void run() throws IOException, InterruptedException {
    var started =
        new ProcessBuilder(
                asServer(
                    BINARIES.resolve("postgres").toString(),
                    "-D",
                    folder.resolve("data").toString(),
                    "-c",
                    "port=" + port,
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "unix_socket_directories=" + folder,
                    "-c",
                    "fsync=off"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    process = started;
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (new ProcessBuilder(
                BINARIES.resolve("pg_isready").toString(), "-q", "-h", "127.0.0.1", "-p", "" + port)
            .start()
            .waitFor()
        != 0) {
      if (!started.isAlive() || System.nanoTime() > until) {
        throw new IllegalStateException(
            "PostgreSQL does not start: " + Files.readString(folder.resolve("log")));
      }
      Thread.sleep(50);
    }
  }

  /** Ends it as a crash does: SIGQUIT, at once and without a farewell. */
  void kill() throws IOException, InterruptedException {
    var running = Objects.requireNonNull(process);
    run(List.of("kill", "-QUIT", Long.toString(running.pid())));
    running.waitFor(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    try {
      var running = process;
      if (running != null && running.isAlive()) {
        run(List.of("kill", "-INT", Long.toString(running.pid())));
        if (!running.waitFor(20, TimeUnit.SECONDS)) {
          running.destroyForcibly();
        }
      }
      try (var files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException | InterruptedException error) {
      throw new IllegalStateException(error);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static List<String> asServer(String... command) {
    var all = new ArrayList<String>();
    if (isRoot()) {
      all.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    all.addAll(List.of(command));
    return all;
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command.getFirst() + ": " + output);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
