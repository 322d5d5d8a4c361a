package io.unikernal.adapter.sql;

import io.unikernal.model.Deadline;
import io.unikernal.spi.World;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stops a statement when its deadline passes, its thread is interrupted or the system closes. A
 * driver's call notices none of these by itself, so somebody else looks.
 */
final class Watch implements AutoCloseable {
  enum Reason {
    DEADLINE,
    INTERRUPT,
    CLOSING
  }

  /** How late a statement may learn that nobody waits; shorter ones are never looked at. */
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  /** After this a server that does not react to the cancellation loses its connection. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final World world;
  private final Deadline deadline;
  private final Connection connection;
  private final Statement statement;
  private final Set<Watch> running;
  private final Thread owner = Thread.currentThread();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean finished;
  private volatile Optional<Reason> reason = Optional.empty();
  private volatile Optional<World.Timer> timer = Optional.empty();

  private Watch(
      World world,
      Deadline deadline,
      Connection connection,
      Statement statement,
      Set<Watch> running) {
    this.world = world;
    this.deadline = deadline;
    this.connection = connection;
    this.statement = statement;
    this.running = running;
  }

  static Watch start(
      World world,
      Deadline deadline,
      Connection connection,
      Statement statement,
      Set<Watch> running) {
    var watch = new Watch(world, deadline, connection, statement, running);
    running.add(watch);
    watch.arm();
    return watch;
  }

  /** Why it was stopped, if it was. */
  Optional<Reason> reason() {
    return reason;
  }

  private void arm() {
    var left = deadline.remaining(world.nanos());
    timer =
        Optional.of(world.after(left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY, this::look));
  }

  private void look() {
    if (finished) {
      return;
    }
    if (owner.isInterrupted()) {
      stop(Reason.INTERRUPT);
    } else if (deadline.remaining(world.nanos()).isZero()) {
      stop(Reason.DEADLINE);
    } else {
      arm();
    }
  }

  /** Asks the database to stop; does not wait for it. */
  void stop(Reason why) {
    var unused = world.start("sql-cancel", () -> cancel(why));
  }

  private void cancel(Reason why) {
    // The lock keeps the cancellation from hitting the next statement on this connection.
    lock.lock();
    try {
      if (finished) {
        return;
      }
      reason = Optional.of(why);
      statement.cancel();
    } catch (SQLException _) {
      // The server cannot be reached to be told: the connection goes instead.
    } finally {
      lock.unlock();
    }
    try {
      world.sleep(GRACE);
      if (!finished) {
        connection.abort(Runnable::run);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (SQLException _) {
      // It is gone already.
    }
  }

  @Override
  public void close() {
    timer.ifPresent(World.Timer::cancel);
    running.remove(this);
    lock.lock();
    try {
      finished = true;
    } finally {
      lock.unlock();
    }
  }
}
