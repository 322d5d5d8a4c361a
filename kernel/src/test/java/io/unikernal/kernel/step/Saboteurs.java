package io.unikernal.kernel.step;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.execute.BrokenEngines;
import io.unikernal.kernel.execute.Engine;
import io.unikernal.model.FaultException;
import io.unikernal.model.Outcome;
import io.unikernal.spi.World;
import java.util.ArrayList;
import java.util.List;

/** Kernels broken on purpose: a simulation that does not notice them proves nothing. */
public final class Saboteurs {
  private Saboteurs() {}

  /** Tells the source twice. */
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

  /** Tells the source, but forgets to book failures. */
  public static Passage forgetsFailures(World world, Listener listener, Engine engine) {
    var settle = new Settle(listener);
    return new Passage(
        steps(world, engine),
        new Recover(world, listener, engine),
        transit -> {
          if (transit.outcome instanceof Outcome.Failed) {
            transit.delivery.settle(transit.outcome);
            return Next.Go.ON;
          }
          return settle.apply(transit);
        });
  }

  /** Books a failure as a delivery: balanced, and a lie. */
  public static Passage flatters(World world, Listener listener, Engine engine) {
    return new Passage(
        steps(world, engine),
        new Recover(world, listener, engine),
        transit -> {
          transit.delivery.settle(transit.outcome);
          transit.ledger.delivered();
          return Next.Go.ON;
        });
  }

  /** Loses what was cancelled. */
  public static Passage losesCancelled(World world, Listener listener, Engine engine) {
    var settle = new Settle(listener);
    return new Passage(
        steps(world, engine),
        new Recover(world, listener, engine),
        transit -> {
          if (transit.scope.reason().isPresent()) {
            transit.ledger.failed();
            return Next.Go.ON;
          }
          return settle.apply(transit);
        });
  }

  /** Tries once more than anybody allowed. */
  public static Passage triesOnceMore(World world, Listener listener, Engine engine) {
    var steps = new ArrayList<>(steps(world, engine));
    var dispatch = steps.removeLast();
    steps.add(transit -> {
      try {
        return dispatch.apply(transit);
      } catch (FaultException _) {
        return dispatch.apply(transit);
      } catch (RuntimeException _) {
        return dispatch.apply(transit);
      }
    });
    return new Passage(steps, new Recover(world, listener, engine), new Settle(listener));
  }

  /** Never looks at limits or data. */
  public static Passage guardsNothing(World world, Listener listener, Engine engine) {
    var steps = new ArrayList<>(steps(world, engine));
    steps.removeIf(Guard.class::isInstance);
    return new Passage(steps, new Recover(world, listener, engine), new Settle(listener));
  }

  /** Lets the answer through however late it is. */
  public static Passage hasNoClock(World world, Listener listener, Engine engine) {
    var steps = new ArrayList<>(steps(world, engine));
    var dispatch = steps.removeLast();
    steps.add(transit -> {
      var next = dispatch.apply(transit);
      world.sleep(java.time.Duration.ofSeconds(30));
      return next;
    });
    return new Passage(steps, new Recover(world, listener, engine), new Settle(listener));
  }

  /** Says that a dead letter is safe, and delivers none. */
  public static Passage losesDeadLetters(World world, Listener listener, Engine engine) {
    return new Passage(
        steps(world, engine),
        transit -> {
          transit.isDeadLettered =
              transit.outcome instanceof Outcome.Failed
                  && transit.lane.flatMap(lane -> lane.recovery().deadLetters()).isPresent();
          return Next.Go.ON;
        },
        new Settle(listener));
  }

  /** Answers again at the end what a step has answered. */
  public static Passage answersTwice(World world, Listener listener, Engine engine) {
    var settle = new Settle(listener);
    return new Passage(
        steps(world, engine),
        new Recover(world, listener, engine),
        transit -> {
          if (transit.isAnswered()) {
            transit.delivery.settle(transit.outcome);
          }
          return settle.apply(transit);
        });
  }

