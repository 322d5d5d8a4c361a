package io.unikernal.testing;

import io.unikernal.spi.Delivery;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Sink;
import io.unikernal.spi.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** An operation that receives: what comes from it is what a test hands to it. */
interface FakeSource {
  Executor NOWHERE = Thread.ofVirtual().factory()::newThread;

  Endpoint endpoint();

  void emit(Delivery delivery);

  /** Whether the kernel has all that came. */
  boolean isEmpty();

  void close();

  /** A server: the kernel is handed what comes. */
  final class Pushed implements FakeSource, Endpoint.PushSource {
    private Optional<Sink> sink = Optional.empty();

    @Override
    public Endpoint endpoint() {
      return this;
    }

    @Override
    public void start(Sink where) {
      sink = Optional.of(where);
    }

    @Override
    public void stop() {
      sink = Optional.empty();
    }

    @Override
    public void emit(Delivery delivery) {
      sink.ifPresent(open -> open.accept(delivery, NOWHERE));
    }

    @Override
    public boolean isEmpty() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** A queue: the kernel asks. */
  final class Pulled implements FakeSource, Endpoint.PullSource {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Delivery> waiting = new ArrayDeque<>();
    private boolean isClosed;

    @Override
    public Endpoint endpoint() {
      return this;
    }

    @Override
    public List<Delivery> receive(int max) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        while (waiting.isEmpty() && !isClosed) {
          changed.await();
        }
        var some = new ArrayList<Delivery>();
        while (some.size() < max && !waiting.isEmpty()) {
          some.add(waiting.removeFirst());
        }
        return some;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void emit(Delivery delivery) {
      lock.lock();
      try {
        waiting.addLast(delivery);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    /** Hands on what a real source within the process gives: a queue of {@code memory}. */
    void follow(World world, String name, PullSource real) {
      world.start(
          "follow-" + name,
          () -> {
            try {
              for (var some = real.receive(1); !some.isEmpty(); some = real.receive(1)) {
                some.forEach(this::emit);
              }
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            }
          });
    }

    @Override
    public boolean isEmpty() {
      lock.lock();
      try {
        return waiting.isEmpty();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        isClosed = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
