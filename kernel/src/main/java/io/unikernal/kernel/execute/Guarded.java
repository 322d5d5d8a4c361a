package io.unikernal.kernel.execute;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.explain.Note;
import io.unikernal.kernel.resilience.Attempt;
import io.unikernal.kernel.resilience.Breaker;
import io.unikernal.kernel.resilience.Durations;
import io.unikernal.kernel.resilience.Policies;
import io.unikernal.kernel.resilience.Refused;
import io.unikernal.kernel.resilience.Retry;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Policy;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Work under time limits and retries. */
public final class Guarded {
  private final World world;
  private final Listener listener;
  private final Refreshes refreshes;

  public Guarded(World world, Listener listener) {
    this.world = world;
    this.listener = listener;
    refreshes = new Refreshes(world, listener, this);
  }

  /** What is guarded. */
  @FunctionalInterface
  public interface Body {
    Value run(Work work) throws InterruptedException;
  }

  /** The whole in a time limit, tries again inside: routes and pipelines. */
  public Value whole(Policies policies, String what, Work work, Body body)
      throws InterruptedException {
    if (policies.areNone()) {
      return body.run(work);
    }
    return policies.timeout().isPresent()
        ? limited(
            policies.timeout().get(),
            what,
            work,
            inner -> retried(policies, what, inner, called -> broken(policies, what, called, body)))
        : retried(policies, what, work, inner -> broken(policies, what, inner, body));
  }

  /** Each attempt in a time limit: steps. */
  public Value each(Policies policies, String what, String step, Work work, Body body)
      throws InterruptedException {
    if (policies.areNone()) {
      return body.run(work);
    }
    if (policies.timeout().isEmpty()) {
      return retried(policies, step, work, inner -> broken(policies, what, inner, body));
    }
    var limit = policies.timeout().get();
    return retried(
        policies,
        step,
        work,
        inner -> broken(policies, what, inner, called -> limited(limit, what, called, body)));
  }

  /**
   * In what may answer instead of the work, or let it wait.
   *
   * @param again the work once more, on variables of its own
   */
  public Value around(Policies policies, Asking asking, Work work, Body body, Supplier<Body> again)
      throws InterruptedException {
    return policies
        .around(
            asking,
            attempt(body, work),
            (guards, told) -> refreshes.start(work.task(), asking.what(), guards, again, told))
        .orElseThrow(() -> Ended.BY_FILTER);
  }

  static Attempt attempt(Body body, Work work) {
    return () -> {
      try {
        return Optional.of(body.run(work));
      } catch (Ended _) {
        return Optional.empty();
      }
    };
  }

  /** Whether all has ended that nobody waits for. */
  boolean isQuiet() {
    return refreshes.isQuiet();
  }

  /** A call through the breaker, if there is one, which hears how it ended. */
  private Value broken(Policies policies, String what, Work work, Body body)
      throws InterruptedException {
    if (policies.breaker().isEmpty()) {
      return body.run(work);
    }
    var breaker = policies.breaker().get();
    Breaker.Pass pass;
    try {
      pass = breaker.enter(what);
    } catch (Refused e) {
      listener.acted(breaker.policy());
      throw e;
    }
    var verdict = Breaker.Verdict.UNKNOWN;
    try {
      var answer = body.run(work);
      verdict = Breaker.Verdict.ANSWERED;
      return answer;
    } catch (Ended e) {
      verdict = Breaker.Verdict.ANSWERED;
      throw e;
    } catch (RuntimeException | InterruptedException e) {
      verdict = Verdicts.of(e, work, world.nanos());
      throw e;
    } finally {
      breaker.leave(pass, verdict);
    }
  }

  private Value retried(Policies policies, String step, Work work, Body body)
      throws InterruptedException {
    if (policies.retry().isEmpty()) {
      return body.run(work);
    }
    var retry = policies.retry().get();
    retry.begin();
    for (int attempt = 1; ; attempt++) {
      try {
        return body.run(work);
      } catch (Failure | FaultException e) {
        if (work.scope().anyReason().isPresent()) {
          throw e; // stopped from outside: the fault is only how that shows
        }
        pause(retry, step, attempt, e, work);
      }
    }
  }

  private void pause(Retry retry, String step, int attempt, RuntimeException thrown, Work work)
      throws InterruptedException {
    var fault = Failure.faultOf(thrown);
    var delay = retry.delayAfter(attempt, fault, work.deadline());
    if (delay.isPresent()) {
      listener.acted(retry.policy());
    }
    if (work.span().isRecorded()) {
      var pause = delay.orElse(Duration.ZERO);
      work.span().note(new Note.TriedAgain(attempt, fault, pause, delay.isEmpty()));
    }
    listener.on(
        new Listener.Event.AttemptFailed(
            work.task().route(),
            step,
            attempt,
            Failure.reported(thrown),
            delay.orElse(Duration.ZERO),
            Failure.origin(thrown, retry.policy().origin())));
    world.sleep(delay.orElseThrow(() -> thrown));
  }

  private Value limited(Policy.Timeout policy, String what, Work work, Body body)
      throws InterruptedException {
    if (!listener.hearsPolicies()) {
      return limited(policy.after(), what, work, body);
    }
    long begun = world.nanos();
    try {
      return limited(policy.after(), what, work, body);
    } finally {
      if (world.nanos() - begun >= policy.after().toNanos()) {
        listener.acted(policy);
      }
    }
  }

  /** Interrupts the work when its time is up; whatever it then does, the fault is TIMEOUT. */
  public Value limited(Duration limit, String what, Work work, Body body)
      throws InterruptedException {
    var until = Deadline.after(limit, world.nanos());
    boolean mayAnswer =
        work.task().answer() != Answer.NONE
            && work.task().answer() != Answer.UNHEARD
            && !work.task().answer().isGiven();
    if (work.deadline().nanos() <= until.nanos() && !mayAnswer) {
      return body.run(work); // who set the earlier deadline keeps watch
    }
    var scope = work.scope().inner();
    var timer = Alarm.set(world, work, limit, false, scope, () -> timeout(what, limit));
    return watched(timer, scope, work.within(until, limit, scope), body);
  }

  /** The same for a deadline that was not set here: the caller's, which ends with an answer. */
  public Value until(Deadline until, Duration limit, String what, Work work, Body body)
      throws InterruptedException {
    var scope = work.scope().inner();
    var timer = Alarm.set(world, work, limit, true, scope, () -> timeout(what, limit));
    return watched(timer, scope, work.withinCallers(until, scope), body);
  }

  private static Fault timeout(String what, Duration limit) {
    return Fault.of(
        Fault.Code.TIMEOUT, "`%s` did not answer within %s".formatted(what, Durations.text(limit)));
  }

  private static Value watched(World.Timer timer, Scope scope, Work work, Body body)
      throws InterruptedException {
    Value answer;
    try {
      answer = body.run(work);
    } catch (InterruptedException | RuntimeException | Error e) {
      throwIfOver(timer, scope);
      throw e;
    }
    throwIfOver(timer, scope);
    return answer;
  }

  /**
   * Whatever the work did when its time was up: the limit is a promise, so a late answer is none.
   */
  private static void throwIfOver(World.Timer timer, Scope scope) {
    timer.cancel();
    scope.close();
    var reason = scope.reason();
    if (reason.isPresent()) {
      throw reason.get().toException();
    }
  }
}
