package io.unikernal.expr;

import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_long;

import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * Calls. The functions of most conditions are emitted in place; the others are the table's own,
 * with their arguments as values.
 */
final class NativeCalls {
  private static final ClassDesc DEFINITION = Bytecode.desc(Definition.class);
  private static final ClassDesc USER_FUNCTION = Bytecode.desc(UserFunction.class);
  private static final ClassDesc VALUE = Emitter.VALUE;

  private NativeCalls() {}

  /** How a call is emitted. */
  private enum Way {
    TABLE,
    SAME,
    TEXTS,
    SIZE,
    COUNT,
    SUM,
    NEGATE,
    HAS_VALUE,
    VALUE,
    OR,
    STRING,
    TO_DOUBLE,
    TO_DECIMAL
  }

  private static Way way(Ir.Call call, Analysis analysis) {
    List<Ir> arguments = call.arguments();
    if (arguments.isEmpty()) {
      return Way.TABLE;
    }
    Carrier first = analysis.meant(arguments.getFirst());
    boolean one = arguments.size() == 1;
    return switch (call.function().celName()) {
      case "startsWith", "endsWith", "contains" ->
          arguments.size() == 2
                  && first == Carrier.TEXT
                  && analysis.meant(arguments.get(1)) == Carrier.TEXT
              ? Way.TEXTS
              : Way.TABLE;
      case "size" ->
          first == Carrier.VALUE && counts(arguments.getFirst(), analysis) ? Way.COUNT : Way.SIZE;
      case "sum" -> sums(arguments, analysis) ? Way.SUM : Way.TABLE;
      case "-_" -> Way.NEGATE;
      case "hasValue" -> Way.HAS_VALUE;
      case "value" -> Way.VALUE;
      case "or", "orValue" -> Way.OR;
      case "optional.of", "dyn" -> Way.SAME;
      case "string" -> one && analysis.isScalar(arguments.getFirst()) ? Way.STRING : Way.TABLE;
      case "int" -> one && first == Carrier.LONG ? Way.SAME : Way.TABLE;
      case "double" ->
          one && (first == Carrier.LONG || first == Carrier.DOUBLE) ? Way.TO_DOUBLE : Way.TABLE;
      case "decimal" ->
          one && (first == Carrier.LONG || first == Carrier.DECIMAL) ? Way.TO_DECIMAL : Way.TABLE;
      default -> Way.TABLE;
    };
  }

  /** Whether the elements need not be made to be counted. */
  private static boolean counts(Ir list, Analysis analysis) {
    return list instanceof Ir.Collect && analysis.fuses(list);
  }

  /**
   * Whether the elements can be added as they come: no error of a later one would have been first.
   */
  private static boolean sums(List<Ir> arguments, Analysis analysis) {
    if (!(arguments.getFirst() instanceof Ir.Collect loop)
        || analysis.constant(loop).isPresent()
        || arguments.size() != 2) {
      return false;
    }
    analysis.of(loop); // Its locals are known after this.
    Carrier element = analysis.meant(loop.element());
    return element == analysis.meant(arguments.get(1))
        && switch (element) {
          case LONG -> analysis.fuses(loop);
          case DOUBLE, DECIMAL -> true;
          case UNSIGNED, BOOL, TEXT, VALUE -> false;
        };
  }

