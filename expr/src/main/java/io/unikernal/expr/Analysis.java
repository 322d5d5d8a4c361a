package io.unikernal.expr;

import io.unikernal.model.Frame;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.time.Instant;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What is known of each node before code is made of it: how its value lies, whether it can fail,
 * whether it is a constant. It trusts the types; generated code checks them wherever it takes a
 * value apart, and throws {@link Mistyped} where they lied.
 */
final class Analysis {
  /** Nodes in one generated method at most, so that the JVM still compiles it. */
  static final int METHOD_NODES_MAX = 200;

  /**
   * @param carrier how the value lies when the node has run
   * @param canFail whether it can throw an {@link EvaluationException}
   * @param turns whether it counts steps itself
   * @param calls whether it calls something that wants an {@link Evaluation}
   * @param guards whether something within it catches errors, or pays for what it goes through: a
   *     loop around it then needs an {@link Evaluation}
   * @param size nodes that are emitted for it
   */
  record Facts(
      Carrier carrier, boolean canFail, boolean turns, boolean calls, boolean guards, int size) {
    Facts with(Carrier other) {
      return new Facts(other, canFail, turns, calls, guards, size);
    }

    Facts failing(boolean fails) {
      return new Facts(carrier, canFail || fails, turns, calls, guards, size);
    }

    Facts guarding(boolean catches) {
      return new Facts(carrier, canFail, turns, calls, guards || catches, size);
    }

    /** In a loop, what it builds or goes through is paid for. */
    Facts paying() {
      return guarding(true);
    }

    Facts turning() {
      return new Facts(carrier, canFail, true, calls, guards, size);
    }

    Facts calling() {
      return new Facts(carrier, canFail, turns, true, guards, size);
    }
  }

  private static final Frame NOTHING =
      new Frame(
          0,
          new Frame.Ambient() {
            @Override
            public Instant now() {
              throw new UnsupportedOperationException("not known before a message comes");
            }

            @Override
            public UUID uuid() {
              throw new UnsupportedOperationException("not known before a message comes");
            }

            @Override
            public double random() {
              throw new UnsupportedOperationException("not known before a message comes");
            }
          });

  private final Map<Ir, Facts> facts = new IdentityHashMap<>();
  private final Map<Ir, Optional<Value>> constants = new IdentityHashMap<>();

  /**
   * Lists that are made before what goes through them begins: both can fail, and the list first.
   */
  private final Map<Ir, Boolean> apart = new IdentityHashMap<>();

  private final Map<Integer, Carrier> locals = new HashMap<>();
  private final Map<IrExpression, Analysis> parts;
  private final Ir root;

  private final boolean folds;

  private Analysis(Ir root, Map<IrExpression, Analysis> parts, boolean folds) {
    this.root = root;
    this.parts = parts;
    this.folds = folds;
    of(root);
  }

  /** {@code folds} is false only where a test wants code of what is constant. */
  static Analysis whole(Ir root, boolean folds) {
    return new Analysis(root, new IdentityHashMap<>(), folds);
  }

  /** Of an expression that is a part of this one. */
  Analysis part(IrExpression part) {
    Analysis known = parts.get(part);
    if (known == null) {
      known = new Analysis(part.root(), parts, folds);
      parts.put(part, known);
    }
    return known;
  }

  /** Whether its code must be given an {@link Evaluation}, to count in or to pass on. */
  boolean needsRun() {
    Facts all = of(root);
    return all.calls() || (all.turns() && (all.guards() || all.size() > METHOD_NODES_MAX));
  }

  /** Whether the expression can be emitted within another's method: nothing of its own to keep. */
  boolean isPlain() {
    Facts all = of(root);
    return !all.canFail() && !all.turns() && !all.calls() && all.size() <= METHOD_NODES_MAX / 4;
  }

  Facts of(Ir node) {
    Facts known = facts.get(node);
    if (known == null) {
      Optional<Value> constant = constant(node);
      known =
          constant.isPresent()
              ? new Facts(Carrier.of(constant.get()), false, false, false, false, 1)
              : compute(node);
      facts.put(node, known);
    }
    return known;
  }

