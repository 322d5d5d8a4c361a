package io.unikernal.expr;

import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Value;
import org.jspecify.annotations.Nullable;

/** One run of one expression: its frame, its local variables and what it may still spend. */
final class Evaluation {
  static final int STEPS_MAX = 1_000_000;

  /** Elements of a list, or chars of a text, that one expression may build. */
  static final int SIZE_MAX = 16 * 1024 * 1024;

  /** Where these bits of what is left are set, generated code looks whether it is interrupted. */
  static final int INTERRUPT_MASK = 63;

  private static final Value[] NO_LOCALS = new Value[0];

  final Frame frame;
  final Value[] locals;

  /** Whose steps are counted: a function's body spends what its caller has. */
  private final @Nullable Evaluation payer;

  private int steps = STEPS_MAX;

  Evaluation(Frame frame, int locals) {
    this(frame, locals, null);
  }

  private Evaluation(Frame frame, int locals, @Nullable Evaluation payer) {
    this.frame = frame;
    this.locals = locals == 0 ? NO_LOCALS : new Value[locals];
    this.payer = payer;
  }

  /** For a function's body, or a part of it. */
  static Evaluation paidBy(Evaluation caller, Frame frame, int locals) {
    return new Evaluation(frame, locals, caller.payer == null ? caller : caller.payer);
  }

  /** Whether this runs within a call of a function. */
  boolean isPaid() {
    return payer != null;
  }

  /** Counts one turn of a loop, or one call of a function. */
  void step() {
    if (payer != null) {
      payer.step();
      return;
    }
    checkStep(--steps);
  }

  static void checkStep(int left) {
    if (left < 0) {
      throw Fault.of(
              Fault.Code.INTERNAL,
              "the expression took more than " + STEPS_MAX + " steps",
              "filter earlier, or do this in a function")
          .toException();
    }
    if (Thread.currentThread().isInterrupted()) {
      throw Fault.of(Fault.Code.CANCELLED, "the expression was interrupted").toException();
    }
  }

  static void checkSize(long size) {
    if (size > SIZE_MAX) {
      throw Fault.of(Fault.Code.INTERNAL, "the expression built a value that is too large")
          .toException();
    }
  }
}