  static Analysis.Facts facts(Ir.Call call, Analysis.Facts over, Analysis analysis) {
    Carrier first =
        call.arguments().isEmpty() ? Carrier.VALUE : analysis.meant(call.arguments().getFirst());
    return switch (way(call, analysis)) {
      case TABLE -> over.failing(true).calling();
      case SAME -> over.with(analysis.carrier(call.arguments().getFirst()));
      case TEXTS -> over.with(Carrier.BOOL).paying();
      case HAS_VALUE -> over.with(Carrier.BOOL);
      case SIZE ->
          over.with(Carrier.LONG)
              .failing(!hasSize(call.arguments().getFirst(), first))
              .guarding(first == Carrier.TEXT);
      case COUNT -> over.with(Carrier.LONG);
      case SUM -> {
        Carrier element = first(call, analysis);
        yield over.with(element).failing(element == Carrier.LONG); // It may overflow.
      }
      case NEGATE -> negate(over, first);
      case VALUE -> over.failing(true);
      case OR -> over;
      case STRING -> over.with(Carrier.TEXT);
      case TO_DOUBLE -> over.with(Carrier.DOUBLE);
      case TO_DECIMAL -> over.with(Carrier.DECIMAL);
    };
  }

  private static Carrier first(Ir.Call call, Analysis analysis) {
    return analysis.meant(((Ir.Collect) call.arguments().getFirst()).element());
  }

  private static Analysis.Facts negate(Analysis.Facts over, Carrier meant) {
    return switch (meant) {
      case LONG -> over.with(meant).failing(true);
      case DOUBLE, DECIMAL -> over.with(meant);
      case UNSIGNED, BOOL, TEXT, VALUE -> over.failing(true);
    };
  }

  private static boolean hasSize(Ir node, Carrier meant) {
    return meant == Carrier.TEXT
        || Analysis.isList(node.type())
        || (Analysis.isMap(node.type()) && !node.type().isMaybe());
  }

  static Carrier emit(Emitter to, Ir.UserCall call) {
    to.owner.load(to.code, call.function(), USER_FUNCTION);
    arguments(to, call.arguments());
    to.run();
    to.span(call.span());
    to.support("userCall", VALUE, USER_FUNCTION, VALUE.arrayType(), Bytecode.RUN, Emitter.SPAN);
    return Carrier.VALUE;
  }

  private static void arguments(Emitter to, List<Ir> arguments) {
    to.code.loadConstant(arguments.size()).anewarray(VALUE);
    for (int i = 0; i < arguments.size(); i++) {
      to.code.dup().loadConstant(i);
      to.emit(arguments.get(i), Carrier.VALUE);
      to.code.aastore();
    }
  }

  static Carrier emit(Emitter to, Ir.Call call) {
    Carrier carrier = to.analysis.carrier(call);
    List<Ir> arguments = call.arguments();
    switch (way(call, to.analysis)) {
      case TABLE -> {
        to.owner.load(to.code, call.function(), DEFINITION);
        arguments(to, arguments);
        to.run();
        to.span(call.span());
        to.support("call", VALUE, DEFINITION, VALUE.arrayType(), Bytecode.RUN, Emitter.SPAN);
      }
      case SAME, TO_DOUBLE, TO_DECIMAL ->
          to.emitAs(
              arguments.getFirst(),
              carrier == Carrier.VALUE ? carrier : to.analysis.meant(arguments.getFirst()),
              carrier);
      case TEXTS -> texts(to, call.function().celName(), arguments);
      case SIZE -> size(to, call);
      case COUNT -> count(to, (Ir.Collect) arguments.getFirst());
      case SUM -> sum(to, call, carrier);
      case NEGATE -> negate(to, call, carrier);
      case HAS_VALUE -> {
        to.emit(arguments.getFirst(), Carrier.VALUE);
        to.support("isPresent", CD_boolean, VALUE);
      }
      case VALUE -> {
        to.emit(arguments.getFirst(), Carrier.VALUE);
        to.span(call.span());
        to.support("present", VALUE, VALUE, Emitter.SPAN);
      }
      case OR -> {
        to.emit(arguments.get(0), Carrier.VALUE);
        to.emit(arguments.get(1), Carrier.VALUE);
        to.support("or", VALUE, VALUE, VALUE);
      }
      case STRING -> {
        Carrier meant = to.analysis.meant(arguments.getFirst());
        to.emit(arguments.getFirst(), meant);
        string(to, meant);
      }
    }
    return carrier;
  }

