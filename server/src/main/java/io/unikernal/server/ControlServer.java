package io.unikernal.server;

import io.unikernal.kernel.Kernel;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about the running definition on {@code .unikernal/control.sock}, which only its
 * user can reach. What speaks HTTP is {@link ApiServer}'s, as is a port that is asked for. Else one
 * request a connection: a line of JSON each way ({@code {"do": "status"}}, {@code {"do": "call",
 * "operation": …, "input": …}}).
 */
final class ControlServer implements AutoCloseable {
  static final int REQUEST_BYTES_MAX = 16 * 1024 * 1024;

  /** What a path of a Unix socket may be long. */
  static final int SOCKET_PATH_BYTES_MAX = 100;

  private static final int CONNECTIONS_MAX = 64;
  private static final Duration CALL_LIMIT = Duration.ofMinutes(10);
  private static final Logger LOG = System.getLogger("unikernal.control");
  private final Path socket;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final List<ServerSocketChannel> servers = new ArrayList<>();
  private final Semaphore connections = new Semaphore(CONNECTIONS_MAX);
  private Optional<ApiServer> api = Optional.empty();

  /** What is asked, and the clock that its deadlines are on. */
  private record Running(Kernel kernel, World world, Optional<Reloading> reloading) {}

  private ControlServer(Path socket, FileChannel lockFile, FileLock lock) {
    this.socket = socket;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Takes the state folder for this process: two kernels on one folder would share its stores.
   *
   * @throws FaultException REJECTED if another one has it
   */
  static ControlServer claim(Path stateDir) {
    try {
      Files.createDirectories(stateDir);
      var file =
          FileChannel.open(
              stateDir.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(file);
      if (lock == null) {
        file.close();
        throw Fault.of(
                Fault.Code.REJECTED,
                "this definition runs already (" + stateDir + " is locked)",
                "stop it first, or copy the definition to another folder")
            .toException();
      }
      return new ControlServer(ControlClient.socketOf(stateDir), file, lock);
    } catch (IOException e) {
      throw Fault.of(
              Fault.Code.REJECTED,
              "cannot write the state folder " + stateDir,
              "check that you may write there, and that the disk is not full")
          .toException(e);
    }
  }

  /** Null if another process, or this one, has it. */
  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }

  /**
   * Failing to listen is not fatal for the Unix socket, but it is for a port that was asked for.
   */
  void start(Kernel kernel, World world, OptionalInt port, Optional<Reloading> reloading) {
    var running = new Running(kernel, world, reloading);
    var http = new ApiServer(kernel, world, reloading, ApiLimits.DEFAULT);
    api = Optional.of(http);
    try {
      Files.deleteIfExists(socket);
      var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      serve(server, running, http);
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(Level.WARNING, () -> "no control socket at " + socket + ": " + e.getMessage());
    }
    if (port.isPresent()) {
      http.listen(port.getAsInt());
    }
  }

  Path socket() {
    return socket;
  }

  /** What callers of the port must send, if there is one. */
  Optional<String> token() {
    return api.filter(ApiServer::isListening).map(ApiServer::token);
  }

  /** The one that was found, where any free one was asked for; 0 if there is none. */
  int port() {
    return api.map(ApiServer::port).orElse(0);
  }

  private void serve(ServerSocketChannel server, Running running, ApiServer http) {
    servers.add(server);
    Thread.ofVirtual()
        .name("control")
        .start(() -> {
          try {
            while (server.isOpen()) {
              SocketChannel client = server.accept();
              connections.acquire();
              Thread.ofVirtual()
                  .name("control-request")
                  .start(() -> answerOrHandOver(client, running, http));
            }
          } catch (IOException | InterruptedException _) {
            // Closed.
          }
        });
  }

  /** A request of HTTP begins with the name of a method, a line of JSON does not. */
  private void answerOrHandOver(SocketChannel client, Running running, ApiServer http) {
    try {
      var first = ByteBuffer.allocate(1);
      int count = client.read(first);
      first.flip();
      if (count > 0 && Character.isUpperCase(first.get(0))) {
        http.serve(client, first, ApiGuard.Door.SOCKET);
      } else {
        answerAndClose(client, first, running);
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a control connection broke", e);
    } finally {
      connections.release();
    }
  }

  private void answerAndClose(SocketChannel client, ByteBuffer first, Running running) {
    try (client) {
      byte[] request = ControlClient.readLine(client, first, REQUEST_BYTES_MAX);
      Value answer;
      try {
        Value asked = Json.read(request, Json.Limits.EXACT);
        if (asked.fieldText("do").equals("tap")) {
          tap(asked, client, running);
          return;
        }
        answer = answer(asked, running);
      } catch (FaultException e) {
        answer = ControlWords.fault(e.fault());
      }
      ControlClient.writeLine(client, Json.write(answer));
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a control connection broke", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static Value answer(Value request, Running running) throws InterruptedException {
    String what = request.fieldText("do");
    if (Looking.REQUESTS.contains(what)) {
      return Looking.answer(what, request, running.kernel());
    }
    return switch (what) {
      case "status" -> ControlWords.status(running.kernel().status());
      case "call" -> call(request, running);
      case "join" ->
          ControlWords.reply(
              ControlWords.invitation(running.kernel().invite(request.fieldText("system"))));
      case "reload" ->
          Reloading.words(
              running
                  .reloading()
                  .orElseThrow(() -> Reloading.none().toException())
                  .reload(
                      running.kernel(),
                      running.world(),
                      Reloading.Wish.of(
                          request.field("dry_run") == Value.Bool.TRUE,
                          ControlWords.number(request.field("trial")),
                          ControlWords.number(request.field("errors")))));
      case "dlq" ->
          new LetterDesk(running.kernel().letters(), running.world(), running.kernel()::replay)
              .answer(request);
      default ->
          throw Fault.of(
                  Fault.Code.NOT_FOUND,
                  "`do` is `status`, `call`, `reload`, `dlq`, `tap` or one of "
                      + String.join(", ", Looking.REQUESTS))
              .toException();
    };
  }

  /** Answers with line after line, until the client goes away or the kernel ends. */
  private void tap(Value request, SocketChannel client, Running running)
      throws InterruptedException {
    Looking.tap(
        request.fieldText("route"),
        running.kernel(),
        line -> {
          try {
            ControlClient.writeLine(client, Json.write(line));
            return isOpen();
          } catch (IOException _) {
            return false;
          }
        });
  }

  private boolean isOpen() {
    return servers.stream().allMatch(ServerSocketChannel::isOpen);
  }

  private static Value call(Value request, Running running) throws InterruptedException {
    Duration limit =
        request.field("timeout_ms") instanceof Value.Int(var millis)
            ? Duration.ofMillis(Math.clamp(millis, 1, CALL_LIMIT.toMillis()))
            : CALL_LIMIT;
    var reply =
        running
            .kernel()
            .call(
                request.fieldText("operation"),
                request.field("input"),
                Deadline.after(limit, running.world().nanos()),
                Optional.empty());
    return ControlWords.reply(WholeStream.read(reply.body()));
  }

  @Override
  public void close() {
    api.ifPresent(ApiServer::close);
    try {
      for (ServerSocketChannel server : servers) {
        server.close();
      }
      Files.deleteIfExists(socket);
      if (lockFile.isOpen()) {
        lock.release();
        lockFile.close();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, () -> "cannot give back " + socket + ": " + e.getMessage());
    }
  }
}
