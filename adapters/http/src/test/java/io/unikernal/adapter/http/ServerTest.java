package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Body;
import io.unikernal.model.Fault;
import io.unikernal.model.Message;
import io.unikernal.model.Rec;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server makes of valid HTTP: routing, parameters, bodies, outcomes. */
@Timeout(20)
class ServerTest {
  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static Web web;
  private static volatile Message last =
      Message.received("", new LinkedHashMap<>(), Body.of(Value.Null.NULL), Trace.NONE);

  @BeforeAll
  static void open() throws InterruptedException {
    var any = Type.Simple.ANY;
    var definition =
        Web.definition()
            .operation(
                "search",
                HttpAdapter.GET,
                "/items/{kind}",
                HttpAdapter.QUERY,
                Definition.types(
                    "limit", "int(1..10)?", "tag", "list(string, 0..2)", "q", "string?"),
                HttpAdapter.HEADERS,
                Definition.types("x_tenant", "string?"),
                HttpAdapter.RETURNS,
                any)
            .operation(
                "change",
                HttpAdapter.PUT,
                "/items/{id}",
                HttpAdapter.PATH,
                Definition.types("id", "int"),
                HttpAdapter.QUERY,
                Definition.types("force", "bool?"),
                HttpAdapter.BODY,
                Definition.record("Change", "name", "string(1..5)", "size", "int"),
                HttpAdapter.RETURNS,
                any)
            .operation(
                "lenient",
                HttpAdapter.POST,
                "/lenient",
                HttpAdapter.BODY,
                Definition.record("Named", "name", "string"),
                HttpAdapter.MODE,
                "lenient",
                HttpAdapter.RETURNS,
                any)
            .operation("special", HttpAdapter.GET, "/items/special", HttpAdapter.RETURNS, any)
            .operation("deep", HttpAdapter.GET, "/items/special/{a}/{b}", HttpAdapter.RETURNS, any)
            .operation(
                "json", HttpAdapter.POST, "/json", HttpAdapter.BODY, any, HttpAdapter.RETURNS, any)
            .operation(
                "note", HttpAdapter.POST, "/note", HttpAdapter.BODY, Definition.type("string?"))
            .operation("remove", HttpAdapter.DELETE, "/items/{id}")
            .operation("queue", HttpAdapter.POST, "/queue", HttpAdapter.STATUS, 202)
            .operation("fail", HttpAdapter.POST, "/fail/{code}", HttpAdapter.RETURNS, any)
            .operation("crash", HttpAdapter.GET, "/crash", HttpAdapter.RETURNS, any);
    web = Web.running(definition, ServerTest::handle);
  }

  @AfterAll
  static void close() {
    web.close();
  }

  private static Value handle(Message message) {
    last = message;
    Value input = message.body().value();
    return switch (message.operation()) {
      case "web.fail" -> throw fault((Rec) input).toException();
      // What no codec can write: an answer that fails while it is written.
      case "web.crash" -> new Value.Real(Double.NaN);
      default -> input;
    };
  }

  private static Fault fault(Rec input) {
    String code = ((Value.Text) input.get("code")).value();
    var fault = Fault.of(Fault.Code.valueOf(code.replace("_LIMIT", "")), "because", "do that");
    if (code.endsWith("_LIMIT")) {
      var details = new LinkedHashMap<String, Value>();
      details.put("retry_after_ms", Value.integer(1_500));
      return fault.withDetails(new Value.Dict(details));
    }
    return fault;
  }

  @Test
  void parametersOfPathQueryAndHeadersBecomeOneRecord() throws Exception {
    var answer = web.get("/items/a%20b%2Fc?limit=3&tag=x&tag=y+z&q=%C3%A9", "X-Tenant", "t1");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo(
            "{\"kind\":\"a b/c\",\"limit\":3,\"tag\":[\"x\",\"y z\"],\"q\":\"é\",\"x_tenant\":\"t1\"}");
  }

