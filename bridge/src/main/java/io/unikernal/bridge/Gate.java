package io.unikernal.bridge;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Where workers connect: a Unix socket that only this user can reach, and a token for each process.
 */
final class Gate implements AutoCloseable {
  private static final Duration HELLO_LIMIT = Duration.ofSeconds(5);
  private static final int HANDSHAKES_MAX = 64;
  private static final long HEARTBEAT_MS = 2_000;
  private static final int PROTOCOL_VERSION = 1;
  private final World world;
  private final Logger log;
  private final Path folder;
  private final Path socket;
  private final ServerSocketChannel server;
  private final Map<String, Seat> seats = new ConcurrentHashMap<>();
  private final Semaphore handshakes = new Semaphore(HANDSHAKES_MAX);

  /** A worker that said HELLO with the right token. */
  record Hello(SocketChannel channel, FrameReader reader, Value description) {}

  /** A place that a token may take. */
  static final class Seat {
    private static final Duration POLL = Duration.ofMillis(20);
    private final CompletableFuture<Hello> taken = new CompletableFuture<>();

    /**
     * Waits for its worker; fails at once when {@code isAlive} says that there is none any more.
     */
    Hello await(Duration limit, BooleanSupplier isAlive, World world) throws InterruptedException {
      long end = world.nanos() + limit.toNanos();
      while (true) {
        try {
          return taken.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
          if (!isAlive.getAsBoolean() || world.nanos() > end) {
            throw Fault.of(Fault.Code.DISCONNECTED, "no HELLO").toException();
          }
        } catch (ExecutionException e) {
          throw Fault.of(Fault.Code.DISCONNECTED, "no HELLO").toException(e);
        }
      }
    }
  }

  Gate(String system, World world, Logger log) throws IOException {
    this.world = world;
    this.log = log;
    folder =
        Files.createTempDirectory(
            "unikernal-" + system + "-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    socket = folder.resolve("w.sock");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    world.start(system + "-gate", this::accept);
  }

  String path() {
    return socket.toString();
  }

  Seat expect(String token) {
    var seat = new Seat();
    seats.put(token, seat);
    return seat;
  }

  void forget(String token) {
    seats.remove(token);
  }

  private void accept() {
    try {
      while (server.isOpen()) {
        SocketChannel channel = server.accept();
        if (handshakes.tryAcquire()) {
          world.start("handshake", () -> greet(channel));
        } else {
          channel.close();
        }
      }
    } catch (IOException _) {
      // Closed: no more workers.
    }
  }

  private void greet(SocketChannel channel) {
    var timer = world.after(HELLO_LIMIT, () -> close(channel));
    try {
      var reader = new FrameReader(channel);
      Optional<Frame> first = reader.next();
      if (first.isEmpty()) {
        close(channel);
        return;
      }
      Frame frame = first.get();
      if (frame.type() != Frame.HELLO) {
        refuse(channel, "protocol", "the first frame must be HELLO");
        return;
      }
      Value hello = frame.value();
      if (!(BridgeFaults.field(hello, "v") instanceof Value.Int(var version))
          || version != PROTOCOL_VERSION) {
        refuse(channel, "protocol", "this kernel speaks version " + PROTOCOL_VERSION);
        return;
      }
      Optional<Seat> seat = take(BridgeFaults.text(hello, "token"));
      if (seat.isEmpty()) {
        refuse(channel, "unauthenticated", "the token is not one that is expected");
        return;
      }
      timer.cancel();
      write(channel, Frame.of(Frame.WELCOME, 0, welcome()));
      seat.get().taken.complete(new Hello(channel, reader, hello));
    } catch (IOException | FaultException e) {
      log.log(Level.WARNING, () -> "a worker's connection was refused: " + e.getMessage());
      close(channel);
    } finally {
      timer.cancel();
      handshakes.release();
    }
  }

  /** Compares every token in full, so that the time taken tells nothing. */
  private Optional<Seat> take(String offered) {
    byte[] bytes = offered.getBytes(StandardCharsets.UTF_8);
    Optional<String> match = Optional.empty();
    for (String token : seats.keySet()) {
      if (MessageDigest.isEqual(bytes, token.getBytes(StandardCharsets.UTF_8))) {
        match = Optional.of(token);
      }
    }
    return match.flatMap(token -> Optional.ofNullable(seats.remove(token)));
  }

  private Value welcome() {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("v", Value.integer(PROTOCOL_VERSION));
    fields.put("session", Value.text(world.uuid().toString()));
    fields.put("max_frame", Value.integer(Frame.PAYLOAD_BYTES_MAX));
    fields.put("heartbeat_ms", Value.integer(HEARTBEAT_MS));
    return new Value.Dict(fields);
  }

  private void refuse(SocketChannel channel, String code, String message) throws IOException {
    var fields = new LinkedHashMap<String, Value>();
    fields.put("code", Value.text(code));
    fields.put("message", Value.text(message));
    write(channel, Frame.of(Frame.ERROR, 0, new Value.Dict(fields)));
    log.log(Level.WARNING, () -> "a worker's connection was refused: " + message);
    close(channel);
  }

  private static void write(SocketChannel channel, Frame frame) throws IOException {
    var buffer = ByteBuffer.allocate(frame.size());
    frame.writeTo(buffer);
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException _) {
      // It is gone either way.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(socket);
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      log.log(Level.WARNING, () -> "cannot remove " + folder + ": " + e.getMessage());
    }
  }
}
