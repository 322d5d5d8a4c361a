package io.unikernal.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/**
 * A WebSocket (RFC 6455) on which each message is an order and each answer carries its id, in the
 * order in which answers are there. Faults are answers too: only what breaks the protocol ends it.
 */
final class ApiStream {
  /** RFC 6455, section 1.3. */
  private static final String ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final String VERSION = "13";
  private final ApiWire wire;
  private final ApiServer api;
  private final BodyForm form;
  private final Semaphore room;
  private final ExecutorService orders = Executors.newVirtualThreadPerTaskExecutor();

  private ApiStream(ApiWire wire, ApiServer api, BodyForm form) {
    this.wire = wire;
    this.api = api;
    this.form = form;
    this.room = new Semaphore(api.limits().streamInFlightMax());
  }

  static boolean isAsked(HttpRequest head) {
    return ApiServer.path(head).equals(ApiPath.STREAM.path())
        && head.headers().containsValue(HttpHeaderNames.UPGRADE, "websocket", true);
  }

  /**
   * Answers the handshake.
   *
   * @throws FaultException MALFORMED or UNSUPPORTED
   */
  static ApiStream open(HttpRequest head, ApiWire wire, ApiServer api) throws IOException {
    var key = head.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "");
    if (!head.method().name().equals("GET")
        || !VERSION.equals(head.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))
        || key.isEmpty()) {
      throw Fault.of(Fault.Code.MALFORMED, "this is not a handshake of WebSocket, version 13")
          .toException();
    }
    var form = form(head);
    var response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    response.headers().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, accept(key));
    form.ifPresent(chosen ->
        response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, chosen.protocol()));
    wire.write(response);
    int bytesMax = api.limits().streamMessageBytesMax();
    var config =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(bytesMax)
            .allowExtensions(false)
            .closeOnProtocolViolation(false)
            .build();
    wire.become(
        new WebSocket13FrameEncoder(false),
        new WebSocket13FrameDecoder(config),
        new Utf8FrameValidator(false),
        new WebSocketFrameAggregator(bytesMax));
    return new ApiStream(wire, api, form.orElse(BodyForm.JSON));
  }

  /** The first of those that the client offers; empty if it offers none. */
  private static Optional<BodyForm> form(HttpRequest head) {
    var offered =
        head.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
            .flatMap(line -> Stream.of(line.split(",")))
            .map(String::strip)
            .toList();
    var chosen =
        offered.stream()
            .flatMap(name -> Stream.of(BodyForm.values()).filter(f -> f.protocol().equals(name)))
            .findFirst();
    if (chosen.isEmpty() && !offered.isEmpty()) {
      throw Fault.of(
              Fault.Code.UNSUPPORTED,
              "none of the subprotocols is known here",
              "one of " + String.join(", ", BodyForm.protocols()))
          .toException();
    }
    return chosen;
  }

  private static String accept(String key) {
    try {
      byte[] both = (key + ACCEPT).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(both));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  /** Until the client closes it, breaks the protocol or goes away. */
  void serve() throws IOException {
    var pings = Thread.ofVirtual().name("api-ping").start(this::ping);
    try {
      var end = new CloseWebSocketFrame(read());
      orders.shutdown();
      room.acquire(api.limits().streamInFlightMax()); // what it asked before is answered
      wire.write(end);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      pings.interrupt();
      orders.shutdownNow(); // nobody waits for the answers any more
      orders.close();
    }
  }

  /** With what it is closed. */
  private WebSocketCloseStatus read() throws IOException, InterruptedException {
    try {
      while (true) {
        var part = wire.read();
        if (part.isEmpty()) {
          throw new IOException("the client went away");
        }
        if (part.get() instanceof WebSocketFrame frame) {
          try (var held = new Held(frame)) {
            if (frame instanceof CloseWebSocketFrame) {
              return WebSocketCloseStatus.NORMAL_CLOSURE;
            }
            hear(held.frame());
          }
        }
      }
    } catch (CorruptedWebSocketFrameException e) {
      return e.closeStatus();
    } catch (TooLongFrameException _) {
      return WebSocketCloseStatus.MESSAGE_TOO_BIG;
    } catch (CorruptedFrameException _) {
      return WebSocketCloseStatus.INVALID_PAYLOAD_DATA;
    } catch (DecoderException _) {
      return WebSocketCloseStatus.PROTOCOL_ERROR;
    }
  }

  /** A frame, given back at the end. */
  private record Held(WebSocketFrame frame) implements AutoCloseable {
    @Override
    public void close() {
      frame.release();
    }
  }

  private void hear(WebSocketFrame frame) throws IOException, InterruptedException {
    if (frame instanceof PingWebSocketFrame) {
      wire.write(new PongWebSocketFrame(frame.content().retain()));
    } else if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame) {
      byte[] message = ByteBufUtil.getBytes(frame.content());
      room.acquire(); // back-pressure: until there is room, nothing more is read
      orders.execute(() -> {
        try {
          answer(message);
        } finally {
          room.release();
        }
      });
    }
  }

  private void answer(byte[] message) {
    Value id = Value.Absent.ABSENT;
    Value answer;
    try {
      var envelope = ApiServer.guarded(() -> form.read(message));
      id = Execution.id(envelope);
      if (id == Value.Absent.ABSENT) {
        throw Fault.of(
                Fault.Code.INVALID,
                "an order on a stream needs an `id`: its answer carries it",
                "\"id\": \"1\", a text or a whole number")
            .toException();
      }
      answer = ApiServer.guarded(() -> Execution.answer(api.running(), envelope));
    } catch (FaultException e) {
      answer = ControlWords.fault(e.fault());
    }
    try {
      wire.write(frame(bytes(id, answer)));
    } catch (IOException _) {
      wire.cut(); // the reading thread ends the rest
    }
  }

  private byte[] bytes(Value id, Value answer) {
    try {
      return form.write(id, answer);
    } catch (FaultException e) { // a reply that the form cannot hold
      return form.write(id, ControlWords.fault(e.fault()));
    }
  }

  private WebSocketFrame frame(byte[] bytes) {
    ByteBuf content = Unpooled.wrappedBuffer(bytes);
    return form == BodyForm.JSON
        ? new TextWebSocketFrame(content)
        : new BinaryWebSocketFrame(content);
  }

  /** A client that lives answers, so that something is read of it before it is cut off as idle. */
  private void ping() {
    try {
      while (true) {
        Thread.sleep(api.limits().ping());
        wire.write(new PingWebSocketFrame());
      }
    } catch (InterruptedException | IOException _) {
      // It is closed.
    }
  }
}
