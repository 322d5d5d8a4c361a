package io.unikernal.expr;

import io.unikernal.model.Label;
import io.unikernal.model.Labels;
import io.unikernal.model.Type;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Types of results where CEL's checker knows less than we do: constraints, scales and labels. */
final class Typing {
  /** Digits of 64-bit integers. */
  private static final int INT_DIGITS = 19;

  private static final int PRECISION_MAX = 1000;

  private Typing() {}

  /** Adds what the operand's own label says about a part of it. */
  static Type part(Type whole, Type part) {
    return LabelRules.wrap(part, LabelRules.outer(whole));
  }

  /** Optional, with the labels outside. */
  static Type maybe(Type type) {
    return type instanceof Type.Labelled(var label, var of)
        ? new Type.Labelled(label, maybe(of))
        : type.isMaybe() ? type : new Type.Maybe(type);
  }

  static Type element(Type list) {
    Type core = list.core();
    Type element =
        switch (core) {
          case Type.ListOf(var of, _) -> of;
          case Type.MapOf(var value) -> value;
          case Type.StreamOf(var of) -> of;
          default -> Type.Simple.ANY;
        };
    return part(list, element);
  }

  /** A type that holds what either gives; {@code any} when they have nothing in common. */
  static Type join(Type left, Type right) {
    if (left.equals(right)) {
      return left;
    }
    Set<Label> labels = EnumSet.noneOf(Label.class);
    labels.addAll(LabelRules.outer(left));
    labels.addAll(LabelRules.outer(right));
    boolean maybe = left.isMaybe() || right.isMaybe();
    Type joined = joinCores(LabelRules.unwrap(left).core(), LabelRules.unwrap(right).core());
    if (joined == Type.Simple.ANY) {
      labels.addAll(Labels.within(left));
      labels.addAll(Labels.within(right));
    }
    return LabelRules.wrap(maybe ? maybe(joined) : joined, labels);
  }

  private static Type joinCores(Type left, Type right) {
    if (left.equals(right)) {
      return left;
    }
    return switch (left) {
      case Type.Int _ when right instanceof Type.Int -> Type.Int.ANY_INT;
      case Type.UInt _ when right instanceof Type.UInt -> Type.UInt.ANY_UINT;
      case Type.Real _ when right instanceof Type.Real -> Type.Real.ANY_DOUBLE;
      case Type.Decimal a when right instanceof Type.Decimal b -> wider(a, b, 0);
      case Type.Text _ when right instanceof Type.Text || right instanceof Type.Enum ->
          Type.Text.ANY_TEXT;
      case Type.Enum _ when right instanceof Type.Text -> Type.Text.ANY_TEXT;
      case Type.Enum(var a) when right instanceof Type.Enum(var b) -> {
        var symbols = new java.util.LinkedHashSet<>(a);
        symbols.addAll(b);
        yield new Type.Enum(List.copyOf(symbols));
      }
      case Type.Bytes _ when right instanceof Type.Bytes -> Type.Bytes.ANY_BYTES;
      case Type.ListOf(var a, _) when right instanceof Type.ListOf(var b, _) ->
          Type.ListOf.of(join(a, b));
      case Type.MapOf(var a) when right instanceof Type.MapOf(var b) -> new Type.MapOf(join(a, b));
      default -> Type.Simple.ANY;
    };
  }

  /** The type of {@code a op b}, both bare; {@code fallback} when it follows from CEL's alone. */
  static Type arithmetic(Ir.Operator operator, Type left, Type right, Type fallback) {
    if (left instanceof Type.ListOf && right instanceof Type.ListOf) {
      return orElse(joinCores(unsized(left), unsized(right)), fallback);
    }
    if (!(fallback instanceof Type.Decimal)) {
      return fallback;
    }
    Type.Decimal a = asDecimal(left);
    Type.Decimal b = asDecimal(right);
    if (a.precision() == 0 || b.precision() == 0) {
      return fallback;
    }
    return operator == Ir.Operator.MULTIPLY
        ? decimal(a.precision() + b.precision(), a.scale() + b.scale())
        : wider(a, b, 1);
  }

  private static Type unsized(Type list) {
    return list instanceof Type.ListOf(var element, _) ? Type.ListOf.of(element) : list;
  }

  /** Prefers what we know, unless it lost more than CEL's checker did. */
  static Type orElse(Type known, Type fallback) {
    if (isVague(known) && !isVague(fallback)) {
      return LabelRules.wrap(fallback, Labels.within(known));
    }
    return known;
  }

  private static boolean isVague(Type type) {
    return switch (type.core()) {
      case Type.Simple simple -> simple == Type.Simple.ANY;
      case Type.ListOf(var element, _) -> isVague(element);
      case Type.MapOf(var value) -> isVague(value);
      default -> false;
    };
  }

