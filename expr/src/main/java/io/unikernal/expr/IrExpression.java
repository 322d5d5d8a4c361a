package io.unikernal.expr;

import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Type;
import io.unikernal.model.Value;

/** An expression of ours: its IR, and the program that a back end made of it. */
final class IrExpression implements Expression {
  private static final int EXCERPT_MAX = 80;
  private final Ir root;
  private final String text;
  private final int locals;
  private final Backend.Program program;

  private IrExpression(Ir root, int locals, String text) {
    this.root = root;
    this.locals = locals;
    this.text = text;
    program = Backend.CHOSEN.prepare(root, locals);
  }

  static IrExpression of(Ir root, int locals, String text) {
    return new IrExpression(root, locals, text);
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
  public String text() {
    return text;
  }

  @Override
  public Value evaluate(Frame frame) {
    try {
      return program.run(frame);
    } catch (EvaluationException e) {
      throw fault(e);
    } catch (StackOverflowError _) {
      throw Fault.of(Fault.Code.INTERNAL, "the value is nested too deeply for " + quote(text))
          .toException();
    }
  }

  private FaultException fault(EvaluationException error) {
    String excerpt = error.span() == Span.NONE ? text : error.span().of(text);
    String message = error.getMessage();
    return Fault.of(
            Fault.Code.INVALID, (message == null ? "an error in" : message) + " " + quote(excerpt))
        .toException();
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
