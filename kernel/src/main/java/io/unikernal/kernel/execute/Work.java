package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Deadline;

/** A part of a task on one thread: until when, and how it is stopped. */
public record Work(Task task, Deadline deadline, Scope scope) {
  /**
   * Before anything new begins: an adapter may have taken the interrupt for noise and gone on, and
   * an interrupt comes only once.
   */
  void goOn() throws InterruptedException {
    if (scope.anyReason().isPresent()) {
      throw new InterruptedException();
    }
  }

  Work within(Deadline until, Scope inner) {
    return new Work(task, until, inner);
  }
}
