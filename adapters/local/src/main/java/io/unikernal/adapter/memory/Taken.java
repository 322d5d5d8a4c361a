package io.unikernal.adapter.memory;

import io.unikernal.model.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** What an operation took, for tests to look at. The oldest go when there are too many. */
final class Taken {
  static final int KEPT_MAX = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Value> values = new ArrayDeque<>();

  void add(Value value) {
    lock.lock();
    try {
      if (values.size() == KEPT_MAX) {
        values.removeFirst();
      }
      values.add(value);
    } finally {
      lock.unlock();
    }
  }

  List<Value> all() {
    lock.lock();
    try {
      return List.copyOf(values);
    } finally {
      lock.unlock();
    }
  }
}
