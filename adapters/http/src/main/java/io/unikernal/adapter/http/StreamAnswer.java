package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/**
 * Writes an answer element by element, on the message's own thread. The next element is asked for
 * when the one before went to the socket, or found room in front of it: a slow reader slows down
 * who makes the elements.
 */
final class StreamAnswer {
  private final Exchange exchange;
  private final Predicate<Runnable> loop;
  private final StreamFormat format;
  private final String path;
  private final Trace trace;
  private final Semaphore room = new Semaphore(0);
  private boolean hasBegun;

  /** {@code loop} runs something on the connection's event loop, and answers whether it can. */
  StreamAnswer(
      Exchange exchange, Predicate<Runnable> loop, StreamFormat format, String path, Trace trace) {
    this.exchange = exchange;
    this.loop = loop;
    this.format = format;
    this.path = path;
    this.trace = trace;
  }

  /**
   * Reads the stream to its end; an interrupt closes it.
   *
   * @param head what is written before the first element: a status and headers
   */
  void write(ValueStream elements, Answer head) {
    try {
      if (format.beginsAtOnce()) {
        begin(head);
      }
      for (var next = elements.next(); next.isPresent(); next = elements.next()) {
        if (!hasBegun) {
          begin(head);
        }
        piece(format.element(next.get()));
      }
      if (!hasBegun) {
        begin(head);
      }
      var _ = loop.test(exchange::endStream);
    } catch (FaultException e) {
      elements.close();
      broken(e.fault());
    } catch (InterruptedException _) {
      elements.close();
      var _ = loop.test(exchange::abort);
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      elements.close();
      broken(Fault.of(Fault.Code.INTERNAL, ""));
      throw e;
    }
  }

  private void begin(Answer head) throws InterruptedException {
    hasBegun = true;
    var _ = loop.test(() -> exchange.beginStream(head, format.alive()));
  }

  private void piece(Buffer bytes) throws InterruptedException {
    if (!loop.test(() -> exchange.piece(bytes, room::release))) {
      throw new InterruptedException("the connection is gone");
    }
    room.acquire();
  }

  /** As long as nothing was written, a stream that breaks is an answer that failed. */
  private void broken(Fault fault) {
    if (!hasBegun) {
      Answer problem = Answer.problem(fault, path, trace);
      var _ = loop.test(() -> exchange.write(problem, false));
      return;
    }
    Optional<Buffer> word = format.broken(fault, path, trace);
    var _ =
        loop.test(() -> {
          word.ifPresentOrElse(
              last -> {
                exchange.piece(last, () -> {});
                exchange.endStream();
              },
              exchange::abort);
        });
  }

  /** The elements of an answer: those of a list are there already. */
  static ValueStream elements(Value answer) {
    return switch (answer) {
      case ValueStream stream -> stream;
      case Value.Items(var items) -> ValueStream.of(items);
      default -> throw new IllegalArgumentException("no stream");
    };
  }
}
