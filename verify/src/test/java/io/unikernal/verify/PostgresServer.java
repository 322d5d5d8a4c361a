package io.unikernal.verify;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A private PostgreSQL: its own folder and port, stopped by its pid. A missing one is a failure,
 * not a skip.
 */
final class PostgresServer implements AutoCloseable {
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
  private static final String USER = "unikernal";
  private final Path folder;
  private final Process process;
  private final int port;
  private final String password;

  private PostgresServer(Path folder, Process process, int port, String password) {
    this.folder = folder;
    this.process = process;
    this.port = port;
    this.password = password;
  }

  static PostgresServer start() throws Exception {
    Path folder = Files.createTempDirectory("unikernal-postgres");
    String password = UUID.randomUUID().toString();
    Path passwordFile = Files.writeString(folder.resolve("password"), password);
    run(List.of("chown", "-R", owner(), folder.toString()));
    run(
        asOwner(
            binary("initdb"),
            "-D",
            folder.resolve("data").toString(),
            "-U",
            USER,
            "--pwfile=" + passwordFile,
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync"));
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var process =
        new ProcessBuilder(
                asOwner(
                    binary("postgres"),
                    "-D",
                    folder.resolve("data").toString(),
                    "-p",
                    "" + port,
                    "-h",
                    "127.0.0.1",
                    "-k",
                    folder.toString(),
                    "-F"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    var server = new PostgresServer(folder, process, port, password);
    server.awaitReady();
    return server;
  }

  private void awaitReady() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try (var connection = DriverManager.getConnection(jdbcUrl())) {
        connection.isValid(1);
        return;
      } catch (SQLException e) {
        if (System.nanoTime() > end || !process.isAlive()) {
          close();
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  String url() {
    return "postgres://" + USER + ":" + password + "@127.0.0.1:" + port + "/postgres";
  }

  String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:"
        + port
        + "/postgres?user="
        + USER
        + "&password="
        + password;
  }

  /** All tables, their rows and everything else, as SQL. */
  String dump() throws Exception {
    var process =
        new ProcessBuilder(
                binary("pg_dump"),
                "--restrict-key=same",
                "-h",
                "127.0.0.1",
                "-p",
                "" + port,
                "-U",
                USER,
                "postgres")
            .redirectErrorStream(true);
    process.environment().put("PGPASSWORD", password);
    var started = process.start();
    String text = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (started.waitFor() != 0) {
      throw new AssertionError(text);
    }
    return text;
  }

  String password() {
    return password;
  }

  private static String binary(String name) throws IOException {
    try (var versions = Files.list(INSTALLED)) {
      return versions
          .map(version -> version.resolve("bin").resolve(name))
          .filter(Files::isExecutable)
          .max(Comparator.naturalOrder())
          .orElseThrow(
              () -> new AssertionError("PostgreSQL is not installed: see scripts/packages.txt"))
          .toString();
    }
  }

  /** The server refuses to run as root. */
  private static List<String> asOwner(String... command) {
    var all = new ArrayList<String>();
    if (System.getProperty("user.name").equals("root")) {
      all.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    all.addAll(List.of(command));
    return all;
  }

  private static String owner() {
    return System.getProperty("user.name").equals("root")
        ? "postgres"
        : System.getProperty("user.name");
  }

  private static void run(List<String> command) throws Exception {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(command.getFirst() + " failed: " + output);
    }
  }

  @Override
  public void close() throws Exception {
    new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
