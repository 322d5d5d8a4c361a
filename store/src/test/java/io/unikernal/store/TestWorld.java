package io.unikernal.store;

import io.unikernal.spi.World;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;

/** A clock that a test moves; nothing else of a world is asked for. */
final class TestWorld implements World {
  private volatile Instant now;

  TestWorld(Instant now) {
    this.now = now;
  }

  void advance(Duration time) {
    now = now.plus(time);
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public long nanos() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void sleep(Duration time) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Thread start(String name, Runnable body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Thread start(String name, Executor carrier, Runnable body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Timer after(Duration time, Runnable action) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T blocking(Callable<T> work) {
    throw new UnsupportedOperationException();
  }

  @Override
  public double random() {
    throw new UnsupportedOperationException();
  }

  @Override
  public UUID uuid() {
    throw new UnsupportedOperationException();
  }
}
