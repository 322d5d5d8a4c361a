package io.unikernal.expr;

import io.unikernal.model.Frame;
import io.unikernal.model.Value;

/** One expression of a generated class, with the interpreter behind it for values that lie. */
final class CompiledProgram implements Backend.Program {
  /** After so many values of a wrong type the generated code is not tried any more. */
  static final int LIES_MAX = 1_000;

  private final Code code;
  private final int number;
  private final boolean needsRun;
  private final Ir root;
  private final int locals;

  /** Several threads may lose counts: it need not be exact. */
  private int lies;

  CompiledProgram(Code code, int number, boolean needsRun, Ir root, int locals) {
    this.code = code;
    this.number = number;
    this.needsRun = needsRun;
    this.root = root;
    this.locals = locals;
  }

  int lies() {
    return lies;
  }

  @Override
  public Value run(Frame frame) {
    if (lies < LIES_MAX) {
      try {
        return code.run(number, frame, needsRun ? new Evaluation(frame, 0) : null);
      } catch (Mistyped _) {
        lies++;
      }
    }
    return Interpreter.evaluate(root, new Evaluation(frame, locals));
  }

  @Override
  public Value runFor(Evaluation caller, Frame frame) {
    if (lies < LIES_MAX) {
      try {
        return code.run(number, frame, Evaluation.paidBy(caller, frame, 0));
      } catch (Mistyped _) {
        lies++;
      }
    }
    return Interpreter.evaluate(root, Evaluation.paidBy(caller, frame, locals));
  }
}
