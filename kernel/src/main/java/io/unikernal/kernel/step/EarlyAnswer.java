package io.unikernal.kernel.step;

import io.unikernal.kernel.execute.Answer;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Outcome;
import io.unikernal.model.Reply;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.World;

/** Settles a delivery while its message goes on; then Settle has only the books left. */
final class EarlyAnswer implements Answer {
  private final World world;
  private final Transit transit;
  private final Entry.Lane lane;
  private volatile boolean isGiven;
  private volatile long givenAt;

  EarlyAnswer(World world, Transit transit, Entry.Lane lane) {
    this.world = world;
    this.transit = transit;
    this.lane = lane;
  }

  @Override
  public void give(Value value) {
    if (isGiven) {
      return;
    }
    var outcome = outcome(value);
    givenAt = world.nanos();
    isGiven = true;
    try {
      transit.delivery.settle(outcome);
    } catch (Throwable e) {
      throw Fault.of(Fault.Code.INTERNAL, "the source did not take the answer").toException(e);
    }
  }

  private Outcome outcome(Value value) {
    if (transit.entry.operation().output() == Type.Simple.NULL) {
      return Outcome.Done.NONE;
    }
    var frame = transit.task().frame(lane.route().slots(), transit.message.body().value());
    frame.set(Frame.INPUT, value);
    return new Outcome.Done(Reply.of(lane.route().reply().evaluate(frame)));
  }

  @Override
  public boolean isGiven() {
    return isGiven;
  }

  @Override
  public long givenAt() {
    return givenAt;
  }
}
