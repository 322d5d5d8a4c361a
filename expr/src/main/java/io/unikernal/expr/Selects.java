package io.unikernal.expr;

import io.unikernal.model.Type;

/** Field selects, for the checker's trees and for bare paths alike: one meaning for both. */
final class Selects {
  private Selects() {}

  static Type core(Ir operand) {
    return LabelRules.unwrap(operand.type()).core();
  }

  /** {@code operand.field}; the field is known to exist where the operand's type says so. */
  static Ir plain(Ir operand, String field, Span span) {
    if (operand.type().isMaybe()) {
      return optional(operand, field, span);
    }
    Type core = core(operand);
    if (core instanceof Type.Record record && record.index(field) >= 0) {
      int index = record.index(field);
      Type type = CelTypes.withoutMaybe(record.field(index).type());
      return new Ir.Select(operand, record, index, Typing.part(operand.type(), type), span);
    }
    Type type = CelTypes.withoutMaybe(declared(core, field));
    return new Ir.SelectByName(operand, field, Typing.part(operand.type(), type), span);
  }

  /** {@code operand.?field}. */
  static Ir optional(Ir operand, String field, Span span) {
    Type type = Typing.part(operand.type(), declared(core(operand), field));
    return new Ir.OptionalSelect(operand, field, Typing.maybe(type), span);
  }

  private static Type declared(Type core, String field) {
    if (core instanceof Type.MapOf(var value)) {
      return value;
    }
    return CelTypes.field(core, field).map(Type.Field::type).orElse(Type.Simple.ANY);
  }
}
