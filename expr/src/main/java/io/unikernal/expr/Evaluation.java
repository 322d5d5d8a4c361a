package io.unikernal.expr;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
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

  /**
   * What one run may build in all: chars of texts, bytes, and {@link #ELEMENT} for each element. A
   * loop that joins large texts at each turn ends here, and not when memory does.
   */
  static final long BUILT_MAX = 2L * SIZE_MAX;

  /** An element of a list or an entry of a map, in chars. */
  static final int ELEMENT = 16;

  /** Chars or elements that are gone through at the price of one turn of a loop. */
  private static final int WORK_PER_STEP = 64;

  private static final Value[] NO_LOCALS = new Value[0];

  final Frame frame;
  final Value[] locals;

  /** Whose steps are counted: a function's body spends what its caller has. */
  private final @Nullable Evaluation payer;

  private int steps = STEPS_MAX;
  private long built;

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

  /** Counts a function's own loops: so many chars or elements that it goes through. */
  void spend(long work) {
    if (work < WORK_PER_STEP) {
      return;
    }
    if (payer != null) {
      payer.spend(work);
      return;
    }
    steps -= (int) Math.min(work / WORK_PER_STEP, STEPS_MAX + 1L);
    checkStep(steps);
  }

  /** Counts what was built, so that many large values are no way around the bound on one. */
  void built(long size) {
    if (size == 0) {
      return;
    }
    if (payer != null) {
      payer.built(size);
      return;
    }
    checkSize(size);
    built += size;
    if (built > BUILT_MAX) {
      throw tooLarge();
    }
  }

  static void checkSize(long size) {
    if (size > SIZE_MAX) {
      throw tooLarge();
    }
  }

  /** So many elements of a list, before they are made. */
  static void checkElements(long count) {
    checkSize(count > SIZE_MAX ? count : count * ELEMENT);
  }

  private static FaultException tooLarge() {
    return Fault.of(Fault.Code.INTERNAL, "the expression built a value that is too large")
        .toException();
  }
}
