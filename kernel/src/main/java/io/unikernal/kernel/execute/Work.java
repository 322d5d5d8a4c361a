package io.unikernal.kernel.execute;

import io.unikernal.kernel.explain.Span;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Deadline;
import java.time.Duration;

/**
 * A part of a task on one thread: until when, and how it is stopped.
 *
 * @param until the deadline as it was when this part began
 * @param restNanos how long it may go on after an answer that is given meanwhile: time limits begin
 *     anew then, and a caller's deadline is over
 * @param isRest whether it began after the answer
 * @param saga what was done and can be undone
 * @param span what is recorded of it
 */
public record Work(
    Task task, Deadline until, long restNanos, boolean isRest, Scope scope, Saga saga, Span span) {

  public Work(Task task, Deadline until, Scope scope) {
    this(task, until, Long.MAX_VALUE, task.answer().isGiven(), scope, new Saga(), task.span());
  }

  public Deadline deadline() {
    if (isRest || !task.answer().isGiven()) {
      return until;
    }
    return restNanos == Long.MAX_VALUE
        ? Deadline.NONE
        : Deadline.after(Duration.ofNanos(restNanos), task.answer().givenAt());
  }

  /**
   * Before anything new begins: an adapter may have taken the interrupt for noise and gone on, and
   * an interrupt comes only once.
   */
  void goOn() throws InterruptedException {
    if (scope.anyReason().isPresent()) {
      throw new InterruptedException();
    }
  }

  /** Within a limit that begins now. */
  Work within(Deadline end, Duration limit, Scope inner) {
    long rest = Math.min(restNanos, limit.toNanos());
    return new Work(
        task, end.earlier(deadline()), rest, task.answer().isGiven(), inner, saga, span);
  }

  /** Within a caller's deadline, which ends with the answer. */
  Work withinCallers(Deadline end, Scope inner) {
    return new Work(
        task, end.earlier(deadline()), restNanos, task.answer().isGiven(), inner, saga, span);
  }

  /** A part on a thread of its own. */
  Work apart(Scope own) {
    return new Work(task, deadline(), restNanos, task.answer().isGiven(), own, new Saga(), span);
  }

  /** The same, recorded as a part of its own. */
  Work recorded(Span part) {
    return new Work(task, until, restNanos, isRest, scope, saga, part);
  }
}
