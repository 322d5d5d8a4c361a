package io.unikernal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.unikernal.verify.FaultProxy.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a running definition makes of servers and networks that are broken: each failure has the
 * code of its kind, in bounded time, and what the policies promise about it happens.
 */
class FaultyServersIT {
  /** Longer than what the definition allows for one call, with room for a busy machine. */
  private static final Duration BOUND = Duration.ofSeconds(10);

  private static final Map<Mode, String> CODES =
      Map.of(
          Mode.REFUSE, "DISCONNECTED",
          Mode.RESET_MID_BODY, "DISCONNECTED",
          Mode.TRICKLE, "TIMEOUT",
          Mode.HALF_OPEN, "TIMEOUT",
          Mode.GARBAGE, "DISCONNECTED");

  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  @TempDir private Path folder;
  private HttpServer backend;
  private FaultProxy proxy;
  private RunningProgram program;

  @BeforeEach
  void start() throws Exception {
    backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    backend.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          String path = exchange.getRequestURI().getPath();
          calls.computeIfAbsent(path, _ -> new AtomicInteger()).incrementAndGet();
          byte[] body =
              "{\"text\": \"%s\"}".formatted("x".repeat(2000)).getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("content-type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    backend.start();
    proxy = new FaultProxy(backend.getAddress().getPort());
    program = RunningProgram.run(folder, definition(proxy.port(), backend.getAddress().getPort()));
  }

  @AfterEach
  void stop() throws IOException {
    program.close();
    proxy.close();
    backend.stop(0);
  }

  private Path definition(int shaky, int sound) throws IOException {
    return Definitions.of(
        folder.resolve("faulty"),
        "faulty.udl.yaml",
        """
        udl: 7
        types: { Answer: { text: string } }
        systems:
          web:
            type: http
            listen: 0
            operations:
              alone: { get: /alone, returns: Answer }
              patient: { get: /patient, returns: Answer }
              either: { get: /either, returns: Answer }
              guarded: { get: /guarded, returns: Answer }
              pay: { post: /pay, body: { n: int }, returns: Answer }
          shaky:
            type: http
            url: http://127.0.0.1:%d
            timeout: 700ms
            operations:
              alone: { get: /alone, returns: Answer }
              patient: { get: /patient, returns: Answer }
              either: { get: /either, returns: Answer }
              guarded: { get: /guarded, returns: Answer }
              pay: { post: /pay, body: { n: int }, returns: Answer }
          sound:
            type: http
            url: http://127.0.0.1:%d
            operations:
              either: { get: /sound, returns: Answer }
        policies:
          patient: { type: retry, attempts: 20, delay: 100ms, backoff: constant, on: [TIMEOUT, DISCONNECTED] }
          guarded: { type: circuit_breaker, failure_rate: 0.5, window: 4, open_for: 2s, probes: 1 }
        routes:
          - { from: web.alone, to: shaky.alone }
          - { from: web.patient, to: shaky.patient, policy: patient }
          - { from: web.either, to: { fallback: [shaky.either, sound.either] } }
          - { from: web.guarded, to: shaky.guarded, policy: guarded }
          - { from: web.pay, to: shaky.pay }
        """
            .formatted(shaky, sound));
  }

  private HttpResponse<String> get(String path) throws Exception {
    long begun = System.nanoTime();
    var answer = Http.get(program.url() + path);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(BOUND);
    return answer;
  }

  private int calls(String path) {
    return calls.getOrDefault(path, new AtomicInteger()).get();
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, names = "PASS", mode = EnumSource.Mode.EXCLUDE)
  void aFailureHasTheCodeOfItsKindAndIsOverWhenTheServerIsWell(Mode mode) throws Exception {
    assertThat(get("/alone").statusCode()).isEqualTo(200);
    proxy.behave(mode);
    var failed = get("/alone");
    assertThat(failed.body()).contains("\"" + CODES.get(mode) + "\"").doesNotContain("Exception");
    assertThat(failed.statusCode()).isIn(502, 503, 504);
    proxy.behave(Mode.PASS);
    assertThat(get("/alone").statusCode()).isEqualTo(200);
    assertThat(program.interrupt()).as(program.output()).isZero();
    assertThat(program.output()).contains("balanced").doesNotContain("DOES NOT BALANCE");
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, names = "PASS", mode = EnumSource.Mode.EXCLUDE)
  void aFallbackAnswersForIt(Mode mode) throws Exception {
    proxy.behave(mode);
    assertThat(get("/either").statusCode()).isEqualTo(200);
    assertThat(calls("/sound")).isOne();
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, names = "PASS", mode = EnumSource.Mode.EXCLUDE)
  void aRetryOutlastsIt(Mode mode) throws Exception {
    proxy.behave(mode);
    var mended =
        Thread.startVirtualThread(() -> {
          try {
            Thread.sleep(1_000);
            proxy.behave(Mode.PASS);
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    assertThat(get("/patient").statusCode()).isEqualTo(200);
    mended.join();
  }

  /** Nobody can know whether it was done: so it is not done again, unless somebody says so. */
  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"RESET_MID_BODY", "HALF_OPEN", "GARBAGE"})
  void aCallThatMayHaveBeenDoneIsNotRepeated(Mode mode) throws Exception {
    proxy.behave(mode);
    var failed = Http.post(program.url() + "/pay", "{\"n\": 1}");
    assertThat(failed.statusCode()).isIn(502, 503, 504);
    assertThat(calls("/pay")).isOne();
  }

  @Test
  void aBreakerSparesTheServerAndLetsAProbeFindThatItIsWell() throws Exception {
    proxy.behave(Mode.HALF_OPEN);
    for (int i = 0; i < 4; i++) {
      assertThat(get("/guarded").body()).contains("TIMEOUT");
    }
    int before = calls("/guarded");
    for (int i = 0; i < 20; i++) {
      assertThat(get("/guarded").body()).contains("OVERLOADED", "left alone");
    }
    assertThat(calls("/guarded")).isEqualTo(before);
    proxy.behave(Mode.PASS);
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (get("/guarded").statusCode() != 200 && System.nanoTime() < end) {
      Thread.sleep(100);
    }
    assertThat(get("/guarded").statusCode()).isEqualTo(200);
  }
}
