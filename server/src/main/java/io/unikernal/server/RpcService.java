package io.unikernal.server;

import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.protobuf.ApiMessages;
import io.unikernal.protobuf.ProtobufLimits;
import io.unikernal.protobuf.UdmProto;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** The service {@code Unikernal} of {@code udm.proto}: what {@link ApiPath} is over HTTP. */
final class RpcService {
  static final String NAME = "unikernal.udm.v1.Unikernal";
  static final ProtobufLimits LIMITS =
      new ProtobufLimits(ProtobufLimits.DEFAULT.depthMax(), ApiServer.REQUEST_BYTES_MAX);

  private final ApiServer api;
  private final ExecutorService threads;

  RpcService(ApiServer api, ExecutorService threads) {
    this.api = api;
    this.threads = threads;
  }

  /** Bytes as they are: {@link UdmProto} reads and writes them. */
  enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
    BYTES;

    @Override
    public InputStream stream(byte[] bytes) {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static MethodDescriptor<byte[], byte[]> method(String service, String name, MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder(Bytes.BYTES, Bytes.BYTES)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
        .setType(type)
        .build();
  }

  ServerServiceDefinition definition() {
    return ServerServiceDefinition.builder(NAME)
        .addMethod(method(NAME, "Execute", MethodType.UNARY), unary(this::execute))
        .addMethod(
            method(NAME, "Stream", MethodType.BIDI_STREAMING),
            ServerCalls.asyncBidiStreamingCall(this::stream))
        .addMethod(method(NAME, "Status", MethodType.UNARY), get(ApiPath.STATUS))
        .addMethod(method(NAME, "Nodes", MethodType.UNARY), get(ApiPath.NODES))
        .addMethod(method(NAME, "Routes", MethodType.UNARY), get(ApiPath.ROUTES))
        .addMethod(method(NAME, "Errors", MethodType.UNARY), get(ApiPath.ERRORS))
        .addMethod(method(NAME, "InFlight", MethodType.UNARY), get(ApiPath.IN_FLIGHT))
        .addMethod(method(NAME, "Workers", MethodType.UNARY), get(ApiPath.WORKERS))
        .addMethod(method(NAME, "Why", MethodType.UNARY), unary(this::why))
        .addMethod(method(NAME, "Reload", MethodType.UNARY), unary(this::reload))
        .addMethod(method(NAME, "Register", MethodType.UNARY), unary(this::register))
        .build();
  }

  /** What answers one message with another. */
  private interface Work {
    byte[] answer(byte[] request) throws InterruptedException;
  }

  private io.grpc.ServerCallHandler<byte[], byte[]> get(ApiPath path) {
    return unary(_ -> UdmProto.write(path.tree(api.running())));
  }

  /** On a thread of its own: gRPC's must stay free to hear that nobody waits any more. */
  private io.grpc.ServerCallHandler<byte[], byte[]> unary(Work work) {
    return ServerCalls.asyncUnaryCall((request, answers) -> {
      var observer = (ServerCallStreamObserver<byte[]>) answers;
      var begin = Context.current().wrap(() -> answer(work, request, observer));
      var thread = Thread.ofVirtual().name("api-rpc-call").unstarted(begin);
      observer.setOnCancelHandler(thread::interrupt);
      thread.start();
    });
  }

  private void answer(Work work, byte[] request, ServerCallStreamObserver<byte[]> observer) {
    try (var place = api.place()) {
      if (!place.isFree()) {
        observer.onError(
            Status.RESOURCE_EXHAUSTED
                .withDescription("as many as may are served now")
                .asRuntimeException());
        return;
      }
      byte[] answer = ApiServer.guarded(() -> work.answer(request));
      observer.onNext(answer);
      observer.onCompleted();
    } catch (FaultException e) {
      if (!observer.isCancelled()) {
        observer.onError(RpcFaults.exception(e.fault()));
      }
    }
  }

  private byte[] execute(byte[] request) throws InterruptedException {
    Value order = BodyForm.PROTOBUF.read(request);
    Value answer = Execution.answer(api.running(), order, left());
    return BodyForm.PROTOBUF.write(Execution.id(order), answer);
  }

  /** Of the time that the caller waits. */
  private static Optional<Duration> left() {
    return Optional.ofNullable(Context.current().getDeadline())
        .map(deadline ->
            Duration.ofNanos(Math.max(1, deadline.timeRemaining(TimeUnit.NANOSECONDS))));
  }

  private StreamObserver<byte[]> stream(StreamObserver<byte[]> answers) {
    return new RpcStream(api, threads, (ServerCallStreamObserver<byte[]>) answers);
  }

  private byte[] why(byte[] request) {
    return UdmProto.write(ApiPath.why(api.running(), ApiMessages.text(request, LIMITS)));
  }

  private byte[] register(byte[] request) {
    return UdmProto.write(ApiPath.register(api.running(), ApiMessages.text(request, LIMITS)));
  }

  private byte[] reload(byte[] request) throws InterruptedException {
    var wanted = ApiMessages.change(request, LIMITS);
    var outcome =
        ApiPath.reload(
            api.running(),
            Reloading.Wish.of(
                wanted.isTried(),
                Optional.of(wanted.trialSeconds()).filter(seconds -> seconds > 0),
                Optional.of(wanted.errorsPercent()).filter(percent -> percent > 0)));
    return UdmProto.write(Reloading.words(outcome));
  }
}
