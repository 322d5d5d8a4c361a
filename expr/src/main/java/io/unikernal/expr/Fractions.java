package io.unikernal.expr;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;

/**
 * A fraction that is written beside a decimal is a decimal: {@code net * 1.19} means the number
 * that stands there, not the double that is nearest to it. A computed double stays one, and does
 * not mix.
 */
final class Fractions {
  /** Digits of which a double is sure. */
  private static final int DIGITS_MAX = 15;

  private static final Set<String> OPERATORS =
      Set.of("_+_", "_-_", "_*_", "_<_", "_<=_", "_>_", "_>=_");

  private Fractions() {}

  /** What an operator takes besides, where a fraction is written next to it. */
  static List<String> signatures(String celName) {
    if (!OPERATORS.contains(celName)) {
      return List.of();
    }
    String sign = celName.substring(1, celName.length() - 1);
    String result = sign.contains("<") || sign.contains(">") ? "bool" : "decimal";
    return List.of(
        "decimal %s double -> %s".formatted(sign, result),
        "double %s decimal -> %s".formatted(sign, result));
  }

  /** Whether an operator in the tree has a fraction beside it. */
  static boolean areIn(CelExpr root) {
    var open = new ArrayDeque<CelExpr>();
    open.push(root);
    while (!open.isEmpty()) {
      CelExpr node = open.pop();
      if (node.getKind() == CelExpr.ExprKind.Kind.CALL
          && OPERATORS.contains(node.call().function())
          && node.call().args().stream().anyMatch(Fractions::isFraction)) {
        return true;
      }
      Trees.children(node).forEach(open::push);
    }
    return false;
  }

  private static boolean isFraction(CelExpr node) {
    return node.getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && node.constant().getKind() == CelConstant.Kind.DOUBLE_VALUE;
  }

  /** The node as a decimal, if it is a fraction as written and {@code other} is decimal. */
  static Ir like(Ir node, Type other) {
    if (node instanceof Ir.Constant(Value.Real(double number), _, var span)
        && LabelRules.unwrap(other).core() instanceof Type.Decimal
        && Double.isFinite(number)) {
      // The shortest text of the double is the text that was written, up to trailing zeros.
      BigDecimal exact = new BigDecimal(Double.toString(number));
      BigDecimal plain = exact.scale() < 0 ? exact.setScale(0) : exact;
      if (plain.precision() <= DIGITS_MAX) {
        int precision = Math.max(plain.precision(), plain.scale() + 1);
        return new Ir.Constant(
            new Value.Decimal(plain), new Type.Decimal(precision, plain.scale()), span);
      }
    }
    return node;
  }

  /** Whether the two do not mix after all: one is a decimal, the other a double. */
  static boolean clash(Ir left, Ir right) {
    Type a = Selects.core(left);
    Type b = Selects.core(right);
    return a instanceof Type.Decimal && b instanceof Type.Real
        || a instanceof Type.Real && b instanceof Type.Decimal;
  }
}
