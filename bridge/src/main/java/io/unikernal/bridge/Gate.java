package io.unikernal.bridge;

import io.unikernal.model.FaultException;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Where workers connect: a Unix socket that only this user can reach, and a token for each process.
 */
final class Gate implements AutoCloseable {
  private static final int HANDSHAKES_MAX = 64;

  private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);
  private final World world;
  private final Logger log;
  private final Limits limits;
  private final Path folder;
  private final Path socket;
  private final ServerSocketChannel server;
  private final Map<String, Seat> seats = new ConcurrentHashMap<>();
  private final Set<SocketChannel> greeting = ConcurrentHashMap.newKeySet();
  private final Semaphore handshakes = new Semaphore(HANDSHAKES_MAX);

  private Gate(Path folder, ServerSocketChannel server, World world, Logger log, Limits limits) {
    this.folder = folder;
    this.server = server;
    this.world = world;
    this.log = log;
    this.limits = limits;
    socket = folder.resolve(SocketFolder.SOCKET);
  }

  static Gate open(String system, World world, Logger log, Limits limits) throws IOException {
    Path folder = SocketFolder.create();
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    var gate = new Gate(folder, server, world, log, limits);
    try {
      server.bind(UnixDomainSocketAddress.of(gate.socket));
      Files.setPosixFilePermissions(gate.socket, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      gate.close();
      throw e;
    }
    world.start(system + "-gate", gate::accept);
    return gate;
  }

  String path() {
    return socket.toString();
  }

  Seat expect(String token) {
    var seat = new Seat();
    seats.put(token, seat);
    return seat;
  }

  /** Nobody waits for that token any more. */
  void forget(String token, Seat seat) {
    seats.remove(token);
    seat.leave();
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        if (handshakes.tryAcquire()) {
          greeting.add(channel);
          world.start("handshake", () -> greet(channel));
        } else {
          channel.close();
        }
      } catch (IOException e) {
        if (server.isOpen() && !pause(e)) {
          return;
        }
      }
    }
  }

  /** Too many open files may be over in a moment. */
  private boolean pause(IOException e) {
    log.log(Level.WARNING, () -> "cannot accept a worker: " + e.getMessage());
    try {
      world.sleep(ACCEPT_PAUSE);
      return true;
    } catch (InterruptedException _) {
      return false;
    }
  }

  private void greet(SocketChannel channel) {
    var timer = world.after(limits.hello(), () -> close(channel));
    boolean isWelcome = false;
    try {
      isWelcome = server.isOpen() && welcome(channel, timer);
    } catch (IOException e) {
      log.log(Level.WARNING, () -> "a worker's connection broke before HELLO: " + e.getMessage());
    } finally {
      timer.cancel();
      greeting.remove(channel);
      handshakes.release();
      if (!isWelcome) {
        close(channel);
      }
    }
  }

  private boolean welcome(SocketChannel channel, World.Timer timer) throws IOException {
    var reader = new FrameReader(channel);
    try {
      Optional<Frame> first = reader.next();
      if (first.isEmpty()) {
        return false;
      }
      if (first.get().type() != Frame.HELLO) {
        throw FrameRules.malformed("the first frame must be HELLO");
      }
      var hello = first.get().value();
      Greeting.check(hello);
      Optional<Seat> seat = take(hello.fieldText("token"));
      if (seat.isEmpty()) {
        refuse(channel, "unauthenticated", "the token is not one that is expected");
        return false;
      }
      if (!timer.cancel()) {
        seat.get().fail("its HELLO came late");
        return false;
      }
      try {
        write(channel, Greeting.welcome(world.uuid().toString(), limits));
      } catch (IOException e) {
        seat.get().fail("it went away before WELCOME");
        throw e;
      }
      return seat.get().take(new Seat.Hello(channel, reader, hello, Greeting.lengthMax(hello)));
    } catch (FaultException e) {
      refuse(channel, "protocol", e.fault().message());
      return false;
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

  private void refuse(SocketChannel channel, String code, String message) throws IOException {
    log.log(Level.WARNING, () -> "a worker's connection was refused: " + message);
    write(channel, BridgeFaults.ofConnection(code, message));
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
      greeting.forEach(Gate::close);
      Files.deleteIfExists(socket);
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      log.log(Level.WARNING, () -> "cannot remove " + folder + ": " + e.getMessage());
    }
  }
}
