package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A definition that seals its state: nothing of a message can be read in its folder. */
class SealedStateIT {
  private static final String KEY = "0AL1cMZzB5o8pC6u5nV0oGm4a9nqXr2s";
  private static final Map<String, String> SECRETS = Map.of("UNIKERNAL_SECRET_STATE_KEY", KEY);

  private static final Pattern NUMBER = Pattern.compile("\"number\": (\\d+)");
  @TempDir private Path folder;

  private Path definition(int port) throws IOException {
    return Definitions.of(
        folder.resolve("sealed"),
        "sealed.udl.yaml",
        """
        udl: 7
        types: { Person: { mail: pii(string) } }
        systems:
          web:
            type: http
            listen: 0
            clearance: pii
            operations: { join: { post: /people, body: Person } }
          down:
            type: http
            url: http://127.0.0.1:%d
            clearance: pii
            operations: { tell: { post: /people, body: Person, effect: idempotent } }
        routes:
          - { from: web.join, to: down.tell, durable: { attempts: 1 } }
        defaults:
          state: { key: "${secret.state_key}" }
        """
            .formatted(port));
  }

  private String dlq(Path definition, Map<String, String> secrets, int exitCode, String... words)
      throws Exception {
    var arguments = new ArrayList<>(List.of("dlq", words[0], definition.toString()));
    arguments.addAll(List.of(words).subList(1, words.length));
    try (var program = RunningProgram.start(folder, secrets, arguments.toArray(String[]::new))) {
      assertThat(program.exitCode()).as(program.output() + program.errors()).isEqualTo(exitCode);
      return program.output() + program.errors();
    }
  }

  private String number(Path definition) throws Exception {
    var match = NUMBER.matcher(dlq(definition, SECRETS, 0, "list", "--json"));
    assertThat(match.find()).isTrue();
    return match.group(1);
  }

  @Test
  void whatIsKeptCannotBeReadAndALetterWithLabelledValuesIsReplayed() throws Exception {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path definition = definition(port);
    try (var program = RunningProgram.start(folder, SECRETS, "run", definition.toString())) {
      program.awaitOutput("Ctrl-C stops it.");
      assertThat(
              Http.post(program.url() + "/people", "{\"mail\": \"ann@example.org\"}").statusCode())
          .isEqualTo(202);
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!dlq(definition, SECRETS, 0, "list").contains("disconnected")
          && System.nanoTime() < end) {
        Thread.sleep(100);
      }
      assertThat(dlq(definition, SECRETS, 0, "show", number(definition)))
          .contains("\"mail\": \"***\"")
          .doesNotContain("ann@");
      assertThat(kept()).isNotEmpty().doesNotContain("ann@example").doesNotContain(KEY);
      assertThat(program.interrupt()).as(program.output()).isZero();
    }
    assertThat(kept()).isNotEmpty().doesNotContain("ann@example").doesNotContain(KEY);
    assertThat(dlq(definition, Map.of(), 3, "list")).contains("no key opens it");
    assertThat(dlq(definition, SECRETS, 0, "show", number(definition))).contains("\"***\"");

    var told = new CopyOnWriteArrayList<String>();
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext(
        "/people",
        exchange -> {
          told.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      assertThat(dlq(definition, SECRETS, 0, "replay", "--all")).contains("delivered");
    } finally {
      server.stop(0);
    }
    assertThat(told).containsExactly("{\"mail\":\"ann@example.org\"}");
    assertThat(dlq(definition, SECRETS, 0, "list")).contains("no dead letters");
  }

  /** All bytes that lie in the state folder. */
  private String kept() throws IOException {
    var all = new StringBuilder();
    try (var files = Files.walk(folder.resolve("sealed/.unikernal"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }
}
