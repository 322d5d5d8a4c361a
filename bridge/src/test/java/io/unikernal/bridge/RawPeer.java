package io.unikernal.bridge;

import static io.unikernal.bridge.Bench.map;

import io.unikernal.model.Cbor;
import io.unikernal.model.Value;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.HexFormat;
import java.util.Optional;

/** A peer that may break every rule: sends the bytes that a test names. */
final class RawPeer implements AutoCloseable {
  private final SocketChannel channel;
  private final FrameReader reader;

  RawPeer(String path) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(path));
    reader = new FrameReader(channel);
  }

  void hex(String bytes) throws IOException {
    var buffer = ByteBuffer.wrap(HexFormat.of().parseHex(bytes));
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  void send(Frame frame) throws IOException {
    var buffer = ByteBuffer.allocate(frame.size());
    frame.writeTo(buffer);
    hex(HexFormat.of().formatHex(buffer.array()));
  }

  void send(int type, int id, Value payload) throws IOException {
    send(Frame.of(type, id, payload));
  }

  void call(int id, String operation, Value.Dict meta) throws IOException {
    byte[] body = Cbor.write(map("a", 1));
    send(new Frame(Frame.CALL, 0, id, CallFrame.write(operation, meta, body)));
  }

  static Value.Dict hello(String token, long maxFrame) {
    return map(
        "v",
        1,
        "token",
        token,
        "lang",
        "test",
        "sdk",
        "0",
        "name",
        "raw",
        "max_frame",
        maxFrame,
        "functions",
        Value.Items.EMPTY,
        "types",
        Value.Dict.EMPTY);
  }

  /** The next frame that is no PING; empty when the kernel has closed. */
  Optional<Frame> next() throws IOException {
    Optional<Frame> frame = reader.next();
    while (frame.isPresent() && frame.get().type() == Frame.PING) {
      frame = reader.next();
    }
    return frame;
  }

  Frame frame() throws IOException {
    return next().orElseThrow(() -> new AssertionError("the kernel has closed"));
  }

  void halfClose() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
