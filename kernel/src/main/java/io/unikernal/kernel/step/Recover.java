package io.unikernal.kernel.step;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.execute.Engine;
import io.unikernal.kernel.execute.Failure;
import io.unikernal.kernel.execute.Work;
import io.unikernal.kernel.explain.Note;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Builtin;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Outcome;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.Optional;

/**
 * What a route does with a message that failed for good: its {@code on_error} steps, then its dead
 * letters. A dead letter that cannot be delivered is none: the source is told of the failure. Runs
 * after the passage's own scope is closed, so that nothing that stopped the message stops this; its
 * times are its own.
 */
final class Recover implements PassageStep {
  /** How long it may take to deliver a dead letter. */
  static final Duration DEAD_LETTER_MAX = Duration.ofSeconds(5);

  /** The word for where letters lie that no operation takes. */
  static final String STORE = "store";

  private final World world;
  private final Listener listener;
  private final Engine engine;

  Recover(World world, Listener listener, Engine engine) {
    this.world = world;
    this.listener = listener;
    this.engine = engine;
  }

  @Override
  public Next apply(Transit transit) throws InterruptedException {
    if (transit.outcome instanceof Outcome.Failed(var fault)
        && transit.lane.isPresent()
        && transit.lane.get().recovery() != Entry.Recovery.NONE
        && isForGood(transit, fault)) {
      recover(transit, transit.lane.get(), fault);
    }
    return Next.Go.ON;
  }

  /** Not what a limit refused, nor what nobody wants any more while the source still has it. */
  private static boolean isForGood(Transit transit, Fault fault) {
    return transit.isAdmitted && (transit.isAnswered() || fault.code() != Fault.Code.CANCELLED);
  }

  private void recover(Transit transit, Entry.Lane lane, Fault fault) throws InterruptedException {
    Frame frame;
    try {
      frame = transit.tryLane(lane);
    } catch (RuntimeException _) {
      return; // a body that cannot be read is in no variable: the source keeps it, and is told
    }
    var failure = transit.failure();
    engine.handle(lane.recovery().onError(), frame, transit.task(), fault, failure);
    if (lane.recovery().deadLetters().isPresent()) {
      deliver(transit, lane.recovery().deadLetters().get(), fault, failure);
    }
    // What comes from the outbox goes on from there: in one change it is removed and is a letter.
    if (!transit.isDeadLettered && !transit.isResent) {
      lane.recovery().letters().ifPresent(box -> put(transit, box, fault));
    }
  }

  private void put(Transit transit, Entry.LetterBox box, Fault fault) {
    try {
      box.put(letter(transit, fault));
      transit.isDeadLettered = true;
      listener.on(
          new Listener.Event.DeadLettered(
              transit.task().route(), transit.message.id(), STORE, fault));
    } catch (RuntimeException e) {
      listener.on(
          new Listener.Event.AttemptFailed(
              transit.task().route(),
              "dead_letter",
              1,
              Failure.reported(e),
              Duration.ZERO,
              Failure.origin(e, transit.lane.orElseThrow().route().origin())));
    }
  }

  /** What is kept of a message that failed for good. */
  Letter letter(Transit transit, Fault fault) {
    var failure = transit.failure();
    return new Letter(
        transit.message,
        transit.receivedAt,
        transit.lane.orElseThrow().route().name(),
        fault,
        failure.map(Failure::localStep).orElse(""),
        failure.map(Failure::operation).orElse(""),
        transit.attempts,
        world.now());
  }

  private void deliver(
      Transit transit, Entry.DeadLetters letters, Fault fault, Optional<Failure> failure)
      throws InterruptedException {
    var task = transit.task();
    var frame = transit.tryLane(transit.lane.orElseThrow());
    frame.set(Frame.INPUT, letter(transit, fault, failure));
    try (var scope = Scope.open()) {
      engine
          .guarded()
          .limited(
              DEAD_LETTER_MAX,
              letters.to().text(),
              new Work(task, Deadline.NONE, scope),
              work -> {
                engine.deliver(letters.to(), letters.with(), frame, work);
                return Value.Null.NULL;
              });
      transit.isDeadLettered = true;
      transit.span.note(new Note.DeadLettered(letters.to().text()));
      listener.on(
          new Listener.Event.DeadLettered(
              task.route(), transit.message.id(), letters.to().text(), fault));
    } catch (RuntimeException e) {
      listener.on(
          new Listener.Event.AttemptFailed(
              task.route(),
              "dead_letter",
              1,
              Failure.reported(e),
              Duration.ZERO,
              Failure.origin(e, transit.lane.orElseThrow().route().origin())));
    }
  }

  private Value letter(Transit transit, Fault fault, Optional<Failure> failure) {
    return Rec.builder(Builtin.DEAD_LETTER.shape())
        .set("input", transit.message.body().value())
        .set(
            "error",
            Builtin.error(
                fault,
                failure.map(Failure::localStep).orElse(""),
                failure.map(Failure::operation).orElse("")))
        .set("meta", transit.meta())
        .set("route", Value.text(transit.task().route()))
        .set("attempts", Value.integer(transit.attempts))
        .set("failed_at", new Value.Timestamp(world.now()))
        .build();
  }
}
