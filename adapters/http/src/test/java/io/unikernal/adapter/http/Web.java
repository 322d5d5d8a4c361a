package io.unikernal.adapter.http;

import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Reads;
import io.unikernal.model.Reply;
import io.unikernal.model.Value;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint.PushSource;
import io.unikernal.spi.OpenSystem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** A real server with the smallest kernel there can be: a function for each operation. */
final class Web implements AutoCloseable {
  /** What becomes of a message. */
  interface Handler {
    Value handle(Message message) throws InterruptedException;
  }

  final OpenSystem system;
  final Map<String, PushSource> sources = new HashMap<>();
  final AtomicInteger cancelled = new AtomicInteger();
  final AtomicInteger received = new AtomicInteger();
  private final SystemWorld world = new SystemWorld();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Web(OpenSystem system) {
    this.system = system;
  }

  static Definition definition() {
    return new Definition("web").with(HttpAdapter.LISTEN, "127.0.0.1:0");
  }

  /** Opens and binds, but does not start. */
  static Web bound(HttpAdapter adapter, Definition definition) throws InterruptedException {
    return bound(adapter, definition, Reads.ALL);
  }

  private static Web bound(HttpAdapter adapter, Definition definition, Reads reads)
      throws InterruptedException {
    var web = new Web(adapter.open(definition.context()));
    for (Operation operation : definition.operations()) {
      web.sources.put(operation.name(), (PushSource) web.system.bind(operation, reads));
    }
    return web;
  }

  /** With what the routes read of each message. */
  static Web running(Definition definition, Reads reads, Handler handler)
      throws InterruptedException {
    Web web = bound(new HttpAdapter(), definition, reads);
    web.start(handler);
    return web;
  }

  static Web running(Definition definition, Handler handler) throws InterruptedException {
    Web web = bound(new HttpAdapter(), definition);
    web.start(handler);
    return web;
  }

  void start(Handler handler) {
    sources.values().forEach(s -> s.start((delivery, carrier) -> run(delivery, carrier, handler)));
  }

  void stop() {
    sources.values().forEach(PushSource::stop);
  }

  private void run(Delivery delivery, Executor carrier, Handler handler) {
    received.incrementAndGet();
    Thread thread =
        world.start(
            "message", carrier, () -> delivery.settle(outcome(handler, delivery.message())));
    delivery.onCancel(() -> {
      cancelled.incrementAndGet();
      thread.interrupt();
    });
  }

  private static Outcome outcome(Handler handler, Message message) {
    try {
      return new Outcome.Done(Reply.of(handler.handle(message)));
    } catch (FaultException e) {
      return new Outcome.Failed(e.fault());
    } catch (InterruptedException _) {
      return new Outcome.Failed(Fault.of(Fault.Code.CANCELLED, ""));
    }
  }

  URI uri(String path) {
    return URI.create(system.describe() + path);
  }

  int port() {
    return uri("/").getPort();
  }

  HttpResponse<String> send(String method, String path, String contentType, String body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(10))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!contentType.isEmpty()) {
      request.header("content-type", contentType);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(10));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return send("POST", path, "application/json", json);
  }

  @Override
  public void close() {
    client.close();
    system.close();
  }
}
