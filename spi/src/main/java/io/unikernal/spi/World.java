package io.unikernal.spi;

import io.unikernal.model.Frame;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;

/**
 * Everything that is not a pure function: clock, sleep, threads, randomness. Production has the
 * system's; tests have a seeded simulation in virtual time. Kernel and adapters use nothing else.
 */
public interface World {
  /** Wall clock. */
  Instant now();

  /** Monotonic clock; only differences mean something. */
  long nanos();

  void sleep(Duration time) throws InterruptedException;

  /** Starts a virtual thread on the default scheduler. */
  Thread start(String name, Runnable body);

  /**
   * Starts a virtual thread scheduled on {@code carrier}, or on the default scheduler where that
   * cannot be.
   */
  Thread start(String name, Executor carrier, Runnable body);

  /** Runs {@code action} after {@code time} unless cancelled; it must be short and not block. */
  Timer after(Duration time, Runnable action);

  /**
   * Runs work that blocks its thread (JNI, files) on the bounded pool of platform threads and
   * waits. Interrupting the caller interrupts the work.
   */
  <T> T blocking(Callable<T> work) throws Exception;

  /** From 0 inclusive to 1 exclusive. */
  double random();

  UUID uuid();

  /** For expressions that belong to no message: as this world is when they ask. */
  default Frame.Ambient ambient() {
    var world = this;
    return new Frame.Ambient() {
      @Override
      public Instant now() {
        return world.now();
      }

      @Override
      public UUID uuid() {
        return world.uuid();
      }

      @Override
      public double random() {
        return world.random();
      }
    };
  }

  /** Something that will happen. */
  interface Timer {
    /** Whether it was still to come. */
    boolean cancel();
  }
}
