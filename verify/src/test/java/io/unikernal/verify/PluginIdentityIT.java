package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A third party's kind of identity: a folder of jars, dropped into an installation. */
class PluginIdentityIT {
  private static final String SERVICE = "META-INF/services/io.unikernal.spi.IdentityProvider";

  /** Knows everybody who shows the badge of the definition. */
  private static final String BADGE =
      """
      package example;

      import io.unikernal.model.*;
      import io.unikernal.spi.*;
      import java.util.*;

      public final class Badge implements IdentityProvider {
        private static final Field<String> WORD = Field.text("word", "What a badge says.").example("open");

        @Override public Spec spec() {
          return new Spec("badge", "Badges that say one word.", ConfigSpec.of(WORD), List.of());
        }

        @Override public List<OperationRule.Problem> problems(Config options) { return List.of(); }

        @Override public Optional<Set<String>> roles(Config options) { return Optional.of(Set.of("guard")); }

        @Override public Identifier open(Context context) {
          String word = context.options().get(WORD);
          return sender -> {
            String shown = sender.headers().getOrDefault("x-badge", "");
            if (shown.isEmpty()) {
              return Verdict.Absent.ABSENT;
            }
            return shown.equals(word)
                ? new Verdict.Known(new Principal("bearer", Set.of("guard"), context.name(), Value.Dict.EMPTY))
                : new Verdict.Refused("another word");
          };
        }
      }
      """;

  private static final String DEFINITION =
      """
      udl: 7
      systems:
        web:
          type: http
          listen: 0
          operations: { door: { get: /door, returns: string } }
      identities:
        gate: { type: badge, word: sesame }
      roles:
        guard: { may: [web.door] }
      routes:
        - { from: web.door, to: door }
      pipelines:
        door: { steps: [{ set: "${auth.name} by ${auth.identity}" }] }
      """;

  @TempDir private Path folder;
  private Path home;

  @BeforeEach
  void install() throws Exception {
    home = folder.resolve("unikernal");
    Path installed = RunningProgram.installation().toRealPath();
    copy(installed, home);
    Path source = Files.createDirectories(folder.resolve("source/example")).resolve("Badge.java");
    Files.writeString(source, BADGE);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    String path = System.getProperty("java.class.path");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-cp", path, "-d", "" + classes, "" + source);
    assertThat(status).isZero();
    Path jar = Files.createDirectories(home.resolve("adapters/badge")).resolve("badge.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(SERVICE));
      out.write("example.Badge".getBytes(StandardCharsets.UTF_8));
      out.putNextEntry(new JarEntry("example/Badge.class"));
      out.write(Files.readAllBytes(classes.resolve("example/Badge.class")));
    }
  }

  private static void copy(Path from, Path to) throws IOException, InterruptedException {
    var copying = new ProcessBuilder("cp", "-a", from.toString(), to.toString()).inheritIO();
    assertThat(copying.start().waitFor()).isZero();
  }

  private static int door(String url, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url + "/door"));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    var answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() == 200) {
      assertThat(answer.body()).isEqualTo("\"bearer by gate\"");
    }
    return answer.statusCode();
  }

  @Test
  void aKindOfIdentityInTheFolderIsKnownToCheckAndRun() throws Exception {
    Path definition = Definitions.of(folder.resolve("door"), "door.udl.yaml", DEFINITION);
    Path program = home.resolve("bin/unikernal");
    var logs = Files.createDirectories(folder.resolve("logs"));
    try (var running = RunningProgram.startAt(program, logs, "run", definition.toString())) {
      running.awaitOutput("Ctrl-C stops it.");
      assertThat(door(running.url())).isEqualTo(401);
      assertThat(door(running.url(), "x-badge", "open")).isEqualTo(401);
      assertThat(door(running.url(), "x-badge", "sesame")).isEqualTo(200);
    }
    var wrong =
        Definitions.of(
            folder.resolve("wrong"), "door.udl.yaml", DEFINITION.replace("word:", "wort:"));
    try (var check = RunningProgram.startAt(program, logs, "check", wrong.toString())) {
      assertThat(check.exitCode()).isNotZero();
      assertThat(check.output() + check.errors()).contains("wort", "word");
    }
    try (var check = RunningProgram.startAt(program, logs, "check", definition.toString())) {
      assertThat(check.exitCode()).as(check.output() + check.errors()).isZero();
    }
  }
}
