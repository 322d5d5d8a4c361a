package io.unikernal.bridge;

import io.unikernal.model.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/** Reads frames from a channel through one buffer; for one thread. */
final class FrameReader {
  private static final int BUFFER_BYTES = 64 * 1024;
  private final ReadableByteChannel channel;
  private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();

  FrameReader(ReadableByteChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the next frame; empty at the end of the stream.
   *
   * @throws io.unikernal.model.FaultException MALFORMED for a bad header or half a frame
   */
  Optional<Frame> next() throws IOException {
    if (!fill(Frame.HEADER_BYTES)) {
      if (buffer.hasRemaining()) {
        throw Fault.of(Fault.Code.MALFORMED, "half a frame").toException();
      }
      return Optional.empty();
    }
    int length = Frame.payloadLength(buffer.getInt(), Frame.PAYLOAD_BYTES_MAX);
    int type = buffer.get() & 0xff;
    int flags = buffer.get() & 0xff;
    if (buffer.getShort() != 0) {
      throw Fault.of(Fault.Code.MALFORMED, "a frame whose reserved bytes are not zero")
          .toException();
    }
    int id = buffer.getInt();
    if (!fill(length)) {
      throw Fault.of(Fault.Code.MALFORMED, "half a frame").toException();
    }
    byte[] payload = new byte[length];
    buffer.get(payload);
    return Optional.of(new Frame(type, flags, id, payload));
  }

  /** Makes at least {@code count} bytes readable, or says that the stream ended before. */
  private boolean fill(int count) throws IOException {
    if (buffer.remaining() >= count) {
      return true;
    }
    if (buffer.capacity() < count) {
      buffer = ByteBuffer.allocate(count).put(buffer);
    } else {
      if (buffer.capacity() > BUFFER_BYTES
          && count <= BUFFER_BYTES
          && buffer.remaining() <= BUFFER_BYTES) {
        buffer =
            ByteBuffer.allocate(BUFFER_BYTES).put(buffer); // Gives a large frame's memory back.
      } else {
        buffer.compact();
      }
    }
    while (buffer.position() < count) {
      if (channel.read(buffer) < 0) {
        buffer.flip();
        return false;
      }
    }
    buffer.flip();
    return true;
  }
}
