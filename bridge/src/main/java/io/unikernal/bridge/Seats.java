package io.unikernal.bridge;

import io.unikernal.model.Fault;
import io.unikernal.spi.World;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Who may call which instance: the least busy one with a free seat, and a bounded queue, first come
 * first served, for when there is none.
 */
final class Seats implements Instance.Pool {
  private static final int QUEUE_MAX = 1024;
  private final World world;
  private final Supplier<String> trouble;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile List<Station> instances = List.of();
  private volatile boolean closed;

  /**
   * @param trouble why no instance runs
   */
  Seats(World world, Supplier<String> trouble) {
    this.world = world;
    this.trouble = trouble;
  }

  void of(List<? extends Station> all) {
    instances = List.copyOf(all);
  }

  /**
   * Takes a seat, waiting until {@code until} for one; where no instance runs, until {@code
   * downUntil}: the next call after a crash works.
   */
  Peer take(long until, long downUntil) throws InterruptedException {
    if (queued.get() == 0) {
      Optional<Peer> free = find();
      if (free.isPresent()) {
        return free.get();
      }
    }
    if (queued.incrementAndGet() > QUEUE_MAX) {
      queued.decrementAndGet();
      throw overloaded("over " + QUEUE_MAX + " calls wait for a free worker");
    }
    lock.lockInterruptibly();
    try {
      while (true) {
        Optional<Peer> free = find();
        if (free.isPresent()) {
          return free.get();
        }
        boolean isDown = instances.stream().allMatch(instance -> instance.ready().isEmpty());
        long left = (isDown ? Math.min(until, downUntil) : until) - world.nanos();
        if (closed || (isDown && left <= 0)) {
          throw Fault.of(Fault.Code.DISCONNECTED, trouble.get()).toException();
        }
        if (left <= 0) {
          throw overloaded("no worker was free in time");
        }
        // A signal that comes with the end of the wait is not lost: the loop looks again.
        long _ = changed.awaitNanos(left);
      }
    } finally {
      queued.decrementAndGet();
      lock.unlock();
    }
  }

  private static RuntimeException overloaded(String message) {
    return Fault.of(Fault.Code.OVERLOADED, message).toException();
  }

  /** Looks again when another caller was faster. */
  private Optional<Peer> find() {
    while (!closed) {
      Optional<Peer> best = leastBusy();
      if (best.isEmpty() || best.get().takeSeat()) {
        return best;
      }
    }
    return Optional.empty();
  }

  private Optional<Peer> leastBusy() {
    List<Station> all = instances;
    if (all.isEmpty()) {
      return Optional.empty(); // all who do its calls are still to join
    }
    int first = Math.floorMod(turn.getAndIncrement(), all.size());
    Optional<Peer> best = Optional.empty();
    int load = Integer.MAX_VALUE;
    for (int i = 0; i < all.size(); i++) {
      Optional<Peer> peer = all.get((first + i) % all.size()).ready();
      if (peer.isPresent() && peer.get().hasSeat() && peer.get().load() < load) {
        best = peer;
        load = peer.get().load();
      }
    }
    return best;
  }

  /**
   * The queue is counted before it looks for a seat, and a seat is free before this looks at the
   * queue: one of the two sees the other.
   */
  @Override
  public void freed() {
    if (queued.get() > 0) {
      lock.lock();
      try {
        changed.signal();
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public void changed() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whoever waits gets a fault. */
  void close() {
    closed = true;
    changed();
  }
}
