package io.unikernal.kernel.execute;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.explain.Note;
import io.unikernal.kernel.routing.Candidate;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.spi.World;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Calls one member of a `choose`: what the author prefers, else now and then one on trial, else by
 * what is known of the members; with a second copy to another where that takes too long.
 */
class Choices {
  private final World world;
  private final Targets targets;
  private final Together together;
  private final Listener listener;

  Choices(World world, Targets targets, Together together, Listener listener) {
    this.world = world;
    this.targets = targets;
    this.together = together;
    this.listener = listener;
  }

  Value choose(Several.Choose target, Frame frame, Work work) throws InterruptedException {
    var preferred =
        target.prefer().isPresent()
                && target.prefer().get().evaluate(frame) instanceof Value.Text(var name)
            ? name
            : "";
    var canary = preferred.isEmpty() ? canary(target) : Optional.<Canary>empty();
    if (canary.isPresent()) {
      return onTrial(target, canary.get(), frame, work);
    }
    var candidate = candidate(target, preferred, frame, work);
    if (target.hedging().isEmpty()) {
      return measured(target, candidate, frame, work, false);
    }
    var hedging = target.hedging().get();
    hedging.called();
    var after = hedging.after(candidate.statistics());
    return after.isEmpty()
        ? measured(target, candidate, frame, work, false)
        : new Hedged(target, hedging, candidate, frame, work).call(after.get());
  }

  private Candidate candidate(Several.Choose target, String preferred, Frame frame, Work work) {
    boolean isRecorded = work.span().isRecorded();
    if (!isRecorded && !listener.hearsDecisions()) {
      return target.selection().choose(preferred, () -> key(target, frame)).candidate();
    }
    var decided = target.selection().decide(preferred, () -> key(target, frame));
    if (isRecorded) {
      work.span().note(new Note.Chosen(target.text(), decided.decision()));
    }
    if (listener.hearsDecisions()) {
      var task = work.task();
      listener.on(
          new Listener.Event.TargetChosen(task.route(), task.message().id(), decided.decision()));
    }
    return decided.choice().candidate();
  }

  private static String key(Several.Choose target, Frame frame) {
    return target
        .key()
        .map(key -> new String(Json.write(key.evaluate(frame)), StandardCharsets.UTF_8))
        .orElse("");
  }

  /** One draw for all canaries, so that each gets the percent that is written for it. */
  private Optional<Canary> canary(Several.Choose target) {
    if (target.canaries().isEmpty()) {
      return Optional.empty();
    }
    double draw = world.random() * 100;
    for (var canary : target.canaries()) {
      draw -= canary.percent();
      if (draw < 0) {
        boolean isOn =
            canary.trial().ended().isEmpty() && canary.candidate().statistics().mayTake();
        return isOn ? Optional.of(canary) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private Value onTrial(Several.Choose target, Canary canary, Frame frame, Work work)
      throws InterruptedException {
    Measure measure =
        (nanos, success) -> {
          if (canary.trial().book(nanos, success)) {
            listener.on(
                new Listener.Event.CanaryRolledBack(
                    work.task().route(),
                    canary.member().aim().text(),
                    canary.trial().ended().orElse("")));
          }
        };
    return measured(target, canary.candidate(), canary.member(), measure, frame, work, false);
  }

  private Value measured(
      Several.Choose target, Candidate candidate, Frame frame, Work work, boolean isHedged)
      throws InterruptedException {
    Measure measure =
        target.canaries().isEmpty() ? Measure.NONE : (nanos, ok) -> target.usual().add(nanos, ok);
    var member = target.named(candidate.name());
    return measured(target, candidate, member, measure, frame, work, isHedged);
  }

  /** Hears how a call ended that says something. */
  @FunctionalInterface
  private interface Measure {
    Measure NONE = (_, _) -> {};

    void ended(long nanos, boolean success);
  }

  /** {@code isHedged}: a copy may beat it; then it has taken so long at least. */
  private Value measured(
      Several.Choose target,
      Candidate candidate,
      Several.Member member,
      Measure measure,
      Frame frame,
      Work work,
      boolean isHedged)
      throws InterruptedException {
    var statistics = candidate.statistics();
    long begun = statistics.begin();
    Optional<Boolean> success = Optional.of(false);
    try {
      var answer = targets.member(target, member, frame, work);
      success = Optional.of(true);
      return answer;
    } catch (Ended e) {
      success = Optional.of(true);
      throw e;
    } catch (RuntimeException e) {
      success = success(work, Failure.faultOf(e), isHedged);
      throw e;
    } catch (InterruptedException e) {
      success = success(work, Fault.of(Fault.Code.CANCELLED, "interrupted"), isHedged);
      throw e;
    } finally {
      if (success.isEmpty()) {
        statistics.abandon();
      } else {
        measure.ended(world.nanos() - begun, success.get());
        if (statistics.end(begun, success.get())) {
          listener.on(new Listener.Event.TargetLeftOut(work.task().route(), member.aim().text()));
        }
      }
    }
  }

  /** Whether the member did its part; empty if that cannot be said. */
  private static Optional<Boolean> success(Work work, Fault fault, boolean isHedged) {
    var reason = work.scope().anyReason();
    if (isHedged && reason.isPresent() && reason.get() == Together.BEATEN) {
      return Optional.of(true);
    }
    var code = reason.map(Fault::code).orElse(fault.code());
    return code == Fault.Code.CANCELLED ? Optional.empty() : Optional.of(Targets.isCallers(code));
  }

  /** Whether a second copy may go out now; tests make one that never asks. */
  boolean mayHedge(Hedging hedging) {
    return hedging.budget.take();
  }

  /** A call of which a second copy may go to another member. */
  private final class Hedged {
    private final Several.Choose target;
    private final Hedging hedging;
    private final Candidate first;
    private final Frame frame;
    private final Work work;
    private final String key;
    private final Value[] answers = {Value.Absent.ABSENT, Value.Absent.ABSENT};
    private final boolean[] isDropped = new boolean[2];
    private volatile @Nullable Candidate second;

    Hedged(Several.Choose target, Hedging hedging, Candidate first, Frame frame, Work work) {
      this.target = target;
      this.hedging = hedging;
      this.first = first;
      this.frame = frame;
      this.work = work;
      this.key = key(target, frame);
    }

    Value call(Duration after) throws InterruptedException {
      var names = List.of(first.name(), "hedge of " + first.name());
      return switch (together.hedged(names, work, after, this::mayStart, this::run)) {
        case Together.Race.Won(var index) -> {
          if (index == 1) {
            hedging.won.increment();
          }
          if (isDropped[index]) {
            throw Ended.BY_FILTER;
          }
          yield answers[index];
        }
        case Together.Race.Lost(var failures, _) ->
            throw Failure.at(failures.getFirst(), "", "", target.origin());
      };
    }

    private boolean mayStart() {
      var other = target.selection().another(first, () -> key);
      if (other.isEmpty() || !mayHedge(hedging)) {
        return false;
      }
      second = other.get();
      hedging.sent.increment();
      return true;
    }

    private void run(int index, Work own) throws InterruptedException {
      var chosen = second;
      var candidate = index == 0 || chosen == null ? first : chosen;
      try {
        answers[index] = measured(target, candidate, frame.copy(), own, index == 0);
      } catch (Ended _) {
        isDropped[index] = true;
      }
    }
  }
}
