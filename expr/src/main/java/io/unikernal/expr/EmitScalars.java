package io.unikernal.expr;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.unikernal.model.Value;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Logic, comparisons and arithmetic. */
final class EmitScalars {
  private static final ClassDesc ERROR = Bytecode.desc(EvaluationException.class);
  private static final ClassDesc OPERATOR = Bytecode.desc(Ir.Operator.class);
  private static final ClassDesc SET = Bytecode.desc(Set.class);

  private final Emitter to;
  private final CodeBuilder code;

  private EmitScalars(Emitter to) {
    this.to = to;
    code = to.code;
  }

  static Carrier emit(Emitter to, Ir node) {
    var here = new EmitScalars(to);
    return switch (node) {
      case Ir.And and -> here.logic(and.left(), and.right(), true);
      case Ir.Or or -> here.logic(or.left(), or.right(), false);
      case Ir.Not not -> {
        to.truth(not.operand());
        to.negate();
        yield Carrier.BOOL;
      }
      case Ir.Conditional choice -> here.conditional(choice);
      case Ir.Comparison comparison -> here.comparison(comparison);
      case Ir.Arithmetic arithmetic -> here.arithmetic(arithmetic);
      default -> throw new IllegalArgumentException("no scalar");
    };
  }

  /** An error on the left gives way to a false, or a true, on the right. */
  private Carrier logic(Ir left, Ir right, boolean isAnd) {
    Label decided = code.newLabel();
    Label end = code.newLabel();
    if (!to.analysis.truthFails(left)) {
      to.truth(left);
      unless(isAnd, decided);
      to.truth(right);
      code.goto_(end);
    } else {
      int error = code.allocateLocal(TypeKind.REFERENCE);
      int known = code.allocateLocal(TypeKind.INT);
      Label after = code.newLabel();
      code.aconst_null().astore(error);
      Label start = code.newBoundLabel();
      to.truth(left);
      code.istore(known);
      Label stop = code.newBoundLabel();
      code.goto_(after);
      code.exceptionCatch(start, stop, code.newBoundLabel(), ERROR);
      code.astore(error).loadConstant(isAnd ? 1 : 0).istore(known);
      code.labelBinding(after).iload(known);
      unless(isAnd, decided);
      to.truth(right);
      unless(isAnd, decided);
      Label fine = code.newLabel();
      code.aload(error).ifnull(fine).aload(error).athrow();
      code.labelBinding(fine).loadConstant(isAnd ? 1 : 0).goto_(end);
    }
    code.labelBinding(decided).loadConstant(isAnd ? 0 : 1).labelBinding(end);
    return Carrier.BOOL;
  }

  private void unless(boolean wanted, Label otherwise) {
    if (wanted) {
      code.ifeq(otherwise);
    } else {
      code.ifne(otherwise);
    }
  }

  private Carrier conditional(Ir.Conditional choice) {
    Carrier carrier = to.analysis.carrier(choice);
    Label otherwise = code.newLabel();
    Label end = code.newLabel();
    to.truth(choice.condition());
    code.ifeq(otherwise);
    to.emit(choice.then(), carrier);
    code.goto_(end).labelBinding(otherwise);
    to.emit(choice.otherwise(), carrier);
    code.labelBinding(end);
    return carrier;
  }

  private Carrier comparison(Ir.Comparison node) {
    switch (node.operator()) {
      case EQUAL, NOT_EQUAL -> {
        equal(node.left(), node.right());
        if (node.operator() == Ir.Operator.NOT_EQUAL) {
          to.negate();
        }
      }
      case IN -> contains(node);
      default -> order(node);
    }
    return Carrier.BOOL;
  }

  private void both(Ir left, Ir right, Carrier common) {
    to.emitAs(left, to.analysis.meant(left), common);
    to.emitAs(right, to.analysis.meant(right), common);
  }

  private void equal(Ir left, Ir right) {
    Carrier common = Carrier.common(to.analysis.meant(left), to.analysis.meant(right));
    switch (common) {
      case LONG, UNSIGNED -> {
        both(left, right, common);
        code.lcmp();
        to.flag(Opcode.IFEQ);
      }
      case DOUBLE -> {
        both(left, right, common);
        code.dcmpl();
        to.flag(Opcode.IFEQ);
      }
      case BOOL -> {
        both(left, right, common);
        code.ixor();
        to.negate();
      }
      case TEXT -> {
        both(left, right, common);
        code.invokevirtual(
            ConstantDescs.CD_String, "equals", MethodTypeDesc.of(CD_boolean, CD_Object));
      }
      case DECIMAL -> {
        both(left, right, common);
        compareDecimals();
        to.flag(Opcode.IFEQ);
      }
      case VALUE -> {
        to.emit(left, Carrier.VALUE);
        to.emit(right, Carrier.VALUE);
        to.run();
        to.support("equal", CD_boolean, Emitter.VALUE, Emitter.VALUE, Bytecode.RUN);
      }
    }
  }

  private void compareDecimals() {
    ClassDesc decimal = Carrier.DECIMAL.desc();
    code.invokevirtual(decimal, "compareTo", MethodTypeDesc.of(CD_int, decimal));
  }

