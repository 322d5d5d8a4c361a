package io.unikernal.adapter.http;

import io.netty.util.concurrent.ScheduledFuture;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.ValueStream;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request to another server. Its state belongs to its event loop; the caller only waits. */
final class HttpCall {
  private final HttpClient client;
  private final ContextInternal context;
  private final Request request;
  private final long bytesMax;
  private final CompletableFuture<Response> result = new CompletableFuture<>();
  private final Buffer body = Buffer.buffer();
  private final Optional<Outgoing> outgoing;
  private @Nullable HttpClientRequest sent;
  private @Nullable ScheduledFuture<?> timer;

  /**
   * @param body empty for none
   * @param elements in place of a body: lines that are sent as they are made
   * @param isStreamed whether an answer that is a stream is handed over when it begins
   */
  record Request(
      String operation,
      String method,
      String uri,
      MultiMap headers,
      Optional<byte[]> body,
      Optional<ValueStream> elements,
      Duration timeout,
      boolean isStreamed) {}

  /** {@code incoming} is there in place of a body where the answer is streamed. */
  record Response(int status, MultiMap headers, Buffer body, Optional<Incoming> incoming) {}

  HttpCall(HttpClient client, ContextInternal context, Request request, long bytesMax) {
    this.client = client;
    this.context = context;
    this.request = request;
    this.bytesMax = bytesMax;
    outgoing =
        request
            .elements()
            .map(_ -> new Outgoing(context, request.operation(), request.timeout(), this));
  }

  boolean isOver() {
    return result.isDone();
  }

  /** On the event loop: all was sent, and the time for an answer begins. */
  void isSent() {
    startTimer();
  }

  Response exchange() throws InterruptedException {
    context.runOnContext(_ -> begin());
    try {
      if (outgoing.isPresent()) {
        outgoing.get().send(request.elements().orElseThrow());
      }
      return result.get();
    } catch (InterruptedException e) {
      context.runOnContext(_ -> fail(Fault.of(Fault.Code.CANCELLED, "nobody waits any more")));
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof FaultException fault ? fault : new IllegalStateException(e);
    }
  }

  /** The system closes: whoever still waits is told. Any thread. */
  void systemClosed() {
    result.completeExceptionally(ClientFaults.closed(request.operation()).toException());
  }

  private void begin() {
    startTimer();
    var options =
        new RequestOptions()
            .setMethod(HttpMethod.valueOf(request.method()))
            .setURI(request.uri())
            .setHeaders(request.headers())
            .setFollowRedirects(false)
            // The wait for a connection of the pool; connecting itself has the pool's own limit.
            .setConnectTimeout(Math.max(1, request.timeout().toMillis()));
    client
        .request(options)
        .onComplete(connected -> {
          if (connected.failed()) {
            fail(connected.cause());
          } else if (result.isDone()) {
            connected.result().reset();
          } else {
            send(connected.result());
          }
        });
  }

  private void send(HttpClientRequest connected) {
    sent = connected;
    if (outgoing.isPresent()) {
      stopTimer(); // how long it takes to send is up to who makes the elements
    }
    answer(connected)
        .onComplete(head -> {
          if (head.failed()) {
            fail(head.cause());
          } else {
            receive(head.result());
          }
        });
  }

  private Future<HttpClientResponse> answer(HttpClientRequest connected) {
    if (outgoing.isPresent()) {
      var answer = connected.response();
      outgoing.get().connected(connected);
      return answer;
    }
    return request.body().isPresent()
        ? connected.send(Buffer.buffer(request.body().get()))
        : connected.send();
  }

  private void startTimer() {
    timer =
        context
            .nettyEventLoop()
            .schedule(this::late, request.timeout().toNanos(), TimeUnit.NANOSECONDS);
  }

  private void receive(HttpClientResponse response) {
    if (request.isStreamed()
        && response.statusCode() < 300
        && StreamFormat.of(response.headers().get("content-type")).isPresent()) {
      stopTimer();
      var incoming = new Incoming(response, request.timeout(), new Answering());
      var head =
          new Response(response.statusCode(), response.headers(), body, Optional.of(incoming));
      if (!result.complete(head)) {
        giveUpStream();
      }
      return;
    }
    response.handler(chunk -> {
      if (body.length() + (long) chunk.length() > bytesMax) {
        fail(
            Fault.of(
                Fault.Code.REJECTED,
                "`" + request.operation() + "` answered more than " + bytesMax + " bytes",
                "raise `max_body`"));
      } else {
        body.appendBuffer(chunk);
      }
    });
    response.exceptionHandler(this::fail);
    response.endHandler(_ -> {
      if (result.complete(
          new Response(response.statusCode(), response.headers(), body, Optional.empty()))) {
        stopTimer();
      }
    });
  }

  /** The other server, while its answer comes in. */
  private final class Answering implements Incoming.Other {
    @Override
    public void onLoop(Runnable action) {
      context.runOnContext(_ -> action.run());
    }

    @Override
    public void giveUp() {
      giveUpStream();
    }

    @Override
    public Fault broken(Throwable cause) {
      return ClientFaults.of(request.operation(), cause);
    }

    @Override
    public Fault silent(Duration time) {
      return Fault.of(
          Fault.Code.TIMEOUT,
          "`%s` sent nothing more for %d ms".formatted(request.operation(), time.toMillis()),
          "let it send something meanwhile, or raise `timeout`");
    }

    @Override
    public Fault closed() {
      return ClientFaults.closed(request.operation());
    }
  }

  private void giveUpStream() {
    if (sent != null) {
      var _ = sent.reset();
    }
  }

  private void late() {
    fail(
        Fault.of(
            Fault.Code.TIMEOUT,
            "`%s` did not answer within %d ms"
                .formatted(request.operation(), request.timeout().toMillis())));
  }

  private void fail(Throwable cause) {
    fail(ClientFaults.of(request.operation(), cause));
  }

  /** On the event loop. */
  void fail(Fault fault) {
    stopTimer();
    if (result.completeExceptionally(fault.toException()) && sent != null) {
      sent.reset();
    }
    outgoing.ifPresent(Outgoing::goOn);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
