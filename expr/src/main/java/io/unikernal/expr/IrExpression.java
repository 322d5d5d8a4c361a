package io.unikernal.expr;

import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.MisfitException;
import io.unikernal.model.Reads;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.List;
import java.util.Optional;

/** An expression of ours: its IR, and the program that a back end made of it. */
final class IrExpression implements Expression {
  private static final int EXCERPT_MAX = 80;
  private final Ir root;
  private final String text;
  private final int locals;

  /** Replaced by one that does the same, at once for whoever comes: it is made of final fields. */
  private Backend.Program program;

  private IrExpression(Ir root, int locals, String text) {
    this.root = root;
    this.locals = locals;
    this.text = text;
    program = Backend.CHOSEN.prepare(root, locals);
  }

  static IrExpression of(Ir root, int locals, String text) {
    return new IrExpression(root, locals, text);
  }

  boolean isCompiled() {
    return program instanceof CompiledProgram;
  }

  /** How often a value was not of its type. */
  int lies() {
    return program instanceof CompiledProgram made ? made.lies() : 0;
  }

  /** From now on runs as generated code. */
  void compiled(CompiledProgram group, int number, boolean needsRun) {
    program = group.of(number, needsRun, root, locals);
  }

  Ir root() {
    return root;
  }

  int locals() {
    return locals;
  }

  @Override
  public Type type() {
    return root.type();
  }

  @Override
  public Reads reads(int slot) {
    return Projection.of(List.of(this)).of(slot);
  }

  @Override
  public boolean isVariable(int slot) {
    return root instanceof Ir.Variable variable && variable.slot() == slot;
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public Value evaluate(Frame frame) {
    Backend.Program now = program;
    try {
      // The most common is asked for, which spares the look for what an interface means.
      return now instanceof CompiledProgram made ? made.run(frame) : now.run(frame);
    } catch (EvaluationException e) {
      throw fault(e);
    } catch (MisfitException e) {
      throw Fault.of(Fault.Code.INTERNAL, "a value is not of its type: " + e.getMessage())
          .toException();
    } catch (StackOverflowError _) {
      throw tooDeep();
    }
  }

  FaultException tooDeep() {
    return Fault.of(Fault.Code.INTERNAL, "the value is nested too deeply for " + quote(text))
        .toException();
  }

  /** A part of a function's body: on the frame of the run that it belongs to, which pays. */
  Value evaluateFor(Evaluation run) {
    try {
      return program.runFor(run, run.frame);
    } catch (EvaluationException e) {
      throw fault(e);
    }
  }

  /**
   * Runs a function's body. An error names both its place in the body and the call: {@code where}
   * stands between the two.
   */
  Value called(Frame frame, Evaluation caller, String where, Span call) {
    try {
      return program.runFor(caller, frame);
    } catch (EvaluationException e) {
      throw new EvaluationException(message(e) + where, Optional.of(e.fault(""))).at(call);
    } catch (FaultException e) {
      if (e.fault().code() != Fault.Code.INVALID) {
        throw e;
      }
      throw new EvaluationException(e.fault().message() + where, Optional.of(e.fault())).at(call);
    }
  }

  FaultException fault(EvaluationException error) {
    return error.fault(message(error)).toException();
  }

  private String message(EvaluationException error) {
    String excerpt = error.span() == Span.NONE ? text : error.span().of(text);
    String message = error.getMessage();
    return (message == null ? "an error in" : message) + " " + quote(excerpt);
  }

  private static String quote(String excerpt) {
    String line = excerpt.strip().replaceAll("\\s+", " ");
    return "`" + (line.length() > EXCERPT_MAX ? line.substring(0, EXCERPT_MAX) + "…" : line) + "`";
  }

  @Override
  public String toString() {
    return text;
  }
}
