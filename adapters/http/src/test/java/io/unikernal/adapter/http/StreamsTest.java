package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unikernal.model.Body;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import io.unikernal.spi.Endpoint.Duplex;
import io.unikernal.spi.OpenSystem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that are streams: how they are written, read, held back and broken off. */
@Timeout(30)
class StreamsTest {
  private static final String END = "end";
  private static final String FAIL = "fail";

  /** Gives what the test puts in, and hears that nobody wants more. */
  private static final class Tap implements ValueStream.Producer {
    final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    final AtomicInteger asked = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();

    Tap(String... given) {
      texts.addAll(List.of(given));
    }

    @Override
    public Optional<Value> next() throws InterruptedException {
      asked.incrementAndGet();
      String text = texts.take();
      if (text.equals(FAIL)) {
        throw Fault.of(Fault.Code.REJECTED, "no more prices").toException();
      }
      return text.equals(END) ? Optional.empty() : Optional.of(Value.text(text));
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }

    void awaitClosed() throws InterruptedException {
      while (closed.get() == 0) {
        Thread.sleep(5);
      }
    }
  }

  private static Definition serving() {
    return Web.definition()
        .operation(
            "watch",
            HttpAdapter.GET,
            "/prices",
            HttpAdapter.RETURNS,
            new Type.StreamOf(Type.Text.ANY_TEXT));
  }

  private static Web serving(Value answer) throws InterruptedException {
    return Web.running(serving(), _ -> answer);
  }

