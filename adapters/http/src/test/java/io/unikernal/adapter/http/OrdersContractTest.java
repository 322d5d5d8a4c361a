package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Message;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The orders example of the contract: what its server answers, exchange by exchange. */
class OrdersContractTest {
  private static final Type.Record ITEM =
      Definition.record(
          "Item",
          "sku",
          "string(/[A-Z]{3}-[0-9]{4}/)",
          "qty",
          "int(1..999)",
          "price",
          "decimal(12,2)");
  private static final Type.Record NEW_ORDER =
      Definition.record(
          "NewOrder",
          "customer",
          "string(1..80)",
          "email",
          "pii(string)",
          "items",
          Definition.type("list(Item, 1..100)", ITEM),
          "note",
          "string?");
  private static final Map<UUID, Value> ORDERS = new ConcurrentHashMap<>();
  private static Web web;

  @BeforeAll
  static void open() throws InterruptedException {
    var definition =
        Web.definition()
            .operation(
                "create_order",
                HttpAdapter.POST,
                "/orders",
                HttpAdapter.BODY,
                NEW_ORDER,
                HttpAdapter.RETURNS,
                Type.Simple.ANY,
                HttpAdapter.STATUS,
                201)
            .operation(
                "get_order",
                HttpAdapter.GET,
                "/orders/{id}",
                HttpAdapter.PATH,
                Definition.types("id", "uuid"),
                HttpAdapter.RETURNS,
                Type.Simple.ANY);
    web = Web.running(definition, OrdersContractTest::handle);
  }

  @AfterAll
  static void close() {
    web.close();
  }

  private static Value handle(Message message) {
    var input = (Rec) message.body().value();
    if (message.operation().equals("web.get_order")) {
      var id = ((Value.Uuid) input.get("id")).value();
      return ORDERS.getOrDefault(id, Value.Absent.ABSENT);
    }
    UUID id = UUID.randomUUID();
    var order = new LinkedHashMap<>(input.toMap());
    order.put("id", new Value.Uuid(id));
    order.put("total", Value.decimal("59.97"));
    order.put("placed_at", new Value.Timestamp(Instant.now()));
    var value = new Value.Dict(order);
    ORDERS.put(id, value);
    return value;
  }

  @Test
  void anOrderIsCreatedAndFoundAgain() throws Exception {
    var created =
        web.post(
            "/orders",
            """
            {"customer":"ann","email":"ann@example.org",
             "items":[{"sku":"ABC-0001","qty":3,"price":19.99}]}\
            """);
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(created.body()).contains("\"price\":19.99", "\"total\":59.97");
    String id = created.body().replaceAll(".*\"id\":\"([^\"]+)\".*", "$1");

    var found = web.get("/orders/" + id);

    assertThat(found.statusCode()).isEqualTo(200);
    assertThat(found.body()).isEqualTo(created.body());
  }

  @Test
  void aDecimalMayComeAsText() throws Exception {
    var created =
        web.post(
            "/orders",
            """
            {"customer":"bob","email":"b@example.org",
             "items":[{"sku":"ABC-0002","qty":1,"price":"0.10"}]}\
            """);
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.body()).contains("\"price\":0.10");
  }

  @Test
  void anUnknownOrderIsNotFound() throws Exception {
    var found = web.get("/orders/00000000-0000-0000-0000-000000000000");
    assertThat(found.statusCode()).isEqualTo(404);
    assertThat(found.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(found.body()).contains("\"code\":\"NOT_FOUND\"", "\"status\":404");
  }

  @Test
  void aPathThatIsNotAUuidIsInvalid() throws Exception {
    var found = web.get("/orders/not-a-uuid");
    assertThat(found.statusCode()).isEqualTo(422);
    assertThat(found.body()).contains("\"errors\":[{\"path\":\"id\"");
  }

  @Test
  void brokenJsonIsMalformedWithItsPosition() throws Exception {
    var answer = web.post("/orders", "{\"customer\":");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"position\":12", "\"code\":\"MALFORMED\"");
  }

  @Test
  void everythingThatIsWrongIsToldAtOnce() throws Exception {
    var answer =
        web.post(
            "/orders",
            """
            {"customer":"","email":"x",
             "items":[{"sku":"ABC-0001","qty":0,"price":1.999}],"gift":true}\
            """);
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body())
        .contains(
            "\"path\":\"customer\"",
            "\"path\":\"items[0].qty\"",
            "\"path\":\"items[0].price\"",
            "\"path\":\"gift\"")
        .doesNotContain("\"path\":\"body");
  }

  @Test
  void textIsNotAnOrder() throws Exception {
    var answer = web.send("POST", "/orders", "text/plain", "hello");
    assertThat(answer.statusCode()).isEqualTo(415);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
  }

  @Test
  void ordersCannotBeDeletedAndTheAnswerSaysWhatCanBeDone() throws Exception {
    var answer = web.send("DELETE", "/orders", "", "");
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().allValues("allow")).containsExactly("POST");
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
  }
}
