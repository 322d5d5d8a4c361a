package io.unikernal.security;

import io.unikernal.spi.World;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;

/** A world whose time is set by hand. */
final class Clock implements World {
  private volatile Instant now = Instant.parse("2027-06-01T12:00:00Z");
  private volatile long nanos = 1_000_000_000L;

  void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public void sleep(Duration time) {
    pass(time);
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
    throw new UnsupportedOperationException("no timers here");
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
