package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: what users get runs anywhere. Method: the archive is unpacked in a folder it was not built
 * in, and started as a user would.
 */
class DistributionIT {
  private static final Path HOME = Path.of(System.getProperty("unikernal.dist", ""));
  private static final long START_SECONDS_MAX = 60;

  @TempDir Path folder;

  record Run(int status, String out) {}

  @Test
  void theArchiveRunsWhereItIsUnpacked() throws Exception {
    assertThat(run(unpacked(), Map.of(), "version").status()).isZero();
  }

  @Test
  void theCacheIsStillUsedWhereTheArchiveIsUnpacked() throws Exception {
    Path log = folder.resolve("classes.log");
    run(unpacked(), Map.of("UNIKERNAL_JAVA_OPTS", "-Xlog:class+load:file=" + log), "version");
    assertThat(Files.readString(log))
        .contains("io.unikernal.cli.Main source: shared objects file")
        .doesNotContain("source: jar:");
  }

  /** Their libraries are large, and two commands need them. */
  @Test
  void whatImportsIsLoadedOnlyByTheCommandsThatImport() throws Exception {
    Path log = folder.resolve("classes.log");
    var options = Map.of("UNIKERNAL_JAVA_OPTS", "-Xlog:class+load:file=" + log);
    run(HOME, options, "check", "--offline", HOME.resolve("examples/01-orders").toString());
    assertThat(Files.readString(log))
        .contains("io.unikernal.cli.ImportCommand")
        .doesNotContain(
            "io.unikernal.importers.", "kotlin.", "net.sf.jsqlparser.", "org.apache.avro.");
    run(HOME, options, "export", "proto", HOME.resolve("examples/01-orders").toString());
    assertThat(Files.readString(log)).contains("io.unikernal.importers.ProtoWriter");
  }

  /** The SDK of OpenTelemetry is loaded where a collector is asked for, in either way. */
  @Test
  void aCollectorIsToldWhereOneIsAskedForAndOnlyThere() throws Exception {
    var heard = ConcurrentHashMap.<String>newKeySet();
    var collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          heard.add(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    String url = "http://127.0.0.1:" + collector.getAddress().getPort();
    try {
      assertThat(classesOfARun(Map.of())).doesNotContain("io.opentelemetry.");
      assertThat(heard).isEmpty();
      assertThat(classesOfARun(Map.of(), "--otlp", url)).contains("io.opentelemetry.");
      assertThat(heard).contains("/v1/metrics");
      heard.clear();
      classesOfARun(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", url));
      assertThat(heard).contains("/v1/metrics");
    } finally {
      collector.stop(0);
    }
  }

  private String classesOfARun(Map<String, String> more, String... arguments) throws Exception {
    Path log = Files.createTempFile(folder, "classes", ".log");
    var environment = new HashMap<>(more);
    environment.put("UNIKERNAL_JAVA_OPTS", "-Xlog:class+load:file=" + log);
    Path definition =
        Files.writeString(
            folder.resolve("idle.udl.yaml"),
            """
            systems:
              inbox: { type: http, listen: 0, operations: { noted: { post: /notes, body: string } } }
              kept: { type: memory, operations: { keep: { accepts: string } } }
            routes:
              - { from: inbox.noted, to: kept.keep }
            """);
    var command = new ArrayList<>(List.of("run", definition.toString()));
    command.addAll(List.of(arguments));
    try (var program = RunningProgram.start(folder, environment, command.toArray(String[]::new))) {
      program.awaitOutput("Ctrl-C stops it.");
      assertThat(program.interrupt()).isZero();
    }
    return Files.readString(log);
  }

  @Test
  void withoutItsCacheItStartsAllTheSame() throws Exception {
    Path home = unpacked();
    Files.delete(home.resolve("lib/unikernal.aot"));
    assertThat(run(home, Map.of(), "version").status()).isZero();
  }

  @Test
  void aCacheThatDoesNotFitIsIgnoredWithoutAWord() throws Exception {
    Path home = unpacked();
    String expected = run(home, Map.of(), "version").out();
    Files.writeString(home.resolve("lib/unikernal.aot"), "not a cache");
    assertThat(run(home, Map.of(), "version")).isEqualTo(new Run(0, expected));
  }

  @Test
  void theClassPathNamesEveryJarOnce() throws IOException {
    try (Stream<Path> files = Files.list(HOME.resolve("lib"))) {
      List<String> jars =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".jar"))
              .toList();
      assertThat(Files.readAllLines(HOME.resolve("lib/classpath")))
          .containsExactlyInAnyOrderElementsOf(jars)
          .startsWith(jars.stream().filter(jar -> jar.startsWith("cli-")).toArray(String[]::new));
    }
  }

  @Test
  void whatAUserNeedsBesidesIsInside() {
    assertThat(List.of("LICENSE", "adapters/README.md", "bin/unikernal"))
        .allSatisfy(path -> assertThat(HOME.resolve(path)).isNotEmptyFile());
  }

  private Path unpacked() throws Exception {
    Path place = Files.createDirectories(folder.resolve("another place"));
    String version = HOME.toRealPath().getFileName().toString();
    Path archive = HOME.resolveSibling(version + ".tar.gz");
    Process tar =
        new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", place.toString())
            .inheritIO()
            .start();
    assertThat(tar.waitFor()).isZero();
    return place.resolve(version);
  }

  private static Run run(Path home, Map<String, String> environment, String... arguments)
      throws Exception {
    var builder = new ProcessBuilder(home.resolve("bin/unikernal").toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().remove("UNIKERNAL_JAVA_OPTS");
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(START_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), out);
  }
}
