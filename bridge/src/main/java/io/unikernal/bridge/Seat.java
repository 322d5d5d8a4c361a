package io.unikernal.bridge;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A place at the gate that one token may take, once. */
final class Seat {
  private final CompletableFuture<Hello> taken = new CompletableFuture<>();

  /**
   * A worker that said HELLO with the right token, and was welcomed.
   *
   * @param lengthMax the largest frame that both sides take
   */
  record Hello(SocketChannel channel, FrameReader reader, Value description, int lengthMax) {
    void close() {
      try {
        channel.close();
      } catch (IOException _) {
        // It is gone either way.
      }
    }
  }

  /** False if nobody waits any more: the connection is then the caller's to close. */
  boolean take(Hello hello) {
    return taken.complete(hello);
  }

  /** Nobody will come. */
  void fail(String why) {
    taken.completeExceptionally(Fault.of(Fault.Code.DISCONNECTED, why).toException());
  }

  Hello await(Duration limit) throws InterruptedException {
    try {
      return taken.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      throw Fault.of(
              Fault.Code.DISCONNECTED, "it did not connect within " + limit.toMillis() + " ms")
          .toException();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof FaultException fault ? fault : new IllegalStateException(e);
    }
  }

  /** Nobody waits any more: closes a connection that came, and refuses one that is to come. */
  void leave() {
    if (!taken.cancel(false) && !taken.isCompletedExceptionally()) {
      Optional.ofNullable(taken.getNow(null)).ifPresent(Hello::close);
    }
  }
}
