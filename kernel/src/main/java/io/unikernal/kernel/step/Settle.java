package io.unikernal.kernel.step;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.execute.Failure;
import io.unikernal.kernel.explain.Story.Ending;
import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import io.unikernal.model.Outcome;
import io.unikernal.model.ValueStream;
import java.util.Optional;

/**
 * Tells the source how its message ended, once, and books it. A message whose settling fails is a
 * failed one, never a lost one.
 */
final class Settle implements PassageStep {
  private final Listener listener;

  Settle(Listener listener) {
    this.listener = listener;
  }

  @Override
  public Next apply(Transit transit) {
    var outcome = transit.outcome;
    if (outcome instanceof Outcome.Failed(var fault)) {
      reportFailure(transit, fault);
    }
    try {
      if (!transit.isAnswered()) {
        transit.delivery.settle(told(transit, outcome));
        outcome = read(transit, outcome);
      }
    } catch (Throwable e) {
      if (transit.isStored) {
        transit.ledger.stored();
        transit.end(Ending.STORED);
      } else {
        transit.ledger.failed();
        transit.end(Ending.FAILED);
      }
      var fault = Fault.of(Fault.Code.INTERNAL, "the source did not take the outcome");
      report(transit, "settle", Failure.reported(fault.toException(e)), Origin.NONE);
      return Next.Go.ON;
    }
    switch (outcome) {
      case Outcome.Done _ -> {
        if (transit.isStored) {
          transit.ledger.stored();
          transit.end(Ending.STORED);
        } else {
          transit.ledger.delivered();
          transit.end(Ending.DELIVERED);
        }
      }
      case Outcome.Dropped _ -> {
        transit.ledger.dropped();
        transit.end(Ending.DROPPED);
      }
      case Outcome.Failed _ -> {
        if (transit.isDeadLettered) {
          transit.ledger.deadLettered();
          transit.end(Ending.DEAD_LETTERED);
        } else {
          transit.ledger.failed();
          transit.end(Ending.FAILED);
        }
      }
    }
    return Next.Go.ON;
  }

  /**
   * An answer that is a stream is delivered when the source has read it to its end, and not before:
   * the message waits for that.
   */
  private Outcome read(Transit transit, Outcome outcome) {
    if (!(outcome instanceof Outcome.Done(var reply)
        && reply.body() instanceof ValueStream stream)) {
      return outcome;
    }
    ValueStream.Ending ending;
    try {
      ending = stream.awaitEnd();
    } catch (InterruptedException _) {
      stream.close();
      return broken(transit, transit.scope.reason().orElse(Transit.CANCELLED));
    }
    var fault =
        switch (ending) {
          case ValueStream.Ending.Whole _ -> Optional.<Fault>empty();
          case ValueStream.Ending.Broken(var why) -> Optional.of(why);
          case ValueStream.Ending.Left _ ->
              Optional.of(transit.scope.reason().orElse(Transit.CANCELLED));
        };
    return fault.isEmpty() ? outcome : broken(transit, fault.get());
  }

  private Outcome broken(Transit transit, Fault fault) {
    transit.outcome = new Outcome.Failed(fault);
    report(transit, "", fault, Origin.NONE);
    return transit.outcome;
  }

  /**
   * A dead letter is safe: a source that would give it again must not. Who waits for an answer has
   * a right to the fault all the same.
   */
  private static Outcome told(Transit transit, Outcome outcome) {
    boolean isHeard = transit.injected || transit.entry.isWaiting();
    return transit.isDeadLettered && !isHeard ? new Outcome.Dropped("dead letter") : outcome;
  }

  private void reportFailure(Transit transit, Fault fault) {
    var thrown = transit.thrown();
    // Stopped work fails with the reason for the stop, whatever was thrown on the way out.
    boolean stopped =
        thrown.isEmpty()
            || transit.scope.reason().isPresent()
            || thrown.get() instanceof InterruptedException;
    var reported = stopped ? fault : Failure.reported(thrown.get());
    if (thrown.isPresent() && thrown.get() instanceof Failure failure) {
      report(transit, failure.step(), reported, failure.origin());
    } else {
      report(transit, "", reported, Origin.NONE);
    }
  }

  private void report(Transit transit, String step, Fault fault, Origin origin) {
    var route = transit.lane.map(lane -> lane.route().name()).orElse(Entry.NO_ROUTE);
    var place =
        origin.equals(Origin.NONE)
            ? transit
                .lane
                .map(lane -> lane.route().origin())
                .orElse(transit.entry.operation().origin())
            : origin;
    listener.on(
        new Listener.Event.MessageFailed(
            route, transit.message.id(), transit.message.trace().traceId(), step, fault, place));
  }
}