  private static Type.Decimal asDecimal(Type type) {
    return switch (type) {
      case Type.Decimal decimal -> decimal;
      case Type.Int(var range)
          when !range.isAll() && range.min().isPresent() && range.max().isPresent() ->
          new Type.Decimal(
              Math.max(
                  1,
                  Math.max(
                      range.min().get().toBigInteger().abs().toString().length(),
                      range.max().get().toBigInteger().abs().toString().length())),
              0);
      case Type.Int _ -> new Type.Decimal(INT_DIGITS, 0);
      default -> Type.Decimal.ANY_DECIMAL;
    };
  }

  /** Room for either, and for {@code carry} digits more. */
  private static Type.Decimal wider(Type.Decimal a, Type.Decimal b, int carry) {
    if (a.precision() == 0 || b.precision() == 0) {
      return Type.Decimal.ANY_DECIMAL;
    }
    int scale = Math.max(a.scale(), b.scale());
    int whole = Math.max(a.precision() - a.scale(), b.precision() - b.scale());
    return decimal(whole + scale + carry, scale);
  }

  static Type.Decimal decimal(int precision, int scale) {
    return precision > PRECISION_MAX
        ? Type.Decimal.ANY_DECIMAL
        : new Type.Decimal(precision, scale);
  }

  /** The type of a call; {@code fallback} is CEL's. Labels are added by the caller. */
  static Type call(Definition function, List<Ir> arguments, Type fallback) {
    Type first =
        arguments.isEmpty() ? Type.Simple.NULL : LabelRules.unwrap(arguments.getFirst().type());
    return switch (function.celName()) {
      case "orValue" -> orElse(join(first.core(), arguments.get(1).type()), fallback);
      case "or" -> orElse(maybe(join(first, arguments.get(1).type())), fallback);
      case "value", "dyn" -> function.celName().equals("dyn") ? Type.Simple.ANY : first.core();
      case "optional.of", "optional.ofNonZeroValue" -> maybe(first);
      case "min", "max" -> element(first);
      case "math.@max", "math.@min" ->
          first.core() instanceof Type.ListOf
              ? orElse(element(first), fallback)
              : orElse(
                  arguments.stream()
                      .map(argument -> LabelRules.unwrap(argument.type()))
                      .reduce(Typing::join)
                      .orElse(first),
                  fallback);
      case "first", "last" -> maybe(element(first));
      case "flatten" -> flattened(first, arguments, fallback);
      case "zip" ->
          Type.ListOf.of(Type.ListOf.of(join(element(first), element(arguments.get(1).type()))));
      case "avg" -> averaged(arguments, fallback);
      case Macros.GROUP_BY -> new Type.MapOf(Type.ListOf.of(element(first)));
      case "round" -> rounded(first, arguments.get(1), fallback);
      case "div" -> divided(arguments, fallback);
      case "sum" ->
          element(first).core() instanceof Type.Decimal(int p, int s) && p > 0
              ? decimal(p + 10, s)
              : fallback;
      case "decimal" ->
          first.core() instanceof Type.Int || first.core() instanceof Type.Decimal
              ? asDecimal(first.core())
              : fallback;
      case "reverse", "slice", "sort", "distinct", Macros.SORT_BY ->
          first.core() instanceof Type.ListOf(var of, _) ? Type.ListOf.of(of) : fallback;
      default -> fallback;
    };
  }

  private static Type flattened(Type list, List<Ir> arguments, Type fallback) {
    return arguments.size() == 1 && element(list).core() instanceof Type.ListOf(var of, _)
        ? Type.ListOf.of(part(element(list), of))
        : fallback;
  }

  private static Type averaged(List<Ir> arguments, Type fallback) {
    return arguments.size() > 1
            && arguments.get(1)
                instanceof Ir.Constant(io.unikernal.model.Value.Int(long places), _, _)
            && places >= 0
            && places < PRECISION_MAX
        ? decimal(PRECISION_MAX, (int) places)
        : fallback;
  }

  private static Type rounded(Type number, Ir scale, Type fallback) {
    if (!(scale instanceof Ir.Constant(io.unikernal.model.Value.Int(long places), _, _))
        || places < 0
        || places > PRECISION_MAX) {
      return fallback;
    }
    Type.Decimal from = asDecimal(number.core());
    if (from.precision() == 0) {
      return decimal(PRECISION_MAX, (int) places);
    }
    return decimal(from.precision() - from.scale() + 1 + (int) places, (int) places);
  }

  private static Type divided(List<Ir> arguments, Type fallback) {
    return arguments.get(2) instanceof Ir.Constant(io.unikernal.model.Value.Int(long places), _, _)
            && places >= 0
            && places < PRECISION_MAX
        ? decimal(PRECISION_MAX, (int) places)
        : fallback;
  }

  /** Whether the parts of a call's result are the arguments' own, with the labels inside them. */
  static boolean passesThrough(Definition function) {
    return switch (function.celName()) {
      case "orValue",
          "or",
          "value",
          "optional.of",
          "optional.ofNonZeroValue",
          "min",
          "max",
          "first",
          "last",
          "flatten",
          Macros.SORT_BY,
          "reverse",
          "slice",
          "sort",
          "distinct" ->
          true;
      default -> false;
    };
  }
}