  private static BufferedReader reading(Web web, String accept) throws Exception {
    var request = HttpRequest.newBuilder(web.uri("/prices")).header("accept", accept).build();
    var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  private static ValueStream watching(OpenSystem system, Definition definition)
      throws InterruptedException {
    var message =
        Message.received("", new LinkedHashMap<>(), Body.of(Value.Dict.EMPTY), Trace.NONE);
    var duplex = (Duplex) system.bind(definition.operations().getFirst());
    return (ValueStream) duplex.call(message).body();
  }

  private static Definition calling(String url) {
    return new Definition("bank")
        .with(HttpAdapter.URL, url)
        .operation(
            "watch",
            HttpAdapter.GET,
            "/prices",
            HttpAdapter.RETURNS,
            new Type.StreamOf(Type.Text.ANY_TEXT));
  }

  @Test
  void anElementIsALineOfJsonAsSoonAsItIsThere() throws Exception {
    var tap = new Tap("tea");
    try (Web web = serving(new ValueStream(tap));
        var lines = reading(web, "*/*")) {
      assertThat(lines.readLine()).isEqualTo("\"tea\"");
      tap.texts.add("milk\n");
      assertThat(lines.readLine()).isEqualTo("\"milk\\n\"");
      tap.texts.add(END);
      assertThat(lines.readLine()).isNull();
      tap.awaitClosed();
      assertThat(web.cancelled).hasValue(0);
    }
  }

  @Test
  void theConnectionGoesOnAfterAStream() throws Exception {
    try (Web web = serving(new Value.Items(List.of(Value.text("a"), Value.text("b"))))) {
      for (int i = 0; i < 3; i++) {
        var response = web.get("/prices");
        assertThat(response.body()).isEqualTo("\"a\"\n\"b\"\n");
        assertThat(response.headers().firstValue("content-type")).contains("application/x-ndjson");
      }
    }
  }

  @Test
  void aBrowserReadsEvents() throws Exception {
    var tap = new Tap("tea", FAIL);
    try (Web web = serving(new ValueStream(tap))) {
      var response = web.get("/prices", "accept", "text/event-stream");
      assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
      assertThat(response.body())
          .startsWith("data: \"tea\"\n\nevent: error\ndata: {")
          .contains("\"code\":\"REJECTED\"", "no more prices")
          .endsWith("}\n\n");
    }
  }

  @Test
  void anotherFormatIsNotAcceptable() throws Exception {
    try (Web web = serving(new ValueStream(new Tap(END)))) {
      var refused = web.get("/prices", "accept", "application/xml");
      assertThat(refused.statusCode()).isEqualTo(406);
      assertThat(refused.body()).contains("NDJSON or server-sent events");
      assertThat(web.get("/prices", "accept", "application/jsonl").statusCode()).isEqualTo(200);
      assertThat(web.get("/prices", "accept", "text/event-stream;q=0, */*").body()).isEmpty();
    }
  }

  @Test
  void aStreamThatBreaksBeforeItsFirstElementIsAnAnswerThatFailed() throws Exception {
    try (Web web = serving(new ValueStream(new Tap(FAIL)))) {
      var response = web.get("/prices");
      assertThat(response.statusCode()).isEqualTo(502);
      assertThat(response.body()).contains("no more prices");
    }
  }

  @Test
  void aStreamThatBreaksLaterIsABodyThatDoesNotEnd() throws Exception {
    var tap = new Tap("tea", FAIL);
    try (Web web = serving(new ValueStream(tap));
        var lines = reading(web, "application/x-ndjson")) {
      assertThat(lines.readLine()).isEqualTo("\"tea\"");
      assertThatThrownBy(lines::readLine).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aReaderThatDoesNotReadHoldsBackWhoMakesTheElements() throws Exception {
    var made = new AtomicInteger();
    var closed = new AtomicInteger();
    String large = "x".repeat(10_000);
    var stream =
        new ValueStream(
            new ValueStream.Producer() {
              @Override
              public Optional<Value> next() {
                made.incrementAndGet();
                return Optional.of(Value.text(large));
              }

              @Override
              public void close() {
                closed.incrementAndGet();
              }
            });
    try (Web web = serving(stream);
        var socket = new Socket("127.0.0.1", web.port())) {
      socket
          .getOutputStream()
          .write("GET /prices HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      int before = -1;
      while (made.get() != before) {
        before = made.get();
        Thread.sleep(300);
      }
      // What the buffers of both sockets take, and no endless queue.
      assertThat(before).isBetween(1, 2_000);
      socket.getInputStream().readNBytes(20_000_000);
      assertThat(made.get()).isGreaterThan(before);
      socket.close();
      while (closed.get() == 0) {
        Thread.sleep(5);
      }
      assertThat(web.cancelled).hasValue(1);
    }
  }

  @Test
  void aSystemIsReadElementByElementToo() throws Exception {
    for (String accept : List.of("application/x-ndjson", "text/event-stream")) {
      var tap = new Tap("tea");
      try (Web web = Web.running(serving(), _ -> new ValueStream(tap))) {
        var definition =
            calling(web.uri("").toString()).with(HttpAdapter.SEND_HEADERS, headers(accept));
        OpenSystem system = new HttpAdapter().open(definition.context());
        try {
          ValueStream stream = watching(system, definition);
          assertThat(stream.next()).contains(Value.text("tea"));
          tap.texts.add("milk");
          assertThat(stream.next()).contains(Value.text("milk"));
          tap.texts.add(END);
          assertThat(stream.next()).isEmpty();
          assertThat(stream.ending()).contains(new ValueStream.Ending.Whole());
        } finally {
          system.close();
        }
      }
    }
  }

  private static LinkedHashMap<String, String> headers(String accept) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("accept", accept);
    return headers;
  }

  @Test
  void whoWantsNoMoreIsSeenByWhoMakesIt() throws Exception {
    var tap = new Tap("tea");
    try (Web web = serving(new ValueStream(tap))) {
      var definition = calling(web.uri("").toString());
      OpenSystem system = new HttpAdapter().open(definition.context());
      try {
        ValueStream stream = watching(system, definition);
        assertThat(stream.next()).contains(Value.text("tea"));
        stream.close();
        tap.awaitClosed();
        assertThat(web.cancelled).hasValue(1);
      } finally {
        system.close();
      }
    }
  }

  @Test
  void aStreamThatBreaksOffIsAFaultAfterItsLastElement() throws Exception {
    var tap = new Tap("tea", FAIL);
    try (Web web = serving(new ValueStream(tap))) {
      var definition = calling(web.uri("").toString());
      OpenSystem system = new HttpAdapter().open(definition.context());
      try {
        ValueStream stream = watching(system, definition);
        assertThat(stream.next()).contains(Value.text("tea"));
        var fault = catchThrowableOfType(FaultException.class, stream::next).fault();
        assertThat(fault.code()).isEqualTo(Fault.Code.DISCONNECTED);
        assertThatThrownBy(stream::next).isInstanceOf(FaultException.class);
      } finally {
        system.close();
      }
    }
  }

  @Test
  void aSystemThatFallsSilentIsGivenUp() throws Exception {
    var tap = new Tap("tea");
    try (Web web = serving(new ValueStream(tap))) {
      var definition =
          calling(web.uri("").toString())
              .with(HttpAdapter.TIMEOUT, java.time.Duration.ofMillis(300));
      OpenSystem system = new HttpAdapter().open(definition.context());
      try {
        ValueStream stream = watching(system, definition);
        assertThat(stream.next()).contains(Value.text("tea"));
        var fault = catchThrowableOfType(FaultException.class, stream::next).fault();
        assertThat(fault.code()).isEqualTo(Fault.Code.TIMEOUT);
        assertThat(fault.message()).contains("sent nothing more for 300 ms");
        tap.awaitClosed();
      } finally {
        system.close();
      }
    }
  }

  @Test
  void anElementThatNeverEndsIsRefused() throws Exception {
    try (var server = new java.net.ServerSocket(0)) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = server.accept()) {
              var out = socket.getOutputStream();
              out.write(
                  "HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\n\r\n\"tea\"\n\""
                      .getBytes(StandardCharsets.US_ASCII));
              byte[] more = "x".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
              while (true) {
                out.write(more);
              }
            } catch (IOException _) {
              // the other side has enough
            }
          });
      var definition = calling("http://127.0.0.1:" + server.getLocalPort());
      OpenSystem system = new HttpAdapter().open(definition.context());
      try {
        ValueStream stream = watching(system, definition);
        assertThat(stream.next()).contains(Value.text("tea"));
        var fault = catchThrowableOfType(FaultException.class, stream::next).fault();
        assertThat(fault.code()).isEqualTo(Fault.Code.REJECTED);
        assertThat(fault.message()).contains("an element of more than");
      } finally {
        system.close();
      }
    }
  }

  private static Definition sending(String url) {
    return new Definition("bank")
        .with(HttpAdapter.URL, url)
        .operation(
            "load",
            HttpAdapter.POST,
            "/prices",
            HttpAdapter.BODY,
            new Type.StreamOf(Type.Text.ANY_TEXT),
            HttpAdapter.RETURNS,
            Type.Simple.ANY);
  }

  private static Value sent(Definition definition, ValueStream elements)
      throws InterruptedException {
    OpenSystem system = new HttpAdapter().open(definition.context());
    try {
      var message = Message.received("", new LinkedHashMap<>(), Body.of(elements), Trace.NONE);
      return ((Duplex) system.bind(definition.operations().getFirst())).call(message).body();
    } finally {
      system.close();
    }
  }

  private static Definition taking() {
    return Web.definition()
        .with(HttpAdapter.FORMATS, List.of("json"))
        .operation(
            "load",
            HttpAdapter.POST,
            "/prices",
            HttpAdapter.BODY,
            Type.ListOf.of(Type.Text.ANY_TEXT),
            HttpAdapter.RETURNS,
            Type.Simple.ANY);
  }

  /** Reads one request to the end of its chunks, and answers. */
  private static String received(java.net.ServerSocket server, String answer) throws IOException {
    try (Socket socket = server.accept()) {
      var in = socket.getInputStream();
      var all = new StringBuilder();
      while (!all.toString().endsWith("\r\n0\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          break;
        }
        all.append((char) next);
      }
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      return all.toString();
    }
  }

  @Test
  void aStreamIsSentAsLinesThatAreMadeOneByOne() throws Exception {
    try (var server = new java.net.ServerSocket(0)) {
      var request = new java.util.concurrent.CompletableFuture<String>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              request.complete(
                  received(
                      server,
                      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1\r\n\r\n2"));
            } catch (IOException e) {
              request.completeExceptionally(e);
            }
          });
      var tap = new Tap("tea", "milk", END);
      var answer = sent(sending("http://127.0.0.1:" + server.getLocalPort()), new ValueStream(tap));
      assertThat(answer).isEqualTo(Value.integer(2));
      assertThat(request.get())
          .contains("content-type: application/x-ndjson", "transfer-encoding: chunked")
          .contains("\"tea\"\n", "\"milk\"\n");
      assertThat(tap.closed).hasValue(1);
    }
  }

  @Test
  void anAnswerBeforeTheEndStopsWhoSends() throws Exception {
    try (Web web = Web.running(taking(), _ -> Value.integer(1))) {
      var tap = new Tap("tea");
      Thread.ofVirtual().start(() -> tap.texts.add("milk"));
      var fault =
          catchThrowableOfType(
                  FaultException.class, () -> sent(sending(web.uri("").toString()), endless(tap)))
              .fault();
      assertThat(fault.message()).contains("answered 415");
      assertThat(tap.closed).hasValue(1);
    }
  }

  /** The same texts for ever. */
  private static ValueStream endless(Tap tap) {
    return new ValueStream(
        new ValueStream.Producer() {
          @Override
          public Optional<Value> next() throws InterruptedException {
            Thread.sleep(1);
            return Optional.of(Value.text("more"));
          }

          @Override
          public void close() {
            tap.close();
          }
        });
  }

  @Test
  void aStreamThatBreaksIsARequestThatIsNotFinished() throws Exception {
    try (var server = new java.net.ServerSocket(0)) {
      var request = new java.util.concurrent.CompletableFuture<String>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              request.complete(received(server, ""));
            } catch (IOException e) {
              request.complete("reset");
            }
          });
      var fault =
          catchThrowableOfType(
                  FaultException.class,
                  () ->
                      sent(
                          sending("http://127.0.0.1:" + server.getLocalPort()),
                          new ValueStream(new Tap("tea", FAIL))))
              .fault();
      assertThat(fault.message()).contains("no more prices");
      assertThat(request.get()).doesNotContain("\r\n0\r\n\r\n");
    }
  }
}
