package io.unikernal.kernel;

import java.util.concurrent.atomic.LongAdder;

/** The books of one route: every message received ends in exactly one of the other columns. */
public final class Ledger {
  private final LongAdder received = new LongAdder();
  private final LongAdder delivered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder inFlight = new LongAdder();

  /** {@code failed} were answered or given back with a fault; the sender knows. */
  public record Counts(long received, long delivered, long failed, long dropped, long inFlight) {
    public boolean isBalanced() {
      return received == delivered + failed + dropped + inFlight;
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

  public void dropped() {
    dropped.increment();
    inFlight.decrement();
  }

  /** One message in flight belongs to {@code other} after all. */
  public void moveTo(Ledger other) {
    other.received();
    received.decrement();
    inFlight.decrement();
  }

  /** Exact once nothing moves. */
  public Counts counts() {
    return new Counts(received.sum(), delivered.sum(), failed.sum(), dropped.sum(), inFlight.sum());
  }
}
