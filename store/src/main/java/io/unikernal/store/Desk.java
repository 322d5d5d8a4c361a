package io.unikernal.store;

import io.unikernal.model.FaultException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private final boolean frees;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable T result;
    private @Nullable RuntimeException failure;

    Waiting(Work<T> work, boolean frees) {
      this.work = work;
      this.frees = frees;
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
  private final Optional<Reserve> reserve;
  private final BlockingQueue<Waiting<?>> queue = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Thread thread;
  private volatile boolean closing;

  private Desk(
      String name,
      Statements statements,
      boolean writes,
      Work<?> chore,
      Optional<Reserve> reserve) {
    this.statements = statements;
    this.writes = writes;
    this.chore = chore;
    this.reserve = reserve;
    thread = Thread.ofPlatform().daemon().name(name).unstarted(this::serve);
  }

  /**
   * One that changes things; {@code chore} is done from time to time. Where the disk is full the
   * reserve is given up for work that frees room, and all other is refused until it is there again.
   */
  static Desk writer(Statements statements, Work<?> chore, Reserve reserve) {
    return new Desk("state-writer", statements, true, chore, Optional.of(reserve)).started();
  }

  /** One that only reads, so that readers do not wait for the disk. */
  static Desk reader(Statements statements) {
    return new Desk("state-reader", statements, false, _ -> 0, Optional.empty()).started();
  }

  private Desk started() {
    thread.start();
    return this;
  }

  /** Waits until the work is done, and safe if it changed something. */
  <T> T ask(Work<T> work) {
    return ask(work, false);
  }

  /** The same for what makes room, or needs hardly any: it is done on a full disk too. */
  <T> T askEvenIfFull(Work<T> work) {
    return ask(work, true);
  }

  private <T> T ask(Work<T> work, boolean frees) {
    if (closing) {
      throw StateFaults.closed();
    }
    var waiting = new Waiting<>(work, frees);
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
    reserve.ifPresent(Reserve::take);
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
    if (!hasReserve()) {
      batch.stream().filter(waiting -> !waiting.frees).forEach(one -> one.fail(StateFaults.full()));
      batch = batch.stream().filter(waiting -> waiting.frees).toList();
    }
    if (!batch.isEmpty()) {
      transact(batch);
    }
  }

  private boolean hasReserve() {
    return reserve.isEmpty() || reserve.get().isThere();
  }

  private void transact(List<Waiting<?>> batch) {
    try {
      inTransaction(batch);
    } catch (SQLException e) {
      rollBack();
      if (StateFaults.isFull(e) && hasReserve()) {
        makeRoom();
        serve(batch);
      } else if (batch.size() == 1) {
        batch.getFirst().fail(StateFaults.of(e));
      } else {
        // One of them may be what does not go: the others must not pay for it.
        batch.forEach(waiting -> transact(List.of(waiting)));
      }
      return;
    }
    batch.forEach(Waiting::tell);
  }

  /** Gives the reserve to the log of changes, and has that written back, which empties it. */
  private void makeRoom() {
    reserve.ifPresent(Reserve::release);
    try {
      statements.execute("pragma wal_checkpoint(truncate)");
    } catch (SQLException e) {
      statements.forget();
      System.getLogger(Desk.class.getName())
          .log(System.Logger.Level.DEBUG, "the log of the store cannot be written back", e);
    }
  }

  private void alone(Waiting<?> waiting) {
    try {
      waiting.run(statements);
      waiting.tell();
    } catch (SQLException e) {
      statements.forget();
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
    statements.forget();
    try {
      statements.execute("rollback");
    } catch (SQLException _) {
      statements.forget(); // There is no transaction any more.
    }
  }

  private void doChore() {
    if (!writes) {
      return;
    }
    try {
      if (!hasReserve()) {
        makeRoom(); // What was removed meanwhile may let the log be written back.
        reserve.ifPresent(Reserve::take);
      }
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
