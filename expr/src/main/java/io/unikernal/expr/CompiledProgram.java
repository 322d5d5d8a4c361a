package io.unikernal.expr;

import io.unikernal.model.Frame;
import io.unikernal.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * One expression of a generated class, which extends this: so that from the expression to its code
 * it is one step. The interpreter is behind it for values that lie.
 */
abstract class CompiledProgram implements Backend.Program {
  /** After so many values of a wrong type the generated code is not tried any more. */
  static final int LIES_MAX = 1_000;

  private final int number;
  private final boolean needsRun;
  private final Ir root;
  private final int locals;

  /** Whether the code is all that there is to run: it counts nothing, and is trusted. */
  private boolean isBare;

  /** Several threads may lose counts: it need not be exact. */
  private int lies;

  CompiledProgram(int number, boolean needsRun, Ir root, int locals) {
    this.number = number;
    this.needsRun = needsRun;
    this.root = root;
    this.locals = locals;
    isBare = !needsRun;
  }

  /**
   * The expressions of the group by number. {@code run} may be null only where the expression was
   * said not to need one.
   */
  abstract Value code(int which, Frame frame, @Nullable Evaluation run);

  /** Another expression of the same group. */
  abstract CompiledProgram of(int which, boolean runs, Ir itsRoot, int itsLocals);

  final int lies() {
    return lies;
  }

  @Override
  public final Value run(Frame frame) {
    if (!isBare) {
      return run(frame, needsRun ? new Evaluation(frame, 0) : null, null);
    }
    try {
      return code(number, frame, null);
    } catch (Mistyped _) {
      lied();
      return Interpreter.evaluate(root, new Evaluation(frame, locals));
    }
  }

  @Override
  public final Value runFor(Evaluation caller, Frame frame) {
    return run(frame, Evaluation.paidBy(caller, frame, 0), caller);
  }

  private void lied() {
    lies++;
    isBare &= lies < LIES_MAX;
  }

  /**
   * @param run what the code counts in
   * @param caller who pays, if there is one
   */
  private Value run(Frame frame, @Nullable Evaluation run, @Nullable Evaluation caller) {
    if (lies < LIES_MAX) {
      try {
        return code(number, frame, run);
      } catch (Mistyped _) {
        lied();
      }
    }
    return Interpreter.evaluate(
        root,
        caller == null ? new Evaluation(frame, locals) : Evaluation.paidBy(caller, frame, locals));
  }
}
