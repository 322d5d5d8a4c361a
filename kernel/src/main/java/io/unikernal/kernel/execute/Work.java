package io.unikernal.kernel.execute;

import io.unikernal.kernel.explain.Span;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Deadline;
import io.unikernal.model.Fault;
import io.unikernal.model.Origin;
import io.unikernal.model.Value;
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

  private static final Fault INTERRUPTED =
      Fault.of(Fault.Code.CANCELLED, "the work was interrupted");

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

  /** Does a part of this work, recorded as one, with how it ends. */
  Value part(Span.Kind kind, String name, Origin origin, Guarded.Body body)
      throws InterruptedException {
    var part = span.begin(kind, name, origin);
    try {
      var value = body.run(new Work(task, until, restNanos, isRest, scope, saga, part));
      part.end();
      return value;
    } catch (Ended e) {
      part.end();
      throw e;
    } catch (RuntimeException e) {
      part.fail(Failure.faultOf(e));
      throw e;
    } catch (InterruptedException e) {
      part.fail(scope.anyReason().orElse(INTERRUPTED));
      throw e;
    }
  }
}
