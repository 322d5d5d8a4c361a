package io.unikernal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.explain.Stories;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: what is measured is the same work. Method: all sides carry one order. */
class SidesTest {
  private static final Path WORKLOADS = Path.of("workloads");
  private static final Stories.Mode RECORDED = Stories.Mode.FAILED;
  private byte[] order = {};

  @BeforeEach
  void readTheOrder() throws IOException {
    order = Files.readAllBytes(WORKLOADS.resolve("order.json"));
  }

  @Test
  void allPassTheOrderOn() throws Exception {
    var kernel = KernelSide.passing(WORKLOADS.resolve("inproc_pass.udl.yaml"), order, RECORDED);
    var plain = PlainSide.passing(order);
    var camel = CamelSide.passing(order);
    kernel.run(10);
    plain.run(10);
    camel.run(10);
    assertThat(kernel.last()).isEqualTo(order).isEqualTo(plain.last()).isEqualTo(camel.last());
  }

  @Test
  void allShortenTheOrderAlike() throws Exception {
    var kernel = KernelSide.reading(WORKLOADS.resolve("inproc_full.udl.yaml"), order, RECORDED);
    var plain = PlainSide.reading(order);
    var camel = CamelSide.reading(order);
    kernel.run(10);
    plain.run(10);
    camel.run(10);
    assertThat(new String(kernel.last(), StandardCharsets.UTF_8))
        .isEqualTo(new String(plain.last(), StandardCharsets.UTF_8))
        .isEqualTo(new String(camel.last(), StandardCharsets.UTF_8))
        .contains("\"first\":\"SKU-00000\"");
  }

  @Test
  void eachOfManyRoutesHasItsTurn(@TempDir Path folder) throws Exception {
    var many = KernelSide.routes(folder, order, 250);
    many.run(1000);
    assertThat(many.last()).isEqualTo(order);
  }

  @Test
  void theOrderIsValidByHand() {
    assertThat(OrderByHand.isValid(parsed())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"orderId", "customer", "created", "currency", "items", "note"})
  void whatIsMissingOrOfAnotherKindIsNotValidByHand(String field) {
    var missing = parsed();
    missing.remove(field);
    assertThat(OrderByHand.isValid(missing)).isFalse();
    assertThat(OrderByHand.isValid(parsed().put(field, 1))).isFalse();
    assertThat(OrderByHand.isValid(parsed().put(field, new JsonArray()))).isFalse();
  }

  private JsonObject parsed() {
    return new JsonObject(new String(order, StandardCharsets.UTF_8));
  }
}