  private static void texts(Emitter to, String name, List<Ir> arguments) {
    to.emit(arguments.get(0), Carrier.TEXT);
    to.emit(arguments.get(1), Carrier.TEXT);
    to.run();
    to.scalars(name, CD_boolean, CD_String, CD_String, Bytecode.RUN);
  }

  private static void size(Emitter to, Ir.Call call) {
    Ir of = call.arguments().getFirst();
    Carrier meant = to.analysis.meant(of);
    if (meant == Carrier.TEXT) {
      to.emit(of, meant);
      to.run();
      to.scalars("length", CD_long, CD_String, Bytecode.RUN);
    } else {
      to.emit(of, Carrier.VALUE);
      to.span(call.span(), !hasSize(of, meant));
      to.support("size", CD_long, VALUE, Emitter.SPAN);
    }
  }

  private static void count(Emitter to, Ir.Collect loop) {
    int count = to.code.allocateLocal(TypeKind.LONG);
    to.code.lconst_0().lstore(count);
    EmitLoops.elements(
        to,
        loop,
        _ -> {
          if (to.analysis.carrier(loop.element()).kind().slotSize() == 2) {
            to.code.pop2();
          } else {
            to.code.pop();
          }
          to.code.lload(count).lconst_1().ladd().lstore(count);
        });
    to.code.lload(count);
  }

  private static void sum(Emitter to, Ir.Call call, Carrier carrier) {
    var loop = (Ir.Collect) call.arguments().getFirst();
    int sum = to.code.allocateLocal(carrier.kind());
    to.emit(call.arguments().get(1), carrier);
    to.code.storeLocal(carrier.kind(), sum);
    EmitLoops.elements(
        to,
        loop,
        _ -> {
          to.convert(to.analysis.carrier(loop.element()), carrier);
          int item = to.code.allocateLocal(carrier.kind());
          to.code.storeLocal(carrier.kind(), item);
          to.code.loadLocal(carrier.kind(), sum).loadLocal(carrier.kind(), item);
          switch (carrier) {
            case LONG -> {
              to.span(call.span());
              to.scalars("add", CD_long, CD_long, CD_long, Emitter.SPAN);
            }
            case DOUBLE -> to.code.dadd();
            default -> to.scalars("add", carrier.desc(), carrier.desc(), carrier.desc());
          }
          to.code.storeLocal(carrier.kind(), sum);
        });
    to.code.loadLocal(carrier.kind(), sum);
  }

  private static void negate(Emitter to, Ir.Call call, Carrier carrier) {
    Ir operand = call.arguments().getFirst();
    to.emit(operand, carrier);
    switch (carrier) {
      case LONG -> {
        to.span(call.span());
        to.scalars("negate", CD_long, CD_long, Emitter.SPAN);
      }
      case DOUBLE -> to.code.dneg();
      case DECIMAL ->
          to.code.invokevirtual(carrier.desc(), "negate", MethodTypeDesc.of(carrier.desc()));
      case UNSIGNED, BOOL, TEXT, VALUE -> {
        to.span(call.span());
        to.support("negate", VALUE, VALUE, Emitter.SPAN);
      }
    }
  }

  /** The text of what is on the stack. */
  static void string(Emitter to, Carrier carrier) {
    switch (carrier) {
      case TEXT -> {}
      case LONG ->
          to.code.invokestatic(
              ConstantDescs.CD_Long, "toString", MethodTypeDesc.of(CD_String, CD_long));
      case BOOL -> to.scalars("string", CD_String, CD_boolean);
      case DECIMAL -> to.scalars("string", CD_String, carrier.desc());
      case UNSIGNED, DOUBLE, VALUE -> {
        to.convert(carrier, Carrier.VALUE);
        to.code.aconst_null();
        to.support("string", CD_String, VALUE, Emitter.SPAN);
      }
    }
  }
}
