package io.unikernal.kernel.step;

import io.unikernal.kernel.Admission;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.execute.Engine;
import io.unikernal.kernel.execute.Failure;
import io.unikernal.kernel.explain.Span;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.explain.Story.Ending;
import io.unikernal.kernel.explain.Traces;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Fault;
import io.unikernal.model.Message;
import io.unikernal.model.Origin;
import io.unikernal.model.Outcome;
import io.unikernal.model.Trace;
import io.unikernal.spi.Delivery;
import io.unikernal.spi.World;
import java.time.Instant;
import java.util.Optional;

/**
 * Carries a message whose source was told long ago: from the outbox, or a dead letter that is
 * replayed. It has been matched and let in, so what is left is the way to its target, and what is
 * done about a failure.
 */
public final class Resend {
  private final World world;
  private final Listener listener;
  private final Dispatch dispatch;
  private final Recover recover;
  private final Stories stories;

  public Resend(World world, Listener listener, Engine engine, Stories stories) {
    this.world = world;
    this.listener = listener;
    this.stories = stories;
    dispatch = new Dispatch(world, engine);
    recover = new Recover(world, listener, engine);
  }

  /** Makes a message ready to be carried; {@code attempts} were made before. */
  public Transit open(
      Entry entry,
      Entry.Lane lane,
      Message message,
      Instant receivedAt,
      int attempts,
      Scope scope) {
    var span = stories.begin(entry.id());
    Stories.identify(span, message.id(), trace(span, message), message.trace());
    Stories.route(span, lane.route().name());
    var transit =
        new Transit(
            world,
            entry,
            new Answered(message),
            scope,
            false,
            Optional.empty(),
            span,
            Admission.DONE);
    transit.isResent = true;
    transit.isAdmitted = true;
    transit.message = message;
    transit.receivedAt = receivedAt;
    transit.lane = Optional.of(lane);
    transit.ledger = lane.ledger();
    transit.attempts = attempts;
    return transit;
  }

  /**
   * Only if it is told of: else nobody needs another id, and the random numbers stay as they are.
   */
  private Trace trace(Span span, Message message) {
    return span.isTold() ? Traces.again(span, message.trace(), world.uuid()) : message.trace();
  }

  /** Tries once, on the current thread; throws nothing. Empty if the kernel stopped it. */
  public Optional<Outcome> carry(Transit transit) {
    transit.scope.enter();
    try {
      if (dispatch.apply(transit) instanceof Next.End(var outcome)) {
        transit.outcome = outcome;
      }
    } catch (Throwable e) {
      transit.fail(e);
    }
    transit.scope.close();
    remember(transit);
    boolean isStopped =
        transit.outcome instanceof Outcome.Failed && transit.scope.reason().isPresent();
    return isStopped ? Optional.empty() : Optional.of(transit.outcome);
  }

  /** Each attempt has a story of its own, under the message's id. */
  private void remember(Transit transit) {
    transit.end(
        switch (transit.outcome) {
          case Outcome.Done _ -> Ending.DELIVERED;
          case Outcome.Dropped _ -> Ending.DROPPED;
          case Outcome.Failed _ -> Ending.FAILED;
        });
    stories.keep(transit.span);
  }

  /**
   * Runs what the route does about a failure for good; true if an operation has taken the dead
   * letter.
   */
  public boolean giveUp(Transit transit, Fault fault) {
    transit.outcome = new Outcome.Failed(fault);
    try {
      recover.apply(transit);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      listener.on(
          new Listener.Event.AttemptFailed(
              lane(transit).route().name(),
              "dead_letter",
              1,
              Failure.reported(e),
              java.time.Duration.ZERO,
              Failure.origin(e, lane(transit).route().origin())));
    }
    return transit.isDeadLettered;
  }

  public Letter letter(Transit transit, Fault fault) {
    return recover.letter(transit, fault);
  }

  /** Tells listeners of it, once it is safe in the store. */
  public void tellOf(Letter letter) {
    listener.on(
        new Listener.Event.DeadLettered(
            letter.route(), letter.message().id(), Recover.STORE, letter.fault()));
  }

  /** Tells listeners of a message that failed for good. */
  public void tellOf(Transit transit, Fault fault) {
    var failure = transit.failure();
    listener.on(
        new Listener.Event.MessageFailed(
            lane(transit).route().name(),
            transit.message.id(),
            transit.message.trace().traceId(),
            failure.map(Failure::step).orElse(""),
            transit.thrown().map(Failure::reported).orElse(fault),
            failure
                .map(Failure::origin)
                .filter(origin -> !origin.equals(Origin.NONE))
                .orElse(lane(transit).route().origin())));
  }

  private static Entry.Lane lane(Transit transit) {
    return transit.lane.orElseThrow();
  }

  private record Answered(Message message) implements Delivery {
    @Override
    public void settle(Outcome outcome) {
      throw new IllegalStateException("its source was told when it was taken over");
    }

    @Override
    public void onCancel(Runnable action) {}
  }
}
