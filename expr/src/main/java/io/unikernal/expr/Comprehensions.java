package io.unikernal.expr;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.ExprKind;
import io.unikernal.model.Type;
import java.util.List;
import java.util.Optional;

/**
 * Loops from what CEL's macros expand to. {@code map} and {@code filter} append to a list by {@code
 * +}, which would copy it at each turn: they become nodes of their own.
 */
final class Comprehensions {
  private final Lowering lowering;

  Comprehensions(Lowering lowering) {
    this.lowering = lowering;
  }

  Ir lower(CelExpr node) {
    CelComprehension loop = node.comprehension();
    if (isBinding(loop)) {
      Ir value = lowering.lower(loop.accuInit());
      int number = lowering.locals().open(loop.accuVar(), value.type());
      Ir body = lowering.lower(loop.result());
      lowering.locals().close(1);
      return new Ir.Let(number, value, body, body.type(), lowering.span(node));
    }
    Ir range = lowering.lower(loop.iterRange());
    return new Loop(node, loop, range).lower();
  }

  /** {@code cel.bind(name, value, body)}. */
  static boolean isBinding(CelComprehension loop) {
    return loop.iterRange().getKind() == ExprKind.Kind.LIST
        && loop.iterRange().list().elements().isEmpty()
        && loop.loopCondition().getKind() == ExprKind.Kind.CONSTANT
        && loop.loopCondition().constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE
        && !loop.loopCondition().constant().booleanValue();
  }

  /** A step {@code filter ? append : unchanged}, or {@code append} alone. */
  private record Step(Optional<CelExpr> filter, CelExpr append) {}

  private final class Loop {
    private final CelExpr node;
    private final CelComprehension loop;
    private final Ir range;
    private int first;
    private int second = -1;

    Loop(CelExpr node, CelComprehension loop, Ir range) {
      this.node = node;
      this.loop = loop;
      this.range = range;
    }

    Ir lower() {
      boolean returnsAccumulator = isAccumulator(loop.result());
      Step step = step();
      if (returnsAccumulator && isEmptyList(loop.accuInit()) && isListAppend(step.append())) {
        return collect(step);
      }
      if (returnsAccumulator && isEmptyMap(loop.accuInit()) && isMapInsert(step.append())) {
        return step.append().call().args().size() == 3 ? collectMap(step) : collectEntries(step);
      }
      return fold();
    }

    private boolean isAccumulator(CelExpr expr) {
      return expr.getKind() == ExprKind.Kind.IDENT && expr.ident().name().equals(loop.accuVar());
    }

    private Step step() {
      CelExpr step = loop.loopStep();
      if (isCall(step, "_?_:_", 3) && isAccumulator(step.call().args().get(2))) {
        return new Step(Optional.of(step.call().args().get(0)), step.call().args().get(1));
      }
      return new Step(Optional.empty(), step);
    }

    private boolean isListAppend(CelExpr expr) {
      return isCall(expr, "_+_", 2)
          && isAccumulator(expr.call().args().get(0))
          && expr.call().args().get(1).getKind() == ExprKind.Kind.LIST
          && expr.call().args().get(1).list().elements().size() == 1;
    }

    private boolean isMapInsert(CelExpr expr) {
      return expr.getKind() == ExprKind.Kind.CALL
          && expr.call().function().equals("cel.@mapInsert")
          && isAccumulator(expr.call().args().getFirst());
    }

    private Ir collect(Step step) {
      int opened = openVariables();
      Optional<Ir> filter = step.filter().map(lowering::lower);
      Ir element = lowering.lower(step.append().call().args().get(1).list().elements().getFirst());
      lowering.locals().close(opened);
      Type type = Typing.orElse(Type.ListOf.of(element.type()), lowering.checked(node));
      return new Ir.Collect(range, first, second, filter, element, type, lowering.span(node));
    }

