package io.unikernal.expr;

import io.unikernal.expr.Compiled.Kind;
import io.unikernal.expr.Compiled.Problem;
import io.unikernal.model.Suggest;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.Optional;

/**
 * Whether two values can be equal at all. CEL's checker lets anything be compared here, since its
 * own rule knows neither decimals nor enums; a comparison that never holds is a mistake.
 */
final class Comparability {
  private Comparability() {}

  static Optional<Problem> problem(Ir.Operator operator, Ir left, Ir right, Span span) {
    var symbol = symbol(operator, left, right).or(() -> symbol(operator, right, left));
    if (symbol.isPresent()) {
      return symbol;
    }
    Type a = LabelRules.unwrap(left.type());
    Type b = LabelRules.unwrap(right.type());
    if (a.isMaybe() != b.isMaybe() && a.core() != Type.Simple.ANY && b.core() != Type.Simple.ANY) {
      return Optional.of(
          Problems.of(
              Kind.TYPE,
              span,
              "`%s` does not take `%s` and `%s`"
                  .formatted(operator, Problems.describe(a), Problems.describe(b)),
              "the value may be absent: write `.orValue(...)` after it"));
    }
    return comparable(a.core(), b.core())
        ? Optional.empty()
        : Optional.of(
            Problems.of(
                Kind.TYPE,
                span,
                "`%s` does not take `%s` and `%s`"
                    .formatted(operator, Problems.describe(a), Problems.describe(b)),
                ""));
  }

  /** A text that the enum does not have. */
  private static Optional<Problem> symbol(Ir.Operator operator, Ir value, Ir constant) {
    if (Selects.core(value) instanceof Type.Enum(var symbols)
        && constant instanceof Ir.Constant(Value.Text(var text), _, var span)
        && !symbols.contains(text)) {
      String near = Suggest.didYouMean(text, symbols);
      return Optional.of(
          Problems.of(
              Kind.TYPE,
              span,
              "`%s` is none of the values that `%s` is compared with here"
                  .formatted(text, operator),
              (near.isEmpty() ? "" : near + " ") + "they are " + Problems.list(symbols)));
    }
    return Optional.empty();
  }

  private static boolean comparable(Type a, Type b) {
    if (a == Type.Simple.ANY
        || b == Type.Simple.ANY
        || a.equals(b)
        || (isNumber(a) && isNumber(b))) {
      return true;
    }
    if (a == Type.Simple.NULL || b == Type.Simple.NULL) {
      return mayBeNull(a) && mayBeNull(b);
    }
    return switch (a) {
      case Type.Text _, Type.Enum _ -> b instanceof Type.Text || b instanceof Type.Enum;
      case Type.Bytes _ -> b instanceof Type.Bytes;
      case Type.ListOf(var x, _) ->
          b instanceof Type.ListOf(var y, _) && comparable(inner(x), inner(y));
      case Type.MapOf(var x) ->
          b instanceof Type.Record
              || b instanceof Type.MapOf(var y) && comparable(inner(x), inner(y));
      case Type.Record _, Type.Union _ ->
          b instanceof Type.Record || b instanceof Type.Union || b instanceof Type.MapOf;
      default -> false;
    };
  }

  private static Type inner(Type type) {
    return LabelRules.unwrap(type).core();
  }

  private static boolean isNumber(Type type) {
    return type instanceof Type.Int
        || type instanceof Type.UInt
        || type instanceof Type.Real
        || type instanceof Type.Decimal;
  }

  private static boolean mayBeNull(Type type) {
    return type == Type.Simple.NULL
        || type instanceof Type.Record
        || type instanceof Type.Union
        || type == Type.Simple.TIMESTAMP
        || type == Type.Simple.DURATION;
  }
}
