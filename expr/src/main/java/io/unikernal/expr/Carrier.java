package io.unikernal.expr;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.math.BigDecimal;

/** How a value lies on the operand stack, and in the local variables, of generated code. */
enum Carrier {
  LONG(ConstantDescs.CD_long, TypeKind.LONG),
  UNSIGNED(ConstantDescs.CD_long, TypeKind.LONG),
  DOUBLE(ConstantDescs.CD_double, TypeKind.DOUBLE),
  BOOL(ConstantDescs.CD_boolean, TypeKind.INT),
  TEXT(ConstantDescs.CD_String, TypeKind.REFERENCE),
  DECIMAL(ClassDesc.ofDescriptor(BigDecimal.class.descriptorString()), TypeKind.REFERENCE),
  VALUE(ClassDesc.ofDescriptor(Value.class.descriptorString()), TypeKind.REFERENCE);

  private final ClassDesc desc;
  private final TypeKind kind;

  Carrier(ClassDesc desc, TypeKind kind) {
    this.desc = desc;
    this.kind = kind;
  }

  ClassDesc desc() {
    return desc;
  }

  TypeKind kind() {
    return kind;
  }

  boolean isNumber() {
    return this == LONG || this == UNSIGNED || this == DOUBLE || this == DECIMAL;
  }

  /** What every value of the type can be taken as; {@link #VALUE} when it may be absent. */
  static Carrier of(Type type) {
    Type bare = LabelRules.unwrap(type);
    if (bare.isMaybe()) {
      return VALUE;
    }
    return switch (bare) {
      case Type.Int _ -> LONG;
      case Type.UInt _ -> UNSIGNED;
      case Type.Real _ -> DOUBLE;
      case Type.Decimal _ -> DECIMAL;
      case Type.Text _, Type.Enum _ -> TEXT;
      case Type.Simple simple when simple == Type.Simple.BOOL -> BOOL;
      default -> VALUE;
    };
  }

  static Carrier of(Value value) {
    return switch (value) {
      case Value.Int _ -> LONG;
      case Value.UInt _ -> UNSIGNED;
      case Value.Real _ -> DOUBLE;
      case Value.Decimal _ -> DECIMAL;
      case Value.Text _ -> TEXT;
      case Value.Bool _ -> BOOL;
      default -> VALUE;
    };
  }

  /** What both can be computed in as numbers, texts or bools; {@link #VALUE} when in none. */
  static Carrier common(Carrier left, Carrier right) {
    if (left == right) {
      return left;
    }
    boolean whole = left == LONG || right == LONG;
    if (whole && (left == DOUBLE || right == DOUBLE)) {
      return DOUBLE;
    }
    boolean exact = whole || left == UNSIGNED || right == UNSIGNED;
    return exact && (left == DECIMAL || right == DECIMAL) ? DECIMAL : VALUE;
  }
}
