package io.unikernal.kernel.step;

import io.unikernal.model.Fault;
import io.unikernal.model.Outcome;
import io.unikernal.model.Value;

/** Finds the route: the operation's in file order, the first whose {@code when} is true. */
final class Match implements PassageStep {
  @Override
  public Next apply(Transit transit) {
    var lanes = transit.entry.lanes();
    for (int i = 0; i < lanes.size(); i++) {
      var lane = lanes.get(i);
      var when = lane.route().when();
      if (when.isEmpty() || when.get().evaluate(transit.tryLane(lane)) == Value.Bool.TRUE) {
        transit.match(lane);
        return Next.Go.ON;
      }
    }
    return new Next.End(
        new Outcome.Failed(
            Fault.of(
                Fault.Code.NO_ROUTE,
                "no route takes this message of `" + transit.entry.id() + "`")));
  }
}
