package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Plays {@code exchanges.yaml} against a server. Numbers are compared as decimals, from their text;
 * {@code *} stands for any value, {@code $name} remembers one.
 */
final class Exchanges {
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, String> remembered = new HashMap<>();
  private final String url;
  private int created;

  Exchanges(String url) {
    this.url = url;
  }

  /** How many were answered with 201. */
  int created() {
    return created;
  }

  /** Plays all; gives how many there were. */
  int play(Path file) throws IOException, InterruptedException {
    var settings = LoadSettings.builder().build();
    Node root = new Compose(settings).composeString(Files.readString(file)).orElseThrow();
    int played = 0;
    for (Node exchange : ((SequenceNode) root).getValue()) {
      play((MappingNode) field(exchange, "send"), (MappingNode) field(exchange, "expect"));
      played++;
    }
    assertThat(new Load(settings).loadFromString(Files.readString(file))).isInstanceOf(List.class);
    return played;
  }

  private void play(MappingNode send, MappingNode expect) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder();
    String method = "";
    String body = "";
    String type = "application/json";
    for (var entry : send.getValue()) {
      String key = text(entry.getKeyNode());
      switch (key) {
        case "get", "post", "delete", "put" -> {
          method = key.toUpperCase(java.util.Locale.ROOT);
          request.uri(URI.create(url + recall(text(entry.getValueNode()))));
        }
        case "json" -> body = json(entry.getValueNode());
        case "body" -> body = text(entry.getValueNode());
        case "type" -> type = text(entry.getValueNode());
        case "headers" ->
            ((MappingNode) entry.getValueNode())
                .getValue()
                .forEach(header ->
                    request.header(text(header.getKeyNode()), text(header.getValueNode())));
        case "accept" -> request.header("accept", text(entry.getValueNode()));
        default -> fail("what is `%s`?", key);
      }
    }
    request.method(
        method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("content-type", type);
    }
    var response = client.send(request.build(), BodyHandlers.ofByteArray());
    String about =
        method + " " + body + " -> " + new String(response.body(), StandardCharsets.UTF_8);
    created += response.statusCode() == 201 ? 1 : 0;
    check(expect, response, about);
  }

  private void check(MappingNode expect, HttpResponse<byte[]> response, String about) {
    for (var entry : expect.getValue()) {
      Node wanted = entry.getValueNode();
      switch (text(entry.getKeyNode())) {
        case "status" -> assertThat("" + response.statusCode()).as(about).isEqualTo(text(wanted));
        case "json" ->
            matches(wanted, Json.read(response.body(), Json.Limits.DEFAULT), about, true);
        case "text" ->
            assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo(text(wanted));
        case "problem" -> problem(wanted, response, about);
        case "headers" -> {
          for (var header : ((MappingNode) wanted).getValue()) {
            assertThat(response.headers().firstValue(text(header.getKeyNode())))
                .as(about)
                .contains(text(header.getValueNode()));
          }
        }
        default -> fail("what is `%s`?", text(entry.getKeyNode()));
      }
    }
  }

  private void problem(Node wanted, HttpResponse<byte[]> response, String about) {
    assertThat(response.headers().firstValue("content-type").orElse(""))
        .as(about)
        .startsWith("application/problem+json");
    Value problem = Json.read(response.body(), Json.Limits.DEFAULT);
    for (String member : List.of("type", "title", "status")) {
      assertThat(((Value.Dict) problem).fields()).as(about).containsKey(member);
    }
    if (wanted instanceof MappingNode) {
      matches(wanted, problem, about, false);
    }
  }

  /** {@code whole}: the value may have no other fields. Lists of mappings match in any order. */
  private void matches(Node wanted, Value value, String about, boolean whole) {
    switch (wanted) {
      case MappingNode mapping -> {
        var fields = ((Value.Dict) value).fields();
        var names = new ArrayList<String>();
        for (var entry : mapping.getValue()) {
          String name = text(entry.getKeyNode());
          names.add(name);
          assertThat(fields).as(about).containsKey(name);
          matches(entry.getValueNode(), value.field(name), about, whole);
        }
        if (whole) {
          assertThat(fields.keySet()).as(about).containsExactlyInAnyOrderElementsOf(names);
        }
      }
      case SequenceNode sequence -> {
        var items = ((Value.Items) value).items();
        assertThat(items).as(about).hasSameSizeAs(sequence.getValue());
        for (Node item : sequence.getValue()) {
          assertThat(items).as(about).anySatisfy(one -> matches(item, one, about, whole));
        }
      }
      case ScalarNode scalar -> scalar(scalar, value, about);
      default -> fail("a node of kind " + wanted.getNodeType());
    }
  }

  private void scalar(ScalarNode wanted, Value value, String about) {
    String text = wanted.getValue();
    if (text.equals("*")) {
      return;
    }
    if (text.startsWith("$")) {
      remembered.putIfAbsent(text, ((Value.Text) value).value());
      text = remembered.get(text);
    }
    switch (value) {
      case Value.Text(var actual) -> assertThat(actual).as(about).isEqualTo(text);
      case Value.Int(var number) ->
          assertThat(BigDecimal.valueOf(number)).as(about).isEqualByComparingTo(text);
      // The shortest decimal of a double is the text that was sent, up to 15 digits.
      case Value.Real(var number) ->
          assertThat(BigDecimal.valueOf(number)).as(about).isEqualByComparingTo(text);
      default -> fail("%s is not %s: %s", value, text, about);
    }
  }

  private String recall(String text) {
    String result = text;
    for (var entry : remembered.entrySet()) {
      result = result.replace(entry.getKey(), entry.getValue());
    }
    return result;
  }

  /** A YAML node as JSON, numbers by their text. */
  private static String json(Node node) {
    return switch (node) {
      case MappingNode mapping ->
          mapping.getValue().stream()
              .map(entry -> quote(text(entry.getKeyNode())) + ":" + json(entry.getValueNode()))
              .collect(java.util.stream.Collectors.joining(",", "{", "}"));
      case SequenceNode sequence ->
          sequence.getValue().stream()
              .map(Exchanges::json)
              .collect(java.util.stream.Collectors.joining(",", "[", "]"));
      case ScalarNode scalar -> {
        String text = scalar.getValue();
        boolean literal =
            scalar.getScalarStyle() == ScalarStyle.PLAIN
                && text.matches("-?\\d+(\\.\\d+)?|true|false|null");
        yield literal ? text : quote(text);
      }
      default -> throw new AssertionError(node.getNodeType());
    };
  }

  private static String quote(String text) {
    return new String(Json.write(Value.text(text)), StandardCharsets.UTF_8);
  }

  private static Node field(Node node, String name) {
    for (var entry : ((MappingNode) node).getValue()) {
      if (text(entry.getKeyNode()).equals(name)) {
        return entry.getValueNode();
      }
    }
    throw new AssertionError("no `" + name + "`");
  }

  private static String text(Node node) {
    return ((ScalarNode) node).getValue();
  }
}
