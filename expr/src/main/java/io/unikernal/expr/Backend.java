package io.unikernal.expr;

import io.unikernal.model.Frame;
import io.unikernal.model.Value;

/**
 * What turns IR into something that runs at once: {@link #CHOSEN}. {@link Deployment} replaces what
 * it prepared by bytecode. Both must give the same values and the same errors.
 */
interface Backend {
  Backend CHOSEN = new Interpreter();

  Program prepare(Ir root, int locals);

  /** Throws {@link EvaluationException} for errors of the expression. */
  interface Program {
    Value run(Frame frame);

    /** As a part of another run, which pays for the steps. */
    Value runFor(Evaluation caller, Frame frame);
  }
}
