package io.unikernal.expr;

import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import io.unikernal.model.Rec;
import io.unikernal.model.Shape;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** Fields and elements, and what is built of them. */
final class EmitRecords {
  /** Parts that one method builds of what is too large for one. */
  private static final int CHUNK = 40;

  /** What a part of an interpolated text is likely to be long. */
  private static final int PART_LENGTH = 16;

  private static final ClassDesc SHAPE = Bytecode.desc(Shape.class);
  private static final ClassDesc REC = Bytecode.desc(Rec.class);
  private static final ClassDesc BUILDER = Bytecode.desc(Rec.Builder.class);
  private static final ClassDesc FIT_RUN = Bytecode.desc(FitRun.class);
  private static final ClassDesc PLACE = Bytecode.desc(FitRun.Place.class);
  private static final ClassDesc TEXT = Bytecode.desc(StringBuilder.class);
  private static final ClassDesc MAP = Bytecode.desc(SequencedMap.class);
  private static final ClassDesc LINKED = Bytecode.desc(LinkedHashMap.class);
  private static final ClassDesc TYPE = Bytecode.desc(Type.class);
  private static final ClassDesc VALUE = Emitter.VALUE;
  private static final ClassDesc VALUES = VALUE.arrayType();

  private final Emitter to;
  private final CodeBuilder code;

  private EmitRecords(Emitter to) {
    this.to = to;
    code = to.code;
  }

  static Carrier emit(Emitter to, Ir node) {
    var here = new EmitRecords(to);
    return switch (node) {
      case Ir.Select select -> here.select(select);
      case Ir.SelectByName select -> {
        to.emit(select.operand(), Carrier.VALUE);
        to.constant(Value.text(select.field()), Carrier.TEXT);
        to.span(select.span());
        to.support("selectByName", VALUE, VALUE, CD_String, Emitter.SPAN);
        yield Carrier.VALUE;
      }
      case Ir.OptionalSelect select ->
          here.optional(node, select.operand(), select.field(), "optional", VALUE);
      case Ir.Has has -> here.optional(node, has.operand(), has.field(), "has", CD_boolean);
      case Ir.Index index -> here.index(index);
      case Ir.OptionalIndex index -> {
        to.emit(index.operand(), Carrier.VALUE);
        to.emit(index.index(), Carrier.VALUE);
        to.span(index.span(), !to.analysis.isSure(index));
        to.support("optionalIndex", VALUE, VALUE, VALUE, Emitter.SPAN);
        yield Carrier.VALUE;
      }
      case Ir.Items items -> here.items(items);
      case Ir.Dict dict -> here.dict(dict);
      case Ir.Fields fields -> here.fields(fields);
      case Ir.Fit fit -> {
        to.emit(fit.source(), Carrier.VALUE);
        to.owner.load(to.code, fit.to(), TYPE);
        to.constant(Value.text(fit.what()), Carrier.TEXT);
        to.support("fit", VALUE, VALUE, TYPE, CD_String);
        yield Carrier.VALUE;
      }
      case Ir.FitFields fit -> here.fitFields(fit);
      case Ir.Interpolation interpolation -> here.interpolation(interpolation);
      default -> throw new IllegalArgumentException("no record");
    };
  }

  private void shape(Shape shape) {
    to.owner.load(code, shape, SHAPE);
  }

  private Carrier select(Ir.Select select) {
    Carrier carrier = to.analysis.carrier(select);
    to.emit(select.operand(), Carrier.VALUE);
    Shape shape = select.record().shape();
    shape(shape);
    code.loadConstant(shape.position(select.field())).loadConstant(select.field());
    to.span(select.span(), select.declared().type().isMaybe());
    String name =
        switch (carrier) {
          case LONG -> "selectLong";
          case UNSIGNED -> "selectUnsigned";
          case DOUBLE -> "selectDouble";
          case BOOL -> "selectBool";
          case TEXT, DECIMAL, VALUE -> "select";
        };
    to.support(name, carrier.desc(), VALUE, SHAPE, CD_int, CD_int, Emitter.SPAN);
    return carrier;
  }

  private Carrier optional(Ir node, Ir operand, String field, String name, ClassDesc result) {
    to.emit(operand, Carrier.VALUE);
    if (LabelRules.unwrap(operand.type()).core() instanceof Type.Record record
        && record.shape().index(field) >= 0) {
      shape(record.shape());
      code.loadConstant(record.shape().index(field));
      to.support(name + "At", result, VALUE, SHAPE, CD_int);
    } else {
      to.constant(Value.text(field), Carrier.TEXT);
      to.span(node.span(), !Analysis.isMap(operand.type()));
      to.support(name, result, VALUE, CD_String, Emitter.SPAN);
    }
    return to.analysis.carrier(node);
  }

  private Carrier index(Ir.Index index) {
    to.emit(index.operand(), Carrier.VALUE);
    boolean isPosition = to.analysis.meant(index.index()) == Carrier.LONG;
    to.emit(index.index(), isPosition ? Carrier.LONG : Carrier.VALUE);
    to.span(index.span());
    to.support(
        isPosition ? "indexAt" : "index", VALUE, VALUE, isPosition ? CD_long : VALUE, Emitter.SPAN);
    return Carrier.VALUE;
  }

