package io.unikernal.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Rec;
import io.unikernal.model.Reply;
import io.unikernal.model.Trace;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Endpoint.Duplex;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What calling another server sends, and what becomes of each kind of answer. */
@Timeout(20)
class ClientTest {
  private static final Trace TRACE =
      new Trace("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", 1, "them=1");

  private static Definition calls(String url) {
    return new Definition("bank").with(HttpAdapter.URL, url);
  }

  private static Definition get(String url) {
    return calls(url)
        .operation("rate", HttpAdapter.GET, "/rate", HttpAdapter.RETURNS, Type.Simple.ANY);
  }

  private static Message message(Value input, Deadline deadline) {
    return Message.received("", new LinkedHashMap<>(), io.unikernal.model.Body.of(input), TRACE)
        .withDeadline(deadline);
  }

  private static Reply call(Definition definition, Value input) throws InterruptedException {
    return call(definition, input, Deadline.NONE);
  }

  private static Reply call(Definition definition, Value input, Deadline deadline)
      throws InterruptedException {
    OpenSystem system = new HttpAdapter().open(definition.context());
    try {
      var duplex = (Duplex) system.bind(definition.operations().getFirst());
      return duplex.call(message(input, deadline));
    } finally {
      system.close();
    }
  }

  private static Fault fails(Definition definition) {
    return catchThrowableOfType(
            FaultException.class, () -> call(definition, Value.Dict.EMPTY, Deadline.NONE))
        .fault();
  }

  /** Answers each connection with the same bytes, and gives what it read before. */
  private static final class Canned implements AutoCloseable {
    private static final byte TLS_HANDSHAKE = 22;
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    final CompletableFuture<String> seen = new CompletableFuture<>();

    Canned(String answer) throws IOException {
      Thread.ofVirtual().start(() -> serve(answer.replace("\n", "\r\n")));
    }

    private void serve(String answer) {
      while (!server.isClosed()) {
        try (Socket socket = server.accept()) {
          var buffer = new byte[65_536];
          int size = 0;
          while (!isWhole(buffer, size)) {
            int more = socket.getInputStream().read(buffer, size, buffer.length - size);
            if (more < 0) {
              break;
            }
            size += more;
          }
          if (size > 0) {
            seen.complete(new String(buffer, 0, size, StandardCharsets.UTF_8));
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
          }
        } catch (IOException _) {
          // The next one, or the end.
        }
      }
    }

