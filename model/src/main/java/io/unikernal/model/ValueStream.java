package io.unikernal.model;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * A sequence that is read once, while it is made: {@code stream(T)}. Whoever reads it asks for one
 * element after the other, and nothing is made that nobody asked for: that is the back-pressure. It
 * is equal to itself only, and stands in no store, no log and no document.
 */
public final class ValueStream implements Value {

  /** For messages of who can hold documents only. */
  public static final String WHAT = "a stream, which is read once and element by element";

  private static final Fault CLOSED =
      Fault.of(Fault.Code.CANCELLED, "the stream is not wanted any more");

  /** Makes the elements. */
  public interface Producer extends AutoCloseable {
    /**
     * Waits for the next element; empty at the end. Called by one thread at a time.
     *
     * @throws FaultException why there is no next one; it is not called again
     */
    Optional<Value> next() throws InterruptedException;

    /** Frees what it holds, and unblocks who waits. Called once, by any thread. */
    @Override
    void close();
  }

  /** How it came to its end. */
  public sealed interface Ending {
    /** All of it was read. */
    record Whole() implements Ending {}

    /** It could not be made to its end. */
    record Broken(Fault fault) implements Ending {}

    /** Its reader wanted no more. */
    record Left() implements Ending {}
  }

  private final Producer producer;
  private final AtomicReference<Optional<Ending>> ending = new AtomicReference<>(Optional.empty());
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean isTaken;

  public ValueStream(Producer producer) {
    this.producer = producer;
  }

  /** Of elements that are there already. */
  public static ValueStream of(List<Value> elements) {
    Iterator<Value> left = elements.iterator();
    return new ValueStream(
        new Producer() {
          @Override
          public Optional<Value> next() {
            return left.hasNext() ? Optional.of(left.next()) : Optional.empty();
          }

          @Override
          public void close() {}
        });
  }

  /**
   * Waits for the next element; empty at the end. For one reader.
   *
   * @throws FaultException what broke it, each time again; CANCELLED where it was closed before its
   *     end, which must not look like one
   */
  public Optional<Value> next() throws InterruptedException {
    isTaken = true;
    Optional<Ending> before = ending.get();
    if (before.isPresent()) {
      return switch (before.get()) {
        case Ending.Whole _ -> Optional.empty();
        case Ending.Broken(var fault) -> throw fault.toException();
        case Ending.Left _ -> throw CLOSED.toException();
      };
    }
    try {
      Optional<Value> next = producer.next();
      if (next.isEmpty()) {
        end(new Ending.Whole());
      }
      return next;
    } catch (FaultException e) {
      end(new Ending.Broken(e.fault()));
      throw e;
    } catch (InterruptedException e) {
      close();
      throw e;
    } catch (RuntimeException e) {
      end(new Ending.Broken(Fault.of(Fault.Code.INTERNAL, "a stream failed where it is made")));
      throw e;
    }
  }

  /** The reader wants no more; after the end it does nothing. Any thread. */
  public void close() {
    end(new Ending.Left());
  }

  private void end(Ending how) {
    if (ending.compareAndSet(Optional.empty(), Optional.of(how))) {
      try {
        producer.close();
      } finally {
        ended.countDown();
      }
    }
  }

  /** Says that somebody is going to read it. */
  public void take() {
    isTaken = true;
  }

  /** Whether somebody reads it, or is going to. */
  public boolean isTaken() {
    return isTaken;
  }

  /** Empty while it goes on. */
  public Optional<Ending> ending() {
    return ending.get();
  }

  /** Waits until it was read, or is not wanted any more. */
  public Ending awaitEnd() throws InterruptedException {
    ended.await();
    return ending.get().orElseThrow();
  }

  /**
   * The same with each element changed when it is read. This one is not to be read any more.
   *
   * @param change may throw {@link FaultException}, which breaks the stream
   */
  public ValueStream map(UnaryOperator<Value> change) {
    take();
    return new ValueStream(
        new Producer() {
          @Override
          public Optional<Value> next() throws InterruptedException {
            return ValueStream.this.next().map(change);
          }

          @Override
          public void close() {
            ValueStream.this.close();
          }
        });
  }

  @Override
  public String toString() {
    return "stream";
  }
}
