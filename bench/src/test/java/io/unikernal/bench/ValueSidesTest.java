package io.unikernal.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Goal: every side does the work and not a part of it. Method: one order, whose mapping is known. */
class ValueSidesTest {
  private static final Path WORKLOADS = Path.of("workloads");
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String ORDER =
      """
      {"id": "A-1", "total": 100.01, "currency": "eur", "country": "FR",
       "created": "2025-03-04T23:26:53Z", "priority": 3, "paid": true,
       "customer": {"id": 7, "name": "Erika", "email": "e@x", "phone": "+49", "vip": false},
       "address": {"street": "S 5", "city": "Berlin", "zip": "10115", "country": "DE"},
       "items": [{"sku": "a", "qty": 2, "price": 1.5, "title": "A"},
                 {"sku": "b", "qty": 0, "price": 9.5, "title": "B"},
                 {"sku": "c", "qty": 1, "price": 0.25, "title": "C"}],
       "channel": "web", "tags": ["new"], "note": "n"}
      """;
  private static final String MAPPED =
      """
      {"orderId": "A-1", "total": 100.01, "currency": "EUR", "country": "FR", "date": "04.03.2025",
       "priority": 3, "paid": true, "customerId": 7, "customerName": "ERIKA", "email": "e@x",
       "phone": "+49", "vip": false, "street": "S 5", "city": "Berlin", "zip": "10115",
       "shipTo": "S 5, 10115 Berlin", "itemCount": 2, "amounts": [3.0, 0.25], "itemsTotal": 3.25,
       "channel": "WEB"}
      """;

  @TempDir private Path folder = Path.of("");

  private Side side(String workload, String name, String body, int threads)
      throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("body.json"), body);
    return ValueSides.of(workload, name, WORKLOADS, file, threads);
  }

  private static String text(Side side) {
    return new String(side.last(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"unikernal", "java-values", "java-jackson", "cel-planner", "jsonata", "jackson-jq"})
  void theOrderIsMapped(String name) throws IOException, InterruptedException {
    var side = side("mapping", name, ORDER, 1);
    side.run(2);
    assertThat(MAPPER.readTree(side.last())).isEqualTo(MAPPER.readTree(MAPPED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"unikernal", "unikernal-typed", "jackson3-tree", "jackson3-map"})
  void theDocumentComesBack(String name) throws IOException, InterruptedException {
    var side = side("json", name, ORDER, 1);
    side.run(1);
    assertThat(MAPPER.readTree(side.last())).isEqualTo(MAPPER.readTree(ORDER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"unikernal", "java-values", "cel-planner"})
  void theConditionIsThatOfEachOrder(String name) throws IOException, InterruptedException {
    String small = ORDER.replace("100.01", "100.0");
    String elsewhere = ORDER.replace("\"FR\"", "\"PL\"");
    var body = "[%s, %s, %s]".formatted(ORDER, small, elsewhere);
    var side = side("predicate", name, body, 1);
    side.run(6);
    assertThat(text(side)).isEqualTo("[true,false,false]");
  }

  @Test
  void aConditionThatIsAlwaysTheSameIsNotMeasured() throws IOException, InterruptedException {
    var side = side("predicate", "unikernal", "[%s, %s]".formatted(ORDER, ORDER), 1);
    assertThatThrownBy(() -> side.run(4)).hasMessageContaining("the same for every order");
  }

  @Test
  void severalThreadsShareTheWork() throws IOException, InterruptedException {
    var side = side("mapping", "unikernal", ORDER, 3);
    side.run(7);
    assertThat(MAPPER.readTree(side.last())).isEqualTo(MAPPER.readTree(MAPPED));
    assertThat(side.batch()).isPositive();
  }

  @Test
  void whatFailsOnAThreadFailsTheBatch() throws IOException, InterruptedException {
    var side = side("mapping", "unikernal", ORDER.replace("2025-03", "2025-13"), 2);
    assertThatThrownBy(() -> side.run(2)).hasMessageContaining("a thread failed");
  }
}
