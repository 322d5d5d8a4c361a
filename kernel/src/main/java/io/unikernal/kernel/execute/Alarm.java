package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Fault;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stops work when its time is up. An answer given meanwhile changes that: the time then counts from
 * the answer, or ends with it if it was the caller's.
 */
final class Alarm implements World.Timer {
  private final World world;
  private final Answer answer;
  private final Duration limit;
  private final boolean isCallers;
  private final Scope scope;
  private final Supplier<Fault> reason;
  private final ReentrantLock lock = new ReentrantLock();
  private World.@Nullable Timer timer;
  private boolean isOver;

  private Alarm(
      World world,
      Answer answer,
      Duration limit,
      boolean isCallers,
      Scope scope,
      Supplier<Fault> reason) {
    this.world = world;
    this.answer = answer;
    this.limit = limit;
    this.isCallers = isCallers;
    this.scope = scope;
    this.reason = reason;
  }

  static World.Timer set(
      World world,
      Work work,
      Duration limit,
      boolean isCallers,
      Scope scope,
      Supplier<Fault> reason) {
    var answer = work.task().answer();
    if (answer == Answer.NONE || answer.isGiven()) {
      return world.after(limit, () -> scope.stop(reason.get()));
    }
    var alarm = new Alarm(world, answer, limit, isCallers, scope, reason);
    alarm.arm(limit);
    return alarm;
  }

  private void arm(Duration time) {
    lock.lock();
    try {
      if (!isOver) {
        timer = world.after(time, this::ring);
      }
    } finally {
      lock.unlock();
    }
  }

  private void ring() {
    if (!answer.isGiven()) {
      scope.stop(reason.get());
    } else if (!isCallers) {
      long left = answer.givenAt() + limit.toNanos() - world.nanos();
      if (left <= 0) {
        scope.stop(reason.get());
      } else {
        arm(Duration.ofNanos(left));
      }
    }
  }

  @Override
  public boolean cancel() {
    lock.lock();
    try {
      boolean was = !isOver && timer != null && timer.cancel();
      isOver = true;
      return was;
    } finally {
      lock.unlock();
    }
  }
}
