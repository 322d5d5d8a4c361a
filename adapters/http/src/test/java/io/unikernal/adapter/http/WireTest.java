package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Message;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server does with bytes that no library would send. */
@Timeout(20)
class WireTest {
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final int BIG = 32 << 20;
  private static Web web;
  private static volatile CountDownLatch hanging = new CountDownLatch(1);

  @BeforeAll
  static void open() throws InterruptedException {
    var definition =
        Web.definition()
            .with(HttpAdapter.TIMEOUT, SHORT)
            .with(HttpAdapter.IDLE_TIMEOUT, Duration.ofMillis(900))
            .with(HttpAdapter.MAX_BODY, 1_000L)
            .with(HttpAdapter.MAX_HEADER, 2_000L)
            .operation(
                "echo",
                HttpAdapter.POST,
                "/echo",
                HttpAdapter.BODY,
                Type.Simple.ANY,
                HttpAdapter.RETURNS,
                Type.Simple.ANY)
            .operation("hello", HttpAdapter.GET, "/hello", HttpAdapter.RETURNS, Type.Simple.ANY)
            .operation(
                "named", HttpAdapter.GET, "/named/{name}", HttpAdapter.RETURNS, Type.Simple.ANY)
            .operation("big", HttpAdapter.GET, "/big", HttpAdapter.RETURNS, Type.Simple.ANY)
            .operation("hang", HttpAdapter.GET, "/hang", HttpAdapter.RETURNS, Type.Simple.ANY);
    web = Web.running(definition, WireTest::handle);
  }

  @AfterAll
  static void close() {
    web.close();
  }

  private static Value handle(Message message) throws InterruptedException {
    Value input = message.body().value();
    if (message.operation().equals("web.hang")) {
      hanging.countDown();
      Thread.sleep(Duration.ofMinutes(1));
    }
    if (message.operation().equals("web.big")) {
      return Value.text("b".repeat(BIG));
    }
    return message.operation().equals("web.hello") ? Value.text("hello") : input;
  }

  private static Raw connect() throws Exception {
    return new Raw(web.port());
  }

  private static String post(String headers, String body) {
    return "POST /echo HTTP/1.1\nHost: x\nContent-Type: application/json\n" + headers + "\n" + body;
  }

  private static final String HELLO = "GET /hello HTTP/1.1\nHost: x\n\n";

  @Test
  void aPlainRequestIsAnsweredAndTheConnectionKept() throws Exception {
    try (Raw raw = connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(raw.send(HELLO).response())
            .startsWith("HTTP/1.1 200 OK")
            .contains("date: ", "x-trace-id: ", "content-type: application/json")
            .endsWith("\r\n\r\n\"hello\"");
      }
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    try (Raw raw = connect()) {
      raw.send(
          post("Content-Length: 1\n", "1")
              + post("Content-Length: 1\n", "2")
              + HELLO
              + post("Content-Length: 1\n", "3"));
      assertThat(raw.response()).endsWith("\r\n\r\n1");
      assertThat(raw.response()).endsWith("\r\n\r\n2");
      assertThat(raw.response()).endsWith("\"hello\"");
      assertThat(raw.response()).endsWith("\r\n\r\n3");
    }
  }

  @Test
  void manyPipelinedRequestsAreAllAnswered() throws Exception {
    try (Raw raw = connect()) {
      raw.send(HELLO.repeat(100));
      for (int i = 0; i < 100; i++) {
        assertThat(raw.response()).endsWith("\"hello\"");
      }
    }
  }