  private void order(Ir.Comparison node) {
    Carrier common =
        Carrier.common(to.analysis.meant(node.left()), to.analysis.meant(node.right()));
    boolean isLess =
        node.operator() == Ir.Operator.LESS || node.operator() == Ir.Operator.LESS_OR_EQUAL;
    switch (common) {
      case LONG -> {
        both(node.left(), node.right(), common);
        code.lcmp();
      }
      case UNSIGNED -> {
        both(node.left(), node.right(), common);
        code.invokestatic(
            ConstantDescs.CD_Long, "compareUnsigned", MethodTypeDesc.of(CD_int, CD_long, CD_long));
      }
      case DOUBLE -> {
        both(node.left(), node.right(), common);
        if (isLess) {
          code.dcmpg();
        } else {
          code.dcmpl();
        }
      }
      case DECIMAL -> {
        both(node.left(), node.right(), common);
        compareDecimals();
      }
      case TEXT -> {
        both(node.left(), node.right(), common);
        code.invokestatic(
            Bytecode.desc(Equality.class),
            "compareText",
            MethodTypeDesc.of(CD_int, Carrier.TEXT.desc(), Carrier.TEXT.desc()));
      }
      case BOOL, VALUE -> {
        to.emit(node.left(), Carrier.VALUE);
        to.emit(node.right(), Carrier.VALUE);
        to.span(node.span(), to.analysis.of(node).canFail());
        code.loadConstant(isLess ? 1 : 0);
        to.support("compare", CD_int, Emitter.VALUE, Emitter.VALUE, Emitter.SPAN, CD_boolean);
      }
    }
    to.flag(
        switch (node.operator()) {
          case LESS -> Opcode.IFLT;
          case LESS_OR_EQUAL -> Opcode.IFLE;
          case GREATER -> Opcode.IFGT;
          default -> Opcode.IFGE;
        });
  }

  private void contains(Ir.Comparison node) {
    Optional<List<Value>> items = constantItems(node.right());
    Carrier meant = to.analysis.meant(node.left());
    if (items.isPresent() && isAll(items.get(), meant) && meant == Carrier.TEXT) {
      to.emit(node.left(), Carrier.TEXT);
      var texts = new HashSet<String>();
      items.get().forEach(item -> texts.add(((Value.Text) item).value()));
      to.owner.load(code, Set.copyOf(texts), SET);
      to.scalars("contains", CD_boolean, Carrier.TEXT.desc(), SET);
    } else if (items.isPresent() && isAll(items.get(), meant) && meant == Carrier.LONG) {
      to.emit(node.left(), Carrier.LONG);
      long[] sorted =
          items.get().stream().mapToLong(item -> ((Value.Int) item).value()).sorted().toArray();
      to.owner.load(code, sorted, CD_long.arrayType());
      to.support("containsLong", CD_boolean, CD_long, CD_long.arrayType());
    } else {
      to.emit(node.left(), Carrier.VALUE);
      to.emit(node.right(), Carrier.VALUE);
      to.span(node.span(), to.analysis.of(node).canFail());
      to.run();
      to.support("contains", CD_boolean, Emitter.VALUE, Emitter.VALUE, Emitter.SPAN, Bytecode.RUN);
    }
  }

  private Optional<List<Value>> constantItems(Ir node) {
    return to.analysis.constant(node).orElse(Value.Null.NULL) instanceof Value.Items(var items)
        ? Optional.of(items)
        : Optional.empty();
  }

  private static boolean isAll(List<Value> items, Carrier carrier) {
    return items.stream().allMatch(item -> Carrier.of(item) == carrier);
  }

  private Carrier arithmetic(Ir.Arithmetic node) {
    Carrier carrier = to.analysis.carrier(node);
    switch (carrier) {
      case LONG, UNSIGNED -> {
        both(node.left(), node.right(), carrier);
        to.span(node.span());
        String name = name(node.operator()) + (carrier == Carrier.LONG ? "" : "Unsigned");
        to.scalars(name, CD_long, CD_long, CD_long, Emitter.SPAN);
      }
      case DOUBLE -> {
        both(node.left(), node.right(), carrier);
        switch (node.operator()) {
          case ADD -> code.dadd();
          case SUBTRACT -> code.dsub();
          case MULTIPLY -> code.dmul();
          default -> code.ddiv();
        }
      }
      case DECIMAL -> {
        both(node.left(), node.right(), carrier);
        to.scalars(name(node.operator()), carrier.desc(), carrier.desc(), carrier.desc());
      }
      case TEXT -> {
        both(node.left(), node.right(), carrier);
        to.run();
        to.scalars(
            "add",
            ConstantDescs.CD_String,
            ConstantDescs.CD_String,
            ConstantDescs.CD_String,
            Bytecode.RUN);
      }
      case BOOL, VALUE -> {
        to.emit(node.left(), Carrier.VALUE);
        to.emit(node.right(), Carrier.VALUE);
        to.owner.load(code, node.operator(), OPERATOR);
        to.span(node.span(), to.analysis.of(node).canFail());
        to.run();
        to.support(
            "arithmetic",
            Emitter.VALUE,
            Emitter.VALUE,
            Emitter.VALUE,
            OPERATOR,
            Emitter.SPAN,
            Bytecode.RUN);
      }
    }
    return carrier;
  }

  private static String name(Ir.Operator operator) {
    return operator.name().toLowerCase(java.util.Locale.ROOT);
  }
}
