package io.unikernal.kernel;

import io.unikernal.spi.World;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;

/** The real world: the system's clock, virtual threads, one timer thread, one bounded pool. */
public final class SystemWorld implements World {
  private final TimerWheel timers = new TimerWheel();
  private final BlockingPool pool =
      new BlockingPool(BlockingPool.THREADS_MAX, BlockingPool.QUEUE_MAX);
  private final SystemWorldIds ids = new SystemWorldIds();

  /** Whether messages run on the event loop they came from. */
  public static boolean carrierSupported() {
    return Carriers.supported();
  }

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
      return Carriers.on(carrier).name(name).start(body);
    } catch (RejectedExecutionException _) {
      return start(name, body); // the event loop is closing, but the work must still end
    }
  }

  @Override
  public Timer after(Duration time, Runnable action) {
    return timers.after(time, action);
  }

  @Override
  public <T> T blocking(Callable<T> work) throws Exception {
    return pool.run(work);
  }

  @Override
  public double random() {
    return ThreadLocalRandom.current().nextDouble();
  }

  @Override
  public UUID uuid() {
    return ids.next();
  }

  int pendingTimers() {
    return timers.pending();
  }
}
