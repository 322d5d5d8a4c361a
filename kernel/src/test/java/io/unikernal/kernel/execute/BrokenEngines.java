package io.unikernal.kernel.execute;

import io.unikernal.kernel.Listener;
import io.unikernal.model.Fault;
import io.unikernal.spi.World;
import java.util.List;

/** Engines broken on purpose, for saboteurs. */
public final class BrokenEngines {
  private BrokenEngines() {}

  /** Leaves what was done. */
  public static Engine undoesNothing(World world, Listener listener) {
    return new Engine(
        world,
        listener,
        engine ->
            new Aside(world, listener, engine) {
              @Override
              void undo(Work work, int mark, Fault fault, String step, String operation) {
                work.saga().takeSince(mark);
              }
            });
  }

  /** Undoes the first first. */
  public static Engine undoesForwards(World world, Listener listener) {
    return new Engine(
        world,
        listener,
        engine ->
            new Aside(world, listener, engine) {
              @Override
              List<Saga.Done> inOrder(List<Saga.Done> lastFirst) {
                return lastFirst.reversed();
              }
            });
  }
}
