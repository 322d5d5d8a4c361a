package io.unikernal.kernel;

import io.unikernal.spi.World;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/** The real world: the system's clock, virtual threads, one timer thread, one bounded pool. */
public final class SystemWorld implements World {
  private final TimerWheel timers = new TimerWheel();
  private final BlockingPool pool =
      new BlockingPool(BlockingPool.THREADS_MAX, BlockingPool.QUEUE_MAX);
  private final Ids ids = new Ids();

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

  /** Random UUIDs out of a buffer: asking the system for each would cost more than a message. */
  private static final class Ids {
    private static final int BYTES = 1024;
    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private final ReentrantLock lock = new ReentrantLock();
    private final SecureRandom random = new SecureRandom();
    private final byte[] buffer = new byte[BYTES];
    private int used = BYTES;

    UUID next() {
      long high;
      long low;
      lock.lock();
      try {
        if (used == BYTES) {
          random.nextBytes(buffer);
          used = 0;
        }
        high = (long) LONGS.get(buffer, used);
        low = (long) LONGS.get(buffer, used + 8);
        used += 16;
      } finally {
        lock.unlock();
      }
      return new UUID(
          high & 0xFFFFFFFFFFFF0FFFL | 0x4000L, low & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L);
    }
  }
}