  @Test
  void optionalParametersMayBeLeftOut() throws Exception {
    var answer = web.get("/items/a");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"kind\":\"a\",\"tag\":[]}");
  }

  @Test
  void everyWrongParameterAndBodyFieldIsToldAtOnce() throws Exception {
    var answer =
        web.send("PUT", "/items/x?force=maybe&no=1", "application/json", "{\"name\":\"toolong\"}");
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body())
        .contains(
            "\"path\":\"id\"",
            "\"path\":\"force\"",
            "\"path\":\"no\"",
            "\"path\":\"body.name\"",
            "\"path\":\"body.size\"");
  }

  @Test
  void aParameterGivenTwiceOrOutOfBoundsIsInvalid() throws Exception {
    assertThat(web.get("/items/a?limit=1&limit=2").body()).contains("is given 2 times");
    assertThat(web.get("/items/a?limit=11").body()).contains("\"path\":\"limit\"");
    assertThat(web.get("/items/a?tag=1&tag=2&tag=3").body()).contains("\"path\":\"tag\"");
    assertThat(web.get("/items/a?q=%ff").statusCode()).isEqualTo(400);
  }

  @Test
  void aBrokenBodyIsMalformedEvenWhenParametersAreWrong() throws Exception {
    var answer = web.send("PUT", "/items/x", "application/json", "{");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"position\":1");
  }

  @Test
  void lenientKeepsWhatItDoesNotKnow() throws Exception {
    var answer = web.post("/lenient?a=1", "{\"name\":\"n\",\"more\":[1]}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"name\":\"n\",\"more\":[1]}");
  }

  @Test
  void lenientHandsOverWhatDoesNotFitForTheKernelToDecide() throws Exception {
    var answer = web.post("/lenient", "{\"name\":5}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"name\":5}");
    assertThat(web.post("/lenient", "{\"name\":").statusCode()).isEqualTo(400);
  }

  @Test
  void plainTextGoesBeforeAPlaceholderAndAWalkMayGoBack() throws Exception {
    web.get("/items/special");
    assertThat(last.operation()).isEqualTo("web.special");
    web.get("/items/%73pecial");
    assertThat(last.operation()).isEqualTo("web.special");
    assertThat(web.send("DELETE", "/items/special", "", "").statusCode()).isEqualTo(204);
    assertThat(last.operation()).isEqualTo("web.remove");
    assertThat(web.get("/items/special/1/2").body()).isEqualTo("{\"a\":\"1\",\"b\":\"2\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/items",
        "/items/",
        "/items/a/",
        "//items/a",
        "/Items/a",
        "/items/special/1"
      })
  void otherPathsAreNotFound(String path) throws Exception {
    var answer = web.get(path);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("\"code\":\"NO_ROUTE\"", "\"instance\":\"" + path + "\"");
  }

  @Test
  void optionsTellsTheMethodsOfAPath() throws Exception {
    var answer = web.send("OPTIONS", "/items/7", "", "");
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("allow")).hasValue("DELETE, GET, HEAD, PUT");
    assertThat(answer.headers().firstValue("content-length")).isEmpty();
    assertThat(web.send("PATCH", "/items/7", "", "").statusCode()).isEqualTo(405);
    assertThat(web.send("BREW", "/items/7", "", "").statusCode()).isEqualTo(405);
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, 200",
    "application/json;charset=utf-8, 200",
    "Application/JSON ; Charset=\"UTF-8\", 200",
    "application/vnd.x+json, 200",
    "application/json; charset=latin1, 415",
    "text/json, 415",
    "application/xml, 415",
    "'', 415"
  })
  void onlyJsonBodiesAreRead(String contentType, int status) throws Exception {
    assertThat(web.send("POST", "/json", contentType, "1").statusCode()).isEqualTo(status);
  }

  @Test
  void encodedBodiesAreNotRead() throws Exception {
    try (Raw raw = new Raw(web.port())) {
      raw.send(
          "POST /json HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Encoding: gzip\n"
              + "Content-Length: 1\n\n1");
      assertThat(raw.response()).startsWith("HTTP/1.1 415");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'application/json', 200",
    "'*/*', 200",
    "'text/html, application/*;q=0.5', 200",
    "'text/html, */*;q=0.1', 200",
    "'application/json;q=0, */*', 406",
    "'text/html', 406"
  })
  void whatTheCallerCannotReadIsNotSent(String accept, int status) throws Exception {
    assertThat(web.get("/items/a", "accept", accept).statusCode()).isEqualTo(status);
  }

  @Test
  void anOptionalBodyMayBeLeftOut() throws Exception {
    assertThat(web.send("POST", "/note", "", "").statusCode()).isEqualTo(204);
    assertThat(last.body().value()).isEqualTo(Value.Absent.ABSENT);
    assertThat(web.post("/note", "\"hi\"").statusCode()).isEqualTo(204);
    assertThat(last.body().value()).isEqualTo(Value.text("hi"));
    assertThat(web.send("POST", "/json", "", "").statusCode()).isEqualTo(400);
  }

  @Test
  void anOperationWithoutAnswerHasItsStatusAndNoBody() throws Exception {
    var answer = web.post("/queue", "");
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":2}",
        "\"\\ud800\"",
        "01",
        "1.",
        "nul",
        "[1,]",
        "{\"a\" 1}",
        "\"tab\there\"",
        "1 2",
        "NaN"
      })
  void whatIsNotJsonIsMalformed(String json) throws Exception {
    var answer = web.post("/json", json);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("\"position\":");
  }

  @Test
  void invalidUtf8IsMalformed() throws Exception {
    try (Raw raw = new Raw(web.port())) {
      raw.send(
          "POST /json HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: 4\n\n");
      raw.sendExactly("\"\u00ff\u00fe\"");
      assertThat(raw.response()).startsWith("HTTP/1.1 400").contains("\"position\":1");
    }
  }

  @Test
  void deepNestingAndLongNumbersAreTooLarge() throws Exception {
    assertThat(web.post("/json", "[".repeat(100_000)).statusCode()).isEqualTo(413);
    assertThat(web.post("/json", "1".repeat(10_000)).statusCode()).isEqualTo(413);
    assertThat(web.post("/json", "1e999999999").statusCode()).isIn(400, 413);
  }

  @Test
  void largeNumbersStayExact() throws Exception {
    String json = "[9007199254740993,18446744073709551615,123456789012345678901234567890]";
    assertThat(web.post("/json", json).body()).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource({
    "MALFORMED, 400, ''",
    "UNAUTHENTICATED, 401, ''",
    "FORBIDDEN, 403, ''",
    "NO_ROUTE, 404, ''",
    "NOT_FOUND, 404, ''",
    "TOO_LARGE, 413, ''",
    "UNSUPPORTED, 415, ''",
    "INVALID, 422, ''",
    "OVERLOADED_LIMIT, 429, 2",
    "OVERLOADED, 503, 1",
    "DISCONNECTED, 502, ''",
    "REJECTED, 502, ''",
    "TIMEOUT, 504, ''",
    "INTERNAL, 500, ''"
  })
  void eachFaultHasItsStatus(String code, int status, String retryAfter) throws Exception {
    var answer = web.post("/fail/" + code, "");
    String plain = code.replace("_LIMIT", "");
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(answer.headers().firstValue("retry-after").orElse("")).isEqualTo(retryAfter);
    assertThat(answer.body())
        .contains(
            "\"type\":\"urn:unikernal:fault:" + plain.toLowerCase(Locale.ROOT) + "\"",
            "\"title\":\"",
            "\"status\":" + status,
            "\"instance\":\"/fail/" + code + "\"",
            "\"code\":\"" + plain + "\"",
            "\"trace_id\":\"");
    if (plain.equals("INTERNAL")) {
      assertThat(answer.body()).doesNotContain("because", "do that");
    } else {
      assertThat(answer.body()).contains("\"detail\":\"because\"");
    }
  }

  @Test
  void aCancelledMessageClosesItsConnection() throws Exception {
    try (Raw raw = new Raw(web.port())) {
      raw.send("POST /fail/CANCELLED HTTP/1.1\nHost: x\n\n");
      assertThat(raw.rest()).isEmpty();
    }
  }

  @Test
  void theTraceOfTheCallerIsKeptAndNamed() throws Exception {
    var answer = web.get("/items/a", "traceparent", "00-" + TRACE_ID + "-00f067aa0ba902b7-01");
    assertThat(last.trace().text()).isEqualTo("00-" + TRACE_ID + "-00f067aa0ba902b7-01");
    assertThat(answer.headers().firstValue("x-trace-id")).hasValue(TRACE_ID);
    var own = web.get("/items/a", "traceparent", "nonsense");
    assertThat(own.headers().firstValue("x-trace-id").orElse(""))
        .matches("[0-9a-f]{32}")
        .isEqualTo(last.trace().traceId());
  }

  @Test
  void headersAreLowerCaseAndJoined() throws Exception {
    try (Raw raw = new Raw(web.port())) {
      raw.send("GET /items/a HTTP/1.1\nHost: x\nX-Two: 1\nx-two: 2\nCookie: a=1\nCookie: b=2\n\n");
      raw.response();
    }
    assertThat(last.headers())
        .containsEntry("x-two", "1, 2")
        .containsEntry("cookie", "a=1; b=2")
        .hasSize(3);
    assertThat(last.headers().get("x-two")).isEqualTo("1, 2");
    assertThat(last.headers().containsKey("x-none")).isFalse();
    assertThat(last.headers().reversed().firstEntry().getKey()).isEqualTo("cookie");
  }

  @Test
  void tenConnectionsAreServedAtOnce() throws Exception {
    var clients = new ArrayList<Thread>();
    var wrong = new ConcurrentLinkedQueue<String>();
    for (int i = 0; i < 10; i++) {
      int client = i;
      clients.add(Thread.ofVirtual().start(() -> talk(client, wrong)));
    }
    for (Thread client : clients) {
      client.join();
    }
    assertThat(wrong).isEmpty();
  }

  private static void talk(int client, Queue<String> wrong) {
    try (Raw raw = new Raw(web.port())) {
      for (int n = 0; n < 200; n++) {
        String json = "[" + client + "," + n + "]";
        raw.send(
            "POST /json HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: "
                + json.length()
                + "\n\n"
                + json);
        String answer = raw.response();
        if (!answer.endsWith(json)) {
          throw new IllegalStateException(answer);
        }
      }
    } catch (Exception e) {
      wrong.add(e.toString());
    }
  }

  @Test
  void curlUnderstandsTheServer() throws Exception {
    String out =
        curl("-X", "PUT", "-H", "content-type: application/json", "-H", "Expect: 100-continue")
            + curl("-i", "-X", "DELETE");
    assertThat(out).contains("\"id\":5", "HTTP/1.1 204");
  }

  private static String curl(String... options) throws Exception {
    var command = new ArrayList<String>();
    command.add("curl");
    command.add("-s");
    command.add("--max-time");
    command.add("10");
    command.addAll(java.util.List.of(options));
    if (command.contains("PUT")) {
      command.add("-d");
      command.add("{\"name\":\"n\",\"size\":1}");
    }
    command.add(web.uri("/items/5").toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return out;
  }

  @Test
  void anAnswerThatCannotBeWrittenIsInternalAndTellsNothing() throws Exception {
    HttpResponse<String> answer = web.get("/crash");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(Pattern.compile("Exception|io\\.unikernal").matcher(answer.body()).find()).isFalse();
  }
}
