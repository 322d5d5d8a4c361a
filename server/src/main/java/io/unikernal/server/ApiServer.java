package io.unikernal.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.unikernal.kernel.Kernel;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.spi.World;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The control and data plane over HTTP, on the control socket and, where a port of loopback is
 * asked for, there with a token: what runs, how it does, and calls of operations. Nothing here is
 * on the way of a message that comes by an adapter.
 */
final class ApiServer implements AutoCloseable {
  static final int REQUEST_BYTES_MAX = ControlServer.REQUEST_BYTES_MAX;
  private static final int REQUESTS_MAX = 64;
  private static final int WAITING_MAX = 128;
  private static final Logger LOG = System.getLogger("unikernal.api");
  private final Running running;
  private final ApiLimits limits;
  private final ApiGuard guard = new ApiGuard();
  private final Semaphore requests = new Semaphore(REQUESTS_MAX);
  private final Semaphore connections;
  private final Semaphore streams;
  private final Set<ApiConnection> open = ConcurrentHashMap.newKeySet();
  private volatile Optional<ServerSocketChannel> port = Optional.empty();
  private final Set<SocketChannel> calling = ConcurrentHashMap.newKeySet();
  private final ReentrantLock rpcLock = new ReentrantLock();
  private final Map<ApiGuard.Door, RpcServer> rpcs = new EnumMap<>(ApiGuard.Door.class);
  private volatile boolean isClosed;

  /** What is asked. */
  record Running(Kernel kernel, World world, Instant started, Optional<Reloading> reloading) {}

  /** Asks nobody in until {@link #serve} or {@link #listen}. */
  ApiServer(Kernel kernel, World world, Optional<Reloading> reloading, ApiLimits limits) {
    this.running = new Running(kernel, world, world.now(), reloading);
    this.limits = limits;
    this.connections = new Semaphore(limits.connectionsMax());
    this.streams = new Semaphore(limits.streamsMax());
  }

  /**
   * Listens on that port of loopback.
   *
   * @throws FaultException REJECTED if it cannot
   */
  static ApiServer start(int port, Kernel kernel, World world) {
    var api = new ApiServer(kernel, world, Optional.empty(), ApiLimits.DEFAULT);
    api.listen(port);
    return api;
  }