  Carrier carrier(Ir node) {
    return of(node).carrier();
  }

  /** What the value is, as it lies or by its type: a use may take it apart. */
  Carrier meant(Ir node) {
    Carrier natural = carrier(node);
    return natural == Carrier.VALUE ? Carrier.of(node.type()) : natural;
  }

  /** Whether an error can come from taking the node as a condition. */
  boolean truthFails(Ir node) {
    return of(node).canFail() || meant(node) != Carrier.BOOL;
  }

  /** The node's value where no message is needed to know it. */
  Optional<Value> constant(Ir node) {
    Optional<Value> known = constants.get(node);
    if (known == null) {
      known = fold(node);
      constants.put(node, known);
    }
    return known;
  }

  private Optional<Value> fold(Ir node) {
    return switch (node) {
      case Ir.Constant constant -> Optional.of(constant.value());
      case Ir.Embedded(IrExpression part, _, _) when part.root() instanceof Ir.Constant constant ->
          Optional.of(constant.value());
      // Loops and calls of functions count steps; variables and what fits them needs a message.
      case Ir.Variable _,
          Ir.Local _,
          Ir.Embedded _,
          Ir.UserCall _,
          Ir.Let _,
          Ir.Collect _,
          Ir.CollectMap _,
          Ir.CollectEntries _,
          Ir.Fold _,
          Ir.Fit _,
          Ir.FitFields _ ->
          Optional.empty();
      default -> {
        if (!folds) {
          yield Optional.empty();
        }
        for (Ir child : IrNodes.children(node)) {
          if (constant(child).isEmpty()) {
            yield Optional.empty();
          }
        }
        yield foldNow(node);
      }
    };
  }

  private static Optional<Value> foldNow(Ir node) {
    try {
      return Optional.of(Interpreter.evaluate(node, new Evaluation(NOTHING, 0)));
    } catch (RuntimeException | StackOverflowError _) {
      return Optional.empty(); // It fails for each message, where that can be told.
    }
  }

  /** Whether going through the list needs no list: what goes into it cannot fail. */
  boolean fuses(Ir range) {
    return range instanceof Ir.Collect inner
        && !apart.containsKey(range)
        && constant(range).isEmpty()
        && !of(range).canFail()
        && inner.filter().map(filter -> !truthFails(filter)).orElse(true);
  }

  private Facts compute(Ir node) {
    return switch (node) {
      case Ir.Constant constant -> leaf(Carrier.of(constant.value()));
      case Ir.Variable _ -> leaf(Carrier.VALUE);
      case Ir.Local local -> leaf(locals.getOrDefault(local.number(), Carrier.VALUE));
      case Ir.Select select ->
          over(node).with(slot(select)).failing(select.declared().type().isMaybe());
      case Ir.SelectByName _, Ir.Index _ -> over(node).failing(true);
      case Ir.OptionalSelect select -> over(node).failing(!isMap(select.operand().type()));
      case Ir.Has has -> over(node).with(Carrier.BOOL).failing(!isMap(has.operand().type()));
      case Ir.OptionalIndex index -> over(node).failing(!isSure(index));
      case Ir.Items _ -> over(node);
      case Ir.Dict _ -> over(node).failing(true);
      case Ir.Fields _, Ir.Fit _, Ir.FitFields _ -> over(node);
      case Ir.Arithmetic arithmetic -> arithmetic(arithmetic);
      case Ir.Comparison comparison ->
          over(node)
              .with(Carrier.BOOL)
              .failing(comparisonFails(comparison))
              .guarding(compares(comparison));
      case Ir.And and -> logic(node, and.left(), and.right());
      case Ir.Or or -> logic(node, or.left(), or.right());
      case Ir.Not not -> over(node).with(Carrier.BOOL).failing(truthFails(not.operand()));
      case Ir.Conditional choice ->
          over(node)
              .with(joined(carrier(choice.then()), carrier(choice.otherwise())))
              .failing(truthFails(choice.condition()));
      case Ir.Call call -> NativeCalls.facts(call, over(node), this);
      case Ir.UserCall _ -> over(node).failing(true).calling();
      case Ir.Let let -> {
        locals.put(let.number(), carrier(let.value()));
        yield over(node).with(carrier(let.body()));
      }
      case Ir.Fold fold -> fold(fold);
      case Ir.Looping loop -> collect(loop);
      case Ir.Interpolation interpolation ->
          over(node)
              .with(Carrier.TEXT)
              .failing(!interpolation.parts().stream().allMatch(this::isScalar));
      case Ir.Embedded embedded -> embedded(embedded);
    };
  }

