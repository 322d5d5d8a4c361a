package io.unikernal.adapter.timer;

import io.unikernal.model.Body;
import io.unikernal.model.Message;
import io.unikernal.model.Outcome;
import io.unikernal.model.Rec;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.World;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Emits ticks on the world's clock. Ticks that pass while nobody asks become one: the last, whose
 * number shows how many were left out.
 */
final class TimerSource implements Endpoint.PullSource {
  /** The wall clock may be set while we wait: look at it at least this often. */
  private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

  private final String operation;
  private final Schedule schedule;
  private final World world;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private Instant last;
  private long sequence;
  private boolean closed;

  TimerSource(String operation, Schedule schedule, World world) {
    this.operation = operation;
    this.schedule = schedule;
    this.world = world;
    last = world.now();
  }

  @Override
  public List<Delivery> receive(int max) throws InterruptedException {
    Optional<Instant> due = waitForNext();
    return due.isEmpty() ? List.of() : List.of(new Tick(message(due.get())));
  }

  /** Empty when it is closed. */
  private Optional<Instant> waitForNext() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        Optional<Instant> next = schedule.next(last);
        Instant now = world.now();
        if (next.isPresent() && !next.get().isAfter(now)) {
          return Optional.of(advance(next.get(), now));
        }
        if (schedule instanceof Schedule.Every(var distance) && now.plus(distance).isBefore(last)) {
          // The clock was set back: go on from there, instead of waiting for the old time.
          last = now;
          continue;
        }
        var left = next.map(time -> Duration.between(now, time)).orElse(LOOK_EVERY);
        sleep(left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY);
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** To the last time that is not after now. */
  private Instant advance(Instant next, Instant now) {
    long passed = schedule.count(last, now);
    sequence += passed;
    last = passed == 1 ? next : lastBefore(now, passed);
    return last;
  }

  private Instant lastBefore(Instant now, long passed) {
    if (schedule instanceof Schedule.Every(var distance)) {
      return last.plus(distance.multipliedBy(passed));
    }
    Instant at = last;
    var next = schedule.next(at);
    for (long i = 0; i < passed && next.isPresent() && !next.get().isAfter(now); i++) {
      at = next.get();
      next = schedule.next(at);
    }
    return at;
  }

  /** On the world's clock, and woken by {@link #close}. Called with the lock. */
  private void sleep(Duration time) throws InterruptedException {
    var timer = world.after(time, this::wake);
    try {
      woken.await();
    } finally {
      timer.cancel();
    }
  }

  private void wake() {
    lock.lock();
    try {
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Message message(Instant scheduled) {
    Rec body =
        Rec.builder(TimerAdapter.TICK.shape())
            .set("scheduled_at", new Value.Timestamp(scheduled))
            .set("sequence", Value.integer(sequence))
            .build();
    return Message.received(operation, new LinkedHashMap<>(), Body.of(body), Trace.NONE);
  }

  /** Nothing to give back: the time has passed. */
  private record Tick(Message message) implements Delivery {
    @Override
    public void settle(Outcome outcome) {}

    @Override
    public void onCancel(Runnable action) {}
  }
}
