package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Cbor;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.protobuf.ProtobufLimits;
import io.unikernal.protobuf.UdmProto;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API over real HTTP, with the JDK's client. */
class ApiServerTest {
  @TempDir private Path folder;
  private Kernel kernel;
  private ApiServer api;

  @BeforeEach
  void starts() throws Exception {
    var world = new SystemWorld();
    kernel = ApiDefinition.start(folder, world);
    api = ApiServer.start(0, kernel, world);
  }

  @AfterEach
  void stops() {
    api.close();
    kernel.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + path))
        .timeout(Duration.ofSeconds(20));
  }

  private static HttpResponse<byte[]> send(HttpRequest request) throws Exception {
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return send(request(path).header("authorization", "Bearer " + api.token()).build());
  }

  private HttpResponse<byte[]> execute(String type, byte[] body) throws Exception {
    return send(
        request("/v1/execute")
            .header("authorization", "Bearer " + api.token())
            .header("content-type", type)
            .POST(BodyPublishers.ofByteArray(body))
            .build());
  }

  private HttpResponse<byte[]> execute(String json) throws Exception {
    return execute("application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(ApiPath.class)
  void everyPathButHealthAndTheDescriptionWantsTheToken(ApiPath path) throws Exception {
    Value paths = ApiPath.document().field("paths");
    assertThat(paths).isInstanceOf(Value.Dict.class);
    for (var entry : ((Value.Dict) paths).fields().entrySet()) {
      var method = ((Value.Dict) entry.getValue()).fields().firstEntry();
      boolean isOpen = ((Value.Items) method.getValue().field("security")).items().isEmpty();
      if (!method.getValue().fieldText("operationId").equalsIgnoreCase(path.name())) {
        continue;
      }
      var response =
          send(
              request(entry.getKey())
                  .method(method.getKey().toUpperCase(Locale.ROOT), BodyPublishers.noBody())
                  .build());
      assertThat(response.statusCode()).as(entry.getKey()).isEqualTo(isOpen ? 200 : 401);
      assertThat(isOpen)
          .isEqualTo(
              entry.getKey().startsWith("/health")
                  || Set.of("/v1/openapi.json", "/v1/udm.proto").contains(entry.getKey()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'operation': 'inbox.noted', 'input': {'text': 'hi'}}",
        "{'version': '8.0', 'source': 'me', 'target': 'inbox', 'intent': 'noted',"
            + " 'meta': {'timestamp': 'x', 'trace_id': '4bf92f3577b34da6a3ce929d0e0e4736'},"
            + " 'payload': {'text': 'hi'}}",
        "{'version': '1.0', 'source': 'me', 'target': 'inbox.noted', 'intent': 'EXECUTE',"
            + " 'payload': {'text': 'hi'}, 'meta': {'trace_id': 'not hexadecimal'}}",
        "{'meta': {'id': '1', 'source': 'me', 'target': 'inbox.noted', 'trace_id': 'x'},"
            + " 'payload': {'type': 'struct', 'name': 'Note', 'data': {'text': 'hi'}}}",
        "{'model_version': '5.0', 'task_type': 'invoke', 'language': 'x',"
            + " 'target': {'function': 'inbox.noted'}, 'data': {'text': 'hi'}}",
      })
  void anOperationIsCalledByWhateverEnvelopeUdmHasHad(String envelope) throws Exception {
    var response = execute(envelope.replace('\'', '"'));
    assertThat(text(response)).isEqualTo("{\"reply\":{\"said\":\"hi!\"}}");
    assertThat(response.statusCode()).isEqualTo(200);
  }

  @Test
  void theTraceOfTheCallerIsTheMessagesOwn() throws Exception {
    execute(
        "{\"version\":\"8.0\",\"target\":\"inbox\",\"intent\":\"noted\",\"payload\":{\"text\":\"\"},"
            + "\"meta\":{\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\"}}");
    assertThat(text(get("/v1/why?id=4bf92f3577b34da6a3ce929d0e0e4736"))).contains("checked");
    assertThat(text(get("/v1/why"))).contains("4bf92f3577b34da6a3ce929d0e0e4736", "failed");
    assertThat(text(get("/v1/errors"))).contains("\"count\":1", "\"step\":\"checked\"");
  }

  @Test
  void cborIsAnsweredInCbor() throws Exception {
    var input = ControlWords.dict("text", Value.text("hi"));
    var order = ControlWords.dict("operation", Value.text("inbox.noted"), "input", input);
    var response = execute("application/cbor", Cbor.write(order));
    assertThat(response.headers().firstValue("content-type")).contains("application/cbor");
    var answer = Cbor.read(response.body(), 0, response.body().length);
    assertThat(answer.field("reply").fieldText("said")).isEqualTo("hi!");
  }

  @Test
  void protobufIsAnsweredInProtobuf() throws Exception {
    var input = ControlWords.dict("text", Value.text("hi"));
    for (var type : List.of("application/x-protobuf", "application/protobuf; x=y")) {
      var response = execute(type, message("inbox.noted", Optional.of(input), ""));
      assertThat(response.headers().firstValue("content-type")).contains("application/x-protobuf");
      var answer = UdmProto.readEnvelope(response.body(), ProtobufLimits.DEFAULT).value();
      assertThat(answer.orElseThrow().field("reply").fieldText("said")).isEqualTo("hi!");
    }
    var raw = execute("application/x-protobuf", message("inbox.noted", Optional.empty(), "JSON"));
    assertThat(raw.statusCode()).isEqualTo(415);
    raw =
        execute(
            "application/x-protobuf", message("inbox.noted", Optional.empty(), "application/json"));
    var answer = UdmProto.readEnvelope(raw.body(), ProtobufLimits.DEFAULT).value();
    assertThat(answer.orElseThrow().field("reply").fieldText("said")).isEqualTo("raw!");
    assertThat(execute("application/x-protobuf", new byte[] {1, 2, 3}).statusCode()).isEqualTo(400);
    assertThat(execute("application/x-protobuf", new byte[0]).statusCode()).isEqualTo(422);
  }

  private static byte[] message(String operation, Optional<Value> value, String rawType) {
    var raw = new Value.Bytes("{\"text\":\"raw\"}".getBytes(StandardCharsets.UTF_8));
    return UdmProto.write(
        new UdmProto.Envelope(
            "1",
            operation,
            new LinkedHashMap<>(Map.of("timeout_ms", "5000")),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            value,
            value.isPresent() ? Optional.empty() : Optional.of(raw),
            rawType));
  }

  @Test
  void aPayloadOfV8ThatLooksLikeOneOfV7IsTheValueItself() {
    var envelope =
        "{'version':'8.0','target':'a.b','payload':{'type':'struct','data':{'x':1}}}"
            .replace('\'', '"')
            .getBytes(StandardCharsets.UTF_8);
    var order = Execution.order(Json.read(envelope, Json.Limits.EXACT));
    assertThat(order.input().fieldText("type")).isEqualTo("struct");
  }

  @Test
  void whatTheIssueNamesIsServedAndTheDescriptionNamesNothingElse() throws Exception {
    var document = (Value.Dict) ApiPath.document().field("paths");
    assertThat(document.fields().keySet())
        .contains(
            "/health",
            "/health/live",
            "/health/ready",
            "/v1/system/status",
            "/v1/nodes",
            "/v1/routes",
            "/v1/execute",
            "/v1/adapters/register",
            "/v1/config/reload",
            "/v1/stream");
    for (var entry : document.fields().entrySet()) {
      for (var method : List.of("get", "post")) {
        boolean isDescribed = ((Value.Dict) entry.getValue()).fields().containsKey(method);
        var response =
            send(
                request(entry.getKey())
                    .header("authorization", "Bearer " + api.token())
                    .method(method.toUpperCase(Locale.ROOT), BodyPublishers.ofString("{}"))
                    .build());
        assertThat(response.statusCode() != 404)
            .as(method + " " + entry.getKey())
            .isEqualTo(isDescribed);
      }
    }
    assertThat(get("/v1/stream").statusCode()).isEqualTo(426);
  }

  /** The JDK's client does not let a test say another host. */
  private String asked(String... lines) throws Exception {
    try (var socket = new Socket("127.0.0.1", api.port())) {
      socket.setSoTimeout(20_000);
      var text = String.join("\r\n", lines) + "\r\nconnection: close\r\n\r\n";
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "200 host: 127.0.0.1",
        "200 host: localhost:80",
        "200 host: [::1]:1234",
        "200 host: LocalHost;origin: http://localhost",
        "403 host: evil.example",
        "403 host: evil.example:127",
        "403 host: 127.0.0.1.evil.example",
        "403 host: 127.0.0.1;host: evil.example",
        "403 x: no host",
        "403 host: 127.0.0.1;origin: http://evil.example",
        "403 host: 127.0.0.1;origin: null",
        "403 host: 127.0.0.1:8080;origin: http://127.0.0.1:3000",
      })
  void onlyWhoNamesLoopbackAndIsNoPageFromElsewhereIsAnswered(String expected) throws Exception {
    for (var path : List.of("/health/live", "/v1/openapi.json")) {
      var headers = expected.substring(4).replace(";", "\r\n");
      assertThat(asked("GET " + path + " HTTP/1.1", headers))
          .startsWith("HTTP/1.1 " + expected.substring(0, 3));
    }
  }

  @Test
  void whatIsNotHttpIsRefusedAndTheNextClientIsServed() throws Exception {
    assertThat(asked("GET", "host: 127.0.0.1")).startsWith("HTTP/1.1 400");
    assertThat(asked("GET / HTTP/1.1", "host: 127.0.0.1", "content-length: x"))
        .startsWith("HTTP/1.1 400");
    assertThat(asked("GET /" + "x".repeat(20_000) + " HTTP/1.1", "host: 127.0.0.1"))
        .startsWith("HTTP/1.1 400");
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "422 {\"operation\": \"inbox.noted\", \"input\": {\"text\": 7}}",
        "422 {\"operation\": \"inbox.noted\", \"input\": {\"text\": \"\"}}",
        "404 {\"operation\": \"inbox.none\"}",
        "422 {\"udm_version\": \"7.0\", \"type\": \"struct\", \"data\": {}}",
        "400 {\"operation\"",
      })
  void whatIsWrongIsAProblemDocumentWithTheStatusOfItsFault(String expected) throws Exception {
    var response = execute(expected.substring(4));
    assertThat(text(response)).contains("\"status\":" + expected.substring(0, 3));
    assertThat(response.statusCode()).isEqualTo(Integer.parseInt(expected.substring(0, 3)));
    assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
  }

  @Test
  void aBodyThatIsNotReadIsRefusedAndSoIsAPathThatIsNot() throws Exception {
    assertThat(execute("text/html", new byte[0]).statusCode()).isEqualTo(415);
    var large = new byte[ApiServer.REQUEST_BYTES_MAX + 1];
    assertThat(execute("application/json", large).statusCode()).isEqualTo(413);
    assertThat(text(get("/v2"))).contains("/v1/openapi.json");
    assertThat(text(get("/v1/execute"))).contains("takes POST");
  }

  @Test
  void metricsAreTheBooksAsPrometheusReadsThem() throws Exception {
    execute("{\"operation\": \"inbox.noted\", \"input\": {\"text\": \"hi\"}}");
    var lines = text(get("/metrics")).lines().toList();
    assertThat(lines)
        .contains(
            "unikernal_messages_received_total{route=\"inbox.noted -> say\"} 1",
            "unikernal_messages_delivered_total{route=\"inbox.noted -> say\"} 1",
            "unikernal_books_balanced{route=\"no route\"} 1",
            "unikernal_system_up{system=\"inbox\"} 1");
    assertThat(lines)
        .allMatch(line ->
            line.matches("# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[a-z]+=\".*\"\\})? [0-9.eE+-]+"));
  }

  @Test
  void aPortThatIsTakenIsSaid() {
    assertThatThrownBy(() -> ApiServer.start(api.port(), kernel, new SystemWorld()))
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("cannot be used");
  }

  @Test
  void theDescriptionIsJsonOfAllPaths() throws Exception {
    var document = Json.read(get("/v1/openapi.json").body(), Json.Limits.EXACT);
    assertThat(document.fieldText("openapi")).isEqualTo("3.1.0");
    assertThat(((Value.Dict) document.field("paths")).fields()).hasSize(ApiPath.values().length);
  }
}
