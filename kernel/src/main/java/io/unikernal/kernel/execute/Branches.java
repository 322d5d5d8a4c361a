package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs the branches of a {@code parallel} at once. The first runs on the caller's own thread. The
 * first real failure is the fault; it stops the others, which get a while to end.
 */
final class Branches {
  /**
   * How long stopped branches may take to end before they are left to themselves: their {@code
   * on_error} steps and a little.
   */
  static final Duration GRACE = Engine.ON_ERROR_MAX.plusSeconds(2);

  private final World world;
  private final Engine engine;

  Branches(World world, Engine engine) {
    this.world = world;
    this.engine = engine;
  }

  /** The values by the branches' names. */
  Value run(Node.ParallelNode node, Frame frame, int slots, Work work) throws InterruptedException {
    var branches = node.branches();
    var join = new Join(branches.size(), work.scope());
    for (int i = 1; i < branches.size(); i++) {
      start(branches.get(i), join, i, frame, slots, work);
    }
    if (!branches.isEmpty()) {
      join.branch(0, () -> engine.step(branches.getFirst(), frame, slots, join.work(0, work)));
    }
    join.await();
    var values = new LinkedHashMap<String, Value>();
    for (var branch : branches) {
      var value = frame.get(branch.head().slot());
      if (value != Value.Absent.ABSENT) {
        values.put(branch.head().name(), value);
      }
    }
    return new Value.Dict(values);
  }

  private void start(Node branch, Join join, int index, Frame frame, int slots, Work work) {
    var mine = join.work(index, work);
    Runnable body =
        () -> {
          mine.scope().enter();
          join.branch(index, () -> engine.step(branch, frame, slots, mine));
        };
    var carrier = work.task().carrier();
    if (carrier.isPresent()) {
      world.start(branch.head().name(), carrier.get(), body);
    } else {
      world.start(branch.head().name(), body);
    }
  }

  private interface BranchBody {
    void run() throws InterruptedException;
  }

  /** Where the branches meet again. */
  private final class Join {
    private static final Fault LOST =
        Fault.of(Fault.Code.CANCELLED, "another branch failed, so this one was stopped");
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Scope[] scopes;
    private final Scope outer;
    private int running;
    private boolean stopped;
    private boolean graceOver;
    private @Nullable Throwable failure;
    private boolean interrupted;

    Join(int size, Scope outer) {
      this.outer = outer;
      running = size;
      scopes = new Scope[size];
      Arrays.setAll(scopes, i -> i == 0 ? outer.inner() : Scope.unbound());
    }

    Work work(int index, Work work) {
      return work.within(work.deadline(), scopes[index]);
    }

    /** Runs one branch and books how it ended; throws nothing. */
    void branch(int index, BranchBody body) {
      Optional<Throwable> thrown = Optional.empty();
      try {
        body.run();
      } catch (Throwable e) {
        thrown = Optional.of(e);
      }
      scopes[index].close();
      lock.lock();
      try {
        running--;
        if (thrown.isPresent() && scopes[index].reason().isEmpty()) {
          failed(index, thrown.get());
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    private void failed(int index, Throwable thrown) {
      if (index == 0 && thrown instanceof InterruptedException) {
        interrupted = true; // meant for the whole: somebody around stopped this thread
        stopOthers(reasonOutside());
      } else if (failure == null) {
        failure = thrown;
        stopOthers(LOST);
      }
    }

    private Fault reasonOutside() {
      return outer
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
        if (outer.anyReason().isPresent()) {
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
        if (running > 0) {
          awaitLosers();
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
