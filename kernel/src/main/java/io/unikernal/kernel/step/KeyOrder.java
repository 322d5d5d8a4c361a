package io.unikernal.kernel.step;

import io.unikernal.model.Fault;
import io.unikernal.spi.World;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Puts messages of one source with equal keys one after the other, in the order in which they came.
 * A key is known only once the message is read, which takes one longer than another; so messages
 * take their places in the order of their arrival, and wait for those before that have none yet.
 * What waits is in flight, and so has the bounds of that.
 */
public final class KeyOrder {
  private final World world;
  private final ReentrantLock lock = new ReentrantLock();

  /** Those that have no place yet, as they came. */
  private final LinkedHashSet<Turn> arrived = new LinkedHashSet<>();

  /** The first of each is under way. */
  private final Map<Line, ArrayDeque<Turn>> lines = new HashMap<>();

  /** Messages of a route that wait for each other. */
  private record Line(String route, int lane) {}

  public KeyOrder(World world) {
    this.world = world;
  }

  /** For a message that has come just now. */
  public Turn arrive() {
    lock.lock();
    try {
      var turn = new Turn(lock.newCondition());
      arrived.add(turn);
      return turn;
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing is under way, and nothing waits. */
  public boolean isEmpty() {
    lock.lock();
    try {
      return arrived.isEmpty() && lines.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** The place of one message. It must be ended, however the message ends. */
  public final class Turn {
    private final Condition changed;
    private Optional<Line> place = Optional.empty();

    private Turn(Condition changed) {
      this.changed = changed;
    }

    /**
     * Waits until those with the same key that came before have ended.
     *
     * @throws InterruptedException if the message is stopped, also since its time is up
     */
    void enter(String route, int lane, Transit transit) throws InterruptedException {
      var line = new Line(route, lane);
      lock.lockInterruptibly();
      try {
        if (isFirst() && !lines.containsKey(line)) {
          place(line);
          return;
        }
        await(line, transit);
      } finally {
        lock.unlock();
      }
    }

    private void await(Line line, Transit transit) throws InterruptedException {
      var deadline = transit.message.deadline();
      Optional<World.Timer> timer =
          deadline.isNone()
              ? Optional.empty()
              : Optional.of(
                  world.after(
                      deadline.remaining(world.nanos()), () -> transit.scope.stop(late(transit))));
      try {
        while (!isFirst()) {
          changed.await();
        }
        place(line);
        while (queue(line).peekFirst() != this) {
          changed.await();
        }
      } finally {
        timer.ifPresent(World.Timer::cancel);
      }
    }

    private boolean isFirst() {
      return arrived.iterator().next() == this;
    }

    private void place(Line line) {
      lines.computeIfAbsent(line, _ -> new ArrayDeque<>()).addLast(this);
      place = Optional.of(line);
      leaveArrived();
    }

    private void leaveArrived() {
      if (arrived.remove(this) && !arrived.isEmpty()) {
        arrived.iterator().next().changed.signal();
      }
    }

    /** The message keeps no order, or has ended; may be called again. */
    public void end() {
      lock.lock();
      try {
        leaveArrived();
        place.ifPresent(this::leave);
        place = Optional.empty();
      } finally {
        lock.unlock();
      }
    }

    private void leave(Line from) {
      var line = queue(from);
      line.remove(this);
      if (line.isEmpty()) {
        lines.remove(from);
      } else {
        line.getFirst().changed.signal();
      }
    }
  }

  /** Of a line that somebody is in. */
  private ArrayDeque<Turn> queue(Line line) {
    return Objects.requireNonNull(lines.get(line));
  }

  private static Fault late(Transit transit) {
    return Fault.of(
        Fault.Code.TIMEOUT,
        "no time was left when the messages of `%s` with the same key before it had ended"
            .formatted(transit.entry.id()));
  }
}
