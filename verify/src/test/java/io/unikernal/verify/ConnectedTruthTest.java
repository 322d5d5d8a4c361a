package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Deadline;
import io.unikernal.model.FaultException;
import io.unikernal.model.Plan;
import io.unikernal.model.Value;
import io.unikernal.server.AdapterCatalog;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.Diagnostic.Severity;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code --connect} says of a column must be true when it runs: for each type of column and
 * each type that a definition may want, the statement is called for real. What is said to be wrong
 * fails, and what fails is said to be wrong, unless another value of the column would have done.
 */
class ConnectedTruthTest {
  private static final List<String> WANTED =
      List.of(
          "any",
          "bool",
          "int",
          "uint",
          "double",
          "decimal",
          "string",
          "bytes",
          "timestamp",
          "date",
          "time",
          "duration",
          "uuid",
          "enum(new, paid)",
          "list(any)",
          "map(string, any)");

  /** Types that some texts are and others are not. */
  private static final Set<String> READ_FROM_TEXT =
      Set.of(
          "decimal",
          "bytes",
          "timestamp",
          "date",
          "time",
          "duration",
          "uuid",
          "enum(new, paid)",
          "list(any)",
          "map(string, any)");

  @TempDir private Path folder;

  /** {@code depends}: the types that other values of the column could be. */
  private record Column(String type, String literal, Set<String> depends) {}

  private static Column column(String type, String literal) {
    return new Column(type, literal, Set.of());
  }

  private static Column text(String type, String literal) {
    return new Column(type, literal, READ_FROM_TEXT);
  }

  /** One that may hold anything. */
  private static Column free(String type, String literal) {
    return new Column(type, literal, Set.copyOf(WANTED));
  }

  @Test
  void whatIsSaidOfPostgresIsTrue() throws Exception {
    try (var server = PostgresServer.start();
        var connection = DriverManager.getConnection(server.jdbcUrl())) {
      var statement = connection.createStatement();
      statement.execute("create type mood as enum ('new', 'old')");
      statement.execute("create domain quantity as int");
      check(
          connection,
          "type: postgres\n    connection: \"" + server.url() + "\"",
          List.of(
              column("smallint", "1"),
              column("int", "1"),
              column("bigint", "1"),
              column("serial", "1"),
              column("bigserial", "1"),
              column("quantity", "1"),
              column("bool", "true"),
              column("numeric", "1.5"),
              column("numeric(12,2)", "1.5"),
              column("real", "1.5"),
              column("double precision", "1.5"),
              text("text", "'x'"),
              text("varchar(20)", "'x'"),
              text("varchar", "'x'"),
              text("char(3)", "'x'"),
              column("mood", "'new'"),
              column("uuid", "gen_random_uuid()"),
              column("timestamptz", "now()"),
              column("timestamp", "now()"),
              column("date", "now()"),
              column("time", "now()"),
              text("timetz", "now()"),
              text("interval", "'90 min'"),
              column("bytea", "'\\x01'"),
              free("json", "'[1]'"),
              free("jsonb", "'{\"a\": 1}'"),
              column("int[]", "'{1,2}'"),
              column("text[]", "'{a,b}'"),
              column("uuid[]", "array[gen_random_uuid()]"),
              text("inet", "'127.0.0.1'"),
              text("money", "1"),
              text("oid", "1")));
    }
  }

  @Test
  void whatIsSaidOfSqliteIsTrue() throws Exception {
    Path file = folder.resolve("truth.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      check(
          connection,
          "type: sqlite\n    path: ./truth.db",
          List.of(
              column("integer", "1"),
              column("bigint", "1"),
              column("real", "1.5"),
              text("text", "'x'"),
              text("varchar(20)", "'x'"),
              free("decimal(12,2)", "1.5"),
              free("numeric", "1"),
              free("boolean", "1"),
              free("date", "'2026-01-31'"),
              free("timestamp", "'2026-01-31T12:00:00Z'"),
              free("blob", "x'01'"),
              free("", "'x'")));
    }
  }

  private void check(Connection connection, String system, List<Column> columns) throws Exception {
    var lies = new ArrayList<String>();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      String table = "t" + i;
      var statement = connection.createStatement();
      statement.execute("create table " + table + " (c " + column.type() + " not null)");
      statement.execute("insert into " + table + " values (" + column.literal() + ")");
      lies.addAll(lies(system, table, column));
    }
    assertThat(lies).isEmpty();
  }

  private List<String> lies(String system, String table, Column column) throws Exception {
    Path file = Files.writeString(folder.resolve("truth.udl.yaml"), definition(system, table));
    Set<String> saidWrong = wrong(Connected.check(folder, definition(system, table)).compilation());
    Plan plan =
        UdlCompiler.compile(file, AdapterCatalog.load(), new UdlCompiler.Options(Map.of(), false))
            .plan()
            .orElseThrow();
    var lies = new ArrayList<String>();
    var world = new SystemWorld();
    try (var kernel = Kernel.open(plan, AdapterCatalog.load(), world, Listener.SILENT)) {
      for (int i = 0; i < WANTED.size(); i++) {
        String operation = "db.w" + i;
        Optional<String> failure = failure(kernel, world, operation);
        boolean isSaidWrong = saidWrong.contains(operation);
        boolean isOfTheValue = column.depends().contains(WANTED.get(i));
        String what = column.type() + " as " + WANTED.get(i) + ": ";
        if (isSaidWrong && failure.isEmpty()) {
          lies.add(what + "said to be wrong, and works");
        } else if (!isSaidWrong && failure.isPresent() && !isOfTheValue) {
          lies.add(what + "nothing is said, and " + failure.get());
        }
      }
    }
    return lies;
  }

  private static String definition(String system, String table) {
    var text = new StringBuilder("systems:\n  db:\n    " + system + "\n    operations:\n");
    for (int i = 0; i < WANTED.size(); i++) {
      text.append(
          "      w%d: { sql: select c from %s, returns: \"list(%s)\" }\n"
              .formatted(i, table, WANTED.get(i)));
    }
    return text.toString();
  }

  private static Set<String> wrong(Compilation compilation) {
    return compilation.diagnostics().stream()
        .filter(diagnostic -> diagnostic.severity() == Severity.ERROR)
        .map(diagnostic -> diagnostic.message().split("`")[1])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Optional<String> failure(Kernel kernel, SystemWorld world, String operation)
      throws InterruptedException {
    try {
      kernel.call(
          operation,
          new Value.Dict(new LinkedHashMap<>()),
          Deadline.after(Duration.ofSeconds(10), world.nanos()),
          Optional.empty());
      return Optional.empty();
    } catch (FaultException e) {
      return Optional.of(e.fault().message());
    }
  }
}
