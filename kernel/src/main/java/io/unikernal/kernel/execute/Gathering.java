package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where messages wait until there are enough of them, and go on as one. Each waits on its own
 * thread; the batch runs on another, so that one message that is cancelled or out of time leaves
 * without harm to the others: out of a batch that has not begun, it is taken; of one that has, it
 * only does not wait for the end. A batch that nobody waits for any more is stopped.
 *
 * <p>How many messages can be held is bounded by their sources, and by {@link #OPEN_MAX}.
 */
public final class Gathering {
  /** How many batches may be open at once, one for each key or window; beyond, the oldest goes. */
  static final int OPEN_MAX = 10_000;

  private static final Fault UNWANTED =
      Fault.of(Fault.Code.CANCELLED, "no message waits for its batch any more");
  private final World world;
  private final String name;
  private final int slot;
  private final Sorting sorting;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Batch> inTurn = new ArrayDeque<>();
  private boolean isInTurn;
  private boolean isDraining;
  private int running;
  private int waiting;
  private long batches;

  /** {@code slot}: where the list goes. */
  Gathering(World world, String name, int slot, Sorting sorting) {
    this.world = world;
    this.name = name;
    this.slot = slot;
    this.sorting = sorting;
  }

  /** What is done with a batch. */
  @FunctionalInterface
  interface Rest {
    Value run(Frame frame, Work work) throws InterruptedException;
  }

  public String name() {
    return name;
  }

  /** How many messages wait now. */
  public int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /** How many batches have gone on. */
  public long batches() {
    lock.lock();
    try {
      return batches;
    } finally {
      lock.unlock();
    }
  }

  /** How many messages one batch may hold. */
  int countMax() {
    return sorting.countMax();
  }

  boolean isQuiet() {
    lock.lock();
    try {
      return running == 0;
    } finally {
      lock.unlock();
    }
  }

  /** All goes on at once, now and from now on. */
  void drain() {
    lock.lock();
    try {
      isDraining = true;
      sorting.all().forEach(this::close);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits with the message until each batch that it is in has ended, and gives what the last gave.
   *
   * @throws Ended if a filter behind dropped all of its batches
   */
  Value hold(Sorting.Item item, Frame frame, Work work, Rest rest) throws InterruptedException {
    var held = new Held(item.value(), frame, work, rest);
    lock.lock();
    try {
      waiting++;
      place(item, held);
    } finally {
      lock.unlock();
    }
    work.task().held().ifPresent(Runnable::run);
    return await(held);
  }

  /** Under the lock. */
  private void place(Sorting.Item item, Held held) {
    for (var place : sorting.places(item, world.now())) {
      place.before().forEach(this::close);
      var batch = place.batch();
      batch.add(held, item.bytes());
      held.batches.add(batch);
      if (place.isFull() || isDraining) {
        close(batch);
      } else if (batch.timer == null) {
        batch.timer = world.after(place.within(), () -> over(batch));
      }
    }
    sorting.ended().forEach(this::close);
    while (sorting.size() > OPEN_MAX) {
      close(sorting.oldest());
    }
  }

  private void over(Batch batch) {
    lock.lock();
    try {
      close(batch);
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock: the batch takes no more, and goes on. */
  private void close(Batch batch) {
    if (batch.isClosed) {
      return;
    }
    batch.isClosed = true;
    sorting.remove(batch);
    if (batch.timer != null) {
      batch.timer.cancel();
    }
    if (batch.held.isEmpty()) {
      return;
    }
    running++;
    batches++;
    boolean isOrdered = batch.held.stream().anyMatch(one -> one.work.task().held().isPresent());
    if (!isOrdered) {
      world.start(name, () -> run(batch));
      return;
    }
    inTurn.add(batch);
    if (!isInTurn) {
      isInTurn = true;
      world.start(name, this::runInTurn);
    }
  }

  /** Batches of sources that keep an order, one after the other. */
  private void runInTurn() {
    while (true) {
      Batch next;
      lock.lock();
      try {
        next = inTurn.poll();
        if (next == null) {
          isInTurn = false;
          return;
        }
      } finally {
        lock.unlock();
      }
      run(next);
    }
  }

  private void run(Batch batch) {
    List<Held> members;
    lock.lock();
    try {
      batch.isRunning = true;
      members = List.copyOf(batch.held);
      batch.wanted = members.size();
      if (members.isEmpty()) {
        running--;
        return;
      }
    } finally {
      lock.unlock();
    }
    var first = members.getFirst();
    var frame = first.frame.copy();
    frame.set(slot, new Value.Items(members.stream().map(one -> one.value).toList()));
    var work = new Work(first.work.task().aside(), until(members), batch.scope);
    Value value = Value.Absent.ABSENT;
    Throwable thrown = null;
    batch.scope.enter();
    try {
      value = first.rest.run(frame, work);
    } catch (InterruptedException e) {
      thrown = work.scope().anyReason().orElse(UNWANTED).toException(e);
    } catch (Throwable e) {
      thrown = e;
    }
    batch.scope.close();
    end(members, value, thrown);
  }

  /** The latest time at which one of them still waits. */
  private static Deadline until(List<Held> members) {
    var latest = members.getFirst().work.deadline();
    for (var one : members) {
      var own = one.work.deadline();
      if (own.isNone() || latest.isNone()) {
        return Deadline.NONE;
      }
      latest = own.nanos() - latest.nanos() > 0 ? own : latest;
    }
    return latest;
  }

  private void end(List<Held> members, Value value, @Nullable Throwable thrown) {
    lock.lock();
    try {
      running--;
      for (var one : members) {
        one.ended(value, thrown);
      }
    } finally {
      lock.unlock();
    }
  }

  private Value await(Held held) throws InterruptedException {
    lock.lock();
    try {
      while (held.ended < held.batches.size()) {
        held.changed.await();
      }
      return held.outcome();
    } catch (InterruptedException e) {
      leave(held);
      throw e;
    } finally {
      waiting--;
      lock.unlock();
    }
  }

  /** Under the lock. */
  private void leave(Held held) {
    for (var batch : held.batches) {
      if (!batch.isRunning) {
        batch.remove(held);
        if (batch.held.isEmpty()) {
          close(batch);
        }
      } else if (--batch.wanted == 0) {
        batch.scope.stop(held.work.scope().anyReason().orElse(UNWANTED));
      }
    }
  }

  /** One message, waiting. */
  final class Held {
    private final Value value;
    private final Frame frame;
    private final Work work;
    private final Rest rest;
    private final List<Batch> batches = new ArrayList<>(1);
    private final Condition changed = lock.newCondition();
    private int ended;
    private Value answer = Value.Absent.ABSENT;
    private boolean isAnswered;
    private @Nullable Throwable failure;

    Held(Value value, Frame frame, Work work, Rest rest) {
      this.value = value;
      this.frame = frame;
      this.work = work;
      this.rest = rest;
    }

    private void ended(Value given, @Nullable Throwable thrown) {
      ended++;
      if (thrown == null) {
        answer = given;
        isAnswered = true;
      } else if (!(thrown instanceof Ended) && failure == null) {
        failure = thrown;
      }
      changed.signalAll();
    }

    private Value outcome() {
      return switch (failure) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null -> {
          if (!isAnswered) {
            throw Ended.BY_FILTER;
          }
          yield answer;
        }
        default -> throw new IllegalStateException(failure);
      };
    }
  }

  /** Messages that go on together. */
  static final class Batch {
    final long end;
    final String key;
    private final List<Held> held = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();
    private final Scope scope = Scope.unbound();
    private World.@Nullable Timer timer;
    private long bytes;
    private boolean isClosed;
    private boolean isRunning;
    private int wanted;

    /** {@code end}: of its window. */
    Batch(long end, String key) {
      this.end = end;
      this.key = key;
    }

    int size() {
      return held.size();
    }

    long bytes() {
      return bytes;
    }

    private void add(Held one, long size) {
      held.add(one);
      sizes.add(size);
      bytes += size;
    }

    private void remove(Held one) {
      int index = held.indexOf(one);
      if (index >= 0) {
        held.remove(index);
        bytes -= sizes.remove(index);
      }
    }
  }

  /** For {@link Sorting}. */
  record Place(List<Batch> before, Batch batch, boolean isFull, Duration within) {}
}
