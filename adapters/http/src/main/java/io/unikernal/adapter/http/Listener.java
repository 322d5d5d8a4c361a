package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerConfig;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ServerSSLOptions;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A port: one Vert.x server on each event loop, sharing it. */
final class Listener {
  private static final int BACKLOG_MAX = 1_024;
  private static final Duration LOOP_LIMIT = Duration.ofSeconds(5);

  private final Loops.Lease lease;
  private final ListenAddress address;
  private final String system;
  private final int maxHeader;
  private final Optional<ServerSSLOptions> tls;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<HttpServer> servers = new ArrayList<>();
  private boolean isClaimed;
  private int actualPort;

  /** Whose operations are behind the port now. */
  private volatile @Nullable HttpServerSystem owner;

  Listener(
      Loops.Lease lease,
      ListenAddress address,
      String system,
      int maxHeader,
      Optional<ServerSSLOptions> tls) {
    this.lease = lease;
    this.address = address;
    this.system = system;
    this.maxHeader = maxHeader;
    this.tls = tls;
  }

  void listen(HttpServerSystem first) throws InterruptedException {
    owner = first;
    String host = hostAddress();
    int port = claimPort();
    boolean isListening = false;
    try {
      for (ContextInternal context : lease.contexts()) {
        servers.add(await(start(context, host, port)));
      }
      actualPort = servers.getFirst().actualPort();
      isListening = true;
    } catch (ExecutionException e) {
      throw refused(e.getCause() == null ? e : e.getCause());
    } finally {
      if (!isListening) {
        stop();
      }
    }
  }

  String url() {
    return address.url(tls.isPresent(), actualPort);
  }

  ListenAddress address() {
    return address;
  }

  /** Requests that come from now on are the next one's. Gives the one before. */
  HttpServerSystem handOver(HttpServerSystem next) {
    lock.lock();
    try {
      HttpServerSystem before = owner();
      owner = next;
      return before;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Connections that come from now on see these certificates; those that are there stay.
   *
   * @throws io.unikernal.model.FaultException if a key and its certificate do not fit; those before
   *     stay then
   */
  void show(ServerSSLOptions newer) {
    for (HttpServer server : servers) {
      try {
        await(server.updateSSLOptions(newer));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      } catch (ExecutionException e) {
        throw unfit(e.getCause() == null ? e : e.getCause());
      }
    }
  }

  private RuntimeException unfit(Throwable cause) {
    return Fault.of(
            Fault.Code.INVALID,
            "`tls` of `" + system + "` cannot be used: " + cause.getMessage(),
            "check that the key is the certificate's, in PEM, PKCS #8")
        .toException(cause);
  }

  /**
   * Until each event loop has done what it was about: a request that was being looked at for the
   * owner before is its own then, and none comes to it any more.
   */
  void awaitLoops() {
    lease
        .contexts()
        .forEach(context ->
            context.nettyEventLoop().submit(() -> {}).awaitUninterruptibly(LOOP_LIMIT.toMillis()));
  }

  private HttpServerSystem owner() {
    return Objects.requireNonNull(owner);
  }

  /** Only for who has it. */
  void close(HttpServerSystem by) {
    if (owner() != by) {
      return;
    }
    lock.lock();
    try {
      stop();
    } finally {
      lock.unlock();
    }
    lease.release();
  }

  private void stop() {
    Loops.await(Future.join(servers.stream().map(HttpServer::close).toList()));
    servers.clear();
    if (isClaimed) {
      lease.unclaim(address);
      isClaimed = false;
    }
  }

  private String hostAddress() {
    try {
      return InetAddress.getByName(address.host()).getHostAddress();
    } catch (UnknownHostException _) {
      throw Fault.of(
              Fault.Code.REJECTED,
              "`" + address.host() + "` is not an address of this machine",
              "change `listen` of `" + system + "`")
          .toException();
    }
  }

  private int claimPort() {
    if (address.port() == 0) {
      // Vert.x: servers with one negative port share one free port.
      return lease.nextFreePort();
    }
    // Vert.x would let two of its servers share a port without a word.
    isClaimed = lease.claim(address);
    if (!isClaimed) {
      throw inUse();
    }
    return address.port();
  }

  private Future<HttpServer> start(ContextInternal context, String host, int port) {
    var options =
        new HttpServerOptions()
            .setAcceptBacklog(BACKLOG_MAX)
            .setSsl(tls.isPresent())
            .setUseAlpn(false)
            .setHttp2ClearTextEnabled(false)
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            .setMaxInitialLineLength(maxHeader)
            .setMaxHeaderSize(maxHeader);
    return context.<HttpServer>future(promise ->
        context.runOnContext(_ ->
            server(context, options)
                .connectionHandler(connection -> owner().connected(connection))
                .requestHandler(request -> owner().received(request, context))
                .invalidRequestHandler(request -> owner().invalid(request))
                .listen(port, host)
                .onComplete(promise)));
  }

  private HttpServer server(ContextInternal context, HttpServerOptions options) {
    return tls.map(given -> context.owner().createHttpServer(new HttpServerConfig(options), given))
        .orElseGet(() -> context.owner().createHttpServer(options));
  }

  private static <T> T await(Future<T> future) throws InterruptedException, ExecutionException {
    CompletableFuture<T> waiting = future.toCompletionStage().toCompletableFuture();
    return waiting.get();
  }

  private RuntimeException refused(Throwable cause) {
    if (tls.isPresent() && !(cause instanceof BindException)) {
      return unfit(cause);
    }
    String text = String.valueOf(cause.getMessage());
    if (text.contains("in use")) {
      return inUse();
    }
    return Fault.of(
            Fault.Code.REJECTED,
            "cannot listen at port " + address.port() + " on " + address.host() + ": " + text,
            text.contains("denied")
                ? "ports below 1024 need rights; change `listen` of `" + system + "`"
                : "change `listen` of `" + system + "`")
        .toException(cause);
  }

  private RuntimeException inUse() {
    return Fault.of(
            Fault.Code.REJECTED,
            "port " + address.port() + " on " + address.host() + " is in use",
            "stop what listens there or change `listen` of `" + system + "`")
        .toException();
  }
}