  /** As {@link #start}. */
  void listen(int number) {
    try {
      var server = ServerSocketChannel.open();
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number), WAITING_MAX);
      guard.issueToken();
      port = Optional.of(server);
      Thread.ofVirtual().name("api").start(() -> accept(server));
    } catch (IOException e) {
      throw Fault.of(
              Fault.Code.REJECTED,
              "the control port " + number + " cannot be used: " + e.getMessage(),
              "choose another one with --control")
          .toException(e);
    }
  }

  private void accept(ServerSocketChannel server) {
    try {
      while (true) {
        serve(server.accept(), ByteBuffer.allocate(0), ApiGuard.Door.PORT);
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  boolean isListening() {
    return port.isPresent();
  }

  String token() {
    return guard.token();
  }

  int port() {
    return port.map(server -> server.socket().getLocalPort()).orElse(0);
  }

  Running running() {
    return running;
  }

  ApiLimits limits() {
    return limits;
  }

  /**
   * Serves a client on a thread of its own, which closes the channel.
   *
   * @param first what was read of it already
   */
  void serve(SocketChannel channel, ByteBuffer first, ApiGuard.Door door) {
    Thread.ofVirtual()
        .name("api-client")
        .start(() -> {
          boolean isFree = connections.tryAcquire();
          try (channel) {
            if (isFree) {
              serveOne(channel, first, door);
            }
          } catch (IOException e) {
            LOG.log(Level.DEBUG, "a client of the API went away", e);
          } finally {
            if (isFree) {
              connections.release();
            }
          }
        });
  }

  private void serveOne(SocketChannel channel, ByteBuffer first, ApiGuard.Door door)
      throws IOException {
    ByteBuffer begun = withPreface(channel, first);
    if (isPreface(begun, RpcServer.PREFACE.length)) {
      calling.add(channel);
      try {
        if (!isClosed) {
          rpc(door).carry(channel, begun);
        }
      } finally {
        calling.remove(channel);
      }
      return;
    }
    try (var connection = new ApiConnection(this, door, channel)) {
      open.add(connection);
      try {
        if (!isClosed) {
          connection.serve(begun);
        }
      } finally {
        open.remove(connection);
      }
    }
  }

  /** With as much as tells whether it is HTTP/2. */
  private ByteBuffer withPreface(SocketChannel channel, ByteBuffer first) throws IOException {
    if (!isPreface(first, first.remaining()) || first.remaining() >= RpcServer.PREFACE.length) {
      return first;
    }
    var begun = ByteBuffer.allocate(RpcServer.PREFACE.length).put(first);
    var watch = Thread.ofVirtual().name("api-begin").start(() -> cutLater(channel));
    try {
      while (begun.hasRemaining() && isPreface(begun.duplicate().flip(), begun.position())) {
        if (channel.read(begun) < 0) {
          break;
        }
      }
      return begun.flip();
    } finally {
      watch.interrupt();
    }
  }

  /** A blocking channel has no time limit of its own. */
  private void cutLater(SocketChannel channel) {
    try {
      Thread.sleep(limits.idle());
      RpcServer.cut(channel);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it begins with so many bytes of the preface. */
  private static boolean isPreface(ByteBuffer bytes, int count) {
    int known = Math.min(count, RpcServer.PREFACE.length);
    for (int i = 0; i < known; i++) {
      if (i >= bytes.remaining() || bytes.get(bytes.position() + i) != RpcServer.PREFACE[i]) {
        return false;
      }
    }
    return true;
  }

  private RpcServer rpc(ApiGuard.Door door) {
    rpcLock.lock();
    try {
      if (isClosed) {
        throw Fault.of(Fault.Code.DISCONNECTED, "the API is closed").toException();
      }
      return rpcs.computeIfAbsent(door, by -> RpcServer.open(this, guard, by));
    } finally {
      rpcLock.unlock();
    }
  }

  /** A place among those that are served at once, or none. */
  record Place(Semaphore places, boolean isFree) implements AutoCloseable {
    @Override
    public void close() {
      if (isFree) {
        places.release();
      }
    }
  }

  Place place() {
    return new Place(requests, requests.tryAcquire());
  }

  Place streamPlace() {
    return new Place(streams, streams.tryAcquire());
  }

  static String path(HttpRequest head) {
    var target = head.uri();
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** Why a request is answered without a look at its body; empty if it is not. */
  Optional<ApiAnswer> refusal(ApiGuard.Door door, HttpRequest head, boolean isFree) {
    try {
      guard.check(door, head.headers(), false);
      var found = ApiPath.find(head.method().name(), path(head));
      guard.check(door, head.headers(), found.needsToken());
      if (!isFree) {
        throw Fault.of(Fault.Code.OVERLOADED, "as many as may are served now").toException();
      }
      return Optional.empty();
    } catch (FaultException e) {
      return Optional.of(ApiAnswer.problem(e.fault()));
    }
  }

  /** To a request that is not refused. */
  ApiAnswer answer(HttpRequest head, byte[] body) {
    try {
      var found = ApiPath.find(head.method().name(), path(head));
      var type = head.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
      return guarded(() -> found.answer(running, new ApiRequest(type, query(head), body)));
    } catch (FaultException e) {
      return ApiAnswer.problem(e.fault());
    }
  }

  private static String query(HttpRequest head) {
    try {
      return Optional.ofNullable(new URI(head.uri()).getQuery()).orElse("");
    } catch (URISyntaxException e) {
      throw Fault.of(Fault.Code.MALFORMED, "the target of the request is not a URI").toException(e);
    }
  }

  /** What answers, or fails. */
  @FunctionalInterface
  interface Answering<T> {
    T answer() throws InterruptedException;
  }

  /**
   * @throws FaultException for whatever went wrong
   */
  static <T> T guarded(Answering<T> answering) {
    try {
      return answering.answer();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Fault.of(Fault.Code.CANCELLED, "nobody waits for the answer any more").toException(e);
    } catch (FaultException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "a request to the API failed", e);
      throw Fault.of(Fault.Code.INTERNAL, "Unikernal failed; its log says more").toException(e);
    }
  }

  @Override
  public void close() {
    isClosed = true;
    port.ifPresent(server -> {
      try {
        server.close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "the control port does not close", e);
      }
    });
    open.forEach(ApiConnection::cut);
    rpcLock.lock();
    try {
      rpcs.values().forEach(RpcServer::close);
      rpcs.clear();
    } finally {
      rpcLock.unlock();
    }
    calling.forEach(RpcServer::cut);
  }
}
