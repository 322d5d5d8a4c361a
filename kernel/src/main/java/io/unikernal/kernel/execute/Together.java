package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Fault;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs several parts of a message's work at once, each on a thread of its own. */
final class Together {
  /**
   * How long stopped parts may take to end before they are left to themselves: their {@code
   * on_error} and {@code compensate} steps and a little.
   */
  static final Duration GRACE = Aside.ON_ERROR_MAX.plus(Aside.UNDO_MAX).plusSeconds(2);

  private final World world;
  private final Aside aside;

  /** Parts that nobody waits for any more and that have not ended. */
  private final AtomicInteger left = new AtomicInteger();

  Together(World world, Aside aside) {
    this.world = world;
    this.aside = aside;
  }

  /** One part. */
  @FunctionalInterface
  interface Part {
    void run(int index, Work work) throws InterruptedException;
  }

  boolean isQuiet() {
    return left.get() == 0;
  }

  /**
   * All of them; the first runs on the caller's own thread. The first real failure is the fault; it
   * stops the others, which get a while to end.
   */
  void all(List<String> names, Work work, Part part) throws InterruptedException {
    var join = new Join(names.size(), work, false);
    for (int i = 1; i < names.size(); i++) {
      join.start(i, names.get(i), part);
    }
    if (!names.isEmpty()) {
      join.run(0, part);
    }
    join.await();
  }

  /**
   * Until one succeeds: its index. The others are stopped, and not waited for. If all fail, what
   * they failed with, in their order.
   */
  Race first(List<String> names, Work work, Part part) throws InterruptedException {
    var join = new Join(names.size(), work, true);
    for (int i = 0; i < names.size(); i++) {
      join.start(i, names.get(i), part);
    }
    join.await();
    return join.race();
  }

  /**
   * The first now; the second after a while, if the first has not ended and {@code mayStart}, which
   * must not block. Then as {@link #first}.
   */
  Race hedged(List<String> names, Work work, Duration after, BooleanSupplier mayStart, Part part)
      throws InterruptedException {
    var join = new Join(names.size(), work, true);
    join.running = 1;
    join.start(0, names.getFirst(), part);
    var timer = world.after(after, () -> join.startLate(1, names.get(1), part, mayStart));
    try {
      join.await();
    } finally {
      timer.cancel();
    }
    return join.race();
  }

  /** How a race ended. */
  sealed interface Race {
    record Won(int index) implements Race {}

    /** {@code last}: the index of the one that failed last. */
    record Lost(List<Throwable> failures, int last) implements Race {}
  }

  static final Fault BEATEN = Fault.of(Fault.Code.CANCELLED, "another answer was there first");

  private static final Fault LOST =
      Fault.of(Fault.Code.CANCELLED, "another branch failed, so this one was stopped");

  /** Where the parts meet again. */
  private final class Join {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Scope[] scopes;
    private final Work outer;
    private final boolean isRace;
    private final @Nullable Throwable[] failures;
    private int running;
    private int winner = -1;
    private int last;
    private boolean stopped;
    private boolean graceOver;
    private boolean isLeft;
    private @Nullable Throwable failure;
    private boolean interrupted;

    Join(int size, Work outer, boolean isRace) {
      this.outer = outer;
      this.isRace = isRace;
      running = size;
      failures = new Throwable[size];
      scopes = new Scope[size];
      Arrays.setAll(scopes, i -> i == 0 && !isRace ? outer.scope().inner() : Scope.unbound());
    }

    void start(int index, String name, Part part) {
      outer
          .task()
          .start(
              world,
              name,
              () -> {
                scopes[index].enter();
                run(index, part);
              });
    }

    void startLate(int index, String name, Part part, BooleanSupplier mayStart) {
      lock.lock();
      try {
        if (running == 0 || stopped || !mayStart.getAsBoolean()) {
          return;
        }
        running++;
      } finally {
        lock.unlock();
      }
      start(index, name, part);
    }

    /** Runs one part and books how it ended; throws nothing. */
    void run(int index, Part part) {
      var work = outer.apart(scopes[index]);
      Optional<Throwable> thrown = Optional.empty();
      try {
        part.run(index, work);
      } catch (Throwable e) {
        thrown = Optional.of(e);
      }
      scopes[index].close();
      boolean isLate;
      boolean wasLeft;
      lock.lock();
      try {
        running--;
        book(index, thrown);
        wasLeft = isLeft;
        isLate = wasLeft || winner >= 0 && winner != index;
        if (!isLate) {
          outer.saga().addAll(work.saga());
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      if (isLate) {
        aside.undo(work, 0, isRace ? BEATEN : LOST, "", "");
      }
      if (wasLeft) {
        left.decrementAndGet();
      }
    }

    /** Under the lock. */
    private void book(int index, Optional<Throwable> thrown) {
      boolean isStopped = scopes[index].reason().isPresent();
      if (thrown.isPresent() && !isStopped) {
        failed(index, thrown.get());
      } else if (thrown.isEmpty() && isRace && !isStopped && winner < 0) {
        winner = index;
        stopOthers(BEATEN);
      }
    }

    private void failed(int index, Throwable thrown) {
      if (index == 0 && !isRace && thrown instanceof InterruptedException) {
        interrupted = true; // meant for the whole: somebody around stopped this thread
        stopOthers(reasonOutside());
      } else if (isRace) {
        failures[index] = thrown;
        last = index;
      } else if (failure == null) {
        failure = thrown;
        stopOthers(LOST);
      }
    }

    private Fault reasonOutside() {
      return outer
          .scope()
          .anyReason()
          .orElseGet(() -> Fault.of(Fault.Code.CANCELLED, "the work was interrupted"));
    }

    /** Under the lock. */
    private void stopOthers(Fault reason) {
      if (!stopped) {
        stopped = true;
        for (var scope : scopes) {
          scope.stop(reason);
        }
      }
    }

    void await() throws InterruptedException {
      lock.lock();
      try {
        if (outer.scope().anyReason().isPresent()) {
          interrupted = true; // the branch on this thread may have swallowed the interrupt
          stopOthers(reasonOutside());
        }
        while (running > 0 && !stopped) {
          try {
            changed.await();
          } catch (InterruptedException _) {
            interrupted = true;
            stopOthers(reasonOutside());
          }
        }
        if (running > 0 && (winner < 0 || interrupted)) {
          awaitLosers();
        }
        if (running > 0) {
          isLeft = true;
          left.addAndGet(running);
        }
        if (interrupted) {
          throw new InterruptedException();
        }
        rethrow();
      } finally {
        lock.unlock();
      }
    }

    private void awaitLosers() {
      var timer = world.after(GRACE, this::endGrace);
      while (running > 0 && !graceOver) {
        changed.awaitUninterruptibly();
      }
      timer.cancel();
    }

    private void endGrace() {
      lock.lock();
      try {
        graceOver = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    Race race() {
      lock.lock();
      try {
        if (winner >= 0) {
          return new Race.Won(winner);
        }
        var all = new ArrayList<Throwable>(failures.length);
        for (var one : failures) {
          all.add(one == null ? LOST.toException() : one);
        }
        return new Race.Lost(List.copyOf(all), last);
      } finally {
        lock.unlock();
      }
    }

    private void rethrow() {
      switch (failure) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case InterruptedException _ ->
            throw Fault.of(Fault.Code.CANCELLED, "the work was interrupted").toException();
        default -> throw new IllegalStateException(failure);
      }
    }
  }
}
