package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** "postgres: change type and connection, nothing else", against a real server of our own. */
class PostgresOrdersIT {
  @TempDir private Path folder;

  @Test
  void theExampleAnswersTheSameOnPostgres() throws Exception {
    try (var server = PostgresServer.start()) {
      Path example = Definitions.example("01-orders", folder);
      Path file = example.resolve("orders.udl.yaml");
      String sqlite = Files.readString(file);
      String postgres =
          sqlite
              .replaceFirst("type: sqlite.*", "type: postgres")
              .replace("connection: ./.unikernal/orders.db", "connection: ${ORDER_DB}");
      assertThat(postgres.lines().filter(line -> !sqlite.contains(line)).count()).isEqualTo(2);
      Files.writeString(file, postgres);
      try (var program =
          RunningProgram.start(
              folder, java.util.Map.of("ORDER_DB", server.url()), "run", example.toString())) {
        program.awaitOutput("Ctrl-C stops it.");
        var exchanges = new Exchanges(program.url());
        assertThat(exchanges.play(example.resolve("exchanges.yaml"))).isEqualTo(9);
        assertThat(program.interrupt()).isZero();
        assertThat(program.output() + program.errors())
            .doesNotContain(server.password(), "example.org");
      }
      try (var connection = DriverManager.getConnection(server.jdbcUrl());
          var rows =
              connection
                  .createStatement()
                  .executeQuery("select total from orders order by customer")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("59.97");
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("0.10");
        assertThat(rows.next()).isFalse();
      }
    }
  }
}
