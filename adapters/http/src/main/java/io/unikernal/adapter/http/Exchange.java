package io.unikernal.adapter.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.unikernal.model.Body;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Trace;
import io.unikernal.spi.Sink;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * One request and its answer: reads envelope and body, hands over, and writes what the message came
 * to. The connection's event loop only.
 */
final class Exchange {
  /** Proxies and browsers close what is silent for long; half a minute is little for them. */
  private static final Duration ALIVE_EVERY = Duration.ofSeconds(15);

  private final HttpServerSystem server;
  private final HttpServerRequest request;
  private final ConnectionGuard guard;
  private final EventLoop loop;
  private final HeaderView headers;
  private final Trace trace;
  private final String path;
  private final RequestBody body;
  private Optional<RequestElements> elements = Optional.empty();
  private Optional<ScheduledFuture<?>> heartbeat = Optional.empty();

  Exchange(HttpServerSystem server, HttpServerRequest request, EventLoop loop) {
    this.server = server;
    this.request = request;
    this.loop = loop;
    guard = server.guard(request);
    headers = new HeaderView(request.headers());
    trace =
        headers
            .find("traceparent")
            .flatMap(parent -> Trace.parse(parent, headers.find("tracestate").orElse("")))
            .orElseGet(server::newTrace);
    path = Optional.ofNullable(request.path()).orElse("");
    body = new RequestBody(request, headers, server.settings().maxBody(), BodyRoom.SHARED);
  }

  /** The event loop calls this for each request. */
  void begin() {
    try {
      body.checkFraming();
      switch (server.router().find(request.method().name(), path)) {
        case Router.Match.Found<HttpSource>(var target, var values) -> route(target, values);
        case Router.Match.OtherMethods<HttpSource>(var allow) ->
            otherMethod(String.join(", ", allow));
        case Router.Match.Nothing<HttpSource> _ ->
            early(
                problem(404, Fault.of(Fault.Code.NO_ROUTE, "nothing is served at `" + path + "`")));
      }
    } catch (FaultException e) {
      guard.refuse(server.finish(Answer.problem(e.fault(), path, trace), trace));
    }
  }

  private void otherMethod(String allow) {
    if (request.method().name().equals("OPTIONS")) {
      early(Answer.empty(204).with("allow", allow));
    } else {
      var fault =
          Fault.of(
              Fault.Code.NO_ROUTE, "`" + path + "` is not there for " + request.method().name());
      early(problem(405, fault).with("allow", allow));
    }
  }

  private void route(HttpSource target, List<String> values) {
    switch (target.state()) {
      case HttpSource.State.Unused _ ->
          early(
              problem(
                  404,
                  Fault.of(
                      Fault.Code.NO_ROUTE, "no route takes `" + target.operation().id() + "`")));
      case HttpSource.State.Closed _ ->
          early(
              problem(503, Fault.of(Fault.Code.OVERLOADED, "not ready for requests at the moment")),
              true);
      case HttpSource.State.Running(var sink) -> receive(target, sink, values);
    }
  }

  private void receive(HttpSource target, Sink sink, List<String> values) {
    var formats = target.formats();
    boolean hasBody = body.isThere() && target.reader().takesBody();
    Optional<BodyFormats.Chosen> sent =
        hasBody ? headers.find("content-type").flatMap(formats::request) : Optional.empty();
    Optional<BodyFormats.Chosen> answer =
        formats.answer(target.isStreaming() ? "" : headers.find("accept").orElse(""), sent);
    if (answer.isEmpty()) {
      early(unacceptable(BodyFormats.titles(formats.answers())));
      return;
    }
    Optional<StreamFormat.Chosen> streamed =
        target.isStreaming()
            ? StreamFormat.choose(headers.find("accept").orElse(""))
            : Optional.empty();
    if (target.isStreaming() && streamed.isEmpty()) {
      early(unacceptable(StreamFormat.titles()));
      return;
    }
    boolean isLines = hasBody && target.reader().element().isPresent() && hasLines();
    if (hasBody) {
      Optional<Answer> refusal = refusal(formats, isLines || sent.isPresent());
      if (refusal.isPresent()) {
        early(refusal.get());
        return;
      }
    }
    var agreed = new Agreed(sent.orElseGet(formats::request), answer.get(), streamed);
    if (isLines) {
      stream(target, sink, values, agreed);
      return;
    }
    body.read(
        agreed.request().isBinary(),
        bytes -> arrived(target, sink, values, bytes, agreed),
        fault -> guard.refuse(server.finish(Answer.problem(fault, path, trace), trace)));
  }

