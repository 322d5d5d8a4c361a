package io.unikernal.server;

import io.unikernal.kernel.Kernel;
import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Plan;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.CheckReport;
import io.unikernal.udl.Compilation;
import io.unikernal.udl.PlanDiff;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Goes on with what the files of a running definition say now. */
public final class Reloading {
  /** How long messages may go on by the definition before. */
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(30);

  private final Map<String, Adapter> adapters;
  private final Compiler compiler;
  private final ReentrantLock lock = new ReentrantLock();

  /** What runs. Changed under the lock. */
  private Compilation current;

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
   * @param isTried whether only to say what would change
   * @throws io.unikernal.model.FaultException what cannot be opened, or why it cannot change now;
   *     nothing has changed then
   */
  Outcome reload(Kernel kernel, boolean isTried) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Compilation found = compiler.compile();
      if (found.plan().isEmpty()) {
        return new Outcome.Refused(found);
      }
      var changes = PlanDiff.between(current, found);
      if (isTried) {
        return new Outcome.Planned(changes);
      }
      Plan next = found.plan().get();
      Compiling.compile(next); // before its first message
      var alike = PlanDiff.alike(plan(), next);
      kernel.change(next, adapters, alike, LEAVE_LIMIT);
      current = found;
      return new Outcome.Changed(changes);
    } finally {
      lock.unlock();
    }
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
