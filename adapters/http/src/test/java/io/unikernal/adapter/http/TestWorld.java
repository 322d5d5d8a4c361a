package io.unikernal.adapter.http;

import io.unikernal.spi.World;
import java.lang.reflect.Constructor;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;

/** The system's world, with virtual threads on event loops as the kernel has them. */
final class TestWorld implements World {
  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void sleep(Duration time) throws InterruptedException {
    Thread.sleep(time);
  }

  @Override
  public Thread start(String name, Runnable body) {
    return Thread.ofVirtual().name(name).start(body);
  }

  @Override
  public Thread start(String name, Executor carrier, Runnable body) {
    try {
      Constructor<?> constructor =
          Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
              .getDeclaredConstructor(Executor.class);
      constructor.setAccessible(true);
      return ((Thread.Builder.OfVirtual) constructor.newInstance(carrier)).name(name).start(body);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Timer after(Duration time, Runnable action) {
    Thread thread =
        start(
            "timer",
            () -> {
              try {
                Thread.sleep(time);
                action.run();
              } catch (InterruptedException _) {
                // Cancelled.
              }
            });
    return () -> {
      boolean isToCome = thread.isAlive();
      thread.interrupt();
      return isToCome;
    };
  }

  @Override
  public <T> T blocking(Callable<T> work) throws Exception {
    return work.call();
  }

  @Override
  public double random() {
    return ThreadLocalRandom.current().nextDouble();
  }

  @Override
  public UUID uuid() {
    return UUID.randomUUID();
  }
}