  /** Whether the body comes line by line, each of which can be read alone. */
  private boolean hasLines() {
    return StreamFormat.of(headers.find("content-type").orElse(""))
        .equals(Optional.of(StreamFormat.LINES));
  }

  /** What the request is in, and what its answer; {@code streamed} is how, if it is a stream. */
  private record Agreed(
      BodyFormats.Chosen request,
      BodyFormats.Chosen answer,
      Optional<StreamFormat.Chosen> streamed) {}

  private Answer unacceptable(String titles) {
    return problem(
        406,
        Fault.of(Fault.Code.UNSUPPORTED, "the answer is " + titles + ", which `accept` excludes"));
  }

  /** What stands in the headers about the body that this operation cannot do. */
  private Optional<Answer> refusal(BodyFormats formats, boolean isKnown) {
    if (headers.find("content-encoding").filter(c -> !c.equalsIgnoreCase("identity")).isPresent()) {
      return Optional.of(
          problem(415, Fault.of(Fault.Code.UNSUPPORTED, "encoded bodies are not read here")));
    }
    if (!isKnown) {
      return Optional.of(
          problem(
              415,
              Fault.of(
                  Fault.Code.UNSUPPORTED,
                  "the body is not "
                      + BodyFormats.titles(formats.requests())
                      + " as far as `content-type` says",
                  "send " + BodyFormats.mediaTypes(formats.requests()))));
    }
    return Optional.empty();
  }

  /** The definition may have changed while the body came in. */
  private void arrived(
      HttpSource target, Sink sink, List<String> values, byte[] bytes, Agreed agreed) {
    HttpSource latest = target.latest();
    if (latest.state() instanceof HttpSource.State.Running(var newer) && latest.isLike(target)) {
      deliver(latest, newer, values, bytes, agreed);
    } else if (target.isClosed()) {
      guard.requestIsWhole();
      releaseBody();
      write(problem(503, Fault.of(Fault.Code.OVERLOADED, "this is served no more")), false);
    } else {
      deliver(target, sink, values, bytes, agreed);
    }
  }

  /** Hands it over before its body: from here on it comes at the pace of who reads it. */
  private void stream(HttpSource target, Sink sink, List<String> values, Agreed agreed) {
    body.begin();
    InputReader reader = target.reader();
    var lines =
        new RequestElements(this::onLoop, request, reader, server.settings(), BodyRoom.SHARED);
    elements = Optional.of(lines);
    String query = query();
    var input = Body.lazy(() -> reader.read(values, query, headers, lines::stream));
    deliver(target, sink, input, agreed);
  }

  private String query() {
    return Optional.ofNullable(request.query()).orElse("");
  }

  private void deliver(
      HttpSource target, Sink sink, List<String> values, byte[] bytes, Agreed agreed) {
    String query = query();
    InputReader reader = target.reader();
    var input = Body.lazy(() -> reader.read(values, query, headers, bytes, agreed.request()));
    deliver(target, sink, input, agreed);
  }

  private void deliver(HttpSource target, Sink sink, Body input, Agreed agreed) {
    guard.requestIsWhole();
    var message = Message.received(target.operation().id(), headers, input, trace);
    var delivery =
        new HttpDelivery(this, target, message, path, agreed.answer(), agreed.streamed());
    request.response().closeHandler(_ -> delivery.gone());
    try {
      sink.accept(delivery, loop);
    } catch (FaultException e) {
      delivery.settle(new Outcome.Failed(e.fault()));
    }
  }

  private Answer problem(int status, Fault fault) {
    return Answer.problem(status, fault, path, trace);
  }

  /** Answers before the body was read, and keeps the connection where the rest of it is small. */
  private void early(Answer answer) {
    early(answer, false);
  }

  private void early(Answer answer, boolean isLast) {
    if (!body.isThere()) {
      guard.requestIsWhole();
    } else if (body.isSmall()) {
      request.endHandler(_ -> guard.requestIsWhole());
    } else {
      guard.refuse(server.finish(answer, trace));
      return;
    }
    write(answer, isLast);
  }