  @Test
  void chunksMakeOneBody() throws Exception {
    try (Raw raw = connect()) {
      raw.send(post("Transfer-Encoding: chunked\n", "3\n[1,\n2;ext=1\n2]\n0\n\n"));
      assertThat(raw.response()).startsWith("HTTP/1.1 200").endsWith("[1,2]");
      assertThat(raw.send(HELLO).response()).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aBodyMayComeByteByByte() throws Exception {
    try (Raw raw = connect()) {
      raw.send(post("Content-Length: 5\n", ""));
      for (char c : "[1,2]".toCharArray()) {
        raw.sendExactly(String.valueOf(c));
        Thread.sleep(5);
      }
      assertThat(raw.response()).startsWith("HTTP/1.1 200").endsWith("[1,2]");
    }
  }

  @Test
  void aLengthAndChunksTogetherAreRefused() throws Exception {
    try (Raw raw = connect()) {
      raw.send(post("Content-Length: 4\nTransfer-Encoding: chunked\n", "1\n1\n0\n\n" + HELLO));
      assertThat(raw.rest()).startsWith("HTTP/1.1 400").containsOnlyOnce("HTTP/1.1 ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 1\nContent-Length: 2\n",
        "Content-Length: 1, 1\n",
        "Content-Length: +1\n",
        "Content-Length: -1\n",
        "Content-Length: 0x1\n",
        "Content-Length : 1\n",
        "Transfer-Encoding: gzip\n",
        "Transfer-Encoding: xchunked\n",
        "Transfer-Encoding: chunked, identity\n",
        "Transfer-Encoding: gzip, chunked\n",
        "Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n",
        "Transfer-Encoding : chunked\n",
        "Transfer-Encoding:\u000bchunked\n",
        "Host: y\n",
        "Bad Name: 1\n"
      })
  void whatTwoReadersCouldUnderstandDifferentlyIsRefused(String headers) throws Exception {
    try (Raw raw = connect()) {
      raw.send(post(headers, "1\n0\n\n" + HELLO));
      assertThat(raw.rest()).startsWith("HTTP/1.1 400").containsOnlyOnce("HTTP/1.1 ");
    }
  }

  @Test
  void aFoldedHeaderIsOneHeaderAndNeverAnother() throws Exception {
    try (Raw raw = connect()) {
      raw.send("POST /echo HTTP/1.1\nHost: x\nX-Note: a\n Content-Length: 1000\n\n" + HELLO);
      assertThat(raw.response()).startsWith("HTTP/1.1 400").contains("the body is empty");
      assertThat(raw.response()).startsWith("HTTP/1.1 200");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zz\n1\n0\n\n",
        "-1\n1\n0\n\n",
        "1 1\n0\n\n",
        "1\n12\n0\n\n",
        "fffffffffffffffff\n1\n",
        "7fffffff\n1\n",
        "1\r\n1\n0\n\n"
      })
  void brokenChunksEndTheConnectionWithoutASecondRequest(String body) throws Exception {
    int before = web.received.get();
    try (Raw raw = connect()) {
      raw.send(post("Transfer-Encoding: chunked\n", body + HELLO));
      String all = raw.rest();
      assertThat(all).matches("(?s)HTTP/1.1 4(00|08|13) .*").containsOnlyOnce("HTTP/1.1 ");
    }
    assertThat(web.received.get()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE\n\n",
        "GET\n\n",
        "GET /hello\n\n",
        "GET /hello HTTP/9.9\nHost: x\n\n",
        "GET /hello HTTP/1.1\n\n",
        "GET hello HTTP/1.1\nHost: x\n\n",
        "GET /named/%zz HTTP/1.1\nHost: x\n\n",
        "GET /named/%f HTTP/1.1\nHost: x\n\n",
        "GET /named/%ff HTTP/1.1\nHost: x\n\n",
        "GET /named/%00 HTTP/1.1\nHost: x\n\n",
        "GET /named/\u00e9 HTTP/1.1\nHost: x\n\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\n\n"
      })
  void whatIsNotAValidRequestIsRefusedOnce(String text) throws Exception {
    try (Raw raw = connect()) {
      raw.send(text);
      assertThat(raw.rest()).matches("(?s)HTTP/1.1 (400|501|505) .*").containsOnlyOnce("HTTP/1.1 ");
    }
  }

  @Test
  void oversizedHeadersAreRefused() throws Exception {
    try (Raw raw = connect()) {
      raw.send("GET /hello HTTP/1.1\nHost: x\nX-Big: " + "a".repeat(100_000) + "\n\n");
      assertThat(raw.rest()).startsWith("HTTP/1.1 431").contains("TOO_LARGE");
    }
  }

  @Test
  void anOversizedAddressIsRefused() throws Exception {
    try (Raw raw = connect()) {
      raw.send("GET /" + "a".repeat(100_000) + " HTTP/1.1\nHost: x\n\n");
      assertThat(raw.rest()).startsWith("HTTP/1.1 414").contains("TOO_LARGE");
    }
  }

  @Test
  void aBodyThatSaysItIsTooLargeIsRefusedBeforeItComes() throws Exception {
    try (Raw raw = connect()) {
      raw.send(post("Content-Length: 1001\n", ""));
      assertThat(raw.response()).startsWith("HTTP/1.1 413").contains("connection: close");
      assertThat(raw.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aHugeBodyThatIsSentAnywayDoesNotLoseTheAnswer() throws Exception {
    try (Raw raw = connect()) {
      raw.send(post("Content-Length: 500000\n", ""));
      raw.sendExactly("x".repeat(500_000));
      assertThat(raw.rest()).startsWith("HTTP/1.1 413").contains("TOO_LARGE");
    }
  }

  @Test
  void chunksOverTheLimitAreRefusedWhileTheyCome() throws Exception {
    try (Raw raw = connect()) {
      raw.send(post("Transfer-Encoding: chunked\n", ""));
      for (int i = 0; i < 3; i++) {
        raw.send("190\n" + "1".repeat(400) + "\n");
      }
      assertThat(raw.rest()).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void aBodyOfExactlyTheLimitIsRead() throws Exception {
    String json = "\"" + "a".repeat(998) + "\"";
    try (Raw raw = connect()) {
      assertThat(raw.send(post("Content-Length: 1000\n", json)).response())
          .startsWith("HTTP/1.1 200")
          .endsWith(json);
    }
  }

  @Test
  void whoeverAsksFirstIsToldToContinue() throws Exception {
    try (Raw raw = connect()) {
      raw.send(post("Content-Length: 1\nExpect: 100-continue\n", ""));
      assertThat(raw.response()).startsWith("HTTP/1.1 100 Continue");
      assertThat(raw.send("1").response()).startsWith("HTTP/1.1 200").endsWith("1");
    }
  }

  @Test
  void whoeverAsksFirstAndMayNotIsToldSoAtOnce() throws Exception {
    try (Raw raw = connect()) {
      raw.send(post("Content-Length: 2000\nExpect: 100-continue\n", ""));
      assertThat(raw.rest()).startsWith("HTTP/1.1 413").containsOnlyOnce("HTTP/1.1 ");
    }
    try (Raw raw = connect()) {
      raw.send("POST /nowhere HTTP/1.1\nHost: x\nContent-Length: 2\nExpect: 100-continue\n\n");
      assertThat(raw.rest()).startsWith("HTTP/1.1 404").containsOnlyOnce("HTTP/1.1 ");
    }
  }

  @Test
  void aRefusedRequestWithASmallBodyKeepsItsConnection() throws Exception {
    try (Raw raw = connect()) {
      raw.send("POST /nowhere HTTP/1.1\nHost: x\nContent-Length: 5\n\nhello" + HELLO);
      assertThat(raw.response()).startsWith("HTTP/1.1 404");
      assertThat(raw.response()).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aSlowHeadIsToldAndClosed() throws Exception {
    long start = System.nanoTime();
    try (Raw raw = connect()) {
      raw.send("GET /hello HTTP/1.1\nHost:");
      assertThat(raw.rest()).startsWith("HTTP/1.1 408").contains("\"code\":\"TIMEOUT\"");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(SHORT);
  }

  @Test
  void aSlowBodyIsToldAndClosedEvenWhenItTrickles() throws Exception {
    try (Raw raw = connect()) {
      raw.send(post("Content-Length: 900\n", ""));
      Thread.ofVirtual()
          .start(() -> {
            try {
              for (int i = 0; i < 100; i++) {
                raw.sendExactly("1");
                Thread.sleep(50);
              }
            } catch (Exception _) {
              // Closed: as it should be.
            }
          });
      assertThat(raw.rest()).startsWith("HTTP/1.1 408");
    }
  }

  @Test
  void whoNeverReadsItsAnswerLosesTheConnection() throws Exception {
    try (Raw raw = connect()) {
      raw.send("GET /big HTTP/1.1\nHost: x\n\n");
      Thread.sleep(SHORT.multipliedBy(4));
      assertThat(raw.countRest()).isLessThan(BIG);
    }
  }

  @Test
  void whoReadsALargeAnswerSlowlyGetsAllOfIt() throws Exception {
    try (Raw raw = connect()) {
      raw.send("GET /big HTTP/1.1\nHost: x\nConnection: close\n\n");
      long read = 0;
      for (int i = 0; i < 8; i++) {
        Thread.sleep(SHORT.dividedBy(4));
        read += raw.skip(2 << 20);
      }
      assertThat(read + raw.countRest()).isGreaterThan(BIG);
    }
  }

  @Test
  void anIdleConnectionIsClosedWithoutAWord() throws Exception {
    try (Raw raw = connect()) {
      raw.send(HELLO);
      raw.response();
      assertThat(raw.rest()).isEmpty();
    }
  }

  @Test
  void aConnectionThatNeverSaysAnythingIsClosed() throws Exception {
    try (Raw raw = connect()) {
      assertThat(raw.rest()).isEmpty();
    }
  }

  @Test
  void aClientThatGoesAwayCancelsItsMessage() throws Exception {
    int before = web.cancelled.get();
    hanging = new CountDownLatch(1);
    try (Raw raw = connect()) {
      raw.send("GET /hang HTTP/1.1\nHost: x\n\n");
      assertThat(hanging.await(5, TimeUnit.SECONDS)).isTrue();
    }
    awaitCancelled(before + 1);
  }

  @Test
  void aHalfClosedClientCountsAsGone() throws Exception {
    int before = web.cancelled.get();
    hanging = new CountDownLatch(1);
    try (Raw raw = connect()) {
      raw.send("GET /hang HTTP/1.1\nHost: x\n\n");
      assertThat(hanging.await(5, TimeUnit.SECONDS)).isTrue();
      raw.socket.shutdownOutput();
      assertThat(raw.rest()).isEmpty();
    }
    awaitCancelled(before + 1);
  }

  @Test
  void aClientThatResetsItsConnectionDoesNoHarm() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), web.port())) {
        socket.setSoLinger(true, 0);
        socket
            .getOutputStream()
            .write("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      }
    }
    try (Raw raw = connect()) {
      assertThat(raw.send(HELLO).response()).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void anOlderClientGetsItsAnswerAndTheEnd() throws Exception {
    try (Raw raw = connect()) {
      raw.send("GET /hello HTTP/1.0\n\n");
      assertThat(raw.rest()).contains(" 200 OK").endsWith("\"hello\"");
    }
  }

  @Test
  void whoAsksToCloseIsClosed() throws Exception {
    try (Raw raw = connect()) {
      raw.send("GET /hello HTTP/1.1\nHost: x\nConnection: close\n\n");
      assertThat(raw.rest()).contains("connection: close").endsWith("\"hello\"");
    }
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() throws Exception {
    try (Raw raw = connect()) {
      raw.send("HEAD /hello HTTP/1.1\nHost: x\n\n" + HELLO);
      assertThat(raw.response(false)).startsWith("HTTP/1.1 200").contains("content-length: 7");
      assertThat(raw.response()).startsWith("HTTP/1.1 200").endsWith("\"hello\"");
    }
  }

  @Test
  void anAbsoluteAddressAndEmptyLinesBeforeARequestAreRead() throws Exception {
    try (Raw raw = connect()) {
      raw.send("\n\nGET http://x/hello HTTP/1.1\nHost: x\n\n");
      assertThat(raw.response()).startsWith("HTTP/1.1 200");
    }
  }

  private static void awaitCancelled(int count) throws InterruptedException {
    for (int i = 0; i < 500 && web.cancelled.get() < count; i++) {
      Thread.sleep(10);
    }
    assertThat(web.cancelled.get()).isGreaterThanOrEqualTo(count);
  }
}
