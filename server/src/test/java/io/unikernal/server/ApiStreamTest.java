package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Cbor;
import io.unikernal.model.Value;
import io.unikernal.protobuf.ProtobufLimits;
import io.unikernal.protobuf.UdmProto;
import java.net.Socket;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams, with the clients of the JDK and of Node, and with bytes that no client would send. */
class ApiStreamTest {
  private static final int BIG = 900_000;
  @TempDir private Path folder;
  private final SystemWorld world = new SystemWorld();
  private Kernel kernel;
  private ApiServer api;

  @BeforeEach
  void starts() throws Exception {
    kernel = ApiDefinition.start(folder, world);
    api = ApiServer.start(0, kernel, world);
  }

  @AfterEach
  void stops() {
    api.close();
    kernel.close();
  }

  private void limited(int streams, int inFlight, int bytes, Duration idle, Duration ping) {
    api.close();
    api =
        new ApiServer(
            kernel,
            world,
            Optional.empty(),
            new ApiLimits(50, streams, inFlight, bytes, idle, ping));
    api.listen(0);
  }

  private void limited(int streams, int inFlight, int bytes) {
    limited(streams, inFlight, bytes, Duration.ofSeconds(60), Duration.ofSeconds(20));
  }

  private StreamClient client(String... headers) throws Exception {
    var all = new ArrayList<>(List.of("authorization", "Bearer " + api.token()));
    all.addAll(List.of(headers));
    return new StreamClient(api.port(), all);
  }

  private static String order(int id, String operation, String text) {
    return "{'id':%d,'operation':'inbox.%s','input':{'text':'%s'}}".formatted(id, operation, text);
  }

  private int inFlight() {
    return kernel.inFlight().size();
  }

  private static void await(BooleanSupplier condition) throws Exception {
    for (int i = 0; i < 1000; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      Thread.sleep(10);
    }
    throw new AssertionError("it did not come true in ten seconds");
  }

  @Test
  void eachAnswerCarriesTheIdOfItsOrderAndComesWhenItIsThere() throws Exception {
    var client = client();
    client.send(order(1, "later", "slow"));
    client.send(order(2, "noted", "fast"));
    client.send("{'meta':{'id':'x','target':'inbox.noted'},'payload':{'text':'old'}}");
    assertThat(List.of(client.nextText(), client.nextText()))
        .containsExactlyInAnyOrder(
            "{\"id\":2,\"reply\":{\"said\":\"fast!\"}}",
            "{\"id\":\"x\",\"reply\":{\"said\":\"old!\"}}");
    assertThat(client.nextText()).isEqualTo("{\"id\":1,\"reply\":{\"said\":\"slow?\"}}");
  }

  @Test
  void aFaultIsAnAnswerAndTheStreamGoesOn() throws Exception {
    var client = client();
    client.send("{'id'");
    assertThat(client.nextText()).startsWith("{\"fault\":").contains("malformed");
    client.send("{'operation':'inbox.noted','input':{'text':'hi'}}");
    assertThat(client.nextText()).startsWith("{\"fault\":").contains("needs an `id`");
    client.send("{'id':'a','operation':'inbox.none'}");
    assertThat(client.nextText()).startsWith("{\"id\":\"a\",\"fault\":").contains("not_found");
    client.send(order(4, "noted", ""));
    assertThat(client.nextText()).startsWith("{\"id\":4,\"fault\":").contains("division by zero");
    client.send(order(5, "noted", "hi"));
    assertThat(client.nextText()).isEqualTo("{\"id\":5,\"reply\":{\"said\":\"hi!\"}}");
  }

  @Test
  void theSubprotocolSaysWhatMessagesAreWrittenIn() throws Exception {
    var json = client("", "udm.json");
    assertThat(json.socket().getSubprotocol()).isEqualTo("udm.json");
    json.send(order(1, "noted", "hi"));
    assertThat(json.nextText()).contains("hi!");

    var cbor = client("", "udm.cbor");
    var input = ControlWords.dict("text", Value.text("hi"));
    var operation = Value.text("inbox.noted");
    cbor.send(
        Cbor.write(
            ControlWords.dict("id", Value.integer(7), "operation", operation, "input", input)));
    byte[] answer = cbor.next();
    assertThat(Cbor.read(answer, 0, answer.length))
        .isEqualTo(
            ControlWords.dict(
                "id", Value.integer(7), "reply", ControlWords.dict("said", Value.text("hi!"))));

    var protobuf = client("", "udm.protobuf");
    protobuf.send(
        UdmProto.write(
            new UdmProto.Envelope(
                "8",
                "inbox.noted",
                new LinkedHashMap<>(),
                "",
                Optional.of(input),
                Optional.empty(),
                "")));
    var message = UdmProto.readEnvelope(protobuf.next(), ProtobufLimits.DEFAULT);
    assertThat(message.id()).isEqualTo("8");
    assertThat(message.value().orElseThrow().field("reply").fieldText("said")).isEqualTo("hi!");
  }

