package io.unikernal.bridge;

import io.unikernal.spi.World;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;

/** Real time and threads; knows those that have not ended. */
final class TestWorld implements World {
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  /** Names of the threads that run; timers do not count. */
  java.util.List<String> running() {
    return threads.stream().filter(Thread::isAlive).map(Thread::getName).sorted().toList();
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
    var thread = Thread.ofVirtual().name(name).unstarted(body);
    threads.add(thread);
    thread.start();
    return thread;
  }

  @Override
  public Thread start(String name, Executor carrier, Runnable body) {
    return start(name, body);
  }

  @Override
  public Timer after(Duration time, Runnable action) {
    var done = new java.util.concurrent.atomic.AtomicBoolean();
    var thread =
        Thread.ofVirtual()
            .name("timer")
            .start(() -> {
              try {
                Thread.sleep(time);
                if (done.compareAndSet(false, true)) {
                  action.run();
                }
              } catch (InterruptedException _) {
                // Cancelled.
              }
            });
    return () -> {
      boolean wasToCome = done.compareAndSet(false, true);
      if (wasToCome) {
        thread.interrupt();
      }
      return wasToCome;
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
