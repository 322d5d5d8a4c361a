package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Cbor;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.udl.UdlCompiler;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API over real HTTP, with the JDK's client. */
class ApiServerTest {
  private static final String DEFINITION =
      """
      types:
        Note: { text: string }
      systems:
        inbox:
          type: http
          listen: 0
          operations:
            noted: { post: /notes, body: Note, returns: { said: string } }
      routes:
        - { from: inbox.noted, to: say }
      pipelines:
        say:
          input: Note
          steps:
            - { name: checked, set: "${100 / size(input.text)}" }
          output: "${{'said': input.text + '!'}}"
      """;

  @TempDir private Path folder;
  private Kernel kernel;
  private ApiServer api;

  @BeforeEach
  void starts() throws Exception {
    Path file = Files.writeString(folder.resolve("notes.udl.yaml"), DEFINITION);
    var adapters = AdapterCatalog.load();
    var compilation = UdlCompiler.compile(file, adapters, new UdlCompiler.Options(Map.of(), true));
    var plan =
        compilation
            .plan()
            .orElseThrow(() -> new AssertionError(compilation.rendered().text(false)));
    var world = new SystemWorld();
    kernel = Kernel.open(plan, adapters, world, Listener.SILENT);
    kernel.start();
    api = ApiServer.start(0, kernel, world, Optional.empty());
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
          .isEqualTo(entry.getKey().startsWith("/health") || entry.getKey().contains("openapi"));
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
    assertThatThrownBy(
            () -> ApiServer.start(api.port(), kernel, new SystemWorld(), Optional.empty()))
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
