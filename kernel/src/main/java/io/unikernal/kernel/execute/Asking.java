package io.unikernal.kernel.execute;

import io.unikernal.kernel.Listener;
import io.unikernal.kernel.resilience.Asked;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Policy;
import io.unikernal.model.Principal;
import io.unikernal.model.Value;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the policies of a place see of one message. Made only where there are policies. */
public final class Asking implements Asked {
  /** A place, and what comes to it. */
  public record Of(
      String what,
      Deadline deadline,
      Supplier<Frame> place,
      Supplier<Value> input,
      Supplier<Value> taken) {}

  private final Listener listener;
  private final Task task;
  private final String what;
  private final Deadline deadline;
  private final Supplier<Frame> place;
  private final Supplier<Value> input;
  private final Supplier<Value> taken;
  private @Nullable Frame atPlace;
  private @Nullable Frame operation;
  private boolean isDuplicate;

  /**
   * @param place the variables of the place
   * @param input what comes to the place
   * @param taken what the guarded operation takes, for policies that stand at it
   */
  public Asking(
      Listener listener,
      Task task,
      String what,
      Deadline deadline,
      Supplier<Frame> place,
      Supplier<Value> input,
      Supplier<Value> taken) {
    this.listener = listener;
    this.task = task;
    this.what = what;
    this.deadline = deadline;
    this.place = place;
    this.input = input;
    this.taken = taken;
  }

  @Override
  public String what() {
    return what;
  }

  @Override
  public Value value(Policy.Rule rule) {
    return rule.expression()
        .evaluate(
            switch (rule.over()) {
              case PLACE -> atPlace();
              case OPERATION -> operation();
            });
  }

  private Frame atPlace() {
    var known = atPlace;
    if (known == null) {
      known = place.get();
      atPlace = known;
    }
    return known;
  }

  private Frame operation() {
    var known = operation;
    if (known == null) {
      known = task.frame(Frame.FIRST_STEP, taken.get());
      operation = known;
    }
    return known;
  }

  @Override
  public Value input() {
    return input.get();
  }

  @Override
  public Principal who() {
    return task.message().principal();
  }

  @Override
  public String messageId() {
    return task.message().id();
  }

  @Override
  public Deadline deadline() {
    return deadline;
  }

  @Override
  public void refused(Policy policy, Fault fault) {
    var message = task.message();
    listener.on(
        new Listener.Event.Refused(
            message.operation(),
            message.principal(),
            "",
            fault.code(),
            policy.kind() + " of " + task.route() + ": " + fault.message(),
            message.id(),
            message.trace().traceId(),
            policy.origin()));
  }

  @Override
  public void acted(Policy policy) {
    listener.acted(policy);
  }

  @Override
  public void isDuplicate() {
    isDuplicate = true;
  }

  /** Whether the message was done before. */
  public boolean wasDuplicate() {
    return isDuplicate;
  }
}
