package io.unikernal.spi;

import io.unikernal.model.Operation;
import io.unikernal.model.Reads;
import java.util.Optional;

/** A system that is open. All methods may be called from any thread. */
public interface OpenSystem extends AutoCloseable {
  /**
   * Binds one of the context's operations; called for each that the definition uses, before any
   * starts. One that is called is bound again when the definition has changed around the system:
   * the endpoints from before are then used until their calls have ended.
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

  /**
   * Goes on as what the next definition makes of it, without an end: gives the system that does. It
   * begins with {@link #takeOver}. Until then this one goes on, and closing the other leaves all as
   * it was; afterwards this one is closed once what it received has ended, which must not end what
   * was handed over. Empty if it can only be opened anew.
   */
  default Optional<OpenSystem> successor(SystemContext next) {
    return Optional.empty();
  }

  /** All its sources have started: what came to the one before comes here from now on. */
  default void takeOver() {}

  /** Whether what it was opened from, as the files of a program, is still the same. */
  default boolean isCurrent() {
    return true;
  }

  /** Asks whether it works, cheaply; the kernel calls it every 10 s with jitter. */
  Health probe() throws InterruptedException;

  /** What to print when it runs, as {@code http://127.0.0.1:8080}; may be empty. */
  String describe();

  /** Ends everything and frees everything; may be called twice, and unblocks who waits. */
  @Override
  void close();
}
