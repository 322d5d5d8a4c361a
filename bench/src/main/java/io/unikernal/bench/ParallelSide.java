package io.unikernal.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The same work on several threads, each with a side of its own, which share what the sides share:
 * heap, collector and compiled code. A batch is long enough that starting the threads costs nothing.
 */
final class ParallelSide implements Side {
  private static final int BATCHES = 40;

  private final List<Side> sides = new ArrayList<>();

  private ParallelSide(int threads, Supplier<Side> make) {
    for (int i = 0; i < threads; i++) {
      sides.add(make.get());
    }
  }

  static Side of(int threads, Supplier<Side> make) {
    return threads == 1 ? make.get() : new ParallelSide(threads, make);
  }

  @Override
  public void run(int count) {
    var failures = new ArrayList<@Nullable RuntimeException>();
    var threads = new ArrayList<Thread>();
    int rest = count;
    for (int i = 0; i < sides.size(); i++) {
      Side side = sides.get(i);
      int share = rest / (sides.size() - i);
      rest -= share;
      threads.add(Thread.ofPlatform().start(() -> {
        try {
          side.run(share);
        } catch (RuntimeException e) {
          synchronized (failures) {
            failures.add(e);
          }
        }
      }));
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
    }
    if (!failures.isEmpty()) {
      throw new IllegalStateException("a thread failed", failures.getFirst());
    }
  }

  @Override
  public int batch() {
    return sides.getFirst().batch() * BATCHES * sides.size();
  }

  @Override
  public byte[] last() {
    return sides.getFirst().last();
  }
}
