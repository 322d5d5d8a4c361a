package io.unikernal.kernel;

import io.unikernal.spi.StateStore;
import java.util.function.Supplier;

/** A store whose disk is full while the test says so. */
final class RefusingState extends StateWrapper {
  boolean refuses;

  RefusingState(StateStore inner) {
    super(inner);
  }

  @Override
  <T> T change(Supplier<T> work) {
    if (refuses) {
      throw OutboxTest.full();
    }
    return work.get();
  }
}
