package io.unikernal.adapter.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands first in a connection's pipeline. Bounds the time that a request may take to arrive, that
 * an answer may take to be taken, and that a connection may be idle; and ends a connection so that
 * the last answer is not lost. The connection's event loop only.
 */
final class ConnectionGuard extends ChannelInboundHandlerAdapter {
  private static final AttributeKey<ConnectionGuard> KEY =
      AttributeKey.valueOf(ConnectionGuard.class, "guard");
  private static final long LINGER_MILLIS = 1_000;

  private final long readNanos;
  private final long idleNanos;
  private final Runnable onGone;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ScheduledFuture<?> timer;
  private boolean isReading;
  private boolean isEnding;
  private int beingAnswered;
  private int beingWritten;
  private long readingSince;
  private long writingSince;
  private long quietSince;
  private long unsentBytes;

  /** {@code late} writes what a slow sender is told. */
  interface Late {
    Answer answer();
  }

  private final Late late;

  ConnectionGuard(Duration timeout, Duration idleTimeout, Late late, Runnable onGone) {
    this.readNanos = timeout.toNanos();
    this.idleNanos = idleTimeout.toNanos();
    this.late = late;
    this.onGone = onGone;
  }

  static ConnectionGuard of(Channel channel) {
    return channel.attr(KEY).get();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    ctx.channel().attr(KEY).set(this);
    quietSince = now();
    schedule(Math.min(readNanos, idleNanos));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (isEnding) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (!isReading) {
      isReading = true;
      readingSince = now();
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
    onGone.run();
    ctx.fireChannelInactive();
  }

  /** A request has arrived to its last byte. */
  void requestIsWhole() {
    isReading = false;
    beingAnswered++;
  }

  void answerBegins() {
    if (beingWritten++ == 0) {
      writingSince = now();
    }
  }

  /** There is room again for a part of an answer that is still being made. */
  void partIsTaken() {
    beingWritten--;
  }

  /** The answer's last byte went to the socket. */
  void answerIsWritten() {
    beingWritten--;
    beingAnswered--;
    quietSince = now();
    // What came meanwhile waited for us, not for its sender.
    readingSince = quietSince;
  }

  /** Writes a last answer past Vert.x, then ends the connection. */
  void refuse(Answer answer) {
    if (!isEnding) {
      begin().writeAndFlush(Unpooled.wrappedBuffer(bytes(answer))).addListener(_ -> linger());
    }
  }

  /** Ends the connection after what was written; what still comes is thrown away. */
  void end() {
    if (!isEnding) {
      begin().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> linger());
    }
  }

  /** Ends the connection now. */
  void abort() {
    var _ = begin().close();
  }

  /**
   * Closing while bytes are unread resets the connection, and the sender might lose the answer: so
   * this side closes first, and throws away what comes for a while.
   */
  private void linger() {
    ChannelHandlerContext ctx = begin();
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound(); // or the other side takes the end for a cut
    }
    if (ctx.channel() instanceof DuplexChannel duplex && duplex.isActive()) {
      var _ = duplex.shutdownOutput();
      ctx.channel().config().setAutoRead(true);
      var _ = ctx.executor().schedule(this::abort, LINGER_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      var _ = ctx.close();
    }
  }

  private ChannelHandlerContext begin() {
    isEnding = true;
    return context();
  }

  private void check() {
    if (isEnding) {
      return;
    }
    long now = now();
    long left = Math.min(readNanos, idleNanos);
    if (beingWritten > 0) {
      noteProgress(now);
      left = readNanos - (now - writingSince);
      if (left <= 0) {
        abort();
        return;
      }
    } else if (beingAnswered <= 0 && isReading) {
      left = readNanos - (now - readingSince);
      if (left <= 0) {
        refuse(late.answer());
        return;
      }
    } else if (beingAnswered <= 0) {
      left = idleNanos - (now - quietSince);
      if (left <= 0) {
        end();
        return;
      }
    }
    schedule(Math.min(left, Math.min(readNanos, idleNanos)));
  }

  /** A large answer may take long, as long as its reader takes some of it. */
  private void noteProgress(long now) {
    var waiting = context().channel().unsafe().outboundBuffer();
    long bytes = waiting == null ? 0 : waiting.totalPendingWriteBytes() - waiting.currentProgress();
    if (bytes != unsentBytes) {
      unsentBytes = bytes;
      writingSince = now;
    }
  }

  private void schedule(long nanos) {
    timer =
        context()
            .executor()
            .schedule(this::check, Math.max(nanos, 1_000_000), TimeUnit.NANOSECONDS);
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return context;
  }

  private long now() {
    return context().executor().ticker().nanoTime();
  }

  private static byte[] bytes(Answer answer) {
    var head = new StringBuilder("HTTP/1.1 ").append(answer.status()).append(' ');
    head.append(Answer.reason(answer.status()));
    answer
        .headers()
        .forEach((name, text) -> head.append("\r\n").append(name).append(": ").append(text));
    if (!answer.contentType().isEmpty()) {
      head.append("\r\ncontent-type: ").append(answer.contentType());
    }
    head.append("\r\ncontent-length: ").append(answer.body().length());
    head.append("\r\nconnection: close\r\n\r\n");
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(answer.body().getBytes());
    return bytes.toByteArray();
  }
}
