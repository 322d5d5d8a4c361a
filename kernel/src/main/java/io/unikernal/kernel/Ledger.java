package io.unikernal.kernel;

import java.util.concurrent.atomic.LongAdder;

/** The books of one route: every message received ends in exactly one of the other columns. */
public final class Ledger {
  private final LongAdder received = new LongAdder();
  private final LongAdder delivered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder deadLettered = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder inFlight = new LongAdder();
  private final LongAdder stored = new LongAdder();

  /**
   * How many messages there were.
   *
   * @param failed were answered or given back with a fault, so the sender knows; or failed after
   *     they were answered, and no dead letter holds them
   * @param deadLettered failed, and lie where dead letters go
   * @param dropped by a {@code filter}, or since they came before
   * @param stored lie in the outbox, and are carried on, after a restart too
   */
  public record Counts(
      long received,
      long delivered,
      long failed,
      long deadLettered,
      long dropped,
      long inFlight,
      long stored) {
    /** Of a route that stores nothing. */
    public Counts(
        long received,
        long delivered,
        long failed,
        long deadLettered,
        long dropped,
        long inFlight) {
      this(received, delivered, failed, deadLettered, dropped, inFlight, 0);
    }

    public boolean isBalanced() {
      return received == delivered + failed + deadLettered + dropped + inFlight + stored;
    }
  }

  public void received() {
    received.increment();
    inFlight.increment();
  }

  public void delivered() {
    delivered.increment();
    inFlight.decrement();
  }

  public void failed() {
    failed.increment();
    inFlight.decrement();
  }

  public void deadLettered() {
    deadLettered.increment();
    inFlight.decrement();
  }

  public void dropped() {
    dropped.increment();
    inFlight.decrement();
  }

  /** One in flight lies in the outbox. */
  public void stored() {
    stored.increment();
    inFlight.decrement();
  }

  /** One of the outbox is in flight. */
  public void resumed() {
    stored.decrement();
    inFlight.increment();
  }

  /** So many were in the outbox when the kernel was opened: taken over from an earlier run. */
  public void takenOver(long count) {
    received.add(count);
    stored.add(count);
  }

  /** One message in flight belongs to {@code other} after all. */
  public void moveTo(Ledger other) {
    other.received();
    received.decrement();
    inFlight.decrement();
  }

  /** Exact once nothing moves. */
  public Counts counts() {
    return new Counts(
        received.sum(),
        delivered.sum(),
        failed.sum(),
        deadLettered.sum(),
        dropped.sum(),
        inFlight.sum(),
        stored.sum());
  }
}
