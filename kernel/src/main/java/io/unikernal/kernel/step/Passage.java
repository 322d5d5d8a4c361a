package io.unikernal.kernel.step;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.execute.Engine;
import io.unikernal.model.Fault;
import io.unikernal.model.Outcome;
import io.unikernal.model.ValueStream;
import io.unikernal.spi.World;
import java.util.List;

/**
 * The way of every message: nine steps in this order, and the one loop that walks them. Between the
 * last two stands what is done about a failure.
 */
public final class Passage {
  private final PassageStep[] steps;
  private final PassageStep recover;
  private final PassageStep settle;

  public Passage(World world, Listener listener, Engine engine) {
    this(
        List.of(
            new Receive(world),
            new Decode(world),
            new Authenticate(),
            new Authorize(),
            new Match(),
            new Order(),
            new Guard(engine),
            new Dispatch(world, engine)),
        new Recover(world, listener, engine),
        new Settle(listener));
  }

  /** For tests that break a step on purpose. */
  Passage(List<PassageStep> steps, PassageStep recover, PassageStep settle) {
    this.steps = steps.toArray(PassageStep[]::new);
    this.recover = recover;
    this.settle = settle;
  }

  /**
   * Carries a message to its end on the current thread; throws nothing. Settle always runs, once,
   * and no interrupt of ours can reach it, since the scope is closed before; but where the answer
   * is a stream, which is still to be made.
   */
  public void run(Transit transit) {
    try {
      for (var step : steps) {
        if (step.apply(transit) instanceof Next.End(var outcome)) {
          transit.outcome = outcome;
          break;
        }
      }
    } catch (Throwable e) {
      transit.fail(e);
    }
    end(transit);
  }

  /** Books a message and gives it back without looking at it. */
  public void refuse(Transit transit, Fault fault) {
    try {
      steps[0].apply(transit);
      transit.outcome = new Outcome.Failed(fault);
    } catch (Throwable e) {
      transit.fail(e);
    }
    end(transit);
  }

  private void end(Transit transit) {
    boolean isStreaming =
        transit.outcome instanceof Outcome.Done(var reply) && reply.body() instanceof ValueStream;
    if (!isStreaming) {
      transit.scope.close();
    }
    try {
      recover.apply(transit);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException _) {
      // The failure it was about is still the outcome, and goes to the source.
    }
    try {
      settle.apply(transit);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      transit.scope.close();
      transit.closeStreams();
    }
  }
}
