package io.unikernal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.protobuf.ProtobufLimits;
import io.unikernal.protobuf.UdmProto;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API over gRPC, at the port and the socket that HTTP has, asked by grpc-java's client. */
class RpcServerTest {
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir private Path folder;
  private final SystemWorld world = new SystemWorld();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private Kernel kernel;
  private ApiServer api;

  @BeforeEach
  void starts() throws Exception {
    kernel = ApiDefinition.start(folder, world);
    api = ApiServer.start(0, kernel, world);
  }

  @AfterEach
  void stops() {
    channels.forEach(ManagedChannel::shutdownNow);
    api.close();
    kernel.close();
  }

  private Channel channel(String token) {
    return channel("127.0.0.1", token);
  }

  private Channel channel(String authority, String token) {
    var channel =
        NettyChannelBuilder.forAddress("127.0.0.1", api.port())
            .overrideAuthority(authority)
            .usePlaintext()
            .build();
    channels.add(channel);
    return token.isEmpty() ? channel : with(channel, token);
  }

  private static Channel with(Channel channel, String token) {
    var headers = new Metadata();
    headers.put(TOKEN, "Bearer " + token);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private Channel channel() {
    return channel(api.token());
  }

  private static byte[] asks(Channel channel, String method, byte[] request) {
    return asks(channel, RpcService.NAME, method, request, CallOptions.DEFAULT);
  }

  private static byte[] asks(
      Channel channel, String service, String method, byte[] request, CallOptions options) {
    return ClientCalls.blockingUnaryCall(
        channel, RpcService.method(service, method, MethodType.UNARY), options, request);
  }

  private static byte[] order(String id, String operation, String text) {
    return UdmProto.write(
        new UdmProto.Envelope(
            id,
            "inbox." + operation,
            new LinkedHashMap<>(),
            "",
            Optional.of(Value.Dict.EMPTY.with("text", Value.text(text))),
            Optional.empty(),
            ""));
  }

  private static UdmProto.Envelope answer(byte[] bytes) {
    return UdmProto.readEnvelope(bytes, ProtobufLimits.DEFAULT);
  }

  private static String said(byte[] bytes) {
    return answer(bytes).value().orElseThrow().field("reply").fieldText("said");
  }

  private static StatusRuntimeException fails(Runnable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run);
  }

  @Test
  void anOperationIsCalledAndTheIdComesBack() {
    byte[] answer = asks(channel(), "Execute", order("7", "noted", "hi"));
    assertThat(answer(answer).id()).isEqualTo("7");
    assertThat(said(answer)).isEqualTo("hi!");
  }

