package io.unikernal.kernel.step;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.execute.Engine;
import io.unikernal.model.Outcome;
import io.unikernal.spi.World;
import java.util.ArrayList;
import java.util.List;

/** Ways of a message on which it is lost, or told of twice. */
public final class Losing {
  private Losing() {}

  /** Neither tells the source of what failed nor books it. */
  public static Passage failures(World world, Listener listener, Engine engine) {
    var settle = new Settle(listener);
    return new Passage(
        steps(world, engine),
        new Recover(world, listener, engine),
        transit -> transit.outcome instanceof Outcome.Failed ? Next.Go.ON : settle.apply(transit));
  }

  public static Passage settlesTwice(World world, Listener listener, Engine engine) {
    var settle = new Settle(listener);
    return new Passage(
        steps(world, engine),
        new Recover(world, listener, engine),
        transit -> {
          if (transit.outcome instanceof Outcome.Failed) {
            transit.delivery.settle(transit.outcome);
          }
          return settle.apply(transit);
        });
  }

  /** Tells the source that what failed is done, and books it so. */
  public static Passage flatters(World world, Listener listener, Engine engine) {
    var settle = new Settle(listener);
    return new Passage(
        steps(world, engine),
        new Recover(world, listener, engine),
        transit -> {
          if (transit.outcome instanceof Outcome.Failed) {
            transit.outcome = Outcome.Done.NONE;
          }
          return settle.apply(transit);
        });
  }

  public static Passage deliversTwice(World world, Listener listener, Engine engine) {
    var steps = new ArrayList<>(steps(world, engine));
    var dispatch = steps.removeLast();
    steps.add(transit -> {
      dispatch.apply(transit);
      return dispatch.apply(transit);
    });
    return new Passage(steps, new Recover(world, listener, engine), new Settle(listener));
  }

  private static List<PassageStep> steps(World world, Engine engine) {
    return List.of(
        new Receive(world),
        new Decode(world),
        new Authenticate(),
        new Authorize(),
        new Match(),
        new Guard(engine),
        new Dispatch(world, engine));
  }
}