    private static boolean isWhole(byte[] buffer, int size) {
      if (size > 0 && buffer[0] == TLS_HANDSHAKE) {
        return true;
      }
      String text = new String(buffer, 0, size, StandardCharsets.UTF_8);
      int head = text.indexOf("\r\n\r\n");
      if (head < 0) {
        return false;
      }
      int at = text.indexOf("content-length: ");
      return at < 0
          || text.substring(head + 4).getBytes(StandardCharsets.UTF_8).length
              >= Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)));
    }

    String url() {
      return "http://127.0.0.1:" + server.getLocalPort();
    }

    String request() throws Exception {
      return seen.get(5, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  private static String answer(int status, String headers, String body) {
    return "HTTP/1.1 "
        + status
        + " X\n"
        + headers
        + "Content-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\nConnection: close\n\n"
        + body;
  }

  private static String json(String body) {
    return answer(200, "Content-Type: application/json\n", body);
  }

  @Test
  void aCallSendsPathQueryHeadersBodyAndTrace() throws Exception {
    try (var canned = new Canned(json("{\"ok\":true}"))) {
      var definition =
          calls(canned.url() + "/v1/")
              .with(
                  HttpAdapter.SEND_HEADERS,
                  new LinkedHashMap<>(java.util.Map.of("authorization", "Bearer t")))
              .operation(
                  "change",
                  HttpAdapter.PUT,
                  "/a b/{id}/{name}",
                  HttpAdapter.PATH,
                  Definition.types("id", "uuid"),
                  HttpAdapter.QUERY,
                  Definition.types("day", "date", "tag", "list(string)", "none", "int?"),
                  HttpAdapter.HEADERS,
                  Definition.types("x_tenant", "int"),
                  HttpAdapter.BODY,
                  Type.Simple.ANY,
                  HttpAdapter.RETURNS,
                  Type.Simple.ANY);
      var record = (Type.Record) definition.operations().getFirst().input();
      var id = UUID.fromString("123e4567-e89b-12d3-a456-426614174000");
      Value input =
          Rec.builder(record.shape())
              .set("id", new Value.Uuid(id))
              .set("name", Value.text("../ü/?#%"))
              .set("day", new Value.Date(LocalDate.of(2026, 1, 2)))
              .set("tag", new Value.Items(List.of(Value.text("a&b"), Value.text("c d"))))
              .set("x_tenant", Value.integer(7))
              .set("body", new Value.Decimal(new BigDecimal("1.50")))
              .build();

      Reply reply = call(definition, input);

      assertThat(reply.body())
          .isEqualTo(new Value.Dict(new LinkedHashMap<>(java.util.Map.of("ok", Value.Bool.TRUE))));
      assertThat(canned.request())
          .startsWith(
              "PUT /v1/a%20b/123e4567-e89b-12d3-a456-426614174000/..%2F%C3%BC%2F%3F%23%25"
                  + "?day=2026-01-02&tag=a%26b&tag=c%20d HTTP/1.1\r\n")
          .contains(
              "x-tenant: 7\r\n",
              "authorization: Bearer t\r\n",
              "accept: application/json\r\n",
              "content-type: application/json\r\n",
              "traceparent: " + TRACE.text() + "\r\n",
              "tracestate: them=1\r\n")
          .endsWith("\r\n\r\n1.50");
    }
  }

  @Test
  void dotsInAPathDoNotClimb() throws Exception {
    try (var canned = new Canned(json("1"))) {
      var definition = calls(canned.url()).operation("one", HttpAdapter.GET, "/a/{x}");
      var input = new LinkedHashMap<String, Value>();
      input.put("x", Value.text(".."));
      call(definition, new Value.Dict(input));
      assertThat(canned.request()).startsWith("GET /a/%2E%2E HTTP/1.1");
    }
  }

  @Test
  void headersCannotBeSmuggledIn() throws Exception {
    try (var canned = new Canned(json("1"))) {
      var definition =
          calls(canned.url())
              .operation(
                  "one",
                  HttpAdapter.GET,
                  "/",
                  HttpAdapter.HEADERS,
                  Definition.types("a", "string"));
      var input = new LinkedHashMap<String, Value>();
      input.put("a", Value.text("x\r\nevil: 1"));
      var fault =
          catchThrowableOfType(FaultException.class, () -> call(definition, new Value.Dict(input)))
              .fault();
      assertThat(fault.code()).isEqualTo(Fault.Code.INVALID);
      assertThat(fault.violations().getFirst().path()).isEqualTo("a");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "301, REJECTED, false",
    "400, REJECTED, false",
    "401, REJECTED, false",
    "404, REJECTED, false",
    "408, TIMEOUT, true",
    "422, REJECTED, false",
    "429, OVERLOADED, true",
    "500, REJECTED, false",
    "502, REJECTED, true",
    "503, OVERLOADED, true",
    "504, REJECTED, true"
  })
  void eachStatusIsAFault(int status, Fault.Code code, boolean retryable) throws Exception {
    try (var canned = new Canned(answer(status, "Retry-After: 3\n", "secret page"))) {
      var fault = fails(get(canned.url()));
      assertThat(fault.code()).isEqualTo(code);
      assertThat(fault.retryable()).isEqualTo(retryable);
      assertThat(fault.message()).isEqualTo("`bank.rate` answered " + status);
      assertThat(fault.details().fields().get("retry_after_ms"))
          .isEqualTo(code == Fault.Code.OVERLOADED ? Value.integer(3_000) : null);
    }
  }

  @Test
  void theWordsOfAProblemAreKept() throws Exception {
    String problem = "{\"title\":\"t\",\"detail\":\"no such currency\",\"status\":422}";
    try (var canned =
        new Canned(answer(422, "Content-Type: application/problem+json\n", problem))) {
      assertThat(fails(get(canned.url())).message())
          .isEqualTo("`bank.rate` answered 422: no such currency");
    }
  }

  @Test
  void notFoundIsAbsentWhereTheAnswerIsOptional() throws Exception {
    try (var canned = new Canned(answer(404, "", ""))) {
      var definition =
          calls(canned.url())
              .operation(
                  "one", HttpAdapter.GET, "/", HttpAdapter.RETURNS, Definition.type("string?"));
      assertThat(call(definition, Value.Dict.EMPTY).body()).isEqualTo(Value.Absent.ABSENT);
    }
  }

  @Test
  void whatIsNotJsonIsRejectedUnlessTextIsWanted() throws Exception {
    try (var canned = new Canned(answer(200, "Content-Type: text/html\n", "<p>"))) {
      var fault = fails(get(canned.url()));
      assertThat(fault.code()).isEqualTo(Fault.Code.REJECTED);
      assertThat(fault.message()).contains("text/html");
      var text =
          calls(canned.url())
              .operation(
                  "one", HttpAdapter.GET, "/", HttpAdapter.RETURNS, Definition.type("string"));
      assertThat(call(text, Value.Dict.EMPTY).body()).isEqualTo(Value.text("<p>"));
    }
    try (var canned = new Canned(json("{\"a\":"))) {
      var fault = fails(get(canned.url()));
      assertThat(fault.code()).isEqualTo(Fault.Code.REJECTED);
      assertThat(fault.details().fields()).containsKey("position");
    }
  }

  @Test
  void aDecimalOfAnAnswerIsReadFromItsDigits() throws Exception {
    var price = Definition.type("decimal(12,2)");
    try (var canned = new Canned(json("12.5"))) {
      var definition =
          calls(canned.url()).operation("price", HttpAdapter.GET, "/", HttpAdapter.RETURNS, price);
      assertThat(call(definition, Value.Dict.EMPTY).body()).isEqualTo(Value.decimal("12.50"));
    }
    try (var canned = new Canned(json("12.345"))) {
      var fault =
          fails(
              calls(canned.url())
                  .operation("price", HttpAdapter.GET, "/", HttpAdapter.RETURNS, price));
      assertThat(fault.code()).isEqualTo(Fault.Code.REJECTED);
      assertThat(fault.message())
          .contains("answered what its type does not allow: must be decimal(12,2)")
          .doesNotContain("12.345");
    }
  }

  @Test
  void anAnswerOverTheLimitIsRejected() throws Exception {
    try (var canned = new Canned(json("\"" + "a".repeat(5_000) + "\""))) {
      var fault = fails(get(canned.url()).with(HttpAdapter.MAX_BODY, 1_000L));
      assertThat(fault.code()).isEqualTo(Fault.Code.REJECTED);
      assertThat(fault.message()).contains("more than 1000 bytes");
    }
  }

  @Test
  void whoIsNotThereOrGoesAwayIsDisconnected() throws Exception {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    var fault = fails(get("http://127.0.0.1:" + port));
    assertThat(fault.code()).isEqualTo(Fault.Code.DISCONNECTED);
    assertThat(fault.message()).contains("refused");
    assertThat(fault.retryable()).isTrue();
    assertThat(fails(get("http://nowhere.invalid")).code()).isEqualTo(Fault.Code.DISCONNECTED);
    try (var canned = new Canned("")) {
      assertThat(fails(get(canned.url())).message()).contains("the connection was closed");
    }
    try (var canned = new Canned("HTTP/1.1 200 OK\nContent-Length: 100\n\n{")) {
      assertThat(fails(get(canned.url())).code()).isEqualTo(Fault.Code.DISCONNECTED);
    }
    try (var canned = new Canned("SSH-2.0-x\n\n\n")) {
      assertThat(fails(get(canned.url())).code()).isEqualTo(Fault.Code.DISCONNECTED);
    }
  }

  @Test
  void plainTextIsNotTls() throws Exception {
    try (var canned = new Canned(json("1"))) {
      var fault = fails(get(canned.url().replace("http:", "https:")));
      assertThat(fault.code()).isIn(Fault.Code.REJECTED, Fault.Code.DISCONNECTED);
    }
  }

  /** Accepts and never answers. */
  private static ServerSocket silent() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @Test
  void theDeadlineEndsACall() throws Exception {
    try (var silent = silent()) {
      var definition = get("http://127.0.0.1:" + silent.getLocalPort());
      long start = System.nanoTime();
      var fault =
          catchThrowableOfType(
                  FaultException.class,
                  () ->
                      call(
                          definition,
                          Value.Dict.EMPTY,
                          Deadline.after(Duration.ofMillis(200), start)))
              .fault();
      assertThat(fault.code()).isEqualTo(Fault.Code.TIMEOUT);
      assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
    }
    assertThat(
            catchThrowableOfType(
                    FaultException.class,
                    () ->
                        call(
                            get("http://127.0.0.1:1"),
                            Value.Dict.EMPTY,
                            new Deadline(System.nanoTime() - 1)))
                .fault()
                .code())
        .isEqualTo(Fault.Code.TIMEOUT);
  }

  @Test
  void interruptionEndsACallAndItsConnection() throws Exception {
    try (var silent = silent()) {
      var definition = get("http://127.0.0.1:" + silent.getLocalPort());
      OpenSystem system = new HttpAdapter().open(definition.context());
      var duplex = (Duplex) system.bind(definition.operations().getFirst());
      var ended = new CompletableFuture<String>();
      Thread caller =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  duplex.call(message(Value.Dict.EMPTY, Deadline.NONE));
                } catch (InterruptedException _) {
                  ended.complete("interrupted");
                }
              });
      try (Socket accepted = silent.accept()) {
        accepted.setSoTimeout(5_000);
        assertThat(accepted.getInputStream().read()).isPositive();
        caller.interrupt();
        assertThat(ended.get(5, TimeUnit.SECONDS)).isEqualTo("interrupted");
        assertThat(accepted.getInputStream().readAllBytes()).isNotEmpty();
      }
      system.close();
    }
  }

  @Test
  void closingFreesWhoeverWaits() throws Exception {
    try (var silent = silent()) {
      var definition = get("http://127.0.0.1:" + silent.getLocalPort()).with(HttpAdapter.POOL, 1);
      OpenSystem system = new HttpAdapter().open(definition.context());
      var duplex = (Duplex) system.bind(definition.operations().getFirst());
      var codes = failuresOf(duplex, 3);
      try (Socket accepted = silent.accept()) {
        assertThat(accepted.getInputStream().read()).isPositive();
        system.close();
        for (int i = 0; i < 3; i++) {
          assertThat(codes.poll(5, TimeUnit.SECONDS)).isEqualTo(Fault.Code.DISCONNECTED);
        }
      }
      assertThat(system.probe()).isInstanceOf(Health.Down.class);
    }
  }

  @Test
  void moreCallsThanMayWaitAreRefused() throws Exception {
    try (var silent = silent()) {
      var definition =
          get("http://127.0.0.1:" + silent.getLocalPort())
              .with(HttpAdapter.POOL, 1)
              .with(HttpAdapter.TIMEOUT, Duration.ofMillis(1_500));
      OpenSystem system = new HttpAdapter().open(definition.context());
      var duplex = (Duplex) system.bind(definition.operations().getFirst());
      var codes = failuresOf(duplex, 8);
      var all = new java.util.ArrayList<Fault.Code>();
      for (int i = 0; i < 8; i++) {
        all.add(codes.poll(5, TimeUnit.SECONDS));
      }
      assertThat(all).containsOnly(Fault.Code.OVERLOADED, Fault.Code.TIMEOUT);
      // The call that is still connecting may count as one that waits.
      assertThat(all).filteredOn(c -> c == Fault.Code.OVERLOADED).hasSizeBetween(3, 4);
      system.close();
    }
  }

  @Test
  void aServerMayCallAServerOnItsOwnLoop() throws Exception {
    var adapter = new HttpAdapter();
    try (Web back =
        Web.running(
            Web.definition()
                .operation(
                    "rate",
                    HttpAdapter.GET,
                    "/rates/{currency}",
                    HttpAdapter.RETURNS,
                    Type.Simple.ANY),
            message -> message.body().value())) {
      var client =
          calls(back.uri("").toString())
              .operation(
                  "rate",
                  HttpAdapter.GET,
                  "/rates/{currency}",
                  HttpAdapter.RETURNS,
                  Type.Simple.ANY);
      OpenSystem bank = adapter.open(client.context());
      var duplex = (Duplex) bank.bind(client.operations().getFirst());
      assertThat(bank.probe()).isEqualTo(Health.UP);
      Web front =
          Web.bound(
              adapter,
              Web.definition()
                  .operation(
                      "rate",
                      HttpAdapter.GET,
                      "/r/{currency}",
                      HttpAdapter.RETURNS,
                      Type.Simple.ANY));
      try (front) {
        front.start(message -> duplex.call(message).body());
        for (int i = 0; i < 50; i++) {
          assertThat(front.get("/r/c" + i).body()).isEqualTo("{\"currency\":\"c" + i + "\"}");
        }
      } finally {
        bank.close();
      }
    }
  }

  @Test
  void aServerThatIsNotOursIsUnderstood(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("rate.json"), "{\"rate\": 1.25, \"list\": [1, null]}");
    Process python =
        new ProcessBuilder("python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      String line = python.inputReader().readLine();
      String url = line.replaceAll(".*\\((http://[^/]*)/\\).*", "$1");
      var found =
          calls(url)
              .operation("rate", HttpAdapter.GET, "/{file}", HttpAdapter.RETURNS, Type.Simple.ANY);
      var input = new LinkedHashMap<String, Value>();
      input.put("file", Value.text("rate.json"));
      Reply reply = call(found, new Value.Dict(input));
      assertThat(((Value.Dict) reply.body()).fields()).containsKeys("rate", "list");
      assertThat(reply.headers()).containsKey("last-modified");
      input.put("file", Value.text("none.json"));
      assertThat(
              catchThrowableOfType(FaultException.class, () -> call(found, new Value.Dict(input)))
                  .fault()
                  .message())
          .isEqualTo("`bank.rate` answered 404");
      var post =
          calls(url).operation("rate", HttpAdapter.POST, "/x", HttpAdapter.BODY, Type.Simple.ANY);
      assertThat(fails(post).message()).isEqualTo("`bank.rate` answered 501");
    } finally {
      python.destroy();
      python.waitFor();
    }
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {"", "x", "ftp://x", "http://", "http://x?q=1", "http://a:b@x", "http://x#y"})
  void whatIsNotAnAddressIsRefused(String url) {
    var fault =
        catchThrowableOfType(
                FaultException.class, () -> new HttpAdapter().open(get(url).context()).close())
            .fault();
    assertThat(fault.message()).isEqualTo("`url` of `bank` is not an address of a server");
  }

  /** Calls so many times at once; the codes of the faults, as they come. */
  private static LinkedBlockingQueue<Fault.Code> failuresOf(Duplex duplex, int count) {
    var codes = new LinkedBlockingQueue<Fault.Code>();
    for (int i = 0; i < count; i++) {
      Thread.ofVirtual()
          .start(() ->
              codes.add(
                  catchThrowableOfType(
                          FaultException.class,
                          () -> duplex.call(message(Value.Dict.EMPTY, Deadline.NONE)))
                      .fault()
                      .code()));
    }
    return codes;
  }
}
