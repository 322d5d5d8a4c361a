package io.unikernal.kernel.execute;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Origin;
import io.unikernal.model.Value;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A fault on its way up, with the place it came from. {@code step} is the innermost one that
 * failed; {@code localStep} the one that the pipeline it passes now knows by name.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final transient Fault fault;
  private final String step;
  private final String localStep;
  private final String operation;
  private final transient Origin origin;

  private Failure(
      Fault fault,
      @Nullable Throwable cause,
      String step,
      String localStep,
      String operation,
      Origin origin) {
    super(fault.code() + ": " + fault.message(), cause, false, false);
    this.fault = fault;
    this.step = step;
    this.localStep = localStep;
    this.operation = operation;
    this.origin = origin;
  }

  /** What went wrong at a step; keeps the place of a failure that has one already. */
  static Failure at(Throwable thrown, String step, String operation, Origin origin) {
    return thrown instanceof Failure failure
        ? failure
        : new Failure(faultOf(thrown), thrown, step, step, operation, origin);
  }

  /** The same, as the pipeline around sees it: its own step failed. */
  Failure seenAs(String outerStep) {
    return new Failure(
        fault, getCause(), step.isEmpty() ? outerStep : step, outerStep, operation, origin);
  }

  /** The same place, with more said of what went wrong. */
  Failure with(Fault more) {
    return new Failure(more, getCause(), step, localStep, operation, origin);
  }

  /** The fault of anything thrown: what is not a fault already is one of ours, without details. */
  public static Fault faultOf(Throwable thrown) {
    return switch (thrown) {
      case Failure failure -> failure.fault;
      case FaultException exception -> exception.fault();
      default -> Fault.of(Fault.Code.INTERNAL, "Unikernal failed; its log says more");
    };
  }

  /** For listeners: the same fault, with the class of a bug's exception among its details. */
  public static Fault reported(Throwable thrown) {
    var fault = faultOf(thrown);
    Throwable bug = thrown;
    while (bug instanceof Failure || bug instanceof FaultException) {
      bug = bug.getCause();
    }
    if (bug == null) {
      return fault;
    }
    var details = new LinkedHashMap<>(fault.details().fields());
    details.put("exception", Value.text(bug.getClass().getName()));
    return fault.withDetails(new Value.Dict(details));
  }

  /** Where it happened, if that is known; else {@code otherwise}. */
  public static Origin origin(Throwable thrown, Origin otherwise) {
    return thrown instanceof Failure failure && !failure.origin.equals(Origin.NONE)
        ? failure.origin
        : otherwise;
  }

  public Fault fault() {
    return fault;
  }

  public String step() {
    return step;
  }

  public String localStep() {
    return localStep;
  }

  public String operation() {
    return operation;
  }

  public Origin origin() {
    return origin;
  }
}
