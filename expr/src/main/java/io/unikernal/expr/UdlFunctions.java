package io.unikernal.expr;

import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/** What UDL adds to CEL. */
final class UdlFunctions {
  private static final int SCALE_MAX = 400;

  private UdlFunctions() {}

  static List<Definition> all() {
    return List.of(
        Definition.of(
            "div",
            "div(decimal, decimal, int) -> decimal; div(decimal, int, int) -> decimal; div(int,"
                + " decimal, int) -> decimal; div(int, int, int) -> decimal",
            "The quotient with so many digits after the point, rounded half to even.",
            "div(1, 3, 4)",
            "decimal('0.3333')",
            (a, _) -> divide(number(a[0], "div"), number(a[1], "div"), scale(a[2]))),
        Definition.of(
            "round",
            "round(decimal, int) -> decimal",
            "The decimal with so many digits after the point, rounded half to even.",
            "round(decimal('2.345'), 2)",
            "decimal('2.34')",
            (a, _) ->
                new Value.Decimal(
                    number(a[0], "round").setScale(scale(a[1]), RoundingMode.HALF_EVEN))),
        Definition.of(
            "now",
            "now() -> timestamp",
            "The time at which the message came; the same when it is replayed.",
            "now() == now()",
            "true",
            (_, run) -> new Value.Timestamp(run.frame.ambient().now())),
        Definition.of(
            "random",
            "random() -> double",
            "A number from 0 to before 1; the same again when the message is replayed.",
            "random() < 1.0",
            "true",
            (_, run) -> new Value.Real(run.frame.ambient().random())));
  }

  static BigDecimal number(Value value, String function) {
    return switch (value) {
      case Value.Decimal(var number) -> number;
      case Value.Int(var number) -> BigDecimal.valueOf(number);
      default -> throw Definition.noOverload(function);
    };
  }

  static int scale(Value value) {
    long scale = TextFunctions.integer(value);
    if (scale < -SCALE_MAX || scale > SCALE_MAX) {
      throw new EvaluationException("a number of digits out of range in");
    }
    return (int) scale;
  }

  private static Value divide(BigDecimal number, BigDecimal by, int scale) {
    if (by.signum() == 0) {
      throw new EvaluationException("division by zero in");
    }
    return new Value.Decimal(number.divide(by, scale, RoundingMode.HALF_EVEN));
  }
}
