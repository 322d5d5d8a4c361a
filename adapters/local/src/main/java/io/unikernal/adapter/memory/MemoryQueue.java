package io.unikernal.adapter.memory;

import io.unikernal.adapter.memory.MemoryAdapter.Offered;
import io.unikernal.model.Body;
import io.unikernal.model.Fault;
import io.unikernal.model.Message;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Messages that wait, at most {@code capacity} of them. */
final class MemoryQueue {

  /** A message and who is told what becomes of it. */
  record Entry(SequencedMap<String, String> headers, Body body, Trace trace, Offered offered) {}

  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private boolean closed;

  MemoryQueue(int capacity) {
    this.capacity = capacity;
  }

  Offered offer(Value body) {
    return add(new LinkedHashMap<>(), Body.of(body), Trace.NONE);
  }

  void add(Message message) {
    var unused = add(message.headers(), Body.of(message.body().value()), message.trace());
  }

  private Offered add(SequencedMap<String, String> headers, Body body, Trace trace) {
    var offered = new Offered();
    lock.lock();
    try {
      if (closed) {
        throw Fault.of(Fault.Code.DISCONNECTED, "the system is closed").toException();
      }
      if (waiting.size() == capacity) {
        throw Fault.of(
                Fault.Code.OVERLOADED,
                "the queue holds " + capacity + " messages already",
                "receive faster, or raise `capacity`")
            .toException();
      }
      waiting.add(new Entry(headers, body, trace, offered));
      changed.signal();
    } finally {
      lock.unlock();
    }
    return offered;
  }

  /** Waits for at least one; none when it is closed. */
  List<Entry> take(int max) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.await();
      }
      var entries = new ArrayList<Entry>();
      // After the end nothing is handed out: the kernel has stopped to ask.
      while (!closed && entries.size() < max && !waiting.isEmpty()) {
        entries.add(waiting.removeFirst());
      }
      return entries;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
