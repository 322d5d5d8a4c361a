package io.unikernal.model;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * What the text of a parameter or variable stands for where a type is wanted. Text that is not of
 * the wanted form stays text, for {@link Conform} to refuse.
 */
final class FromText {
  private FromText() {}

  /** Whether the text may be a document, for a type that holds others. */
  static boolean isDocument(Type wanted, String text) {
    return switch (wanted) {
      case Type.ListOf _, Type.StreamOf _ -> text.startsWith("[");
      case Type.MapOf _, Type.Record _, Type.Union _ -> text.startsWith("{");
      case Type.Simple _,
          Type.Int _,
          Type.UInt _,
          Type.Real _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _,
          Type.Maybe _,
          Type.Labelled _ ->
          false;
    };
  }

  static Value value(Type wanted, String text) {
    return switch (wanted) {
      case Type.Int _, Type.UInt _ ->
          Texts.decimal(text)
              .filter(_ -> isWhole(text))
              .map(FromText::integer)
              .orElse(Value.text(text));
      case Type.Real _ ->
          Texts.decimal(text)
              .<Value>map(_ -> new Value.Real(Double.parseDouble(text))) // Keeps the sign of zero.
              .filter(real -> Double.isFinite(((Value.Real) real).value()))
              .orElse(Value.text(text));
      case Type.Simple simple when simple == Type.Simple.BOOL ->
          switch (text) {
            case "true" -> Value.Bool.TRUE;
            case "false" -> Value.Bool.FALSE;
            default -> Value.text(text);
          };
      case Type.Simple simple when simple == Type.Simple.NULL ->
          text.isEmpty() ? Value.Null.NULL : Value.text(text);
      case Type.Simple _,
          Type.ListOf _,
          Type.StreamOf _,
          Type.MapOf _,
          Type.Record _,
          Type.Union _,
          Type.Decimal _,
          Type.Text _,
          Type.Bytes _,
          Type.Enum _,
          Type.Maybe _,
          Type.Labelled _ ->
          Value.text(text);
    };
  }

  private static boolean isWhole(String text) {
    return text.chars().allMatch(sign -> sign == '-' || (sign >= '0' && sign <= '9'));
  }

  /** As {@link Json} reads one: 64 bits with or without a sign, else a decimal. */
  static Value integer(BigDecimal number) {
    BigInteger whole = number.toBigInteger();
    if (whole.bitLength() < Long.SIZE) {
      return new Value.Int(whole.longValue());
    }
    return whole.signum() > 0 && whole.bitLength() == Long.SIZE
        ? new Value.UInt(whole.longValue())
        : new Value.Decimal(number);
  }
}