  private static Facts leaf(Carrier carrier) {
    return new Facts(carrier, false, false, false, false, 1);
  }

  /** What follows from the children alone. */
  private Facts over(Ir node) {
    Facts all = leaf(Carrier.VALUE);
    for (Ir child : IrNodes.children(node)) {
      Facts one = of(child);
      all =
          new Facts(
              Carrier.VALUE,
              all.canFail() || one.canFail(),
              all.turns() || one.turns(),
              all.calls() || one.calls(),
              all.guards() || one.guards(),
              all.size() + one.size());
    }
    return all;
  }

  private static Carrier slot(Ir.Select select) {
    return switch (select.record().shape().slot(select.field())) {
      case INT -> Carrier.LONG;
      case UINT -> Carrier.UNSIGNED;
      case REAL -> Carrier.DOUBLE;
      case BOOL -> Carrier.BOOL;
      case REF -> Carrier.VALUE;
    };
  }

  static boolean isMap(Type type) {
    Type core = LabelRules.unwrap(type).core();
    return core instanceof Type.Record || core instanceof Type.MapOf;
  }

  static boolean isList(Type type) {
    Type bare = LabelRules.unwrap(type);
    return !bare.isMaybe() && bare instanceof Type.ListOf;
  }

  boolean isSure(Ir.OptionalIndex index) {
    Type core = LabelRules.unwrap(index.operand().type()).core();
    Carrier at = meant(index.index());
    return core instanceof Type.ListOf ? at == Carrier.LONG : isMap(core) && at == Carrier.TEXT;
  }

  /** A text that is a constant lies as a value too, so as not to be made anew each time. */
  private static Carrier joined(Carrier one, Carrier other) {
    return one == other && one != Carrier.TEXT && one != Carrier.DECIMAL ? one : Carrier.VALUE;
  }

  private Facts logic(Ir node, Ir left, Ir right) {
    return over(node)
        .with(Carrier.BOOL)
        .failing(truthFails(left) || truthFails(right))
        .guarding(truthFails(left));
  }

  private Facts arithmetic(Ir.Arithmetic node) {
    Carrier common = Carrier.common(meant(node.left()), meant(node.right()));
    Facts all = over(node);
    boolean adds = node.operator() == Ir.Operator.ADD;
    boolean divides =
        node.operator() == Ir.Operator.DIVIDE || node.operator() == Ir.Operator.REMAINDER;
    return switch (common) {
      case LONG, UNSIGNED -> all.with(common).failing(true);
      case DOUBLE ->
          node.operator() == Ir.Operator.REMAINDER ? all.failing(true) : all.with(Carrier.DOUBLE);
      case DECIMAL -> divides ? all.failing(true) : all.with(Carrier.DECIMAL);
      case TEXT -> adds ? all.with(Carrier.TEXT).paying() : all.failing(true);
      case BOOL -> all.failing(true);
      case VALUE ->
          all.failing(!(adds && isList(node.left().type()) && isList(node.right().type())))
              .paying();
    };
  }

  /** Whether it may go through a list. */
  private boolean compares(Ir.Comparison node) {
    return switch (node.operator()) {
      case IN -> true;
      case EQUAL, NOT_EQUAL ->
          Carrier.common(meant(node.left()), meant(node.right())) == Carrier.VALUE;
      default -> false;
    };
  }

  private boolean comparisonFails(Ir.Comparison node) {
    return switch (node.operator()) {
      case EQUAL, NOT_EQUAL -> false;
      case IN ->
          !(isList(node.right().type())
              || (isMap(node.right().type()) && !node.right().type().isMaybe()));
      default -> !isOrdered(node.left(), node.right());
    };
  }

