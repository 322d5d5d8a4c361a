package io.unikernal.kernel;

import io.unikernal.kernel.Outbox.Order;
import io.unikernal.kernel.Outbox.Waiting;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The messages of an outbox in the order in which they are carried. Not for several threads at
 * once.
 */
final class OutboxLine {
  private static final Comparator<Waiting> IN_ORDER = Comparator.comparingLong(Waiting::number);
  private static final Comparator<Waiting> WHEN_DUE =
      Comparator.comparingLong(Waiting::dueNanos).thenComparing(IN_ORDER);

  private final boolean isByKey;
  private final PriorityQueue<Waiting> ready;

  /** By key: those behind one that is ready or is carried. */
  private final Map<Integer, ArrayDeque<Waiting>> behind = new HashMap<>();

  private int size;

  OutboxLine(Order order) {
    isByKey = order == Order.BY_KEY;
    ready = new PriorityQueue<>(order == Order.WHOLE ? IN_ORDER : WHEN_DUE);
  }

  /** With those that are carried. */
  int size() {
    return size;
  }

  /** A message that was not there before. */
  void add(Waiting one) {
    size++;
    var others = isByKey ? behind.get(one.orderKey()) : null;
    if (others != null) {
      others.addLast(one);
      return;
    }
    if (isByKey) {
      behind.put(one.orderKey(), new ArrayDeque<>());
    }
    ready.add(one);
  }

  /** The next one, due or not. */
  @Nullable Waiting peek() {
    return ready.peek();
  }

  /** The next one is carried from now on. */
  void take() {
    ready.remove();
  }

  /** It is to be carried again; those behind it wait on. */
  void putBack(Waiting one) {
    ready.add(one);
  }

  /** What was carried is gone. */
  void end(Waiting one) {
    size--;
    var others = isByKey ? behind.get(one.orderKey()) : null;
    if (others != null) {
      var next = others.pollFirst();
      if (next == null) {
        behind.remove(one.orderKey());
      } else {
        ready.add(next);
      }
    }
  }
}
