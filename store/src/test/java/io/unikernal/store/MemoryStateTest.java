package io.unikernal.store;

import io.unikernal.kernel.MemoryState;
import io.unikernal.spi.StateStore;

class MemoryStateTest extends StateStoreContract {
  @Override
  StateStore open() {
    return new MemoryState(world);
  }
}
