package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.Listener;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.security.ApiKeys;
import io.unikernal.udl.UdlCompiler;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with keys and tokens, over HTTP: what refused callers see, and what the audit says. */
class IdentitiesRunTest {
  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ApiKeys.Made key = ApiKeys.make();
  private String url = "";

  private String definition() {
    return """
    udl: 7
    systems:
      web:
        type: http
        listen: 127.0.0.1:0
        operations:
          list: { get: /list, returns: any }
          drop: { post: /drop, body: any, returns: any }
    routes:
      - { from: web.list, to: who }
      - { from: web.drop, to: who }
    pipelines:
      who:
        steps: [{ name: me, set: { name: "${auth.name}", roles: "${auth.roles}" } }]
    identities:
      partners: { type: api_key, keys: [{ name: acme, hash: "%s", roles: [reader] }] }
      staff:
        type: jwt
        issuer: https://id.example.com
        audience: orders
        jwks: ./jwks.json
        roles: "${claims.roles}"
    roles:
      reader: { may: [web.list] }
      clerk: { may: ["web.*"] }
    """
        .formatted(key.hash());
  }

  private HttpResponse<String> send(String method, String path, String... headers)
      throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url + path));
    request.method(
        method,
        method.equals("POST") ? BodyPublishers.ofString("{\"broken\": ") : BodyPublishers.noBody());
    if (method.equals("POST")) {
      request.header("content-type", "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void everyRefusalLooksTheSameAndIsInTheAuditWithItsReason() throws Exception {
    Path tokens = Path.of("../security/src/test/resources/foreign");
    Files.copy(tokens.resolve("jwks.json"), folder.resolve("jwks.json"));
    List<String> good = Files.readAllLines(tokens.resolve("tokens.txt"));
    Path file = Files.writeString(folder.resolve("shop.udl.yaml"), definition());
    var compiled =
        UdlCompiler.compile(file, AdapterCatalog.load(), new UdlCompiler.Options(Map.of(), false));
    assertThat(compiled.rendered().text(false)).isEmpty();
    try (var running =
        RunningDefinition.start(
            compiled.plan().orElseThrow(),
            AdapterCatalog.load(),
            Listener.SILENT,
            OptionalInt.empty())) {
      url = running.status().systems().getFirst().description();
      assertThat(send("GET", "/list", "x-api-key", key.text()).body())
          .isEqualTo("{\"name\":\"acme\",\"roles\":[\"reader\"]}");
      for (String token : good) {
        assertThat(send("GET", "/list", "authorization", "Bearer " + token).body())
            .isEqualTo("{\"name\":\"ann\",\"roles\":[\"clerk\"]}");
      }
      refused(401, "UNAUTHENTICATED", send("GET", "/list"));
      refused(403, "FORBIDDEN", send("POST", "/drop", "x-api-key", key.text()));
      refused(401, "UNAUTHENTICATED", send("POST", "/drop"));
      String forged = good.getFirst().substring(0, good.getFirst().length() - 8) + "AAAAAAAA";
      refused(401, "UNAUTHENTICATED", send("GET", "/list", "authorization", "Bearer " + forged));
      refused(401, "UNAUTHENTICATED", send("GET", "/list", "authorization", "Bearer x"));
      refused(401, "UNAUTHENTICATED", send("GET", "/list", "x-api-key", ApiKeys.make().text()));
      // Who is let in hears what is wrong with his body.
      assertThat(send("POST", "/drop", "authorization", "Bearer " + good.getFirst()).statusCode())
          .isEqualTo(400);
      var operator = ControlClient.ask(folder.resolve(".unikernal"), call("web.drop"));
      assertThat(operator.orElseThrow().field("fault")).isEqualTo(Value.Absent.ABSENT);
    }
    var audit = Files.readAllLines(folder.resolve(".unikernal/audit.jsonl"));
    assertThat(audit).hasSize(6);
    assertThat(audit.get(1))
        .contains("\"code\":\"FORBIDDEN\"", "\"who\":\"acme\"", "shop.udl.yaml:", "127.0.0.1");
    assertThat(audit.get(3)).contains("a token whose signature is wrong");
    assertThat(String.join("", audit)).doesNotContain(forgeryOf(good.getFirst()));
  }

  private static String forgeryOf(String token) {
    return token.substring(token.lastIndexOf('.') + 1, token.lastIndexOf('.') + 20);
  }

  private static Value call(String operation) {
    return ControlWords.dict(
        "do", Value.text("call"), "operation", Value.text(operation), "input", Value.text("x"));
  }

  private static void refused(int status, String code, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("application/problem+json");
    Optional<String> challenge = answer.headers().firstValue("www-authenticate");
    assertThat(challenge.isPresent()).isEqualTo(status == 401);
    var problem =
        (Value.Dict)
            Json.read(
                answer.body().getBytes(java.nio.charset.StandardCharsets.UTF_8),
                Json.Limits.DEFAULT);
    assertThat(problem.fields().keySet())
        .containsExactly("type", "title", "status", "detail", "instance", "code", "trace_id");
    assertThat(problem.fieldText("code")).isEqualTo(code);
    assertThat(problem.fieldText("detail"))
        .isEqualTo(
            status == 401 ? "the caller did not prove who it is" : "the caller may not do this");
  }
}
