package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Expression;
import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Rec;
import io.unikernal.model.Value;
import java.util.List;
import java.util.function.Supplier;

/** Runs an expression as the interpreter does, then as bytecode, and wants the same of both. */
final class Both {
  private Both() {}

  /** What one run gave, so exactly that two are the same only if nobody can tell them apart. */
  static String outcome(Expression expression, Frame frame) {
    try {
      return exact(expression.evaluate(frame));
    } catch (FaultException e) {
      var fault = e.fault();
      return fault.code() + ": " + fault.message() + " " + fault.violations();
    }
  }

  private static String exact(Value value) {
    return switch (value) {
      case Value.Decimal(var number) -> "decimal " + number.unscaledValue() + "e" + number.scale();
      case Value.Items(var items) -> items.stream().map(Both::exact).toList().toString();
      case Value.Dict(var fields) -> "map " + fields(fields);
      case Rec rec -> "record " + System.identityHashCode(rec.shape()) + " " + fields(rec.toMap());
      default -> value.getClass().getSimpleName() + " " + value;
    };
  }

  private static String fields(java.util.SequencedMap<String, Value> fields) {
    var text = new StringBuilder("{");
    fields.forEach((key, value) -> text.append(key).append(": ").append(exact(value)).append("; "));
    return text.append('}').toString();
  }

  /** Compiles it where it is not, which must work. */
  static Expression compiled(Expression expression) {
    var report = Deployment.compile(List.of(expression));
    assertThat(report.interpreted()).as("stays interpreted: " + expression.text()).isZero();
    return expression;
  }

  private static Expression copy(Expression expression) {
    return expression instanceof IrExpression ours
        ? IrExpression.of(ours.root(), ours.locals(), ours.text())
        : expression;
  }

  /** The outcome in which all agree; each run gets a frame of its own. */
  static String same(Expression expression, Supplier<Frame> frames) {
    String interpreted = outcome(copy(expression), frames.get());
    String generated = outcome(compiled(copy(expression)), frames.get());
    assertThat(generated).as(expression.text()).isEqualTo(interpreted);
    Expression unfolded = copy(expression);
    var report = Deployment.compile(List.of(unfolded), Bytecode::make, false);
    assertThat(report.interpreted()).as("stays interpreted: " + expression.text()).isZero();
    assertThat(outcome(unfolded, frames.get()))
        .as("without folding: " + expression.text())
        .isEqualTo(interpreted);
    return generated;
  }
}
