package io.unikernal.expr;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** Loops. Each turn is counted; a list that only another loop would go through is never made. */
final class EmitLoops {
  private static final ClassDesc LIST = Bytecode.desc(List.class);
  private static final ClassDesc ARRAY_LIST = Bytecode.desc(ArrayList.class);
  private static final ClassDesc MAP = Bytecode.desc(SequencedMap.class);
  private static final ClassDesc LINKED = Bytecode.desc(LinkedHashMap.class);
  private static final ClassDesc TURNS = Bytecode.desc(Turns.class);
  private static final ClassDesc ERROR = Bytecode.desc(EvaluationException.class);
  private static final ClassDesc VALUE = Emitter.VALUE;

  private final Emitter to;
  private final CodeBuilder code;

  private EmitLoops(Emitter to) {
    this.to = to;
    code = to.code;
  }

  /** What a turn does; a jump to {@code next} ends the turn. */
  interface Turn {
    void emit(Label next);
  }

  static Carrier emit(Emitter to, Ir.Looping node) {
    var here = new EmitLoops(to);
    return switch (node) {
      case Ir.Collect loop -> here.collect(loop);
      case Ir.CollectMap loop -> here.collectMap(loop);
      case Ir.CollectEntries loop -> here.collectEntries(loop);
      case Ir.Fold fold -> here.fold(fold);
    };
  }

  /** Each element that a list's loop would collect, on the stack as it lies. */
  static void elements(Emitter to, Ir.Collect loop, Turn turn) {
    var here = new EmitLoops(to);
    Label end = to.code.newLabel();
    here.each(
        Analysis.Loop.of(loop),
        end,
        next -> {
          to.emit(loop.element());
          turn.emit(next);
        });
    to.code.labelBinding(end);
  }

  private void filter(Optional<Ir> filter, Label next) {
    filter.ifPresent(condition -> {
      to.truth(condition);
      code.ifeq(next);
    });
  }

  /** Runs the turn for each element that the filter keeps. */
  private void each(Analysis.Loop loop, Label end, Turn turn) {
    Turn kept =
        next -> {
          filter(loop.filter(), next);
          turn.emit(next);
        };
    if (loop.second() < 0 && to.analysis.fuses(loop.range())) {
      var inner = (Ir.Collect) loop.range();
      each(
          Analysis.Loop.of(inner),
          end,
          next -> {
            to.step();
            Carrier carrier = to.emit(inner.element());
            to.bind(loop.first(), carrier);
            kept.emit(next);
          });
    } else if (Analysis.isList(loop.range().type())) {
      eachOfList(loop, end, kept);
    } else {
      eachTurn(loop, end, kept);
    }
  }

  private void eachOfList(Analysis.Loop loop, Label end, Turn turn) {
    int list = code.allocateLocal(TypeKind.REFERENCE);
    int size = code.allocateLocal(TypeKind.INT);
    int at = code.allocateLocal(TypeKind.INT);
    to.emit(loop.range(), Carrier.VALUE);
    to.support("elements", LIST, VALUE);
    code.astore(list).aload(list);
    code.invokeinterface(LIST, "size", MethodTypeDesc.of(CD_int)).istore(size);
    code.iconst_0().istore(at);
    Label top = code.newBoundLabel();
    Label next = code.newLabel();
    code.iload(at).iload(size).if_icmpge(end);
    to.step();
    if (loop.second() >= 0) {
      code.iload(at).i2l();
      to.bind(loop.first(), Carrier.LONG);
    }
    code.aload(list).iload(at);
    code.invokeinterface(LIST, "get", MethodTypeDesc.of(CD_Object, CD_int)).checkcast(VALUE);
    to.bind(loop.second() >= 0 ? loop.second() : loop.first(), Carrier.VALUE);
    turn.emit(next);
    code.labelBinding(next).iinc(at, 1).goto_(top);
  }

  private void eachTurn(Analysis.Loop loop, Label end, Turn turn) {
    int turns = code.allocateLocal(TypeKind.REFERENCE);
    to.emit(loop.range(), Carrier.VALUE);
    code.loadConstant(loop.second() >= 0 ? 1 : 0);
    to.span(loop.range().span());
    code.invokestatic(TURNS, "of", MethodTypeDesc.of(TURNS, VALUE, CD_boolean, Emitter.SPAN));
    code.astore(turns);
    Label next = code.newBoundLabel();
    code.aload(turns).invokevirtual(TURNS, "next", MethodTypeDesc.of(CD_boolean)).ifeq(end);
    to.step();
    code.aload(turns).invokevirtual(TURNS, "first", MethodTypeDesc.of(VALUE));
    to.bind(loop.first(), Carrier.VALUE);
    if (loop.second() >= 0) {
      code.aload(turns).invokevirtual(TURNS, "second", MethodTypeDesc.of(VALUE));
      to.bind(loop.second(), Carrier.VALUE);
    }
    turn.emit(next);
    code.goto_(next);
  }