    private Ir collectMap(Step step) {
      int opened = openVariables();
      Optional<Ir> filter = step.filter().map(lowering::lower);
      List<CelExpr> arguments = step.append().call().args();
      Ir key = lowering.lower(arguments.get(1));
      Ir value = lowering.lower(arguments.get(2));
      lowering.locals().close(opened);
      checkKey(key);
      return new Ir.CollectMap(
          range, first, second, filter, key, value, mapOf(value.type()), lowering.span(node));
    }

    private Ir collectEntries(Step step) {
      int opened = openVariables();
      Optional<Ir> filter = step.filter().map(lowering::lower);
      Ir entries = lowering.lower(step.append().call().args().get(1));
      lowering.locals().close(opened);
      Type value =
          switch (Selects.core(entries)) {
            case Type.MapOf(var of) -> of;
            case Type.Record record ->
                record.fields().stream()
                    .map(Type.Field::type)
                    .reduce(Typing::join)
                    .orElse(Type.Simple.ANY);
            default -> Type.Simple.ANY;
          };
      return new Ir.CollectEntries(
          range, first, second, filter, entries, mapOf(value), lowering.span(node));
    }

    private Type mapOf(Type value) {
      return Typing.orElse(new Type.MapOf(value), lowering.checked(node));
    }

    private void checkKey(Ir key) {
      Type type = Selects.core(key);
      if (!(type instanceof Type.Text || type instanceof Type.Enum || type == Type.Simple.ANY)) {
        lowering.problem(
            Compiled.Kind.TYPE,
            lowering.span(node),
            "the keys of a map are texts, but here they are `" + Problems.describe(type) + "`",
            "use `transformMapEntry` with `string(...)`, or `transformList`");
      }
    }

    private Ir fold() {
      Ir start = lowering.lower(loop.accuInit());
      Type kept = lowering.checked(loop.accuInit());
      int accumulator = lowering.locals().open(loop.accuVar(), kept);
      int opened = openVariables();
      Ir condition = lowering.lower(loop.loopCondition());
      Ir turn = lowering.lower(loop.loopStep());
      lowering.locals().close(opened);
      Ir result = lowering.lower(loop.result());
      lowering.locals().close(1);
      return new Ir.Fold(
          range,
          first,
          second,
          accumulator,
          start,
          condition,
          turn,
          result,
          LabelRules.unwrap(result.type()),
          lowering.span(node));
    }

    /** How many were opened. */
    private int openVariables() {
      Type core = Selects.core(range);
      Type element = Typing.part(range.type(), elementOf(core));
      boolean isMap = core instanceof Type.MapOf || core instanceof Type.Record;
      Type key = isMap ? Type.Text.ANY_TEXT : Type.Int.ANY_INT;
      if (loop.iterVar2().isEmpty()) {
        boolean any = core == Type.Simple.ANY;
        first = lowering.locals().open(loop.iterVar(), isMap ? key : any ? core : element);
        return 1;
      }
      Type position = core == Type.Simple.ANY ? core : key;
      first = lowering.locals().open(loop.iterVar(), position);
      second = lowering.locals().open(loop.iterVar2(), element);
      return 2;
    }

    private Type elementOf(Type core) {
      return core instanceof Type.Record record
          ? record.fields().stream()
              .map(Type.Field::type)
              .reduce(Typing::join)
              .orElse(Type.Simple.ANY)
          : Typing.element(core);
    }
  }

  private static boolean isCall(CelExpr expr, String function, int arguments) {
    return expr.getKind() == ExprKind.Kind.CALL
        && expr.call().function().equals(function)
        && expr.call().args().size() == arguments;
  }

  private static boolean isEmptyList(CelExpr expr) {
    return expr.getKind() == ExprKind.Kind.LIST && expr.list().elements().isEmpty();
  }

  private static boolean isEmptyMap(CelExpr expr) {
    return expr.getKind() == ExprKind.Kind.MAP && expr.map().entries().isEmpty();
  }
}
