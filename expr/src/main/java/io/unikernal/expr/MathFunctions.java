package io.unikernal.expr;

import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;

/** CEL's math extension, with decimals. */
final class MathFunctions {
  private MathFunctions() {}

  static List<Definition> all() {
    var all = new ArrayList<Definition>();
    all.addAll(extremes());
    all.addAll(rounding());
    all.addAll(signs());
    all.addAll(kinds());
    all.addAll(bits());
    return all;
  }

  private static List<Definition> extremes() {
    return List.of(
        extreme("math.greatest", "math.@max", "The largest of its arguments.", "3", 1),
        extreme("math.least", "math.@min", "The smallest of its arguments.", "1", -1));
  }

  private static Definition extreme(
      String name, String celName, String meaning, String result, int sign) {
    var signatures = new ArrayList<String>();
    for (String type : List.of("int", "uint", "double", "decimal")) {
      signatures.add("%s(%s) -> %s".formatted(name, type, type));
      signatures.add("%s(%s, %s) -> %s".formatted(name, type, type, type));
    }
    for (String pair :
        List.of("int uint any", "int double any", "uint double any", "int decimal decimal")) {
      String[] types = pair.split(" ");
      signatures.add("%s(%s, %s) -> %s".formatted(name, types[0], types[1], types[2]));
      signatures.add("%s(%s, %s) -> %s".formatted(name, types[1], types[0], types[2]));
    }
    signatures.add("%s(list(T)) -> T".formatted(name));
    return Definition.of(
            name,
            String.join("; ", signatures),
            meaning + " Any number of them, or one list.",
            name + "(2, 3, 1)",
            result,
            (a, _) -> extreme(name, a, sign))
        .named(celName);
  }

  private static Value extreme(String name, Value[] arguments, int sign) {
    List<Value> numbers =
        arguments.length == 1 && arguments[0] instanceof Value.Items(var items)
            ? items
            : List.of(arguments);
    if (numbers.isEmpty()) {
      throw new EvaluationException("an empty list in");
    }
    Value found = numbers.getFirst();
    boolean isDecimal = false;
    for (Value number : numbers) {
      isDecimal |= number instanceof Value.Decimal;
      if (!Equality.isNumber(number)) {
        throw Definition.noOverload(name);
      }
      if (Equality.compare(number, found) == sign) {
        found = number;
      }
    }
    return isDecimal && found instanceof Value.Int(var whole)
        ? new Value.Decimal(BigDecimal.valueOf(whole))
        : found;
  }

  private static List<Definition> rounding() {
    return List.of(
        rounded("ceil", "up", "math.ceil(1.2)", "2.0", Math::ceil, RoundingMode.CEILING),
        rounded("floor", "down", "math.floor(1.8)", "1.0", Math::floor, RoundingMode.FLOOR),
        rounded(
            "round",
            "to the nearest, halves away from zero",
            "math.round(1.5)",
            "2.0",
            MathFunctions::nearest,
            RoundingMode.HALF_UP),
        rounded(
            "trunc",
            "towards zero",
            "math.trunc(-1.8)",
            "-1.0",
            number -> number < 0 ? Math.ceil(number) : Math.floor(number),
            RoundingMode.DOWN));
  }

  /** Of numbers with a fraction only: the larger have none. */
  private static double nearest(double number) {
    double down = Math.floor(Math.abs(number));
    double rounded = Math.abs(number) - down >= 0.5 ? down + 1 : down;
    return Double.isFinite(number) ? Math.copySign(rounded, number) : number;
  }

  private static Definition rounded(
      String name,
      String how,
      String example,
      String result,
      DoubleUnaryOperator ofReal,
      RoundingMode ofDecimal) {
    return Definition.of(
        "math." + name,
        "math.%s(double) -> double; math.%s(decimal) -> decimal".formatted(name, name),
        "The number rounded " + how + " to a whole one.",
        example,
        result,
        (a, _) ->
            switch (a[0]) {
              case Value.Real(var number) -> new Value.Real(ofReal.applyAsDouble(number));
              case Value.Decimal(var number) -> new Value.Decimal(number.setScale(0, ofDecimal));
              default -> throw Definition.noOverload(name);
            });
  }

