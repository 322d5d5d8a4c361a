package io.unikernal.server;

import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.unikernal.protobuf.ApiMessages;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/** gRPC's own health service ({@code grpc.health.v1.Health}), for what asks for nothing else. */
final class RpcHealth {
  static final String NAME = "grpc.health.v1.Health";
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final ApiServer api;
  private final ExecutorService threads;

  RpcHealth(ApiServer api, ExecutorService threads) {
    this.api = api;
    this.threads = threads;
  }

  ServerServiceDefinition definition() {
    return ServerServiceDefinition.builder(NAME)
        .addMethod(
            RpcService.method(NAME, "Check", MethodType.UNARY),
            ServerCalls.asyncUnaryCall(this::check))
        .addMethod(
            RpcService.method(NAME, "Watch", MethodType.SERVER_STREAMING),
            ServerCalls.asyncServerStreamingCall(this::watch))
        .build();
  }

  private void check(byte[] request, StreamObserver<byte[]> answers) {
    if (!isKnown(request)) {
      answers.onError(
          Status.NOT_FOUND.withDescription("there is no such service").asRuntimeException());
      return;
    }
    answers.onNext(ApiMessages.health(ApiPath.isReady(api.running().kernel())));
    answers.onCompleted();
  }

  private static boolean isKnown(byte[] request) {
    String service = ApiMessages.text(request, RpcService.LIMITS);
    return service.isEmpty() || service.equals(RpcService.NAME);
  }

  /** Tells how it is, and then each time that it is otherwise. */
  private void watch(byte[] request, StreamObserver<byte[]> answers) {
    if (!isKnown(request)) {
      answers.onError(
          Status.NOT_FOUND.withDescription("there is no such service").asRuntimeException());
      return;
    }
    var observer = (ServerCallStreamObserver<byte[]>) answers;
    observer.setOnCancelHandler(() -> {});
    threads.execute(() -> watch(observer));
  }

  private void watch(ServerCallStreamObserver<byte[]> observer) {
    boolean isReady = ApiPath.isReady(api.running().kernel());
    observer.onNext(ApiMessages.health(isReady));
    try {
      while (!observer.isCancelled()) {
        Thread.sleep(LOOK_EVERY);
        boolean now = ApiPath.isReady(api.running().kernel());
        if (now != isReady) {
          isReady = now;
          observer.onNext(ApiMessages.health(now));
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