  /**
   * Emits all parts here, or in methods of some parts each where they are too many. What they are
   * put into is on the stack before each call and after it.
   */
  private void chunked(
      Ir node, List<Ir> parts, int count, ClassDesc into, List<Emitter.Extra> extras, Chunk body) {
    if (!to.isFull(to.analysis.of(node).size()) || count <= 1) {
      for (int i = 0; i < count; i++) {
        body.emit(this, i, extras.stream().mapToInt(Emitter.Extra::slot).toArray());
      }
      return;
    }
    int slot = code.allocateLocal(TypeKind.REFERENCE);
    for (int from = 0; from < count; from += CHUNK) {
      int first = from;
      int end = Math.min(count, from + CHUNK);
      code.astore(slot);
      var all = new ArrayList<Emitter.Extra>();
      all.add(new Emitter.Extra(into, slot));
      all.addAll(extras);
      to.lift(
          parts.isEmpty() ? List.of(node) : parts.subList(first, end),
          all,
          into,
          (inside, extra) -> {
            var there = new EmitRecords(inside);
            there.code.aload(extra);
            int[] slots = new int[extras.size()];
            for (int i = 0; i < slots.length; i++) {
              slots[i] = extra + 1 + i;
            }
            for (int i = first; i < end; i++) {
              body.emit(there, i, slots);
            }
          });
    }
  }

  /** Puts one part into what lies on the stack, and leaves it there. */
  private interface Chunk {
    void emit(EmitRecords inside, int part, int[] extras);
  }

  private Carrier items(Ir.Items items) {
    int count = items.elements().size();
    code.loadConstant(count).anewarray(VALUE);
    chunked(
        items,
        items.elements(),
        count,
        VALUES,
        List.of(),
        (inside, i, _) -> {
          inside.code.dup().loadConstant(i);
          inside.to.emit(items.elements().get(i), Carrier.VALUE);
          inside.code.aastore();
        });
    to.support("items", VALUE, VALUES);
    return Carrier.VALUE;
  }

  private Carrier dict(Ir.Dict dict) {
    code.new_(LINKED).dup().invokespecial(LINKED, INIT_NAME, MTD_void);
    chunked(
        dict,
        List.of(),
        dict.keys().size(),
        LINKED,
        List.of(),
        (inside, i, _) -> {
          inside.code.dup();
          Ir key = dict.keys().get(i);
          inside.to.emit(dict.values().get(i), Carrier.VALUE);
          inside.to.emit(key, Carrier.VALUE);
          inside.to.span(key.span());
          inside.to.span(dict.span());
          inside.to.support("entry", CD_void, MAP, VALUE, VALUE, Emitter.SPAN, Emitter.SPAN);
        });
    to.support("dict", VALUE, MAP);
    return Carrier.VALUE;
  }

  private void builder(Shape shape) {
    shape(shape);
    code.invokestatic(REC, "builder", MethodTypeDesc.of(BUILDER, SHAPE));
  }

  private void built() {
    code.invokevirtual(BUILDER, "build", MethodTypeDesc.of(REC));
  }

  private Carrier fields(Ir.Fields fields) {
    Shape shape = fields.record().shape();
    builder(shape);
    chunked(
        fields,
        fields.fields(),
        fields.fields().size(),
        BUILDER,
        List.of(),
        (inside, i, _) -> inside.field(shape, i, fields.fields().get(i)));
    built();
    return Carrier.VALUE;
  }

  /** Sets a field of the builder on the stack. */
  private void field(Shape shape, int field, Ir part) {
    Carrier carrier = to.analysis.carrier(part);
    if (isSlot(shape, field, carrier)) {
      code.loadConstant(field);
      to.emit(part, carrier);
      bits(carrier);
    } else if (shape.slot(field) == Shape.Slot.REF) {
      code.loadConstant(shape.position(field));
      to.emit(part, Carrier.VALUE);
      code.invokevirtual(BUILDER, "setAt", MethodTypeDesc.of(BUILDER, CD_int, VALUE));
    } else {
      code.loadConstant(field);
      to.emit(part, Carrier.VALUE);
      set();
    }
  }

  private void set() {
    code.invokevirtual(BUILDER, "set", MethodTypeDesc.of(BUILDER, CD_int, VALUE));
  }

  private void bits(Carrier carrier) {
    switch (carrier) {
      case DOUBLE ->
          code.invokestatic(
              java.lang.constant.ConstantDescs.CD_Double,
              "doubleToRawLongBits",
              MethodTypeDesc.of(CD_long, java.lang.constant.ConstantDescs.CD_double));
      case BOOL -> code.i2l();
      case LONG, UNSIGNED, TEXT, DECIMAL, VALUE -> {}
    }
    code.invokevirtual(BUILDER, "setBits", MethodTypeDesc.of(BUILDER, CD_int, CD_long));
  }

