package io.unikernal.spi;

import java.util.concurrent.Executor;

/** Where a push source hands its messages over. */
@FunctionalInterface
public interface Sink {
  /**
   * Does not block. The kernel runs the delivery on a virtual thread scheduled on {@code carrier},
   * the event loop it came from, so that no other thread needs to be woken.
   */
  void accept(Delivery delivery, Executor carrier);
}
