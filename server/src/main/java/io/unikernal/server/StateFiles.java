package io.unikernal.server;

import io.unikernal.model.Plan;
import io.unikernal.spi.StateStore;
import io.unikernal.spi.World;
import io.unikernal.store.LateState;
import io.unikernal.store.SealedState;
import io.unikernal.store.SqliteState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where a definition keeps what outlives it. */
final class StateFiles {
  private StateFiles() {}

  static Path of(Path stateDir) {
    return stateDir.resolve("state.db");
  }

  static boolean isThere(Path stateDir) {
    return Files.exists(of(stateDir));
  }

  /** Opened, and made, when something is kept for the first time. */
  static StateStore of(Path stateDir, Optional<Plan.StateKeys> keys, World world) {
    return SealedState.of(new LateState(() -> SqliteState.open(of(stateDir), world)), keys);
  }
}
