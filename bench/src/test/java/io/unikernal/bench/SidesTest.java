package io.unikernal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: what is measured is the same work. Method: both sides carry one order. */
class SidesTest {
  private static final Path WORKLOADS = Path.of("workloads");
  private byte[] order = {};

  @BeforeEach
  void readTheOrder() throws IOException {
    order = Files.readAllBytes(WORKLOADS.resolve("order.json"));
  }

  @Test
  void bothPassTheOrderOn() throws InterruptedException {
    var kernel = KernelSide.passing(WORKLOADS.resolve("inproc_pass.udl.yaml"), order);
    var plain = PlainSide.passing(order);
    kernel.run(10);
    plain.run(10);
    assertThat(kernel.last()).isEqualTo(order).isEqualTo(plain.last());
  }

  @Test
  void bothShortenTheOrderAlike() throws InterruptedException {
    var kernel = KernelSide.reading(WORKLOADS.resolve("inproc_full.udl.yaml"), order);
    var plain = PlainSide.reading(order);
    kernel.run(10);
    plain.run(10);
    assertThat(new String(kernel.last(), StandardCharsets.UTF_8))
        .isEqualTo(new String(plain.last(), StandardCharsets.UTF_8))
        .contains("\"first\":\"SKU-00000\"");
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
