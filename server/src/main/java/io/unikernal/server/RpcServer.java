package io.unikernal.server;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The API over gRPC, for clients of one door. Made when the first of them speaks it: what costs
 * classes and threads is not there before. The connection came by the door that HTTP has too, so
 * its bytes are carried over to a socket of grpc-java's own, which nobody else can reach.
 */
final class RpcServer implements AutoCloseable {
  /** How HTTP/2 begins where both sides know that they speak it (RFC 9113, section 3.4). */
  static final byte[] PREFACE = {'P', 'R', 'I'};

  private static final int COPY_BYTES = 64 * 1024;
  private static final int CLOSE_SECONDS_MAX = 2;
  private static final int STREAMS_MAX = 64;
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> ORIGIN =
      Metadata.Key.of("origin", Metadata.ASCII_STRING_MARSHALLER);
  private static final Logger LOG = System.getLogger("unikernal.api");

  /** grpc-java sets an option of TCP on every socket, and Netty warns of it where there is none. */
  private static final java.util.logging.Logger BOOTSTRAP =
      java.util.logging.Logger.getLogger("io.netty.bootstrap.ServerBootstrap");

  static {
    BOOTSTRAP.setLevel(java.util.logging.Level.SEVERE);
  }

  private final Path folder;
  private final Path socket;
  private final EventLoopGroup loops;
  private final ExecutorService threads;
  private final Server server;

  private RpcServer(
      Path folder, Path socket, EventLoopGroup loops, ExecutorService threads, Server server) {
    this.folder = folder;
    this.socket = socket;
    this.loops = loops;
    this.threads = threads;
    this.server = server;
  }

  /**
   * @throws FaultException INTERNAL if there is no place for its socket
   */
  static RpcServer open(ApiServer api, ApiGuard guard, ApiGuard.Door door) {
    var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      Path folder = Files.createTempDirectory("unikernal-rpc"); // only this user's
      Path socket = folder.resolve("grpc.sock");
      var service = new RpcService(api, threads);
      var server =
          NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
              .channelType(NioServerDomainSocketChannel.class)
              .bossEventLoopGroup(loops)
              .workerEventLoopGroup(loops)
              .executor(threads)
              .maxInboundMessageSize(ApiServer.REQUEST_BYTES_MAX)
              .maxConcurrentCallsPerConnection(STREAMS_MAX)
              .keepAliveTime(api.limits().ping().toMillis(), TimeUnit.MILLISECONDS)
              .keepAliveTimeout(api.limits().idle().toMillis(), TimeUnit.MILLISECONDS)
              .permitKeepAliveTime(1, TimeUnit.SECONDS)
              .addService(service.definition())
              .addService(new RpcHealth(api, threads).definition())
              .intercept(new Guarding(guard, door))
              .build()
              .start();
      return new RpcServer(folder, socket, loops, threads, server);
    } catch (IOException e) {
      loops.shutdownGracefully();
      threads.shutdownNow();
      throw Fault.of(Fault.Code.INTERNAL, "gRPC cannot be served: " + e.getMessage())
          .toException(e);
    }
  }

  /** Who may not ask is told so before anything is read of what is asked. */
  private record Guarding(ApiGuard guard, ApiGuard.Door door) implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      boolean needsToken =
          !call.getMethodDescriptor().getFullMethodName().startsWith(RpcHealth.NAME);
      try {
        guard.check(
            door,
            Optional.ofNullable(call.getAuthority()).orElse(""),
            Optional.ofNullable(headers.get(ORIGIN)).stream().toList(),
            Optional.ofNullable(headers.get(TOKEN)).orElse(""),
            needsToken);
      } catch (FaultException e) {
        Status status = RpcFaults.status(e.fault());
        call.close(status, RpcFaults.trailers(e.fault()));
        return new ServerCall.Listener<>() {};
      }
      return next.startCall(call, headers);
    }
  }

  /**
   * Carries the bytes of a client there and back, until one side ends.
   *
   * @param first what was read of it already
   */
  void carry(SocketChannel client, ByteBuffer first) throws IOException {
    try (var inner = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      while (first.hasRemaining()) {
        inner.write(first);
      }
      var back = Thread.ofVirtual().name("api-rpc").start(() -> copy(inner, client));
      copy(client, inner);
      try {
        back.join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void copy(SocketChannel from, SocketChannel to) {
    var bytes = ByteBuffer.allocate(COPY_BYTES);
    try {
      while (from.read(bytes) >= 0) {
        bytes.flip();
        while (bytes.hasRemaining()) {
          to.write(bytes);
        }
        bytes.clear();
      }
      to.shutdownOutput();
    } catch (IOException _) {
      cut(from);
      cut(to);
    }
  }

  static void cut(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a connection of gRPC does not close", e);
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    threads.shutdownNow();
    try {
      server.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
      Files.deleteIfExists(socket);
      Files.deleteIfExists(folder);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the socket of gRPC stays", e);
    }
    loops.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
  }
}
