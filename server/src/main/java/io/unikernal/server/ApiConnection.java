package io.unikernal.server;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** One client of the API that speaks HTTP/1.1: request after request. */
final class ApiConnection implements AutoCloseable {
  /**
   * What is read and thrown away of a body that is refused, so that the client hears the answer.
   */
  private static final long DISCARDED_BYTES_MAX = 4L * ApiServer.REQUEST_BYTES_MAX;

  private static final int LINE_BYTES_MAX = 8 * 1024;
  private static final int HEADER_BYTES_MAX = 32 * 1024;
  private final ApiServer api;
  private final ApiGuard.Door door;
  private final ApiWire wire;

  ApiConnection(ApiServer api, ApiGuard.Door door, SocketChannel channel) {
    this.api = api;
    this.door = door;
    var config =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(LINE_BYTES_MAX)
            .setMaxHeaderSize(HEADER_BYTES_MAX);
    this.wire =
        new ApiWire(
            channel,
            api.limits().idle(),
            new HttpRequestDecoder(config),
            new HttpResponseEncoder());
  }

  /**
   * Until the client or the API ends it.
   *
   * @param first what was read of it already
   */
  void serve(ByteBuffer first) throws IOException {
    wire.feed(first);
    boolean goesOn = true;
    while (goesOn) {
      var part = wire.read();
      if (part.isEmpty()) {
        return;
      }
      if (!(part.get() instanceof HttpRequest head)) {
        ReferenceCountUtil.release(part.get());
        return;
      }
      goesOn = exchange(head);
    }
    wire.finish();
  }

  /** Whether another request may follow. */
  private boolean exchange(HttpRequest head) throws IOException {
    if (head.decoderResult().isFailure()) {
      write(
          ApiAnswer.problem(
              Fault.of(Fault.Code.MALFORMED, "this is not a request that HTTP/1.1 knows")),
          false);
      return false;
    }
    if (ApiStream.isAsked(head)) {
      stream(head);
      return false;
    }
    try (var place = api.place()) {
      var refusal = api.refusal(door, head, place.isFree());
      if (refusal.isEmpty() && HttpUtil.is100ContinueExpected(head)) {
        wire.write(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
      }
      var body = body(refusal.isEmpty());
      boolean goesOn =
          body.isComplete() && HttpUtil.isKeepAlive(head) && head.method() != HttpMethod.HEAD;
      write(refusal.orElseGet(() -> answer(head, body)), goesOn);
      return goesOn;
    }
  }

  private ApiAnswer answer(HttpRequest head, Body body) {
    return body.fault().map(ApiAnswer::problem).orElseGet(() -> api.answer(head, body.bytes()));
  }

  /**
   * @param isComplete whether all of it was read, so that the next request can follow
   */
  private record Body(byte[] bytes, Optional<Fault> fault, boolean isComplete) {}

  private Body body(boolean isWanted) throws IOException {
    var bytes = new ByteArrayOutputStream();
    long count = 0;
    while (true) {
      var part = wire.read();
      if (part.isEmpty() || !(part.get() instanceof HttpContent content)) {
        throw new IOException("the client went away");
      }
      try {
        if (content.decoderResult().isFailure()) {
          var fault = Fault.of(Fault.Code.MALFORMED, "the body is not framed as HTTP/1.1 has it");
          return new Body(new byte[0], Optional.of(fault), false);
        }
        count += content.content().readableBytes();
        if (isWanted && count <= ApiServer.REQUEST_BYTES_MAX) {
          content.content().readBytes(bytes, content.content().readableBytes());
        }
        boolean isLast = content instanceof LastHttpContent;
        if (isLast || count > DISCARDED_BYTES_MAX) {
          var fault =
              count > ApiServer.REQUEST_BYTES_MAX
                  ? Optional.of(Fault.of(Fault.Code.TOO_LARGE, "the body is over 16 MiB"))
                  : Optional.<Fault>empty();
          return new Body(bytes.toByteArray(), fault, isLast);
        }
      } finally {
        content.release();
      }
    }
  }

  /** The connection is a stream from here on, unless that is refused. */
  private void stream(HttpRequest head) throws IOException {
    try (var place = api.streamPlace()) {
      var refusal = api.refusal(door, head, place.isFree());
      if (refusal.isPresent()) {
        write(refusal.get(), false);
        return;
      }
      body(false);
      ApiStream stream;
      try {
        stream = ApiStream.open(head, wire, api);
      } catch (FaultException e) {
        write(ApiAnswer.problem(e.fault()), false);
        return;
      }
      stream.serve();
    }
  }

  private void write(ApiAnswer answer, boolean goesOn) throws IOException {
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            Unpooled.wrappedBuffer(answer.body()));
    var headers = response.headers();
    headers.set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    headers.set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
    headers.set("x-content-type-options", "nosniff");
    if (answer.status() == HttpResponseStatus.UNAUTHORIZED.code()) {
      headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"unikernal\"");
    }
    if (!goesOn) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    wire.write(response);
  }

  /** Ends what it does, from another thread. */
  void cut() {
    wire.cut();
  }

  @Override
  public void close() {
    wire.close();
  }
}