  /** Books as delivered what a filter dropped. */
  public static Passage hidesDrops(World world, Listener listener, Engine engine) {
    var settle = new Settle(listener);
    return new Passage(
        steps(world, engine),
        new Recover(world, listener, engine),
        transit -> {
          if (transit.outcome instanceof Outcome.Dropped && !transit.isAnswered()) {
            transit.delivery.settle(transit.outcome);
            transit.ledger.delivered();
            return Next.Go.ON;
          }
          return settle.apply(transit);
        });
  }

  /** Leaves done what was done of a message that failed. */
  public static Passage undoesNothing(World world, Listener listener, Engine engine) {
    return new Passage(world, listener, BrokenEngines.undoesNothing(world, listener));
  }

  /** Undoes in the order in which it was done. */
  public static Passage undoesForwards(World world, Listener listener, Engine engine) {
    return new Passage(world, listener, BrokenEngines.undoesForwards(world, listener));
  }

  /** Asks who it is, and lets everybody in. */
  public static Passage letsAllIn(World world, Listener listener, Engine engine) {
    var steps = new ArrayList<>(steps(world, engine));
    steps.removeIf(Authorize.class::isInstance);
    return new Passage(steps, new Recover(world, listener, engine), new Settle(listener));
  }

  /** Believes what a source says of who sends. */
  public static Passage believesSources(World world, Listener listener, Engine engine) {
    var steps = new ArrayList<>(steps(world, engine));
    steps.removeIf(Authenticate.class::isInstance);
    return new Passage(steps, new Recover(world, listener, engine), new Settle(listener));
  }

  /** Sends second copies beyond the budget. */
  public static Passage hedgesWithoutEnd(World world, Listener listener, Engine engine) {
    return new Passage(world, listener, BrokenEngines.hedgesWithoutEnd(world, listener));
  }

  /** Answers with what the shadow says. */
  public static Passage answersFromTheShadow(World world, Listener listener, Engine engine) {
    return new Passage(world, listener, BrokenEngines.answersFromTheShadow(world, listener));
  }

  /** Leaves one message out of each batch of several. */
  public static Passage losesOneOfABatch(World world, Listener listener, Engine engine) {
    return new Passage(world, listener, BrokenEngines.losesOneOfABatch(world, listener));
  }

  /** Has one message twice in each batch. */
  public static Passage doublesOneOfABatch(World world, Listener listener, Engine engine) {
    return new Passage(world, listener, BrokenEngines.doublesOneOfABatch(world, listener));
  }

  /** Lets all messages go at once. */
  public static Passage keepsNoOrder(World world, Listener listener, Engine engine) {
    return withOrder(world, listener, engine, _ -> Next.Go.ON);
  }

  /** Takes for the order in which messages came that in which they were read. */
  public static Passage ordersWhatIsRead(World world, Listener listener, Engine engine) {
    var late = new KeyOrder(world);
    return withOrder(
        world,
        listener,
        engine,
        transit -> {
          transit.endTurn();
          transit.takeTurn(late);
          return new Order().apply(transit);
        });
  }

  /** Lets the next message go when this one is read. */
  public static Passage endsTurnsEarly(World world, Listener listener, Engine engine) {
    return withOrder(
        world,
        listener,
        engine,
        transit -> {
          var next = new Order().apply(transit);
          transit.endTurn();
          return next;
        });
  }

  private static Passage withOrder(
      World world, Listener listener, Engine engine, PassageStep order) {
    var steps = new ArrayList<>(steps(world, engine));
    steps.replaceAll(step -> step instanceof Order ? order : step);
    return new Passage(steps, new Recover(world, listener, engine), new Settle(listener));
  }

  private static List<PassageStep> steps(World world, Engine engine) {
    return List.of(
        new Receive(world),
        new Decode(world),
        new Authenticate(),
        new Authorize(),
        new Match(),
        new Order(),
        new Guard(engine),
        new Dispatch(world, engine));
  }
}
