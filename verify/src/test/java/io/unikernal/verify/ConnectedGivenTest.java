package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Deadline;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.Diagnostic.Severity;
import io.unikernal.udl.UdlCompiler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code --connect} says of what is given to a parameter must be true when it runs: each type
 * is given for a column of each type, in a condition and in a change, for real.
 */
class ConnectedGivenTest {
  private static final SequencedMap<String, String> GIVEN = new LinkedHashMap<>();

  static {
    GIVEN.put("bool", "true");
    GIVEN.put("int", "1");
    GIVEN.put("uint", "1");
    GIVEN.put("double", "1.5");
    GIVEN.put("decimal", "1.5");
    GIVEN.put("string", "\"x\"");
    GIVEN.put("enum(new, paid)", "\"new\"");
    GIVEN.put("bytes", "\"AQ==\"");
    GIVEN.put("timestamp", "\"2026-01-31T12:00:00Z\"");
    GIVEN.put("date", "\"2026-01-31\"");
    GIVEN.put("time", "\"12:00:00\"");
    GIVEN.put("duration", "\"90m\"");
    GIVEN.put("uuid", "\"00000000-0000-0000-0000-000000000001\"");
    GIVEN.put("list(int)", "[1]");
    GIVEN.put("\"map(string, int)\"", "{\"a\": 1}");
  }

  private static final List<String> STATEMENTS =
      List.of("select 1 from given where c = :x", "update given set c = :x");

  private static PostgresServer server;
  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.start();
    run("create type mood as enum ('new', 'old')");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static void run(String sql) throws Exception {
    try (var connection = DriverManager.getConnection(server.jdbcUrl());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "smallint", "int", "bigint", "bool", "numeric", "numeric(12,2)", "real", "double precision",
        "text", "varchar(40)", "mood", "uuid", "timestamptz", "timestamp", "date", "time",
        "interval", "bytea", "jsonb", "int[]", "text[]"
      })
  void whatIsSaidOfAParameterIsTrue(String column) throws Exception {
    run("drop table if exists given; create table given (c " + column + ")");
    run("insert into given values (null)");
    String definition = definition();
    var said = new LinkedHashMap<Integer, Severity>();
    for (var diagnostic : Connected.check(folder, definition).compilation().diagnostics()) {
      said.merge(diagnostic.span().line(), diagnostic.severity(), (a, _) -> a);
    }
    Path file = Files.writeString(folder.resolve("test.udl.yaml"), definition);
    var plan =
        UdlCompiler.compile(file, AdapterCatalog.load(), new UdlCompiler.Options(Map.of(), false))
            .plan()
            .orElseThrow();
    var lines = definition.lines().toList();
    var lies = new ArrayList<String>();
    var world = new SystemWorld();
    try (var kernel = Kernel.open(plan, AdapterCatalog.load(), world, Listener.SILENT)) {
      kernel.start();
      int index = 0;
      for (var given : GIVEN.entrySet()) {
        for (int s = 0; s < STATEMENTS.size(); s++) {
          String name = "bus.g" + index + "_" + s;
          int line = line(lines, "- { from: " + name + ",");
          Optional<String> failure = failure(kernel, world, name, given.getValue());
          String what = given.getKey() + " for " + column + " (" + s + "): ";
          // Whether a text will do shows only in the text; it is warned of.
          boolean isOfTheValue = given.getKey().equals("string");
          if (said.get(line) == Severity.ERROR && failure.isEmpty()) {
            lies.add(what + "said to be wrong, and works");
          } else if (said.get(line) != Severity.ERROR && failure.isPresent() && !isOfTheValue) {
            lies.add(what + "not said to be wrong, and " + failure.get());
          }
        }
        index++;
      }
    }
    assertThat(lies).isEmpty();
  }

  private static int line(List<String> lines, String beginning) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains(beginning)) {
        return i + 1;
      }
    }
    throw new AssertionError(beginning);
  }

  private String definition() {
    var text = new StringBuilder("systems:\n  db:\n    type: postgres\n    connection: \"");
    text.append(server.url()).append("\"\n    operations:\n");
    for (int s = 0; s < STATEMENTS.size(); s++) {
      text.append("      s%d: { sql: \"%s\", returns: none }\n".formatted(s, STATEMENTS.get(s)));
    }
    text.append("  bus:\n    type: memory\n    operations:\n");
    var routes = new StringBuilder("routes:\n");
    int index = 0;
    for (String type : GIVEN.keySet()) {
      String quoted = type.startsWith("\"") ? type : "\"" + type + "\"";
      for (int s = 0; s < STATEMENTS.size(); s++) {
        text.append("      g%d_%d: { receives: { x: %s } }\n".formatted(index, s, quoted));
        routes.append("  - { from: bus.g%d_%d, to: db.s%d }\n".formatted(index, s, s));
      }
      index++;
    }
    return text.append(routes).toString();
  }

  private static Optional<String> failure(
      Kernel kernel, SystemWorld world, String operation, String json) throws Exception {
    byte[] input = ("{\"x\": " + json + "}").getBytes(StandardCharsets.UTF_8);
    Value value = Json.read(input, Json.Limits.EXACT);
    try {
      kernel.call(
          operation,
          value,
          Deadline.after(Duration.ofSeconds(10), world.nanos()),
          Optional.empty());
      return Optional.empty();
    } catch (FaultException e) {
      return Optional.of(e.fault().message());
    }
  }
}
