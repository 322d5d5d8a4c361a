package io.unikernal.server;

import io.unikernal.kernel.Kernel;
import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Plan;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.World;
import io.unikernal.udl.CheckReport;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.PlanDiff;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Goes on with what the files of a running definition say now. */
public final class Reloading {
  /** How long messages may go on by the definition before. */
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(30);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final Map<String, Adapter> adapters;
  private final Compiler compiler;
  private final ReentrantLock lock = new ReentrantLock();

  /** What runs. Changed under the lock. */
  private Compilation current;

  /**
   * What is wished for.
   *
   * @param isTried only to say what would change
   * @param rule when to go back; never, if empty
   */
  record Wish(boolean isTried, Optional<HealthRule> rule) {
    static final Wish CHANGE = new Wish(false, Optional.empty());

    /** Of a query or a request of the control socket; both trials empty where none is wished. */
    static Wish of(boolean isTried, Optional<Double> trialSeconds, Optional<Double> errorPercent) {
      return new Wish(
          isTried,
          trialSeconds.map(seconds ->
              new HealthRule(
                  Duration.ofMillis(Math.round(seconds * 1000)),
                  errorPercent.map(one -> one / 100).orElse(HealthRule.ERRORS_MAX))));
    }
  }

  /** Compiles the files again, as they were compiled when it was started. */
  @FunctionalInterface
  public interface Compiler {
    Compilation compile() throws InterruptedException;
  }

  /** What came of it. */
  public sealed interface Outcome {
    /** The files have errors; nothing has changed. */
    record Refused(Compilation found) implements Outcome {}

    /** It was only asked; nothing has changed. */
    record Planned(List<PlanDiff.Change> changes) implements Outcome {}

    /** This is how it runs now. Without changes it ran so before. */
    record Changed(List<PlanDiff.Change> changes) implements Outcome {}

    /** It was changed, did worse, and runs as before again. */
    record RolledBack(List<PlanDiff.Change> changes, String why) implements Outcome {}
  }

  /** {@code first} has a plan. */
  public Reloading(Compilation first, Map<String, Adapter> adapters, Compiler compiler) {
    current = first;
    this.adapters = adapters;
    this.compiler = compiler;
  }

  Plan plan() {
    return current.plan().orElseThrow();
  }

  /**
   * Ends when the trial has, if there is one.
   *
   * @throws io.unikernal.model.FaultException what cannot be opened, or why it cannot change now;
   *     nothing has changed then
   */
  Outcome reload(Kernel kernel, World world, Wish wish) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Compilation found = compiler.compile();
      if (found.plan().isEmpty()) {
        return new Outcome.Refused(found);
      }
      var changes = PlanDiff.between(current, found);
      if (wish.isTried()) {
        return new Outcome.Planned(changes);
      }
      var status = kernel.status();
      var before = current;
      goOnWith(found, kernel);
      Optional<String> worse =
          wish.rule().isPresent()
              ? wish.rule().get().watch(kernel, world, status)
              : Optional.empty();
      if (worse.isEmpty()) {
        return new Outcome.Changed(changes);
      }
      while (kernel.isChanging()) { // bounded: messages of before have their limit
        world.sleep(LOOK_AGAIN);
      }
      goOnWith(before, kernel);
      return new Outcome.RolledBack(changes, worse.get());
    } finally {
      lock.unlock();
    }
  }

  private void goOnWith(Compilation next, Kernel kernel) throws InterruptedException {
    Plan plan = next.plan().orElseThrow();
    if (!plan.state().equals(plan().state())) {
      throw Fault.of(
              Fault.Code.REJECTED,
              "the keys of the state change only with a restart",
              "stop it in order and run it again")
          .toException();
    }
    Compiling.compile(plan); // before its first message
    kernel.change(plan, adapters, PlanDiff.alike(plan(), plan), LEAVE_LIMIT);
    current = next;
  }

  /** For the control socket and the API. */
  static Value words(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Refused(var found) ->
          ControlWords.dict(
              "outcome", Value.text("refused"),
              "report", json(CheckReport.json(found)),
              "text", Value.text(found.rendered().text(false)));
      case Outcome.Planned(var changes) -> words("planned", changes);
      case Outcome.Changed(var changes) -> words("changed", changes);
      case Outcome.RolledBack(var changes, var why) ->
          ControlWords.dict(
              "outcome", Value.text("rolled back"),
              "why", Value.text(why),
              "changes", json(PlanDiff.json(changes)),
              "text", Value.text(PlanDiff.text(changes)));
    };
  }

  private static Value words(String outcome, List<PlanDiff.Change> changes) {
    return ControlWords.dict(
        "outcome", Value.text(outcome),
        "changes", json(PlanDiff.json(changes)),
        "text", Value.text(PlanDiff.text(changes)));
  }

  private static Value json(String text) {
    return Json.read(text.getBytes(StandardCharsets.UTF_8), Json.Limits.EXACT);
  }

  static Fault none() {
    return Fault.of(
        Fault.Code.UNSUPPORTED,
        "what runs here was not made of files that could be read again",
        "run it with `unikernal run`");
  }
}