  @Test
  void aFaultIsAStatusAndItsCodeATrailer() {
    var fault = fails(() -> asks(channel(), "Execute", order("", "nowhere", "hi")));
    assertThat(fault.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(fault.getStatus().getDescription()).contains("nowhere");
    assertThat(String.valueOf(fault.getTrailers())).contains("unikernal-fault=");
    var malformed = fails(() -> asks(channel(), "Execute", new byte[] {0x7f}));
    assertThat(malformed.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    var unknown = fails(() -> asks(channel(), "Nothing", new byte[0]));
    assertThat(unknown.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void whoHasNoTokenOrNamesAnotherHostIsRefusedAndHealthNeedsNone() {
    for (String token : List.of("", "wrong")) {
      var refused = fails(() -> asks(channel(token), "Status", new byte[0]));
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }
    var elsewhere = fails(() -> asks(channel("evil.example", api.token()), "Status", new byte[0]));
    assertThat(elsewhere.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    byte[] health = asks(channel(""), RpcHealth.NAME, "Check", new byte[0], CallOptions.DEFAULT);
    assertThat(health).containsExactly(8, 1);
    byte[] other = {10, 1, 'x'};
    var unknown =
        fails(() -> asks(channel(""), RpcHealth.NAME, "Check", other, CallOptions.DEFAULT));
    assertThat(unknown.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void whatRunsIsLookedAtAsOverHttp() throws Exception {
    var channel = channel();
    for (var method : List.of("Status", "Routes", "Errors", "InFlight")) {
      Value grpc = UdmProto.read(asks(channel, method, new byte[0]), ProtobufLimits.DEFAULT);
      Value http = overHttp(method);
      assertThat(Json.pretty(grpc)).as(method).isEqualTo(Json.pretty(http));
    }
    Value nodes = UdmProto.read(asks(channel, "Nodes", new byte[0]), ProtobufLimits.DEFAULT);
    assertThat(nodes.field("nodes")).isInstanceOf(Value.Items.class);
    Value why =
        UdmProto.read(asks(channel, "Why", new byte[] {10, 1, 'x'}), ProtobufLimits.DEFAULT);
    assertThat(Json.pretty(why)).isEqualTo(Json.pretty(overHttp("why?id=x")));
    assertThat(fails(() -> asks(channel, "Reload", new byte[] {8, 1})).getStatus().getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  private Value overHttp(String method) throws Exception {
    String path =
        switch (method) {
          case "Status" -> "/v1/system/status";
          case "InFlight" -> "/v1/inflight";
          default -> "/v1/" + method.toLowerCase(java.util.Locale.ROOT);
        };
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(java.net.URI.create("http://127.0.0.1:" + api.port() + path))
              .header("authorization", "Bearer " + api.token())
              .build();
      byte[] body = client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
      return Json.read(body, Json.Limits.EXACT);
    }
  }

  @Test
  void theCallersDeadlineEndsTheWork() throws Exception {
    var options = CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS);
    var late =
        fails(() -> asks(channel(), RpcService.NAME, "Execute", order("", "never", "x"), options));
    assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    awaitNothingInFlight();
  }

  private void awaitNothingInFlight() throws InterruptedException {
    for (int i = 0; i < 500 && !kernel.inFlight().isEmpty(); i++) {
      Thread.sleep(10);
    }
    assertThat(kernel.inFlight()).isEmpty();
  }

  private record Told(BlockingQueue<String> all) implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] bytes) {
      var answer = answer(bytes);
      all.add(answer.id() + " " + Json.pretty(answer.value().orElseThrow()).replaceAll("\\s+", ""));
    }

    @Override
    public void onError(Throwable error) {
      all.add(String.valueOf(Status.fromThrowable(error).getCode()));
    }

    @Override
    public void onCompleted() {
      all.add("end");
    }

    String next() throws InterruptedException {
      return String.valueOf(all.poll(10, TimeUnit.SECONDS));
    }
  }

  private StreamObserver<byte[]> stream(Channel channel, Told told) {
    return ClientCalls.asyncBidiStreamingCall(
        channel.newCall(
            RpcService.method(RpcService.NAME, "Stream", MethodType.BIDI_STREAMING),
            CallOptions.DEFAULT),
        told);
  }

  @Test
  void aStreamAnswersEachOrderWhenItIsDoneAndEndsAfterTheLast() throws Exception {
    var told = new Told(new LinkedBlockingQueue<>());
    var orders = stream(channel(), told);
    orders.onNext(order("1", "later", "slow"));
    orders.onNext(order("2", "noted", "fast"));
    orders.onNext(order("", "noted", "nameless"));
    orders.onCompleted();
    assertThat(List.of(told.next(), told.next()))
        .anyMatch(line -> line.equals("2 {\"reply\":{\"said\":\"fast!\"}}"))
        .anyMatch(line -> line.contains("needsan`id`"));
    assertThat(told.next()).isEqualTo("1 {\"reply\":{\"said\":\"slow?\"}}");
    assertThat(told.next()).isEqualTo("end");
  }

  @Test
  void aThousandOrdersAreAnsweredAndSoManyAtMostAreOnTheirWay() throws Exception {
    var told = new Told(new LinkedBlockingQueue<>());
    var orders = stream(channel(), told);
    for (int i = 0; i < 1_000; i++) {
      orders.onNext(order("" + i, "noted", "x"));
    }
    orders.onCompleted();
    for (int i = 0; i < 1_000; i++) {
      assertThat(told.next()).contains("\"said\":\"x!\"");
      assertThat(kernel.inFlight().size()).isLessThanOrEqualTo(32);
    }
    assertThat(told.next()).isEqualTo("end");
  }

  @Test
  void whatIsAskedByWhoGoesAwayIsCancelled() throws Exception {
    var told = new Told(new LinkedBlockingQueue<>());
    var orders = stream(channel(), told);
    orders.onNext(order("1", "never", "x"));
    for (int i = 0; i < 500 && kernel.inFlight().isEmpty(); i++) {
      Thread.sleep(10);
    }
    orders.onError(Status.CANCELLED.asRuntimeException());
    awaitNothingInFlight();
  }

  @Test
  void theControlSocketSpeaksItWithoutAToken() throws Exception {
    var own = Files.createDirectories(folder.resolve("own"));
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (var control = ControlServer.claim(own)) {
      control.start(kernel, world, OptionalInt.empty(), Optional.empty());
      var channel =
          NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(control.socket()))
              .channelType(NioDomainSocketChannel.class)
              .eventLoopGroup(loops)
              .overrideAuthority("unikernal")
              .usePlaintext()
              .build();
      channels.add(channel);
      assertThat(said(asks(channel, "Execute", order("", "noted", "socket")))).isEqualTo("socket!");
      channel.shutdownNow();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void aClientThatBeginsAndSaysNoMoreIsCutOff() throws Exception {
    api.close();
    var brief = Duration.ofMillis(300);
    api =
        new ApiServer(
            kernel, world, Optional.empty(), new ApiLimits(50, 5, 5, 1 << 20, brief, brief));
    api.listen(0);
    for (String begun : List.of("", "P", "PR")) {
      try (var socket = new Socket("127.0.0.1", api.port())) {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().read()).as(begun).isEqualTo(-1);
      }
    }
    assertThatThrownBy(
            () -> {
              try (var socket = new Socket("127.0.0.1", api.port())) {
                socket.setSoTimeout(10_000);
                socket
                    .getOutputStream()
                    .write("PRINT /x HTTP/9\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                while (socket.getInputStream().read() >= 0) {
                  // What HTTP/2 has to say of it.
                }
                throw new java.io.IOException("ended");
              }
            })
        .isInstanceOf(java.io.IOException.class);
  }
}