  /** With room for eight the same client has more than two on their way: the check can fail. */
  @ParameterizedTest
  @ValueSource(ints = {2, 8})
  void noMoreOrdersAreOnTheirWayThanThereIsRoomFor(int room) throws Exception {
    limited(4, room, 1000);
    var client = client();
    for (int i = 0; i < 8; i++) {
      client.send(order(i, "later", "x"));
    }
    int most = 0;
    for (int i = 0; i < 20; i++) {
      most = Math.max(most, inFlight());
      Thread.sleep(10);
    }
    for (int i = 0; i < 8; i++) {
      assertThat(client.nextText()).contains("\"reply\"");
      most = Math.max(most, inFlight());
    }
    assertThat(most).isLessThanOrEqualTo(room).isGreaterThan(room == 8 ? 2 : 0);
  }

  @Test
  void aClientThatSendsFasterThanIsAnsweredIsHeldBack() throws Exception {
    limited(4, 1, 1 << 20);
    var client = client();
    long begun = System.nanoTime();
    var text = "x".repeat(BIG);
    for (int i = 0; i < 24; i++) { // more than the buffers of both sockets hold
      client.send(order(i, "later", text));
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(1));
    client.socket().abort();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "401 authorization: Bearer 0",
        "403 origin: http://evil.example",
        "403 origin: null",
        "415 : udm.xml",
      })
  void aHandshakeIsRefusedAsARequestIs(String expected) {
    int colon = expected.indexOf(": ");
    var name = expected.substring(4, colon);
    var headers =
        name.equals("authorization")
            ? List.of(name, expected.substring(colon + 2))
            : List.of(
                "authorization", "Bearer " + api.token(), name, expected.substring(colon + 2));
    refused(headers, Integer.parseInt(expected.substring(0, 3)));
  }

  private void refused(List<String> headers, int status) {
    assertThatThrownBy(() -> new StreamClient(api.port(), headers))
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(status));
  }

  @Test
  void aPageOfOurOwnMayAsk() throws Exception {
    var client = client("origin", "http://127.0.0.1:" + api.port());
    client.send(order(1, "noted", "hi"));
    assertThat(client.nextText()).contains("hi!");
  }

  @Test
  void thereAreAsManyStreamsAsMayBeAndAPlaceIsGivenBack() throws Exception {
    limited(1, 4, 1000);
    var first = client();
    refused(List.of("authorization", "Bearer " + api.token()), 503);
    first.send(order(1, "later", "x"));
    await(() -> inFlight() == 1);
    first.socket().abort();
    var second = new ArrayList<StreamClient>();
    await(() -> {
      try {
        return second.add(client());
      } catch (Exception _) {
        return false;
      }
    });
    second.getFirst().send(order(2, "noted", "hi"));
    assertThat(second.getFirst().nextText()).contains("hi!");
  }

  @Test
  void whatNobodyWaitsForAnyMoreIsCancelled() throws Exception {
    var client = client();
    client.send(order(1, "never", "x"));
    await(() -> inFlight() == 1);
    client.socket().abort();
    await(() -> inFlight() == 0); // in less than the minute that it would take
  }

  @Test
  void aClientThatClosesHearsWhatItAskedBefore() throws Exception {
    var client = client();
    client.send(order(1, "later", "last"));
    client.socket().sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);
    assertThat(client.nextText()).contains("last?");
    assertThat(client.closeCode()).isEqualTo(1000);
  }

  @Test
  void aMessageThatIsTooLargeClosesTheStreamAlsoInParts() throws Exception {
    limited(4, 4, 1000);
    var client = client();
    client.send(order(1, "noted", "x".repeat(2000)));
    assertThat(client.closeCode()).isEqualTo(1009);
    var parts = client();
    for (int i = 0; i < 2; i++) {
      parts.socket().sendText("x".repeat(600), false).get(20, TimeUnit.SECONDS);
    }
    assertThat(parts.closeCode()).isEqualTo(1009);
  }

  @Test
  void pingsAreAnsweredAndAClientThatAnswersThemIsKept() throws Exception {
    limited(4, 4, 1000, Duration.ofMillis(500), Duration.ofMillis(100));
    var client = client();
    client.socket().sendPing(ByteBuffer.wrap(new byte[] {1})).get(20, TimeUnit.SECONDS);
    await(() -> client.pongs() == 1 && client.pings() > 10); // over twice the time for idle ones
    assertThat(client.isClosed()).isFalse();
    client.send(order(1, "noted", "hi"));
    assertThat(client.nextText()).contains("hi!");
  }

  @Test
  void whoSaysNothingIsCutOff() throws Exception {
    limited(4, 4, 1000, Duration.ofMillis(200), Duration.ofMillis(50));
    try (var silent = new Socket("127.0.0.1", api.port())) {
      silent.setSoTimeout(20_000);
      assertThat(silent.getInputStream().readAllBytes()).isEmpty();
    }
    assertThat(raw(new byte[0])).contains((byte) 0x89); // it was asked with a ping, and did not say
  }

  /** A handshake, then those bytes; what comes after the answer to the handshake, to the end. */
  private byte[] raw(byte[] frames) throws Exception {
    try (var socket = new Socket("127.0.0.1", api.port())) {
      socket.setSoTimeout(20_000);
      var head =
          """
          GET /v1/stream HTTP/1.1
          host: localhost
          authorization: Bearer %s
          connection: Upgrade
          upgrade: websocket
          sec-websocket-version: 13
          sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==

          """;
      var text = head.formatted(api.token()).replace("\n", "\r\n");
      var out = socket.getOutputStream();
      out.write(text.getBytes(StandardCharsets.UTF_8));
      var in = socket.getInputStream();
      var answer = new StringBuilder();
      while (answer.indexOf("\r\n\r\n") < 0) {
        answer.append((char) in.read());
      }
      // The example of RFC 6455, section 1.3.
      assertThat(answer).startsWith("HTTP/1.1 101").contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      out.write(frames);
      if (frames.length > 0) {
        socket.shutdownOutput();
      }
      return in.readAllBytes();
    }
  }

  @Test
  void framesThatBreakTheProtocolCloseItWithTheCodeThatSaysSo() throws Exception {
    assertThat(raw(new byte[] {(byte) 0x81, 1, 'a'}))
        .startsWith(0x88)
        .containsSequence(0x03, 0xEA); // no mask
    assertThat(raw(new byte[] {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, (byte) 0xFF}))
        .startsWith(0x88)
        .containsSequence(0x03, 0xEF); // not UTF-8
    assertThat(raw(new byte[] {(byte) 0xC1, (byte) 0x80, 0, 0, 0, 0}))
        .startsWith(0x88)
        .containsSequence(0x03, 0xEA); // an extension that was not agreed on
    var next = client();
    next.send(order(1, "noted", "hi"));
    assertThat(next.nextText()).contains("hi!");
  }

  @Test
  void nodesOwnClientIsAnswered() throws Exception {
    var script =
        """
        const socket = new WebSocket('ws://127.0.0.1:%d/v1/stream',
          { protocols: ['udm.json'], headers: { authorization: 'Bearer %s' } });
        const heard = [];
        socket.onopen = () => {
          for (let id = 1; id <= 50; id++) {
            const order = { id, operation: 'inbox.noted', input: { text: 'n' + id } };
            socket.send(JSON.stringify(order));
          }
        };
        socket.onmessage = (event) => {
          const answer = JSON.parse(event.data);
          if (answer.reply.said === 'n' + answer.id + '!') heard.push(answer.id);
          if (heard.length === 50) socket.close(1000);
        };
        socket.onclose = (event) => {
          console.log(socket.protocol, new Set(heard).size, event.code);
        };
        """
            .formatted(api.port(), api.token());
    var node =
        new ProcessBuilder("node", "--experimental-websocket", "--no-warnings", "-e", script)
            .redirectErrorStream(true)
            .start();
    assertThat(new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("udm.json 50 1000");
    assertThat(node.waitFor()).isZero();
  }
}
