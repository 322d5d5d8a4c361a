package io.unikernal.kernel.execute;

import io.unikernal.model.Value;
import io.unikernal.model.ValueStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** What a {@code for_each} goes through: several workers take from it. */
sealed interface Turns {
  /** An item, and how many were before it. */
  record Turn(int index, Value item) {}

  /** Waits for the next where it is still to be made; empty when there is none any more. */
  Optional<Turn> next() throws InterruptedException;

  /** Whether nobody knows how many there will be. */
  boolean isEndless();

  final class OfList implements Turns {
    private final List<Value> items;
    private final ReentrantLock lock = new ReentrantLock();
    private int next;

    OfList(List<Value> items) {
      this.items = items;
    }

    @Override
    public Optional<Turn> next() {
      lock.lock();
      try {
        return next < items.size()
            ? Optional.of(new Turn(next, items.get(next++)))
            : Optional.empty();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public boolean isEndless() {
      return false;
    }
  }

  /** One worker waits for the next element, and the others wait for their turn. */
  final class OfStream implements Turns {
    private final ValueStream stream;
    private final ReentrantLock lock = new ReentrantLock();
    private int next;

    OfStream(ValueStream stream) {
      this.stream = stream;
    }

    @Override
    public Optional<Turn> next() throws InterruptedException {
      lock.lockInterruptibly();
      try {
        return stream.next().map(item -> new Turn(next++, item));
      } finally {
        lock.unlock();
      }
    }

    @Override
    public boolean isEndless() {
      return true;
    }
  }
}
