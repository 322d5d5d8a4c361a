package io.unikernal.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A client, as parts of HTTP or of WebSocket: Netty's codecs make them of bytes that virtual
 * threads read and write, so one code serves TCP and Unix sockets without an event loop. One thread
 * reads, any may write.
 */
final class ApiWire implements AutoCloseable {
  private static final int CHUNK_BYTES = 16 * 1024;
  private static final int LINGER_BYTES_MAX = 1 << 20;
  private static final long NOT_NOW = -1;
  private final SocketChannel channel;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
  private final ReentrantLock writing = new ReentrantLock();
  private final long begun = System.nanoTime();
  private final Thread watch;
  private EmbeddedChannel decoding;
  private EmbeddedChannel encoding;
  private volatile long readingSince = NOT_NOW;
  private volatile long writingSince = NOT_NOW;

  /**
   * @param idle after which a client that neither sends nor reads is cut off
   */
  ApiWire(SocketChannel channel, Duration idle, ChannelHandler decoder, ChannelHandler encoder) {
    this.channel = channel;
    this.decoding = new EmbeddedChannel(decoder);
    this.encoding = new EmbeddedChannel(encoder);
    this.watch = Thread.ofVirtual().name("api-watch").start(() -> watch(idle));
  }

  /** What was read before. */
  void feed(ByteBuffer bytes) {
    if (bytes.hasRemaining()) {
      decoding.writeInbound(Unpooled.copiedBuffer(bytes));
    }
  }

  /** Another protocol from here on; called by the thread that reads, while nobody writes. */
  void become(ChannelHandler encoder, ChannelHandler... decoders) {
    decoding.finishAndReleaseAll();
    decoding = new EmbeddedChannel(decoders);
    writing.lock();
    try {
      encoding.finishAndReleaseAll();
      encoding = new EmbeddedChannel(encoder);
    } finally {
      writing.unlock();
    }
  }

  /**
   * The next part, which is the caller's to release; empty when no more will come.
   *
   * @throws io.netty.handler.codec.DecoderException if the bytes break the protocol
   */
  Optional<Object> read() throws IOException {
    while (true) {
      @Nullable Object part = decoding.readInbound();
      if (part != null) {
        return Optional.of(part);
      }
      readingSince = elapsed();
      int count = channel.read(chunk.clear());
      readingSince = NOT_NOW;
      if (count < 0) {
        return Optional.empty();
      }
      feed(chunk.flip());
    }
  }

  void write(Object part) throws IOException {
    writing.lock();
    try {
      writingSince = elapsed();
      encoding.writeOutbound(part);
      for (ByteBuf bytes = encoding.readOutbound();
          bytes != null;
          bytes = encoding.readOutbound()) {
        send(bytes);
      }
    } finally {
      writingSince = NOT_NOW;
      writing.unlock();
    }
  }

  private void send(ByteBuf bytes) throws IOException {
    try {
      for (var buffer : bytes.nioBuffers()) {
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
    } finally {
      bytes.release();
    }
  }

  /**
   * Says that nothing more comes, and waits for the client to hear it: closing while something of
   * it is unread would take the last answer away from it.
   */
  void finish() throws IOException {
    channel.shutdownOutput();
    readingSince = elapsed();
    long count = 0;
    for (int read = 0; read >= 0 && count < LINGER_BYTES_MAX; count += read) {
      read = channel.read(chunk.clear());
    }
    readingSince = NOT_NOW;
  }

  private void watch(Duration idle) {
    try {
      while (channel.isOpen()) {
        Thread.sleep(idle.dividedBy(4));
        if (isOver(readingSince, idle) || isOver(writingSince, idle)) {
          channel.close();
        }
      }
    } catch (InterruptedException | IOException _) {
      // It is closed.
    }
  }

  private boolean isOver(long since, Duration idle) {
    return since != NOT_NOW && elapsed() - since > idle.toNanos();
  }

  private long elapsed() {
    return System.nanoTime() - begun;
  }

  /** Ends what any thread does here; the buffers are given back by {@link #close}. */
  void cut() {
    try {
      channel.close();
    } catch (IOException _) {
      // It is gone already.
    }
  }

  @Override
  public void close() {
    cut();
    watch.interrupt();
    decoding.finishAndReleaseAll();
    writing.lock();
    try {
      encoding.finishAndReleaseAll();
    } finally {
      writing.unlock();
    }
  }
}
