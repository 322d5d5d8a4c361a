package io.unikernal.kernel.routing;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many second copies may be sent: a share of the calls, so that a target that is slow for all
 * is not given twice the load. A token bucket that each call fills by the share and each copy takes
 * one from.
 */
public final class HedgeBudget {
  /** One copy for so many calls. */
  public static final int CALLS_PER_COPY = 10;

  /** How many copies may be saved up. */
  public static final int COPIES_MAX = 10;

  /** In parts of a copy. */
  private final AtomicInteger saved = new AtomicInteger(CALLS_PER_COPY);

  /** A call was made. */
  public void fill() {
    int now = saved.get();
    while (now < COPIES_MAX * CALLS_PER_COPY && !saved.compareAndSet(now, now + 1)) {
      now = saved.get();
    }
  }

  /** Takes one copy, if there is one. */
  public boolean take() {
    int now = saved.get();
    while (now >= CALLS_PER_COPY) {
      if (saved.compareAndSet(now, now - CALLS_PER_COPY)) {
        return true;
      }
      now = saved.get();
    }
    return false;
  }
}
