package io.unikernal.kernel.resilience;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many second attempts there may be: every call pays its share in, every second attempt takes a
 * whole one out. So an outage is met with little more than the usual calls. The reserve lets a few
 * be tried again where there are few calls; it bounds what a quiet time saves up, too.
 */
final class Budget {
  /** Second attempts that are there at the start. */
  static final int RESERVE = 10;

  /** The most that is saved up. */
  static final int SAVED_MAX = 100;

  private static final long ONE = 1_000_000;
  private final long share;
  private final AtomicLong saved = new AtomicLong(RESERVE * ONE);

  Budget(double share) {
    this.share = Math.round(share * ONE);
  }

  /** For a call, whatever becomes of it. */
  void pay() {
    saved.updateAndGet(before -> Math.min(SAVED_MAX * ONE, before + share));
  }

  /** For a second attempt; false if there is none left. */
  boolean take() {
    while (true) {
      long before = saved.get();
      if (before < ONE) {
        return false;
      }
      if (saved.compareAndSet(before, before - ONE)) {
        return true;
      }
    }
  }
}
