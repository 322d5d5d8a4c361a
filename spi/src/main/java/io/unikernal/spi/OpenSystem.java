package io.unikernal.spi;

import io.unikernal.model.Operation;
import io.unikernal.model.Reads;

/** A system that is open. All methods may be called from any thread. */
public interface OpenSystem extends AutoCloseable {
  /**
   * Binds one of the context's operations; called once for each that the definition uses, before
   * any starts.
   */
  Endpoint bind(Operation operation);

  /**
   * As {@link #bind(Operation)}, for a source.
   *
   * @param reads what the routes read of its messages: who decodes them may leave the rest unread,
   *     though never unchecked, until somebody asks for it
   */
  default Endpoint bind(Operation operation, Reads reads) {
    return bind(operation);
  }

  /** Asks whether it works, cheaply; the kernel calls it every 10 s with jitter. */
  Health probe() throws InterruptedException;

  /** What to print when it runs, as {@code http://127.0.0.1:8080}; may be empty. */
  String describe();

  /** Ends everything and frees everything; may be called twice, and unblocks who waits. */
  @Override
  void close();
}
