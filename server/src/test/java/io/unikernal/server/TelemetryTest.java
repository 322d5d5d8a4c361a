package io.unikernal.server;

import static io.unikernal.server.Collector.attributes;
import static io.unikernal.server.Collector.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.unikernal.kernel.Listener;
import io.unikernal.model.Plan;
import io.unikernal.telemetry.TelemetryOptions;
import io.unikernal.udl.UdlCompiler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes to a collector of a definition that runs, with real HTTP on all sides. */
class TelemetryTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";
  private static final int SENDERS = 16;
  private static final String SECRET = "ann.secret@example.org";

  private static final String DEFINITION =
      """
      types:
        Note: { text: string, email: pii(string) }
      systems:
        inbox:
          type: http
          listen: 0
          clearance: [pii]
          operations:
            noted: { post: /notes, body: Note, returns: { said: string } }
        other:
          type: http
          url: %s
          operations:
            shout: { post: /shout, body: { text: string }, returns: { said: string }, effect: reads }
      routes:
        - { from: inbox.noted, to: say }
      pipelines:
        say:
          input: Note
          steps:
            - { name: checked, set: "${100 / size(input.text)}" }
            - { name: shouted, system: other.shout, with: { text: "${input.text}" } }
          output: "${{'said': shouted.said}}"
      """;

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, String> heardByOther = new ConcurrentHashMap<>();
  private HttpServer other;
  private Collector collector;

  @BeforeEach
  void starts() throws Exception {
    collector = new Collector();
    other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          exchange
              .getRequestHeaders()
              .forEach(
                  (name, all) -> heardByOther.put(name.toLowerCase(Locale.ROOT), all.getFirst()));
          var asked = exchange.getRequestBody().readAllBytes();
          boolean quotes = new String(asked, StandardCharsets.UTF_8).contains("quote");
          String said = quotes ? "{\"detail\": \"not " + SECRET + "\"}" : "{\"said\": \"hello\"}";
          byte[] answer = said.getBytes(StandardCharsets.UTF_8);
          exchange
              .getResponseHeaders()
              .set("content-type", quotes ? "application/problem+json" : "application/json");
          exchange.sendResponseHeaders(quotes ? 400 : 200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    other.start();
  }

  @AfterEach
  void stops() {
    other.stop(0);
    collector.close();
  }

  private RunningDefinition run(String url, Map<String, String> more) throws Exception {
    var options = TelemetryOptions.of(url, Map.of()).orElseThrow();
    var fixed = new HashMap<>(options.fixed());
    fixed.putAll(more);
    return RunningDefinition.start(
        plan(),
        AdapterCatalog.load(),
        Listener.SILENT,
        OptionalInt.empty(),
        Optional.of(new TelemetryOptions(options.defaults(), fixed)),
        Optional.empty());
  }

  private Plan plan() throws Exception {
    var definition = DEFINITION.formatted("http://127.0.0.1:" + other.getAddress().getPort());
    Path file = Files.writeString(folder.resolve("notes.udl.yaml"), definition);
    var compiled =
        UdlCompiler.compile(file, AdapterCatalog.load(), new UdlCompiler.Options(Map.of(), false));
    assertThat(compiled.rendered().text(false)).isEmpty();
    return compiled.plan().orElseThrow();
  }

  private int send(RunningDefinition running, String text, String... headers) throws Exception {
    var url = running.status().systems().getFirst().description();
    var request =
        HttpRequest.newBuilder(URI.create(url + "/notes"))
            .header("content-type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"text\": \"%s\", \"email\": \"%s\"}".formatted(text, SECRET)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString()).statusCode();
  }

  private Span span(String name) {
    var found = collector.spans().stream().filter(one -> one.getName().equals(name)).toList();
    assertThat(found).as("%s among %s", name, collector.spans()).hasSize(1);
    return found.getFirst();
  }

  private static void isWithin(Span inner, Span outer) {
    assertThat(inner.getParentSpanId()).isEqualTo(outer.getSpanId());
    assertThat(inner.getTraceId()).isEqualTo(outer.getTraceId());
    assertThat(inner.getStartTimeUnixNano()).isGreaterThanOrEqualTo(outer.getStartTimeUnixNano());
    assertThat(inner.getEndTimeUnixNano())
        .isBetween(inner.getStartTimeUnixNano(), outer.getEndTimeUnixNano());
  }

  @Test
  void aMessageIsOneTreeBelowItsCallerAndAboveWhomItCalls() throws Exception {
    long before = Instant.now().toEpochMilli();
    try (var running = run(collector.url(), Map.of("otel.exporter.otlp.headers", "api-key=k1"))) {
      String parent = "00-" + TRACE + "-" + CALLER + "-01";
      assertThat(send(running, "hi", "traceparent", parent, "tracestate", "them=1,us=2"))
          .isEqualTo(200);
    }
    assertThat(collector.headers()).containsEntry("Api-key", "k1");
    assertThat(collector.resource()).containsEntry("service.name", "unikernal");
    assertThat(collector.spans()).hasSize(4);
    var root = span("POST /notes");
    assertThat(hex(root.getTraceId())).isEqualTo(TRACE);
    assertThat(hex(root.getParentSpanId())).isEqualTo(CALLER);
    assertThat(root.getTraceState()).isEqualTo("them=1,us=2");
    assertThat(root.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(root.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    assertThat(root.getStartTimeUnixNano() / 1_000_000)
        .isBetween(before, Instant.now().toEpochMilli());
    assertThat(attributes(root.getAttributesList()))
        .containsEntry("http.request.method", "POST")
        .containsEntry("http.route", "/notes")
        .containsEntry("unikernal.route", "inbox.noted -> say")
        .containsEntry("unikernal.outcome", "delivered")
        .containsKey("messaging.message.id");
    isWithin(span("checked"), root);
    var step = span("shouted");
    isWithin(step, root);
    assertThat(attributes(step.getAttributesList()))
        .containsEntry("code.line.number", "22")
        .hasEntrySatisfying("code.file.path", file -> assertThat(file).endsWith("notes.udl.yaml"));
    var call = span("POST /shout");
    isWithin(call, step);
    assertThat(call.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
    assertThat(attributes(call.getAttributesList()))
        .containsEntry("url.template", "/shout")
        .containsEntry("server.address", "127.0.0.1")
        .containsEntry("server.port", "" + other.getAddress().getPort());
    assertThat(heardByOther)
        .containsEntry("traceparent", "00-" + TRACE + "-" + hex(call.getSpanId()) + "-01")
        .containsEntry("tracestate", "them=1,us=2");
    assertThat(collector.spans().stream().map(Span::getSpanId)).doesNotHaveDuplicates();
    assertThat(collector.bytes()).doesNotContain(SECRET);
  }

  @Test
  void ofWhatTheCallerDoesNotSampleOnlyFailuresCome() throws Exception {
    String parent = "00-" + TRACE + "-" + CALLER + "-00";
    try (var running = run(collector.url(), Map.of())) {
      assertThat(send(running, "hi", "traceparent", parent)).isEqualTo(200);
      assertThat(send(running, "", "traceparent", parent)).isEqualTo(422);
    }
    assertThat(heardByOther.get("traceparent")).endsWith("-00");
    assertThat(collector.spans()).hasSize(2);
    var root = span("POST /notes");
    assertThat(root.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
    assertThat(hex(root.getParentSpanId())).isEqualTo(CALLER);
    var step = span("checked");
    isWithin(step, root);
    assertThat(step.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
    assertThat(attributes(step.getAttributesList())).containsKey("error.type");
    assertThat(collector.bytes()).doesNotContain(SECRET);
  }

  /** Who is called quotes in its fault what it was given; the fault itself is told of. */
  @Test
  void theWordsOfAFaultStayHereWhereSomethingIsLabelled() throws Exception {
    try (var running = run(collector.url(), Map.of())) {
      assertThat(send(running, "quote")).isGreaterThanOrEqualTo(400);
    }
    var status = span("POST /shout").getStatus();
    assertThat(status.getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
    assertThat(status.getMessage()).isEqualTo("rejected");
    assertThat(collector.bytes()).doesNotContain(SECRET);
  }

  @Test
  void aTraceThatBeginsHereHasNoParentAndTheSamplerDecides() throws Exception {
    try (var running = run(collector.url(), Map.of())) {
      assertThat(send(running, "hi")).isEqualTo(200);
    }
    assertThat(span("POST /notes").getParentSpanId().isEmpty()).isTrue();
    collector.spans().clear();
    try (var running = run(collector.url(), Map.of("otel.traces.sampler", "always_off"))) {
      assertThat(send(running, "hi")).isEqualTo(200);
    }
    assertThat(heardByOther.get("traceparent")).endsWith("-00");
    assertThat(collector.spans()).isEmpty();
  }

  @Test
  void theFiguresAreThoseOfTheBooks() throws Exception {
    try (var running = run(collector.url(), Map.of())) {
      assertThat(send(running, "hi")).isEqualTo(200);
      assertThat(send(running, "ho")).isEqualTo(200);
      assertThat(send(running, "")).isEqualTo(422);
    }
    var received = collector.metric("unikernal.messages.received").getSum();
    assertThat(received.getIsMonotonic()).isTrue();
    assertThat(
            received.getDataPointsList().stream()
                .filter(
                    one -> attributes(one.getAttributesList()).containsValue("inbox.noted -> say"))
                .mapToLong(one -> one.getAsInt())
                .sum())
        .isEqualTo(3);
    assertThat(collector.metric("unikernal.messages.ended").getSum().getDataPointsList())
        .anySatisfy(one -> {
          assertThat(attributes(one.getAttributesList()))
              .containsEntry("unikernal.outcome", "delivered")
              .containsEntry("unikernal.route", "inbox.noted -> say");
          assertThat(one.getAsInt()).isEqualTo(2);
        });
    var durations =
        collector.metric("unikernal.message.duration").getHistogram().getDataPointsList();
    assertThat(durations.stream().mapToLong(one -> one.getCount()).sum()).isEqualTo(3);
    assertThat(collector.metric("unikernal.messages.in_flight").getSum().getDataPointsList())
        .allMatch(one -> one.getAsInt() == 0);
    assertThat(collector.metric("jvm.memory.used").getSum().getDataPointsList()).hasSize(2);
    assertThat(collector.metric("jvm.thread.count").getSum().getDataPointsList()).hasSize(1);
  }

  @Test
  void aCollectorThatIsAwayHoldsUpNeitherMessagesNorTheEnd() throws Exception {
    collector.close();
    var log = Logger.getLogger("unikernal.telemetry");
    var lines = new CopyOnWriteArrayList<String>();
    var ear = new Ear(lines);
    log.addHandler(ear);
    long begun;
    try (var running = run(collector.url(), Map.of())) {
      for (int i = 0; i < 20; i++) {
        assertThat(send(running, "hi")).isEqualTo(200);
      }
      begun = System.nanoTime();
    } finally {
      log.removeHandler(ear);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(9));
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst()).startsWith("the collector does not take traces");
    assertThat(lines.getLast()).endsWith("not told of: 20");
  }

  /** It takes connections and never answers, and more messages end than may wait. */
  @Test
  void aCollectorThatHangsCostsNoMessageAndAllOfThemAreCounted() throws Exception {
    var log = Logger.getLogger("unikernal.telemetry");
    var lines = new CopyOnWriteArrayList<String>();
    var ear = new Ear(lines);
    log.addHandler(ear);
    int each = 320;
    long begun;
    try (var hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var running = run("http://127.0.0.1:" + hanging.getLocalPort(), Map.of())) {
      var failures = new AtomicInteger();
      try (var senders = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int sender = 0; sender < SENDERS; sender++) {
          senders.submit(() -> {
            for (int i = 0; i < each; i++) {
              assertThat(send(running, "")).isEqualTo(422);
              failures.incrementAndGet();
            }
            return null;
          });
        }
      }
      assertThat(failures).hasValue(SENDERS * each);
      begun = System.nanoTime();
    } finally {
      log.removeHandler(ear);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(9));
    assertThat(lines).anyMatch(line -> line.startsWith("messages end faster"));
    assertThat(lines.getLast()).endsWith("not told of: " + SENDERS * each);
  }

  private static final class Ear extends Handler {
    private final List<String> lines;

    Ear(List<String> lines) {
      this.lines = lines;
    }

    @Override
    public void publish(LogRecord entry) {
      lines.add(entry.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void nobodyIsToldWhereNobodyAsksAndWhatCannotBeIsSaid() {
    assertThat(TelemetryOptions.of("", Map.of())).isEmpty();
    var there = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318");
    assertThat(TelemetryOptions.of("", there)).isPresent();
    assertThat(TelemetryOptions.of("http://c:4318", Map.of("OTEL_SDK_DISABLED", "true"))).isEmpty();
    for (String wrong : List.of("c:4318", "ftp://c", "http:///x", "4318")) {
      assertThatThrownBy(() -> TelemetryOptions.of(wrong, Map.of()))
          .hasMessageContaining("not the URL of a collector");
    }
    assertThatThrownBy(() ->
            TelemetryOptions.of("http://c:4318", Map.of("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")))
        .hasMessageContaining("http/protobuf");
  }
}
