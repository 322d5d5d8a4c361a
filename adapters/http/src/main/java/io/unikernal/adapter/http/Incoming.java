package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of a request or of an answer while it comes in. Its parts are asked for one by one: what
 * is not read stays with the other side. Handed from its event loop to the one thread that reads.
 */
final class Incoming {
  /** Who sends it. */
  interface Other {
    /** Runs something on its event loop, if there still is one. */
    void onLoop(Runnable action);

    /** On the event loop: nobody wants what still comes. */
    void giveUp();

    /** It broke off. */
    Fault broken(Throwable cause);

    /** It sent nothing for so long. */
    Fault silent(Duration time);

    /** It is read after {@link Incoming#close}. */
    Fault closed();
  }

  private final ReadStream<Buffer> body;
  private final Duration silenceMax;
  private final Other other;

  private volatile boolean hasEnded;

  /** Never more than one part and an end, since each part is asked for. */
  private final BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>();

  private sealed interface Arrived {
    record Part(byte[] bytes) implements Arrived {}

    record End() implements Arrived {}

    record Broken(Fault fault) implements Arrived {}
  }

  /** Made on the event loop of the body. */
  Incoming(ReadStream<Buffer> body, Duration silenceMax, Other other) {
    this.body = body;
    this.silenceMax = silenceMax;
    this.other = other;
    body.pause();
    body.handler(part -> arrived.add(new Arrived.Part(part.getBytes())));
    body.endHandler(_ -> {
      hasEnded = true;
      arrived.add(new Arrived.End());
    });
    body.exceptionHandler(cause -> arrived.add(new Arrived.Broken(other.broken(cause))));
    body.fetch(1);
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
        throw other.silent(silenceMax).toException();
      }
      case Arrived.Part(var bytes) -> {
        other.onLoop(() -> body.fetch(1));
        yield Optional.of(bytes);
      }
      case Arrived.End end -> {
        arrived.add(end);
        yield Optional.empty();
      }
      case Arrived.Broken(var fault) -> throw fault.toException();
    };
  }

  /** Whether all of it has come in. */
  boolean hasEnded() {
    return hasEnded;
  }

  /** Gives up what still comes. Any thread. */
  void close() {
    if (!hasEnded) { // else its connection is another's already
      other.onLoop(other::giveUp);
    }
    arrived.add(new Arrived.Broken(other.closed()));
  }
}