  private static List<Definition> signs() {
    return List.of(
        Definition.of(
            "math.abs",
            "math.abs(int) -> int; math.abs(uint) -> uint; math.abs(double) -> double;"
                + " math.abs(decimal) -> decimal",
            "The number without its sign.",
            "math.abs(-3)",
            "3",
            (a, _) ->
                switch (a[0]) {
                  case Value.Int(var number) -> number < 0 ? Arithmetic.negate(a[0]) : a[0];
                  case Value.UInt _ -> a[0];
                  case Value.Real(var number) -> new Value.Real(Math.abs(number));
                  case Value.Decimal(var number) -> new Value.Decimal(number.abs());
                  default -> throw Definition.noOverload("math.abs");
                }),
        Definition.of(
            "math.sign",
            "math.sign(int) -> int; math.sign(uint) -> uint; math.sign(double) -> double;"
                + " math.sign(decimal) -> decimal",
            "-1, 0 or 1.",
            "math.sign(-3)",
            "-1",
            (a, _) ->
                switch (a[0]) {
                  case Value.Int(var number) -> Value.integer(Long.signum(number));
                  case Value.UInt(var bits) -> new Value.UInt(bits == 0 ? 0 : 1);
                  case Value.Real(var number) -> new Value.Real(Math.signum(number));
                  case Value.Decimal(var number) ->
                      new Value.Decimal(BigDecimal.valueOf(number.signum()));
                  default -> throw Definition.noOverload("math.sign");
                }),
        Definition.of(
            "math.sqrt",
            "math.sqrt(double) -> double; math.sqrt(int) -> double; math.sqrt(uint) -> double",
            "The square root; not a number for what is negative.",
            "math.sqrt(9)",
            "3.0",
            (a, _) ->
                new Value.Real(
                    Math.sqrt(
                        switch (a[0]) {
                          case Value.Real(var number) -> number;
                          case Value.Int(var number) -> number;
                          case Value.UInt(var bits) -> Equality.unsigned(bits).doubleValue();
                          default -> throw Definition.noOverload("math.sqrt");
                        }))));
  }

  private static List<Definition> kinds() {
    return List.of(
        kind("isNaN", "is not a number", "math.isNaN(0.0 / 0.0)", Double::isNaN),
        kind("isInf", "is infinite", "math.isInf(1.0 / 0.0)", Double::isInfinite),
        kind(
            "isFinite",
            "is neither infinite nor not a number",
            "math.isFinite(1.5)",
            Double::isFinite));
  }

  private static Definition kind(
      String name, String meaning, String example, DoublePredicate holds) {
    return Definition.of(
        "math." + name,
        "math.%s(double) -> bool".formatted(name),
        "Whether the double " + meaning + ".",
        example,
        "true",
        (a, _) -> {
          if (a[0] instanceof Value.Real(var number)) {
            return Value.Bool.of(holds.test(number));
          }
          throw Definition.noOverload(name);
        });
  }

  private static List<Definition> bits() {
    return List.of(
        bits("bitAnd", "The bits that both have.", "math.bitAnd(6, 3)", "2", (a, b) -> a & b),
        bits("bitOr", "The bits that one has.", "math.bitOr(6, 3)", "7", (a, b) -> a | b),
        bits("bitXor", "The bits that only one has.", "math.bitXor(6, 3)", "5", (a, b) -> a ^ b),
        Definition.of(
            "math.bitNot",
            "math.bitNot(int) -> int; math.bitNot(uint) -> uint",
            "The bits that it has not.",
            "math.bitNot(1)",
            "-2",
            (a, _) ->
                switch (a[0]) {
                  case Value.Int(var number) -> Value.integer(~number);
                  case Value.UInt(var bits) -> new Value.UInt(~bits);
                  default -> throw Definition.noOverload("math.bitNot");
                }),
        shift("bitShiftLeft", "up", "math.bitShiftLeft(1, 3)", "8", (a, by) -> a << by),
        shift(
            "bitShiftRight",
            "down, with zeros from above",
            "math.bitShiftRight(8, 3)",
            "1",
            (a, by) -> a >>> by));
  }

  private static Definition bits(
      String name, String meaning, String example, String result, LongBinaryOperator of) {
    return Definition.of(
        "math." + name,
        "math.%s(int, int) -> int; math.%s(uint, uint) -> uint".formatted(name, name),
        meaning,
        example,
        result,
        (a, _) -> {
          if (a[0] instanceof Value.Int(var x) && a[1] instanceof Value.Int(var y)) {
            return Value.integer(of.applyAsLong(x, y));
          }
          if (a[0] instanceof Value.UInt(var x) && a[1] instanceof Value.UInt(var y)) {
            return new Value.UInt(of.applyAsLong(x, y));
          }
          throw Definition.noOverload(name);
        });
  }

  private static Definition shift(
      String name, String where, String example, String result, LongBinaryOperator of) {
    return Definition.of(
        "math." + name,
        "math.%s(int, int) -> int; math.%s(uint, int) -> uint".formatted(name, name),
        "The bits moved " + where + " by so many places.",
        example,
        result,
        (a, _) -> {
          long by = TextFunctions.integer(a[1]);
          if (by < 0) {
            throw new EvaluationException("a shift by less than nothing in");
          }
          return switch (a[0]) {
            case Value.Int(var number) -> Value.integer(by > 63 ? 0 : of.applyAsLong(number, by));
            case Value.UInt(var bits) -> new Value.UInt(by > 63 ? 0 : of.applyAsLong(bits, by));
            default -> throw Definition.noOverload(name);
          };
        });
  }
}