  /** Runs it on the connection's event loop; false if there is no loop any more. Any thread. */
  boolean onLoop(Runnable action) {
    if (loop.inEventLoop()) {
      action.run();
      return true;
    }
    try {
      loop.execute(action);
      return true;
    } catch (RejectedExecutionException _) {
      return false; // The connection has ended with it: nobody waits for the answer.
    }
  }

  /** The message that was made of the body has ended. */
  void releaseBody() {
    body.release();
    elements.ifPresent(RequestElements::release);
  }

  /** Whether the fault says that the sender stopped in the middle of the body. */
  boolean isSilence(Fault fault) {
    return elements.filter(lines -> lines.isSilence(fault)).isPresent();
  }

  /** Whether what is left of the body stands in the way of another request. */
  private boolean isUnread() {
    return elements.filter(RequestElements::isUnread).isPresent();
  }

  /** The address of the other end. */
  String remote() {
    return String.valueOf(request.remoteAddress());
  }

  /** What the client proved to have the key of, the nearest first; mostly none. */
  List<X509Certificate> certificates() {
    SSLSession session = request.sslSession();
    if (session == null) {
      return List.of();
    }
    try {
      return Arrays.stream(session.getPeerCertificates()).map(X509Certificate.class::cast).toList();
    } catch (SSLPeerUnverifiedException _) {
      return List.of();
    }
  }

  void abort() {
    stopHeartbeat();
    guard.abort();
  }

  /**
   * Begins an answer whose body comes in parts.
   *
   * @param alive what is sent from time to time while there is no part
   */
  void beginStream(Answer plain, Optional<Buffer> alive) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    Answer answer = server.finish(plain, trace);
    response.setStatusCode(answer.status());
    answer.headers().forEach(response::putHeader);
    response.putHeader("content-type", answer.contentType());
    response.putHeader("cache-control", "no-store");
    if (request.version() == HttpVersion.HTTP_1_0) {
      response.putHeader("connection", "close");
    } else {
      response.setChunked(true);
    }
    var _ = response.writeHead();
    long millis = ALIVE_EVERY.toMillis();
    heartbeat =
        alive.map(word ->
            loop.scheduleAtFixedRate(
                () -> stillAlive(word), millis, millis, TimeUnit.MILLISECONDS));
  }

  /** Not where a part waits to be taken: that is a sign of life already. */
  private void stillAlive(Buffer word) {
    HttpServerResponse response = request.response();
    if (!response.closed() && !response.ended() && !response.writeQueueFull()) {
      var _ = response.write(word);
    }
  }

  /** A part of the body; {@code taken} runs when there is room for the next. */
  void piece(Buffer part, Runnable taken) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      taken.run();
      return;
    }
    var _ = response.write(part);
    if (!response.writeQueueFull()) {
      taken.run();
      return;
    }
    guard.answerBegins();
    response.drainHandler(_ -> {
      response.drainHandler(null);
      guard.partIsTaken();
      taken.run();
    });
  }

  void endStream() {
    stopHeartbeat();
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    guard.answerBegins();
    boolean isLast = request.version() == HttpVersion.HTTP_1_0 || isUnread();
    response
        .end()
        .onComplete(_ -> {
          guard.answerIsWritten();
          if (isLast) {
            guard.end();
          }
        });
  }

  private void stopHeartbeat() {
    heartbeat.ifPresent(timer -> timer.cancel(false));
    heartbeat = Optional.empty();
  }

  /** {@code endsConnection}, as does a body that was not read. */
  void write(Answer plain, boolean endsConnection) {
    boolean isLast = endsConnection || isUnread();
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    Answer answer = server.finish(plain, trace);
    response.setStatusCode(answer.status());
    answer.headers().forEach(response::putHeader);
    if (!answer.contentType().isEmpty()) {
      response.putHeader("content-type", answer.contentType());
    }
    if (isLast) {
      response.putHeader("connection", "close");
    }
    boolean isHead = request.method().equals(HttpMethod.HEAD);
    if (isHead) {
      response.putHeader("content-length", Integer.toString(answer.body().length()));
    }
    guard.answerBegins();
    response
        .end(isHead ? Buffer.buffer() : answer.body())
        .onComplete(_ -> {
          guard.answerIsWritten();
          if (isLast) {
            guard.end();
          }
        });
  }
}
