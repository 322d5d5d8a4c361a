package io.unikernal.kernel.step;

import io.unikernal.kernel.explain.Note;
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
      boolean isTaken =
          when.isEmpty() || when.get().evaluate(transit.tryLane(lane)) == Value.Bool.TRUE;
      if (when.isPresent() && transit.span.isRecorded()) {
        var route = lane.route();
        transit.span.note(new Note.Considered(route.name(), isTaken, route.origin()));
      }
      if (isTaken) {
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
