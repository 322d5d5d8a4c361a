package io.unikernal.expr;

import com.google.common.collect.ImmutableList;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.parser.CelMacro;
import dev.cel.parser.CelMacroExprFactory;
import java.util.List;
import java.util.Optional;

/** {@code cel.block} and its indices: programs that write CEL write them, and cel-spec. */
final class StrictMacros {
  private StrictMacros() {}

  static List<CelMacro> all() {
    return List.of(
        CelMacro.newReceiverMacro("block", 2, StrictMacros::block),
        CelMacro.newReceiverMacro("index", 1, (make, target, a) -> name(make, target, "@index", a)),
        CelMacro.newReceiverMacro("iterVar", 2, (make, target, a) -> name(make, target, "@it", a)),
        CelMacro.newReceiverMacro("accuVar", 2, (make, target, a) -> name(make, target, "@ac", a)));
  }

  private static Optional<CelExpr> block(
      CelMacroExprFactory make, CelExpr target, ImmutableList<CelExpr> arguments) {
    if (!Macros.isNamed(target, "cel") || arguments.getFirst().getKind() != ExprKind.Kind.LIST) {
      return Optional.empty();
    }
    List<CelExpr> values = arguments.getFirst().list().elements();
    CelExpr body = arguments.get(1);
    for (int i = values.size() - 1; i >= 0; i--) {
      body = Macros.bind(make, "@index:" + i, values.get(i), body);
    }
    return Optional.of(body);
  }

  private static Optional<CelExpr> name(
      CelMacroExprFactory make, CelExpr target, String prefix, List<CelExpr> numbers) {
    if (!Macros.isNamed(target, "cel")
        || !numbers.stream().allMatch(n -> n.getKind() == ExprKind.Kind.CONSTANT)) {
      return Optional.empty();
    }
    var name = new StringBuilder(prefix);
    for (CelExpr number : numbers) {
      CelConstant constant = number.constant();
      name.append(':').append(constant.int64Value());
    }
    return Optional.of(make.newIdentifier(name.toString()));
  }
}
