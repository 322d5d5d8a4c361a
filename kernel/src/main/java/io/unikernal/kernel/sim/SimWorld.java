package io.unikernal.kernel.sim;

import io.unikernal.kernel.Carriers;
import io.unikernal.spi.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A world in which only a seed decides what happens next: blocking code on virtual threads that one
 * platform thread runs, one at a time in random order, and time that moves when all of them wait.
 * The same seed gives the same run.
 *
 * <p>It asks of the code in it: {@link ReentrantLock} and its kin instead of {@code synchronized},
 * waits without a time limit (time comes from {@link #after} and {@link #sleep}), no other threads,
 * no iteration over {@code Set.of} or {@code Map.of}. Needs {@code --add-opens
 * java.base/java.lang=ALL-UNNAMED}.
 */
public final class SimWorld implements World {
  /** More switches than this in one run mean that something spins. */
  public static final int STEPS_MAX = 50_000_000;

  /** Virtual time after which a run that does not end is given up. */
  public static final Duration TIME_MAX = Duration.ofDays(7);

  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
  private static final int FRAMES_SHOWN = 12;

  private final SplittableRandom order;
  private final SplittableRandom chance;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Runnable> ready = new ArrayList<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private final SequencedMap<Long, Thread> live = new TreeMap<>();
  private final List<String> trace = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private @Nullable Throwable mainFailure;

  /** What is to be done outside, before anything else goes on. */
  private @Nullable Runnable work;

  private long nanos;
  private long eventsMade;
  private long threadsMade;
  private long steps;

  public SimWorld(long seed) {
    if (!Carriers.supported()) {
      throw new IllegalStateException("needs --add-opens java.base/java.lang=ALL-UNNAMED");
    }
    var root = new SplittableRandom(seed);
    order = root.split();
    chance = root.split();
  }

  /** Nothing can go on and not all have ended, or it goes on for ever; the message tells who. */
  public static final class Stuck extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stuck(String message) {
      super(message);
    }
  }

  /** What a simulated test does. */
  @FunctionalInterface
  public interface Body {
    void run() throws Exception;
  }

  /**
   * Runs {@code main} and whatever it starts until all threads have ended, or {@code main} fails.
   *
   * @throws Stuck if they never will
   */
  public void run(Body main) {
    start(
        "main",
        () -> {
          try {
            main.run();
          } catch (Exception | Error e) {
            mainFailure = e;
          }
        });
    turn();
    var failed = mainFailure;
    if (failed != null) {
      mainFailure = null;
      if (failed instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(failed.toString(), failed);
    }
    if (!failures.isEmpty()) {
      var failure = new IllegalStateException("a thread failed: " + failures.getFirst());
      failures.forEach(failure::addSuppressed);
      throw failure;
    }
  }

  private void turn() {
    while (!live.isEmpty() && mainFailure == null) {
      if (++steps > STEPS_MAX) {
        throw new Stuck("endless after " + STEPS_MAX + " steps:" + report());
      }
      var outside = work;
      if (outside != null) {
        work = null;
        outside.run();
        continue;
      }
      var next = pick();
      if (next != null) {
        next.run();
      } else if (!advance()) {
        throw new Stuck("deadlock:" + report());
      }
    }
  }

  private @Nullable Runnable pick() {
    lock.lock();
    try {
      if (ready.isEmpty()) {
        return null;
      }
      int last = ready.size() - 1;
      int chosen = order.nextInt(ready.size());
      var next = ready.get(chosen);
      ready.set(chosen, ready.get(last));
      ready.remove(last);
      return next;
    } finally {
      lock.unlock();
    }
  }

  private boolean advance() {
    while (true) {
      var event = events.poll();
      if (event == null) {
        return false;
      }
      if (!event.isPending()) {
        continue;
      }
      nanos = Math.max(nanos, event.at);
      if (nanos > TIME_MAX.toNanos()) {
        throw new Stuck("endless after " + TIME_MAX + ":" + report());
      }
      event.fire();
      return true;
    }
  }

  private void enqueue(Runnable continuation) {
    lock.lock();
    try {
      ready.add(continuation);
    } finally {
      lock.unlock();
    }
  }

  /** Writes a line with the virtual time to the {@link #trace}. */
  public void log(String line) {
    trace.add(nanos / 1_000 + " " + Thread.currentThread().getName() + ": " + line);
  }

  public List<String> trace() {
    return List.copyOf(trace);
  }

  /** Virtual time since the beginning. */
  public Duration elapsed() {
    return Duration.ofNanos(nanos);
  }

  /** Timers that were neither fired nor cancelled: leaks, when all is closed. */
  public int pendingTimers() {
    return (int) events.stream().filter(Event::isPending).count();
  }

  public int liveThreads() {
    return live.size();
  }

  /** Who is still there and where it waits. */
  public String report() {
    var text = new StringBuilder();
    live.forEach((number, thread) -> {
      text.append("\n  ").append(number).append(' ').append(thread.getName());
      text.append(' ').append(thread.getState());
      var frames = thread.getStackTrace();
      for (int i = 0; i < Math.min(frames.length, FRAMES_SHOWN); i++) {
        text.append("\n    at ").append(frames[i]);
      }
    });
    return text.toString();
  }

  @Override
  public Instant now() {
    return EPOCH.plusNanos(nanos);
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public void sleep(Duration time) throws InterruptedException {
    var sleeper = Thread.currentThread();
    if (!sleeper.isVirtual()) {
      throw new IllegalStateException("only threads of this world may sleep in it");
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    var timer = new Event(at(time), eventsMade++, () -> LockSupport.unpark(sleeper));
    events.add(timer);
    while (timer.isPending()) {
      LockSupport.park(this);
      if (Thread.interrupted()) {
        timer.cancel();
        throw new InterruptedException();
      }
    }
  }

  @Override
  public Thread start(String name, Runnable body) {
    long number = threadsMade++;
    var thread =
        Carriers.on(this::enqueue)
            .name(name)
            .unstarted(() -> {
              try {
                body.run();
              } catch (RuntimeException | Error e) {
                failures.add(e);
              } finally {
                live.remove(number);
              }
            });
    live.put(number, thread);
    thread.start();
    return thread;
  }

  /** One order for all threads: the carrier plays no part. */
  @Override
  public Thread start(String name, Executor carrier, Runnable body) {
    return start(name, body);
  }

  @Override
  public Timer after(Duration time, Runnable action) {
    var event = new Event(at(time), eventsMade++, action);
    events.add(event);
    return event;
  }

  /** Blocks nobody here: other threads of this world run when the work sleeps in it. */
  @Override
  public <T> T blocking(Callable<T> work) throws Exception {
    return work.call();
  }

  /**
   * Does work that needs the real world: its threads, its time. All here stands still meanwhile,
   * and no virtual time passes.
   */
  public <T> T outside(Callable<T> real) throws Exception {
    var task = new FutureTask<>(real);
    var waiter = Thread.currentThread();
    work =
        () -> {
          task.run();
          LockSupport.unpark(waiter);
        };
    boolean interrupted = false;
    while (!task.isDone()) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      waiter.interrupt();
    }
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Override
  public double random() {
    return chance.nextDouble();
  }

  @Override
  public UUID uuid() {
    return new UUID(
        chance.nextLong() & 0xFFFFFFFFFFFF0FFFL | 0x4000L,
        chance.nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L);
  }

  private long at(Duration time) {
    try {
      return Math.addExact(nanos, Math.max(0, time.toNanos()));
    } catch (ArithmeticException _) {
      return Long.MAX_VALUE;
    }
  }

  private static final class Event implements Timer {
    private final long at;
    private final long number;
    private final Runnable action;
    private boolean pending = true;

    Event(long at, long number, Runnable action) {
      this.at = at;
      this.number = number;
      this.action = action;
    }

    long at() {
      return at;
    }

    long number() {
      return number;
    }

    boolean isPending() {
      return pending;
    }

    void fire() {
      pending = false;
      action.run();
    }

    @Override
    public boolean cancel() {
      boolean was = pending;
      pending = false;
      return was;
    }
  }
}