  /** Whether the value lies in the field's slot as it lies on the stack. */
  private static boolean isSlot(Shape shape, int field, Carrier carrier) {
    return switch (shape.slot(field)) {
      case INT -> carrier == Carrier.LONG;
      case UINT -> carrier == Carrier.UNSIGNED;
      case REAL -> carrier == Carrier.DOUBLE;
      case BOOL -> carrier == Carrier.BOOL;
      case REF -> false;
    };
  }

  private Carrier fitFields(Ir.FitFields fit) {
    int run = code.allocateLocal(TypeKind.REFERENCE);
    code.new_(FIT_RUN).dup().invokespecial(FIT_RUN, INIT_NAME, MTD_void).astore(run);
    fitting(fit, "", run);
    code.aload(run);
    to.constant(Value.text(fit.what()), Carrier.TEXT);
    code.invokestatic(FIT_RUN, "verify", MethodTypeDesc.of(VALUE, VALUE, FIT_RUN, CD_String));
    return Carrier.VALUE;
  }

  private void fitting(Ir.FitFields fit, String prefix, int run) {
    Shape shape = fit.record().shape();
    builder(shape);
    chunked(
        fit,
        List.of(),
        shape.size(),
        BUILDER,
        List.of(new Emitter.Extra(FIT_RUN, run)),
        (inside, i, extras) -> inside.fitField(fit, i, prefix, extras[0]));
    built();
  }

  private void fitField(Ir.FitFields fit, int number, String prefix, int run) {
    Type.Field field = fit.record().fields().get(number);
    Ir.FieldFit given = fit.fields().get(number);
    var place = new FitRun.Place(number, field, given.check(), prefix);
    if (given.part().isEmpty()) {
      left(place, run);
      return;
    }
    Ir part = given.part().get();
    if (part instanceof Ir.FitFields nested) {
      to.spend();
      fitting(nested, prefix + field.name() + ".", run);
      place(place, run);
      return;
    }
    Carrier carrier = to.analysis.carrier(part);
    if (!isSlot(fit.record().shape(), number, carrier)) {
      to.emit(part, Carrier.VALUE);
      place(place, run);
    } else if (!given.check()) {
      code.loadConstant(number);
      to.emit(part, carrier);
      bits(carrier);
    } else if (carrier == Carrier.LONG && field.type().core() instanceof Type.Int(var range)) {
      to.emit(part, carrier);
      within(range, place, run);
    } else {
      to.emit(part, Carrier.VALUE);
      place(place, run);
    }
  }

  private void within(Type.Range range, FitRun.Place place, int run) {
    code.loadConstant(bound(range.min(), Long.MIN_VALUE));
    code.loadConstant(bound(range.max(), Long.MAX_VALUE));
    code.aload(run);
    to.owner.load(code, place, PLACE);
    code.invokestatic(
        FIT_RUN,
        "placeLong",
        MethodTypeDesc.of(BUILDER, BUILDER, CD_long, CD_long, CD_long, FIT_RUN, PLACE));
  }

  private static long bound(Optional<BigDecimal> bound, long otherwise) {
    return bound.map(BigDecimal::longValueExact).orElse(otherwise);
  }

  /** A field that nothing was written for. */
  private void left(FitRun.Place place, int run) {
    Type.Field field = place.field();
    if (field.isRequired()) {
      to.constant(Value.Absent.ABSENT, Carrier.VALUE);
      place(place, run);
    } else if (field.fallback().isPresent()) {
      code.loadConstant(place.index());
      to.constant(field.fallback().get(), Carrier.VALUE);
      set();
    }
  }

  private void place(FitRun.Place place, int run) {
    code.aload(run);
    to.owner.load(code, place, PLACE);
    code.invokestatic(FIT_RUN, "place", MethodTypeDesc.of(BUILDER, BUILDER, VALUE, FIT_RUN, PLACE));
  }

  private Carrier interpolation(Ir.Interpolation node) {
    code.new_(TEXT).dup().loadConstant(node.parts().size() * PART_LENGTH);
    code.invokespecial(TEXT, INIT_NAME, MethodTypeDesc.of(CD_void, CD_int));
    chunked(
        node,
        node.parts(),
        node.parts().size(),
        TEXT,
        List.of(),
        (inside, i, _) -> inside.part(node.parts().get(i)));
    code.invokevirtual(TEXT, "toString", MethodTypeDesc.of(CD_String));
    return Carrier.TEXT;
  }

  /** Appends to the text on the stack. */
  private void part(Ir part) {
    Carrier meant = to.analysis.meant(part);
    switch (meant) {
      case TEXT, LONG, BOOL, DECIMAL -> {
        to.emit(part, meant);
        NativeCalls.string(to, meant);
        to.scalars("append", TEXT, TEXT, CD_String);
      }
      case UNSIGNED, DOUBLE, VALUE -> {
        code.dup();
        to.emit(part, Carrier.VALUE);
        to.span(part.span(), !to.analysis.isScalar(part));
        to.support("append", CD_void, TEXT, VALUE, Emitter.SPAN);
      }
    }
  }
}
