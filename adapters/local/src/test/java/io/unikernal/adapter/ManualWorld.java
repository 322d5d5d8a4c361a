package io.unikernal.adapter;

import io.unikernal.spi.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** A world whose clock is the system's, or only goes when a test says so. */
public final class ManualWorld implements World {
  private static final ScheduledExecutorService TIMERS =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("test-timer").factory());

  private record Due(Instant at, Runnable action) {}

  private final boolean real;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Due> timers = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  public ManualWorld(boolean real) {
    this.real = real;
  }

  /** Sets the clock, and runs what is due on the way. */
  public void advanceTo(Instant until) {
    while (true) {
      Optional<Due> next;
      lock.lock();
      try {
        next =
            timers.stream().filter(d -> !d.at().isAfter(until)).min(Comparator.comparing(Due::at));
        next.ifPresent(timers::remove);
        now =
            next.map(Due::at).filter(at -> at.isAfter(now)).orElse(next.isPresent() ? now : until);
      } finally {
        lock.unlock();
      }
      if (next.isEmpty()) {
        return;
      }
      next.get().action().run();
    }
  }

  public void advance(Duration time) {
    advanceTo(now().plus(time));
  }

  /** Sets the wall clock, forwards or back, without running anything. */
  public void jump(Duration by) {
    lock.lock();
    try {
      now = now.plus(by);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until so many timers are set: until others sleep. */
  public void awaitTimers(int count) throws InterruptedException {
    for (int i = 0; i < 2000; i++) {
      lock.lock();
      try {
        if (timers.size() >= count) {
          return;
        }
      } finally {
        lock.unlock();
      }
      Thread.sleep(1);
    }
    throw new AssertionError("nobody sleeps");
  }

  @Override
  public Instant now() {
    if (real) {
      return Instant.now();
    }
    lock.lock();
    try {
      return now;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long nanos() {
    return real ? System.nanoTime() : now().toEpochMilli() * 1_000_000;
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
    return start(name, body);
  }

  @Override
  public Timer after(Duration time, Runnable action) {
    if (real) {
      var future = TIMERS.schedule(action, time.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    }
    var due = new Due(now().plus(time), action);
    lock.lock();
    try {
      timers.add(due);
    } finally {
      lock.unlock();
    }
    return () -> {
      lock.lock();
      try {
        return timers.remove(due);
      } finally {
        lock.unlock();
      }
    };
  }

  @Override
  public <T> T blocking(Callable<T> work) throws Exception {
    return work.call();
  }

  @Override
  public double random() {
    return 0.5;
  }

  @Override
  public UUID uuid() {
    return UUID.randomUUID();
  }
}
