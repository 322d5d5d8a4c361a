package io.unikernal.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.unikernal.kernel.Kernel;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.spi.HttpStatus;
import io.unikernal.spi.World;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * The control and data plane over HTTP, on loopback, with a token: what runs, how it does, and
 * calls of operations. The JDK's own server is enough for it: nothing here is on the way of a
 * message that comes by an adapter.
 */
final class ApiServer implements AutoCloseable {
  static final int REQUEST_BYTES_MAX = ControlServer.REQUEST_BYTES_MAX;
  private static final int REQUESTS_MAX = 64;
  private static final int WAITING_MAX = 128;
  private static final int TOKEN_BYTES = 32;
  private static final Logger LOG = System.getLogger("unikernal.api");
  private final HttpServer server;
  private final String token;
  private final Running running;
  private final Semaphore requests = new Semaphore(REQUESTS_MAX);

  /** What is asked. */
  record Running(Kernel kernel, World world, Instant started, Optional<Reloading> reloading) {}

  private ApiServer(HttpServer server, String token, Running running) {
    this.server = server;
    this.token = token;
    this.running = running;
  }

  /**
   * Listens on that port of loopback.
   *
   * @throws FaultException REJECTED if it cannot
   */
  static ApiServer start(int port, Kernel kernel, World world, Optional<Reloading> reloading) {
    HttpServer http;
    try {
      http =
          HttpServer.create(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port), WAITING_MAX);
    } catch (IOException e) {
      throw Fault.of(
              Fault.Code.REJECTED,
              "the control port " + port + " cannot be used: " + e.getMessage(),
              "choose another one with --control")
          .toException(e);
    }
    var api = new ApiServer(http, newToken(), new Running(kernel, world, world.now(), reloading));
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", api::answer);
    http.start();
    return api;
  }

  String token() {
    return token;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private static String newToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      ApiAnswer answer;
      if (requests.tryAcquire()) {
        try {
          answer = answered(exchange);
        } finally {
          requests.release();
        }
      } else {
        answer = problem(Fault.of(Fault.Code.OVERLOADED, REQUESTS_MAX + " requests are served"));
      }
      write(exchange, answer);
    }
  }

  private ApiAnswer answered(HttpExchange exchange) throws IOException {
    try {
      var path = exchange.getRequestURI().getPath();
      var found = ApiPath.find(exchange.getRequestMethod(), path);
      if (found.needsToken() && !isAuthenticated(exchange)) {
        throw Fault.of(Fault.Code.UNAUTHENTICATED, "this needs the token that `run` printed")
            .toException();
      }
      var body = exchange.getRequestBody().readNBytes(REQUEST_BYTES_MAX + 1);
      if (body.length > REQUEST_BYTES_MAX) {
        throw Fault.of(Fault.Code.TOO_LARGE, "the body is over 16 MiB").toException();
      }
      var type =
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("content-type")).orElse("");
      var query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
      return found.answer(running, new ApiRequest(type, query, body));
    } catch (FaultException e) {
      return problem(e.fault());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return problem(Fault.of(Fault.Code.CANCELLED, "the kernel stops"));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "a request to the API failed", e);
      return problem(Fault.of(Fault.Code.INTERNAL, "Unikernal failed; its log says more"));
    }
  }

  private boolean isAuthenticated(HttpExchange exchange) {
    var header =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("authorization")).orElse("");
    byte[] offered = header.replaceFirst("^Bearer +", "").getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), offered);
  }

  /** RFC 9457, as the HTTP adapter writes it. */
  private static ApiAnswer problem(Fault fault) {
    int status = HttpStatus.of(fault);
    var words = ControlWords.fault(fault).field("fault");
    var document =
        ControlWords.dict(
            "status", Value.integer(status),
            "title", words.field("code"),
            "detail", words.field("message"),
            "hint", words.field("hint"),
            "errors", words.field("errors"));
    return ApiAnswer.json(status, document).as("application/problem+json");
  }

  private static void write(HttpExchange exchange, ApiAnswer answer) throws IOException {
    var headers = exchange.getResponseHeaders();
    headers.set("content-type", answer.contentType());
    headers.set("cache-control", "no-store");
    headers.set("x-content-type-options", "nosniff");
    if (answer.status() == HttpStatus.of(Fault.of(Fault.Code.UNAUTHENTICATED, ""))) {
      headers.set("www-authenticate", "Bearer realm=\"unikernal\"");
    }
    byte[] body = answer.body();
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
