package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first example, whole, as a black box over HTTP. */
class OrdersExampleIT {
  private static final int EXCHANGES = 9;
  @TempDir private Path folder;

  @Test
  void everyExchangeHoldsAndCtrlCPrintsABalancedLedger() throws Exception {
    Path example = Definitions.example("01-orders", folder);
    try (var program = RunningProgram.run(folder, example)) {
      var exchanges = new Exchanges(program.url());

      assertThat(exchanges.play(example.resolve("exchanges.yaml"))).isEqualTo(EXCHANGES);

      assertThat(exchanges.created()).isEqualTo(2);
      assertPlaced(example, exchanges.created());
      assertTooLargeIsRefused(program.url());
      assertDecimalsAreExactInTheDatabase(example);
      assertThat(program.output()).contains("web.create_order", "at most once");
      assertThat(program.interrupt()).isZero();
      assertThat(program.output()).contains("balanced").doesNotContain("DOES NOT BALANCE");
      assertNoAddressAnywhere(example, program);
    }
  }

  /** One line for each 201, with exactly id, customer and total. */
  private static void assertPlaced(Path example, int created) throws IOException {
    List<String> lines = Files.readAllLines(example.resolve("outbox/placed.jsonl"));
    assertThat(lines).hasSize(created);
    for (String line : lines) {
      var order =
          (Value.Dict) Json.read(line.getBytes(StandardCharsets.UTF_8), Json.Limits.DEFAULT);
      assertThat(order.fields()).containsOnlyKeys("id", "customer", "total");
    }
  }

  private static void assertTooLargeIsRefused(String url) throws Exception {
    String body = "{\"customer\": \"" + "x".repeat(2 * 1024 * 1024) + "\"}";
    var response = Http.post(url + "/orders", body);
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
  }

  private static void assertDecimalsAreExactInTheDatabase(Path example) throws Exception {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + example.resolve(".unikernal/orders.db"));
        var rows =
            connection
                .createStatement()
                .executeQuery("select total, items from orders order by customer")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("59.97");
      assertThat(rows.getString(2)).contains("19.99");
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("0.10");
    }
  }

  /** Not in a log, file or trace; the store, which has clearance, is the one exception. */
  private static void assertNoAddressAnywhere(Path example, RunningProgram program)
      throws IOException {
    assertThat(program.output() + program.errors()).doesNotContain("example.org");
    try (var files = Files.walk(example)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith("orders.db")
            || name.equals("exchanges.yaml")
            || name.equals("README.md")) {
          continue;
        }
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain("example.org");
      }
    }
  }

  @Test
  void aFailedNotificationGoesToTheAlertsAndTheCallerIsTold() throws Exception {
    Path example = Definitions.example("01-orders", folder);
    try (var program = RunningProgram.run(folder, example)) {
      Path placed = example.resolve("outbox/placed.jsonl");
      Files.createDirectories(placed); // A folder where the file should be: appending must fail.
      var response = order(program.url(), "ann");
      assertThat(response.statusCode()).isBetween(500, 599);
      assertThat(response.headers().firstValue("content-type"))
          .contains("application/problem+json");
      assertThat(Files.readString(example.resolve("outbox/alerts.jsonl")))
          .contains("order of ann failed");
      Files.delete(placed);
      assertThat(order(program.url(), "bob").statusCode()).isEqualTo(201);
      assertThat(program.interrupt()).isZero();
    }
  }

  static java.net.http.HttpResponse<String> order(String url, String customer) throws Exception {
    String body =
        "{\"customer\":\"%s\",\"email\":\"a@example.org\",\"items\":[{\"sku\":\"ABC-0001\",\"qty\":1,\"price\":1.25}]}"
            .formatted(customer);
    return Http.post(url + "/orders", body);
  }
}