  private boolean isOrdered(Ir left, Ir right) {
    Carrier a = meant(left);
    Carrier b = meant(right);
    if (a != Carrier.VALUE || b != Carrier.VALUE) {
      return a == b || (a.isNumber() && b.isNumber());
    }
    Type type = LabelRules.unwrap(left.type());
    return type.equals(LabelRules.unwrap(right.type()))
        && switch (type) {
          case Type.Simple simple -> isMoment(simple);
          case Type.Bytes _ -> true;
          default -> false;
        };
  }

  private static boolean isMoment(Type.Simple simple) {
    return switch (simple) {
      case TIMESTAMP, DATE, TIME, DURATION -> true;
      case ANY, NULL, BOOL, UUID, BLOB -> false;
    };
  }

  /** Whether it can always stand in a text. */
  boolean isScalar(Ir node) {
    return meant(node) != Carrier.VALUE
        || (LabelRules.unwrap(node.type()) instanceof Type.Simple simple
            && (isMoment(simple) || simple == Type.Simple.UUID));
  }

  private Facts collect(Ir.Looping node) {
    Facts all = collectNow(node);
    return takesApart(node, all.canFail()) ? collectNow(node) : all;
  }

  /**
   * A list of lying values fails before any turn of what goes through it does: only a loop that
   * cannot fail takes the elements as they come.
   */
  private boolean takesApart(Ir.Looping loop, boolean canFail) {
    Ir range = Loop.of(loop).range();
    if (!canFail || !fuses(range)) {
      return false;
    }
    apart.put(range, true);
    for (Ir child : IrNodes.children(loop)) {
      if (child != range) {
        forget(child);
      }
    }
    return true;
  }

  private Facts collectNow(Ir.Looping node) {
    var loop = Loop.of(node);
    open(loop);
    boolean conditionFails = loop.filter().map(this::truthFails).orElse(false);
    return over(node)
        .turning()
        .failing(conditionFails || !isList(loop.range().type()))
        .failing(!(node instanceof Ir.Collect));
  }

  private void open(Loop loop) {
    boolean counts = loop.second() >= 0 && isList(loop.range().type());
    Carrier first = counts ? Carrier.LONG : Carrier.VALUE;
    if (loop.second() < 0 && fuses(loop.range())) {
      first = carrier(((Ir.Collect) loop.range()).element());
    }
    locals.put(loop.first(), first);
  }

  private Facts fold(Ir.Fold fold) {
    Facts all = foldNow(fold);
    return takesApart(fold, all.canFail()) ? foldNow(fold) : all;
  }

  private Facts foldNow(Ir.Fold fold) {
    open(Loop.of(fold));
    Carrier start = carrier(fold.start());
    locals.put(fold.accumulator(), start);
    if (carrier(fold.turn()) != start) {
      locals.put(fold.accumulator(), Carrier.VALUE);
      forget(fold.condition());
      forget(fold.turn());
    }
    Facts all = over(fold);
    return all.turning()
        .with(carrier(fold.result()))
        .failing(truthFails(fold.condition()) || !isList(fold.range().type()))
        .guarding(catches(fold));
  }

  private void forget(Ir node) {
    facts.remove(node);
    IrNodes.children(node).forEach(this::forget);
  }

  /** Whether an error of a turn waits for a later turn to absorb it. */
  boolean catches(Ir.Fold fold) {
    return (fold.turn() instanceof Ir.And || fold.turn() instanceof Ir.Or)
        && of(fold.turn()).canFail();
  }

  private Facts embedded(Ir.Embedded embedded) {
    if (!(embedded.expression() instanceof IrExpression part)) {
      return leaf(Carrier.VALUE);
    }
    Analysis inner = part(part);
    Facts all = inner.of(part.root());
    // Its errors become faults at its border, and its steps are its own.
    return new Facts(all.carrier(), false, false, false, false, inner.isPlain() ? all.size() : 2);
  }

  /** What the loops have in common. */
  record Loop(Ir range, int first, int second, Optional<Ir> filter) {
    static Loop of(Ir.Looping node) {
      return new Loop(node.range(), node.first(), node.second(), node.filter());
    }
  }
}
