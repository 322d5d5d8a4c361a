package io.unikernal.server;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The JDK's WebSocket, with what it hears. */
final class StreamClient implements WebSocket.Listener {
  private static final long WAIT_S = 20;
  private final BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream part = new ByteArrayOutputStream();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final AtomicInteger pings = new AtomicInteger();
  private final AtomicInteger pongs = new AtomicInteger();
  private final WebSocket socket;

  /** Headers by name and value, one after the other; a name that is empty is a subprotocol. */
  StreamClient(int port, List<String> headers) throws Exception {
    var builder = HttpClient.newHttpClient().newWebSocketBuilder();
    for (int i = 0; i < headers.size(); i += 2) {
      if (headers.get(i).isEmpty()) {
        builder.subprotocols(headers.get(i + 1));
      } else {
        builder.header(headers.get(i), headers.get(i + 1));
      }
    }
    socket =
        builder
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/v1/stream"), this)
            .get(WAIT_S, TimeUnit.SECONDS);
  }

  WebSocket socket() {
    return socket;
  }

  int pings() {
    return pings.get();
  }

  int pongs() {
    return pongs.get();
  }

  void send(String text) throws Exception {
    socket.sendText(text.replace('\'', '"'), true).get(WAIT_S, TimeUnit.SECONDS);
  }

  void send(byte[] bytes) throws Exception {
    socket.sendBinary(ByteBuffer.wrap(bytes), true).get(WAIT_S, TimeUnit.SECONDS);
  }

  byte[] next() throws Exception {
    var next = heard.poll(WAIT_S, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing was heard");
    }
    return next;
  }

  String nextText() throws Exception {
    return new String(next(), StandardCharsets.UTF_8);
  }

  int closeCode() throws Exception {
    return closed.get(WAIT_S, TimeUnit.SECONDS);
  }

  boolean isClosed() {
    return closed.isDone();
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
    return hear(from, StandardCharsets.UTF_8.encode(data.toString()), isLast);
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean isLast) {
    return hear(from, data, isLast);
  }

  private CompletionStage<?> hear(WebSocket from, ByteBuffer data, boolean isLast) {
    while (data.hasRemaining()) {
      part.write(data.get());
    }
    if (isLast) {
      heard.add(part.toByteArray());
      part.reset();
    }
    from.request(1);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
    pings.incrementAndGet();
    from.request(1);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
    pongs.incrementAndGet();
    from.request(1);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.completeExceptionally(error);
  }
}
