package io.unikernal.adapter.memory;

import io.unikernal.model.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A message that was pushed, and what becomes of it. */
public final class Offered {
  private final CountDownLatch settled = new CountDownLatch(1);
  private final AtomicReference<Optional<Outcome>> outcome =
      new AtomicReference<>(Optional.empty());

  Offered() {}

  void settle(Outcome end) {
    if (!outcome.compareAndSet(Optional.empty(), Optional.of(end))) {
      throw new IllegalStateException("a message is settled once");
    }
    settled.countDown();
  }

  /** Empty while it is under way. */
  public Optional<Outcome> outcome() {
    return outcome.get();
  }

  /** Waits until it is settled. */
  public Outcome await() throws InterruptedException {
    settled.await();
    return outcome.get().orElseThrow();
  }

  /** Waits at most this long; empty when it is still under way. */
  public Optional<Outcome> await(Duration time) throws InterruptedException {
    var unused = settled.await(time.toNanos(), TimeUnit.NANOSECONDS);
    return outcome.get();
  }
}
