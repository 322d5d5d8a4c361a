package io.unikernal.kernel.execute;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A member that gets copies of what another answers. Its answers are compared and never returned;
 * all of that is on threads of its own, so nobody waits for it, and there is a bound for how many
 * copies are under way: what comes beyond is not copied, and counted.
 */
public final class Shadow {
  static final int COPIES_MAX = 64;

  /** How long one copy may take. */
  static final Duration COPY_MAX = Duration.ofSeconds(30);

  /** Differences are told of at most so often; the others are counted. */
  static final Duration REPORT_EVERY = Duration.ofSeconds(1);

  private static final Fault STOPPED =
      Fault.of(Fault.Code.CANCELLED, "the kernel stops, and this was only a copy");
  private final World world;
  private final Several.Member member;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Scope> scopes = new ConcurrentHashMap<>();
  private final AtomicLong reportedAt;
  private final AtomicLong unreported = new AtomicLong();
  private final LongAdder equal = new LongAdder();
  private final LongAdder differed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder skipped = new LongAdder();
  private volatile boolean isStopped;

  Shadow(World world, Several.Member member) {
    this.world = world;
    this.member = member;
    reportedAt = new AtomicLong(world.nanos() - REPORT_EVERY.toNanos());
  }

  /**
   * What became of the copies.
   *
   * @param failed where the real call answered and this one did not
   * @param skipped not copied: too many were under way
   */
  public record Counts(long equal, long differed, long failed, long skipped) {}

  public Counts counts() {
    return new Counts(equal.sum(), differed.sum(), failed.sum(), skipped.sum());
  }

  public String name() {
    return member.aim().text();
  }

  Several.Member member() {
    return member;
  }

  boolean isQuiet() {
    return running.get() == 0;
  }

  /** Ends all copies and makes no more. */
  void stop() {
    isStopped = true;
    scopes.values().forEach(scope -> scope.stop(STOPPED));
  }

  /** What the copy is made of. */
  @FunctionalInterface
  interface Call {
    Value run(Frame frame, Work work) throws InterruptedException;
  }

  /** Sends a copy, with a frame of its own. Waits for nothing. */
  Copy begin(Engine engine, Listener listener, Frame frame, Task of, Call call) {
    var copy = new Copy();
    if (isStopped) {
      return copy;
    }
    if (running.incrementAndGet() > COPIES_MAX) {
      running.decrementAndGet();
      skipped.increment();
      return copy;
    }
    long number = numbers.incrementAndGet();
    var scope = Scope.unbound();
    scopes.put(number, scope);
    if (isStopped) {
      scope.stop(STOPPED);
    }
    var task = of.aside();
    var own = frame.copy();
    world.start(
        "shadow " + member.name(),
        () -> {
          scope.enter();
          try (scope) {
            run(engine, listener, own, new Work(task, Deadline.NONE, scope), copy, call);
          } finally {
            scopes.remove(number);
            running.decrementAndGet();
          }
        });
    return copy;
  }

  private void run(Engine engine, Listener listener, Frame frame, Work work, Copy copy, Call call) {
    var route = work.task().route();
    try {
      var answer =
          engine
              .guarded()
              .limited(COPY_MAX, member.aim().text(), work, inner -> answer(frame, inner, call));
      var real = copy.await();
      if (real != null) {
        compare(listener, route, real, answer);
      }
    } catch (InterruptedException _) {
      // stopped: nobody wants to know any more
    } catch (RuntimeException e) {
      failed(listener, work, copy, e);
    }
  }

  private static Value answer(Frame frame, Work work, Call call) throws InterruptedException {
    try {
      return call.run(frame, work);
    } catch (Ended _) {
      return Value.Absent.ABSENT;
    }
  }

  private void failed(Listener listener, Work work, Copy copy, RuntimeException thrown) {
    try {
      if (work.scope().anyReason().isEmpty() && copy.await() != null) {
        failed.increment();
        report(listener, work.task().route(), "it failed: " + Failure.faultOf(thrown).code());
      }
    } catch (InterruptedException _) {
      // stopped
    }
  }

  private void compare(Listener listener, String route, Value real, Value answer) {
    var differences = Differences.of(real, answer);
    if (differences.isEmpty()) {
      equal.increment();
    } else {
      differed.increment();
      report(listener, route, "it differs in " + String.join(", ", differences));
    }
  }

  private void report(Listener listener, String route, String what) {
    long now = world.nanos();
    long last = reportedAt.get();
    if (now - last >= REPORT_EVERY.toNanos() && reportedAt.compareAndSet(last, now)) {
      listener.on(
          new Listener.Event.ShadowDiffered(
              route, member.aim().text(), what, unreported.getAndSet(0)));
    } else {
      unreported.incrementAndGet();
    }
  }

  /** Where the real answer comes for the copy; who gives it does not wait. */
  static final class Copy {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Value real;
    private boolean isOver;

    void real(Value answer) {
      end(answer);
    }

    /** There is no real answer to compare with. */
    void none() {
      end(null);
    }

    private void end(@Nullable Value answer) {
      lock.lock();
      try {
        real = answer;
        isOver = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Nullable Value await() throws InterruptedException {
      lock.lock();
      try {
        while (!isOver) {
          changed.await();
        }
        return real;
      } finally {
        lock.unlock();
      }
    }
  }
}
