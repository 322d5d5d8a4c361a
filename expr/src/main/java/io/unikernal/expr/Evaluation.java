package io.unikernal.expr;

import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Value;

/** One run of one expression: its frame, its local variables and what it may still spend. */
final class Evaluation {
  static final int STEPS_MAX = 1_000_000;

  /** Elements of a list, or chars of a text, that one expression may build. */
  static final int SIZE_MAX = 16 * 1024 * 1024;

  private static final Value[] NO_LOCALS = new Value[0];

  final Frame frame;
  final Value[] locals;
  private int steps = STEPS_MAX;

  Evaluation(Frame frame, int locals) {
    this.frame = frame;
    this.locals = locals == 0 ? NO_LOCALS : new Value[locals];
  }

  /** Counts one turn of a loop. */
  void step() {
    if (--steps < 0) {
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
