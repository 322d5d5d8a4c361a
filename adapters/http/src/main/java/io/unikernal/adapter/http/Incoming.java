package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of another server's answer while it comes in. Its parts are asked for one by one: what
 * is not read stays with the other side. Handed from its event loop to the one thread that reads.
 */
final class Incoming {
  private final ContextInternal context;
  private final HttpClientResponse response;
  private final String operation;
  private final Duration silenceMax;
  private final Runnable reset;

  private volatile boolean hasEnded;

  /** Never more than one part and an end, since each part is asked for. */
  private final BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>();

  private sealed interface Arrived {
    record Part(byte[] bytes) implements Arrived {}

    record End() implements Arrived {}

    record Broken(Fault fault) implements Arrived {}
  }

  /** {@code reset} gives up the request; it runs on the event loop, on which this is made. */
  Incoming(
      ContextInternal context,
      HttpClientResponse response,
      String operation,
      Duration silenceMax,
      Runnable reset) {
    this.context = context;
    this.response = response;
    this.operation = operation;
    this.silenceMax = silenceMax;
    this.reset = reset;
    response.pause();
    response.handler(part -> arrived.add(new Arrived.Part(part.getBytes())));
    response.endHandler(_ -> {
      hasEnded = true;
      arrived.add(new Arrived.End());
    });
    response.exceptionHandler(
        cause -> arrived.add(new Arrived.Broken(ClientFaults.of(operation, cause))));
    response.fetch(1);
  }

  /**
   * Waits for the next part; empty at the end.
   *
   * @throws io.unikernal.model.FaultException DISCONNECTED, or TIMEOUT after too long a silence
   */
  Optional<byte[]> next() throws InterruptedException {
    Arrived next = arrived.poll(silenceMax.toNanos(), TimeUnit.NANOSECONDS);
    return switch (next) {
      case null -> {
        close();
        throw Fault.of(
                Fault.Code.TIMEOUT,
                "`%s` sent nothing more for %d ms".formatted(operation, silenceMax.toMillis()),
                "let it send something meanwhile, or raise `timeout`")
            .toException();
      }
      case Arrived.Part(var bytes) -> {
        context.runOnContext(_ -> response.fetch(1));
        yield Optional.of(bytes);
      }
      case Arrived.End end -> {
        arrived.add(end);
        yield Optional.empty();
      }
      case Arrived.Broken(var fault) -> throw fault.toException();
    };
  }

  /** Gives up what still comes. Any thread. */
  void close() {
    if (!hasEnded) { // else its connection is another's already
      context.runOnContext(_ -> reset.run());
    }
    arrived.add(new Arrived.Broken(ClientFaults.closed(operation)));
  }
}
