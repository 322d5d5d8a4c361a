package io.unikernal.server;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Talks to a definition that runs, through its control socket. */
public final class ControlClient {
  private static final int CHUNK_BYTES = 16 * 1024;

  private ControlClient() {}

  /**
   * Where the socket of a state folder is: in it, or, where its path is too long, in the temporary
   * folder.
   */
  static Path socketOf(Path stateDir) {
    Path socket = stateDir.toAbsolutePath().normalize().resolve("control.sock");
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length
        <= ControlServer.SOCKET_PATH_BYTES_MAX) {
      return socket;
    }
    Path relative = Path.of("").toAbsolutePath().relativize(socket);
    return relative.toString().length() < socket.toString().length() ? relative : socket;
  }

  /**
   * Asks the definition that keeps its state in {@code stateDir}; empty if none runs.
   *
   * @throws io.unikernal.model.FaultException what it answered, if that was a fault
   */
  public static Optional<Value> ask(Path stateDir, Value request) {
    Path socket = socketOf(stateDir);
    if (!Files.exists(socket)) {
      return Optional.empty();
    }
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      writeLine(channel, Json.write(request));
      return Optional.of(
          Json.read(
              readLine(channel, ByteBuffer.allocate(0), ControlServer.REQUEST_BYTES_MAX),
              Json.Limits.EXACT));
    } catch (java.net.ConnectException _) {
      return Optional.empty(); // It was killed and could not clean up.
    } catch (IOException e) {
      throw broke(e);
    }
  }

  /** What hears line after line; false to hear no more. */
  @FunctionalInterface
  public interface Hearer {
    boolean hear(Value line);
  }

  /**
   * Asks for what has no end, and hears it until the hearer or the definition ends it; false if
   * none runs.
   *
   * @throws io.unikernal.model.FaultException what it answered, if that was a fault
   */
  public static boolean listen(Path stateDir, Value request, Hearer hearer) {
    Path socket = socketOf(stateDir);
    if (!Files.exists(socket)) {
      return false;
    }
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      writeLine(channel, Json.write(request));
      var in = new BufferedInputStream(Channels.newInputStream(channel));
      for (byte[] line = line(in); line.length > 0; line = line(in)) {
        if (!hearer.hear(Json.read(line, Json.Limits.EXACT))) {
          break;
        }
      }
      return true;
    } catch (java.net.ConnectException _) {
      return false; // It was killed and could not clean up.
    } catch (IOException e) {
      throw broke(e);
    }
  }

  private static byte[] line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
      if (line.size() > ControlServer.REQUEST_BYTES_MAX) {
        throw new IOException("a line over " + ControlServer.REQUEST_BYTES_MAX + " bytes");
      }
    }
    return line.toByteArray();
  }

  private static FaultException broke(IOException e) {
    return Fault.of(Fault.Code.DISCONNECTED, "the control socket broke: " + e.getMessage())
        .toException(e);
  }

  /** Whether a definition that keeps its state there runs now. */
  public static boolean isRunning(Path stateDir) {
    Path socket = socketOf(stateDir);
    if (!Files.exists(socket)) {
      return false;
    }
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException _) {
      return false; // It was killed and could not clean up.
    }
  }

  static void writeLine(SocketChannel channel, byte[] json) throws IOException {
    var buffer = ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n').flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /**
   * Without the line's end.
   *
   * @param first what was read before
   */
  static byte[] readLine(SocketChannel channel, ByteBuffer first, int bytesMax) throws IOException {
    var line = new ByteArrayOutputStream();
    var buffer = ByteBuffer.allocate(CHUNK_BYTES).put(first);
    do {
      buffer.flip();
      while (buffer.hasRemaining()) {
        byte next = buffer.get();
        if (next == '\n') {
          return line.toByteArray();
        }
        line.write(next);
        if (line.size() > bytesMax) {
          throw new IOException("a line over " + bytesMax + " bytes");
        }
      }
    } while (channel.read(buffer.clear()) >= 0);
    return line.toByteArray();
  }
}
