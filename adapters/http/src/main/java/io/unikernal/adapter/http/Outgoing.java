package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends the elements of a stream as the body of a request, a line of JSON each. The next one is
 * asked for when there is room for it: another server that reads slowly slows down who makes them.
 */
final class Outgoing {
  private final ContextInternal context;
  private final String operation;
  private final Duration patience;
  private final HttpCall call;
  private final Semaphore room = new Semaphore(0);
  private volatile @Nullable HttpClientRequest request;

  /** {@code patience}: how long the other side may take nothing. */
  Outgoing(ContextInternal context, String operation, Duration patience, HttpCall call) {
    this.context = context;
    this.operation = operation;
    this.patience = patience;
    this.call = call;
  }

  /** On the event loop. */
  void connected(HttpClientRequest made) {
    made.setChunked(true);
    made.exceptionHandler(cause -> call.fail(ClientFaults.of(operation, cause)));
    request = made;
    goOn();
  }

  /** Whoever sends looks what is next. */
  void goOn() {
    room.release();
  }

  /** On the caller's thread; ends when all is sent, or the call is over before that. */
  void send(ValueStream elements) throws InterruptedException {
    try {
      room.acquire(); // connecting has a limit of its own
      for (var next = Optional.<Value>empty(); !call.isOver(); ) {
        next = elements.next();
        if (next.isEmpty()) {
          context.runOnContext(_ -> end());
          return;
        }
        byte[] json = StreamFormat.LINES.element(next.get()).getBytes();
        context.runOnContext(_ -> write(Buffer.buffer(json)));
        if (!room.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
          var fault =
              Fault.of(
                  Fault.Code.TIMEOUT,
                  "`%s` took nothing more for %d ms".formatted(operation, patience.toMillis()));
          context.runOnContext(_ -> call.fail(fault));
          return;
        }
      }
    } catch (FaultException e) {
      context.runOnContext(_ -> call.fail(e.fault()));
    } finally {
      elements.close();
    }
  }

  private void write(Buffer line) {
    HttpClientRequest out = request;
    if (out == null || call.isOver()) {
      goOn();
      return;
    }
    var _ = out.write(line);
    if (out.writeQueueFull()) {
      out.drainHandler(_ -> {
        out.drainHandler(null);
        goOn();
      });
    } else {
      goOn();
    }
  }

  private void end() {
    HttpClientRequest out = request;
    if (out != null && !call.isOver()) {
      call.isSent();
      var _ = out.end();
    }
  }
}