  private Carrier collect(Ir.Collect loop) {
    int list = code.allocateLocal(TypeKind.REFERENCE);
    code.new_(ARRAY_LIST).dup().invokespecial(ARRAY_LIST, INIT_NAME, MTD_void).astore(list);
    Label end = code.newLabel();
    each(
        Analysis.Loop.of(loop),
        end,
        _ -> {
          code.aload(list);
          to.emit(loop.element(), Carrier.VALUE);
          code.invokevirtual(ARRAY_LIST, "add", MethodTypeDesc.of(CD_boolean, CD_Object)).pop();
        });
    code.labelBinding(end).aload(list);
    to.support("items", VALUE, ARRAY_LIST);
    return Carrier.VALUE;
  }

  private int newMap() {
    int map = code.allocateLocal(TypeKind.REFERENCE);
    code.new_(LINKED).dup().invokespecial(LINKED, INIT_NAME, MTD_void).astore(map);
    return map;
  }

  private Carrier madeMap(int map, Label end) {
    code.labelBinding(end).aload(map);
    to.support("dict", VALUE, MAP);
    return Carrier.VALUE;
  }

  private Carrier collectMap(Ir.CollectMap loop) {
    int map = newMap();
    Label end = code.newLabel();
    each(
        Analysis.Loop.of(loop),
        end,
        _ -> {
          code.aload(map);
          to.emit(loop.key(), Carrier.VALUE);
          to.span(loop.span());
          to.support("key", CD_String, VALUE, Emitter.SPAN);
          to.emit(loop.value(), Carrier.VALUE);
          to.span(loop.span());
          to.support("put", CD_void, MAP, CD_String, VALUE, Emitter.SPAN);
        });
    return madeMap(map, end);
  }

  private Carrier collectEntries(Ir.CollectEntries loop) {
    int map = newMap();
    Label end = code.newLabel();
    each(
        Analysis.Loop.of(loop),
        end,
        _ -> {
          code.aload(map);
          to.emit(loop.entries(), Carrier.VALUE);
          to.span(loop.span());
          to.support("putAll", CD_void, MAP, VALUE, Emitter.SPAN);
        });
    return madeMap(map, end);
  }

  private Carrier fold(Ir.Fold fold) {
    Carrier start = to.analysis.carrier(fold.start());
    Carrier carrier = start == to.analysis.carrier(fold.turn()) ? start : Carrier.VALUE;
    to.emit(fold.start(), carrier);
    to.bind(fold.accumulator(), carrier);
    Label end = code.newLabel();
    if (to.analysis.catches(fold)) {
      absorbing(fold, carrier, end);
    } else {
      each(
          Analysis.Loop.of(fold),
          end,
          _ -> {
            to.truth(fold.condition());
            code.ifeq(end);
            to.emit(fold.turn(), carrier);
            to.bind(fold.accumulator(), carrier);
          });
      code.labelBinding(end);
    }
    return to.emit(fold.result());
  }

  /** An error of a turn waits until a later turn decides, or until the end. */
  private void absorbing(Ir.Fold fold, Carrier carrier, Label end) {
    if (carrier != Carrier.BOOL) {
      throw new IllegalStateException("a loop of conditions that is no bool");
    }
    int pending = code.allocateLocal(TypeKind.REFERENCE);
    int result = code.allocateLocal(TypeKind.INT);
    code.aconst_null().astore(pending).iconst_0().istore(result);
    each(
        Analysis.Loop.of(fold),
        end,
        next -> {
          Label turn = code.newLabel();
          code.aload(pending).ifnonnull(turn);
          to.truth(fold.condition());
          code.ifeq(end).labelBinding(turn);
          Label from = code.newBoundLabel();
          to.emit(fold.turn(), Carrier.BOOL);
          code.istore(result);
          Label until = code.newBoundLabel();
          Label done = code.newLabel();
          code.goto_(done).exceptionCatch(from, until, code.newBoundLabel(), ERROR);
          Label first = code.newLabel();
          code.aload(pending).ifnull(first).pop().goto_(next);
          code.labelBinding(first).astore(pending).goto_(next);
          Label take = code.newLabel();
          code.labelBinding(done).aload(pending).ifnull(take).iload(result);
          if (fold.turn() instanceof Ir.And) {
            code.ifne(next);
          } else {
            code.ifeq(next);
          }
          code.labelBinding(take).aconst_null().astore(pending).iload(result);
          to.bind(fold.accumulator(), Carrier.BOOL);
        });
    Label fine = code.newLabel();
    code.labelBinding(end).aload(pending).ifnull(fine).aload(pending).athrow();
    code.labelBinding(fine);
  }
}
