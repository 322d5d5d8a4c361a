package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Message;
import io.unikernal.model.Reads;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server makes values of what the routes read, and checks the rest all the same. */
@Timeout(20)
class ReadsTest {
  private static final Type.Record ORDER =
      Definition.record("Order", "id", "string", "note", "string(1..5)", "total", "decimal(12,2)");
  private static final String GOOD = "{\"id\":\"A\",\"note\":\"hi\",\"total\":1.50}";

  private static Reads reads(String field, Reads of) {
    return new Reads(false, new TreeMap<>(Map.of(field, of)), Optional.empty());
  }

  /** What was a value already when the message came, and then the whole message. */
  private static Value seen(Message message) {
    Value input = message.body().value();
    var order = (Rec) (input.field("body") instanceof Rec body ? body : input);
    String before = order.isRead(0) + " " + order.isRead(1) + " " + order.isRead(2);
    return Value.text(before + " " + order.get(1).equals(Value.text("hi")) + " " + order.isRead(1));
  }

  private static HttpResponse<String> post(String path, Reads reads, String body) throws Exception {
    var definition =
        Web.definition()
            .operation(
                "order",
                HttpAdapter.POST,
                "/orders",
                HttpAdapter.BODY,
                ORDER,
                HttpAdapter.RETURNS,
                Type.Text.ANY_TEXT)
            .operation(
                "named",
                HttpAdapter.POST,
                "/orders/{name}",
                HttpAdapter.BODY,
                ORDER,
                HttpAdapter.RETURNS,
                Type.Text.ANY_TEXT);
    try (var web = Web.running(definition, reads, ReadsTest::seen)) {
      return web.send("POST", path, "application/json", body);
    }
  }

  @Test
  void whatTheRoutesDoNotReadIsNoValueBeforeSomebodyAsks() throws Exception {
    assertThat(post("/orders", reads("id", Reads.ALL), GOOD).body())
        .isEqualTo("\"true false false true true\"");
    assertThat(post("/orders", Reads.ALL, GOOD).body()).isEqualTo("\"true true true true true\"");
    assertThat(post("/orders/x", reads("body", reads("id", Reads.ALL)), GOOD).body())
        .isEqualTo("\"true false false true true\"");
  }

  @Test
  void whatTheRoutesDoNotReadIsRefusedAsStrictly() throws Exception {
    for (String bad :
        new String[] {
          GOOD.replace("hi", "toolong"),
          GOOD.replace("1.50", "1.505"),
          GOOD.replace("1.50", "\"x\""),
          GOOD.replace("}", ",\"more\":1}"),
          GOOD.replace("}", ",\"note\":\"hi\"}"),
          GOOD.replace("\"note\":\"hi\",", ""),
          GOOD.replace("hi", "\\x"),
          GOOD.substring(0, GOOD.length() - 1)
        }) {
      var some = post("/orders", reads("id", Reads.ALL), bad);
      var all = post("/orders", Reads.ALL, bad);
      assertThat(all.statusCode()).as(bad).isBetween(400, 499);
      assertThat(some.statusCode()).isEqualTo(all.statusCode());
      assertThat(withoutTrace(some.body())).isEqualTo(withoutTrace(all.body()));
    }
  }

  private static String withoutTrace(String problem) {
    return problem.replaceAll("\"(trace|trace_id|instance)\":\"[^\"]*\"", "");
  }
}
