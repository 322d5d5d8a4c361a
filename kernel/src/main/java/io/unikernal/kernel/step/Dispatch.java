package io.unikernal.kernel.step;

import io.unikernal.kernel.execute.Ended;
import io.unikernal.kernel.execute.Engine;
import io.unikernal.kernel.execute.Guarded;
import io.unikernal.kernel.execute.Work;
import io.unikernal.kernel.resilience.Policies;
import io.unikernal.model.Deadline;
import io.unikernal.model.Frame;
import io.unikernal.model.Outcome;
import io.unikernal.model.Reply;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.World;

/**
 * Carries the message to what its route leads to, in the time it has: the least of the caller's
 * deadline and the route's limit.
 */
final class Dispatch implements PassageStep {
  private final World world;
  private final Engine engine;

  Dispatch(World world, Engine engine) {
    this.world = world;
    this.engine = engine;
  }

  @Override
  public Next apply(Transit transit) throws InterruptedException {
    var lane = transit.lane.orElseThrow();
    var frame = transit.frame(lane);
    if (lane.keeper().isPresent() && !transit.isResent) {
      return keep(transit, lane, lane.keeper().get(), frame);
    }
    var work = new Work(transit.task(), Deadline.NONE, transit.scope);
    Value answer;
    try {
      answer = carry(transit, lane, frame, work);
    } catch (Ended _) {
      return new Next.End(new Outcome.Dropped("filter"));
    } catch (RuntimeException | InterruptedException e) {
      engine.undoAll(work, e);
      throw e;
    }
    if (transit.isDuplicate && !transit.injected && !transit.entry.isWaiting()) {
      return new Next.End(new Outcome.Dropped("duplicate"));
    }
    if (transit.isResent
        || transit.isAnswered()
        || transit.entry.operation().output() == Type.Simple.NULL) {
      transit.task().finish(Value.Absent.ABSENT);
      return new Next.End(Outcome.Done.NONE);
    }
    frame.set(Frame.INPUT, answer);
    Value reply = lane.route().reply().evaluate(frame);
    transit.task().finish(reply);
    return new Next.End(new Outcome.Done(Reply.of(reply)));
  }

  /**
   * The source is answered when the message is safe, and not before. What cannot be kept is none of
   * ours: its source is told, and no dead letter is made of it.
   */
  private static Next keep(Transit transit, Entry.Lane lane, Entry.Keeper keeper, Frame frame) {
    transit.isAdmitted = false;
    transit
        .scope
        .reason()
        .ifPresent(reason -> {
          throw reason.toException();
        });
    Value answer =
        transit.entry.operation().output() == Type.Simple.NULL
            ? Value.Null.NULL
            : lane.route().reply().evaluate(frame);
    String id = transit.message.id();
    if (!keeper.keep(
        transit.message, transit.receivedAt, transit.delivery.message().id(), transit.orderKey)) {
      return new Next.End(new Outcome.Dropped("duplicate"));
    }
    transit.isStored = true;
    return new Next.End(new Outcome.Done(Reply.takenOver(id, answer)));
  }

  private Value carry(Transit transit, Entry.Lane lane, Frame frame, Work work)
      throws InterruptedException {
    var deadline = transit.message.deadline();
    return deadline.isNone()
        ? guarded(transit, lane, frame, work)
        : engine
            .guarded()
            .until(
                deadline,
                deadline.remaining(world.nanos()),
                lane.target().text(),
                work,
                inner -> guarded(transit, lane, frame, inner));
  }

  private Value guarded(Transit transit, Entry.Lane lane, Frame frame, Work work)
      throws InterruptedException {
    if (lane.policies() == Policies.NONE) {
      transit.attempts++;
      return perform(lane, frame, work);
    }
    Guarded.Body whole =
        inner ->
            whole(
                lane,
                inner,
                last -> {
                  transit.attempts++;
                  return perform(lane, frame, last);
                });
    if (!lane.policies().isAround()) {
      return whole.run(work);
    }
    var asking = engine.asking(transit.task(), transit.inputOf(lane));
    var answer =
        engine
            .guarded()
            .around(
                lane.policies(),
                asking,
                work,
                whole,
                () -> {
                  var copy = frame.copy();
                  return inner -> whole(lane, inner, last -> perform(lane, copy, last));
                });
    transit.isDuplicate = asking.wasDuplicate();
    return answer;
  }

  private Value whole(Entry.Lane lane, Work work, Guarded.Body body) throws InterruptedException {
    return engine.guarded().whole(lane.policies(), lane.target().text(), work, body);
  }

  private Value perform(Entry.Lane lane, Frame frame, Work work) throws InterruptedException {
    var input = lane.route().with().evaluate(frame);
    return switch (lane.target()) {
      case Entry.Target.ToSeveral(var several) -> engine.call(several, input, frame, work);
      case Entry.Target.Call(var callee, var around) -> engine.call(callee, around, input, work);
      case Entry.Target.Run(var graph) -> engine.run(graph, input, work);
    };
  }
}
