package io.unikernal.bench;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One condition on orders that are decoded already, which take turns. */
final class PredicateSide implements Side {
  private static final int BATCH = 100_000;

  /** The condition on the order of that number. */
  @FunctionalInterface
  interface Test {
    boolean test(int order) throws Exception;
  }

  private final Test test;
  private final int orders;
  private long held;

  PredicateSide(Test test, int orders) {
    this.test = test;
    this.orders = orders;
  }

  @Override
  public void run(int count) {
    long before = held;
    try {
      int order = 0;
      for (int i = 0; i < count; i++) {
        held += test.test(order) ? 1 : 0;
        order = order + 1 == orders ? 0 : order + 1;
      }
    } catch (Exception e) {
      throw new IllegalStateException("the condition was not evaluated", e);
    }
    if (count >= orders && (held == before || held == before + count)) {
      throw new IllegalStateException("the condition is the same for every order");
    }
  }

  @Override
  public int batch() {
    return BATCH;
  }

  /** What it says of each order. */
  @Override
  public byte[] last() {
    return IntStream.range(0, orders)
        .mapToObj(order -> {
          try {
            return String.valueOf(test.test(order));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        })
        .collect(Collectors.joining(",", "[", "]"))
        .getBytes(StandardCharsets.UTF_8);
  }
}
