package io.unikernal.bridge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/** Reads frames from a channel through one buffer; for one thread. */
final class FrameReader {
  private static final int BUFFER_BYTES = 64 * 1024;
  private final ReadableByteChannel channel;
  private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
  private int lengthMax = Frame.LENGTH_MAX;

  FrameReader(ReadableByteChannel channel) {
    this.channel = channel;
  }

  /** What the greeting agreed on. */
  void limit(int length) {
    lengthMax = length;
  }

  /**
   * Waits for the next frame, past those that may be ignored; empty at the end of the stream.
   *
   * @throws io.unikernal.model.FaultException MALFORMED for a bad frame or half a frame
   */
  Optional<Frame> next() throws IOException {
    while (true) {
      if (!fill(Frame.HEADER_BYTES)) {
        if (buffer.hasRemaining()) {
          throw FrameRules.malformed("half a frame");
        }
        return Optional.empty();
      }
      int length = buffer.getInt();
      int type = buffer.get() & 0xff;
      int flags = buffer.get() & 0xff;
      int zero = buffer.getShort();
      int id = buffer.getInt();
      FrameRules.checkHeader(length, lengthMax, type, flags, zero, id);
      int size = length - Frame.COUNTED_HEADER_BYTES;
      if (!fill(size)) {
        throw FrameRules.malformed("half a frame");
      }
      if (!FrameRules.isKnown(type)) {
        buffer.position(buffer.position() + size);
        continue;
      }
      byte[] payload = new byte[size];
      buffer.get(payload);
      var frame = new Frame(type, flags, id, payload);
      FrameRules.checkPayload(frame);
      return Optional.of(frame);
    }
  }

  /** Makes at least {@code count} bytes readable, or says that the stream ended before. */
  private boolean fill(int count) throws IOException {
    if (buffer.remaining() >= count) {
      return true;
    }
    if (buffer.capacity() > BUFFER_BYTES
        && count <= BUFFER_BYTES
        && buffer.remaining() <= BUFFER_BYTES) {
      buffer = ByteBuffer.allocate(BUFFER_BYTES).put(buffer); // Gives a large frame's memory back.
    } else {
      buffer.compact();
    }
    while (buffer.position() < count) {
      if (!buffer.hasRemaining()) {
        // Grows with what has come, not with what a header claims.
        int capacity = Math.min(count, 2 * buffer.capacity());
        buffer = ByteBuffer.allocate(capacity).put(buffer.flip());
      }
      if (channel.read(buffer) < 0) {
        buffer.flip();
        return false;
      }
    }
    buffer.flip();
    return true;
  }
}
