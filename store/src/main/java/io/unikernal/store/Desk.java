package io.unikernal.store;

import io.unikernal.model.FaultException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A thread with a connection of its own, and those who wait for it. SQLite blocks its thread in
 * native code, which would hold a carrier of virtual threads: so callers, virtual or not, only wait
 * here. The writer's desk does what waits in one transaction: many callers share one write to the
 * disk, and none is told before it is safe.
 */
final class Desk implements AutoCloseable {
  /** Callers that wait at once; beyond, they wait to be let in. */
  static final int WAITING_MAX = 10_000;

  /** Works in one transaction. */
  static final int BATCH_MAX = 256;

  /** How often what nobody asked for is done, as removing what is past its time. */
  static final long CHORE_EVERY_MS = 5_000;

  /** Something to do on the connection; may be done again after a failure. */
  @FunctionalInterface
  interface Work<T> {
    T run(Statements statements) throws SQLException;
  }

  /** Work and who waits for it. */
  private static final class Waiting<T> {
    private final Work<T> work;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable T result;
    private @Nullable RuntimeException failure;

    Waiting(Work<T> work) {
      this.work = work;
    }

    /** Its result counts only once {@link #tell} is called. */
    void run(Statements statements) throws SQLException {
      failure = null;
      result = null;
      try {
        result = work.run(statements);
      } catch (FaultException e) {
        failure = e;
      }
    }

    void fail(RuntimeException why) {
      failure = why;
      done.countDown();
    }

    void tell() {
      done.countDown();
    }

    /** An interrupt must not leave a caller in doubt whether it is safe: the wait is short. */
    @SuppressWarnings("NullAway") // a work's result is there once it is done
    T await() {
      boolean interrupted = false;
      while (done.getCount() > 0) {
        try {
          done.await();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure != null) {
        throw failure;
      }
      return result;
    }
  }

  private final Statements statements;
  private final boolean writes;
  private final Work<?> chore;
  private final BlockingQueue<Waiting<?>> queue = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Thread thread;
  private volatile boolean closing;

  private Desk(String name, Statements statements, boolean writes, Work<?> chore) {
    this.statements = statements;
    this.writes = writes;
    this.chore = chore;
    thread = Thread.ofPlatform().daemon().name(name).unstarted(this::serve);
  }

  /** One that changes things; {@code chore} is done from time to time. */
  static Desk writer(Statements statements, Work<?> chore) {
    return new Desk("state-writer", statements, true, chore).started();
  }

  /** One that only reads, so that readers do not wait for the disk. */
  static Desk reader(Statements statements) {
    return new Desk("state-reader", statements, false, _ -> 0).started();
  }

  private Desk started() {
    thread.start();
    return this;
  }

  /** Waits until the work is done, and safe if it changed something. */
  <T> T ask(Work<T> work) {
    if (closing) {
      throw StateFaults.closed();
    }
    var waiting = new Waiting<>(work);
    put(waiting);
    if (closing && !thread.isAlive()) {
      waiting.fail(StateFaults.closed());
    }
    return waiting.await();
  }

  private void put(Waiting<?> waiting) {
    boolean interrupted = false;
    while (true) {
      try {
        queue.put(waiting);
        break;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve() {
    var batch = new ArrayList<Waiting<?>>(BATCH_MAX);
    long choreAt = System.nanoTime();
    while (!closing || !queue.isEmpty()) {
      try {
        var first = queue.poll(CHORE_EVERY_MS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          queue.drainTo(batch, BATCH_MAX - 1);
          serve(batch);
        }
      } catch (InterruptedException _) {
        // Closing: what waits is done first.
      } catch (RuntimeException e) {
        System.getLogger(Desk.class.getName()).log(System.Logger.Level.ERROR, "the store", e);
        batch.forEach(waiting -> waiting.fail(e));
      }
      batch.clear();
      if (System.nanoTime() - choreAt >= TimeUnit.MILLISECONDS.toNanos(CHORE_EVERY_MS)) {
        choreAt = System.nanoTime();
        doChore();
      }
    }
  }

  private void serve(List<Waiting<?>> batch) {
    if (!writes) {
      batch.forEach(this::alone);
      return;
    }
    try {
      inTransaction(batch);
    } catch (SQLException e) {
      rollBack();
      if (batch.size() == 1) {
        batch.getFirst().fail(StateFaults.of(e));
      } else {
        // One of them may be what does not go: the others must not pay for it.
        batch.forEach(waiting -> serve(List.of(waiting)));
      }
      return;
    }
    batch.forEach(Waiting::tell);
  }

  private void alone(Waiting<?> waiting) {
    try {
      waiting.run(statements);
      waiting.tell();
    } catch (SQLException e) {
      waiting.fail(StateFaults.of(e));
    }
  }

  private void inTransaction(List<Waiting<?>> batch) throws SQLException {
    statements.execute("begin immediate");
    for (var waiting : batch) {
      waiting.run(statements);
    }
    statements.execute("commit");
  }

  /** SQLite may have done so itself. */
  private void rollBack() {
    try {
      statements.execute("rollback");
    } catch (SQLException _) {
      // There is no transaction any more.
    }
  }

  private void doChore() {
    if (!writes) {
      return;
    }
    try {
      statements.execute("begin immediate");
      chore.run(statements);
      statements.execute("commit");
    } catch (SQLException e) {
      rollBack();
      System.getLogger(Desk.class.getName())
          .log(System.Logger.Level.DEBUG, "the store could not be cleaned", e);
    }
  }

  /** What waits is done first. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    for (var late = queue.poll(); late != null; late = queue.poll()) {
      late.fail(StateFaults.closed());
    }
    try {
      statements.close();
    } catch (SQLException e) {
      System.getLogger(Desk.class.getName()).log(System.Logger.Level.DEBUG, "closing", e);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
