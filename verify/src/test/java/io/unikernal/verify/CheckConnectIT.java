package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check --connect} as a user types it. */
class CheckConnectIT {
  private static final String DATABASE =
      """
      systems:
        db:
          type: sqlite
          path: %s
          operations:
            answer: { sql: "select 42 as %s", returns: { answer: int } }
      """;

  @TempDir private Path folder;

  private record Ended(int exit, String out, String err) {}

  private Ended check(Map<String, String> environment, String... arguments) throws Exception {
    var all = new String[arguments.length + 2];
    all[0] = "check";
    all[1] = "--connect";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    try (var program = RunningProgram.start(folder, environment, all)) {
      return new Ended(program.exitCode(), program.output(), program.errors());
    }
  }

  private String definition(String text) throws Exception {
    return Files.writeString(folder.resolve("test.udl.yaml"), text).toString();
  }

  @Test
  void theExampleIsTrueAndNothingIsMade() throws Exception {
    Path example = Definitions.example("01-orders", folder);
    Path file = example.resolve("orders.udl.yaml");
    Files.writeString(file, Files.readString(file).replace("listen: 8080", "listen: 0"));
    var ended = check(Map.of(), "--timeout", "60s", example.toString());

    assertThat(ended.exit()).as(ended.out() + ended.err()).isZero();
    assertThat(ended.out().lines().map(String::strip))
        .contains(
            "web      http    connected  listens on any free port",
            "pricing  python  connected  a worker started and said hello with 1 function",
            "db       sqlite  connected  2 statements prepared",
            "note: orders.db is not there yet: `run` makes it")
        .anyMatch(line -> line.startsWith("ok: 4 systems"));
    assertThat(example.resolve(".unikernal/orders.db")).doesNotExist();
    assertThat(example.resolve("outbox")).doesNotExist();
  }

  @Test
  void theExampleIsTrueOnPostgresToo() throws Exception {
    try (var server = PostgresServer.start()) {
      Path example = Definitions.example("01-orders", folder);
      Path file = example.resolve("orders.udl.yaml");
      Files.writeString(
          file,
          Files.readString(file)
              .replaceFirst("type: sqlite.*", "type: postgres")
              .replace("connection: ./.unikernal/orders.db", "connection: ${ORDER_DB}")
              .replace("listen: 8080", "listen: 0"));
      var ended = check(Map.of("ORDER_DB", server.url()), "--timeout", "60s", example.toString());

      assertThat(ended.exit()).as(ended.out() + ended.err()).isZero();
      assertThat(ended.out())
          .contains("db       postgres  connected  2 statements prepared", "rolled back")
          .doesNotContain(server.password(), "UDL-7");
    }
  }

  @Test
  void driftExitsWithOneAndAMissingSystemWithThree() throws Exception {
    assertThat(check(Map.of(), definition(DATABASE.formatted("./a.db", "answer"))).exit()).isZero();
    var drifted = check(Map.of(), definition(DATABASE.formatted("./a.db", "question")));
    assertThat(drifted.exit()).isEqualTo(1);
    assertThat(drifted.out())
        .contains("error[UDL-7102]", "no column `answer`", "it also gives `question`")
        .contains("db  sqlite  connected  1 statement prepared");
    Files.writeString(folder.resolve("plain"), "");
    var missing = check(Map.of(), definition(DATABASE.formatted("./plain/a.db", "answer")));
    assertThat(missing.exit()).isEqualTo(3);
    assertThat(missing.out()).contains("error[UDL-7001]", "db  sqlite  unreachable");
    String both =
        DATABASE.formatted("./a.db", "question")
            + "  log: { type: file, path: ./plain/x, operations: { a: { append: a.jsonl } } }\n";
    assertThat(check(Map.of(), definition(both)).exit()).isEqualTo(1);
  }

  @Test
  void errorsOfTheDefinitionComeFirst() throws Exception {
    var ended = check(Map.of(), definition("systems: { db: { type: sqlight } }"));

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.out()).contains("not asked", "error[UDL-3001]");
  }

  @Test
  void jsonCarriesTheSameForPrograms() throws Exception {
    var ended = check(Map.of(), "--json", definition(DATABASE.formatted("./a.db", "question")));

    assertThat(ended.exit()).isEqualTo(1);
    Value read = Json.read(ended.out().getBytes(StandardCharsets.UTF_8), Json.Limits.DEFAULT);
    Value system = ((Value.Items) read.field("systems")).items().getFirst();
    assertThat(system.fieldText("name")).isEqualTo("db");
    assertThat(system.fieldText("status")).isEqualTo("connected");
    assertThat(system.fieldText("detail")).isEqualTo("1 statement prepared");
    assertThat(system.field("notes"))
        .isEqualTo(new Value.Items(List.of(Value.text("a.db is not there yet: `run` makes it"))));
    assertThat(new String(Json.write(read.field("diagnostics")), StandardCharsets.UTF_8))
        .contains("\"code\":\"UDL-7102\"", "\"severity\":\"error\"");
  }

  @Test
  void theTimeThatASystemMayTakeIsAnOption() throws Exception {
    try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String web =
          "systems: { shop: { type: http, url: \"http://127.0.0.1:%d\", operations: { a: { get: /a } } } }";
      var ended =
          check(Map.of(), "--timeout", "300ms", definition(web.formatted(silent.getLocalPort())));
      assertThat(ended.exit()).isEqualTo(3);
      assertThat(ended.out()).contains("within 300 ms");
    }
    var wrong = check(Map.of(), "--timeout", "soon", definition(""));
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err()).contains("`soon` is no time");
    var offline = check(Map.of(), "--offline", definition(""));
    assertThat(offline.exit()).isEqualTo(2);
  }
}
