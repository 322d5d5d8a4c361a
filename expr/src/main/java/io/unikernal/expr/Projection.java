package io.unikernal.expr;

import io.unikernal.model.Expression;
import io.unikernal.model.Reads;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * What expressions read of the frame's variables, and which fields they build: a codec need not
 * decode what nobody reads. What is not known for certain counts as read as a whole.
 */
public final class Projection {

  /** Where a value comes from: a variable and the way from it; empty for what is computed. */
  private record Path(int slot, List<String> steps) {
    Path to(String step) {
      var longer = new ArrayList<>(steps);
      longer.add(step);
      return new Path(slot, longer);
    }
  }

  /** A step to the elements, and one to an element at a fixed place: no field has these names. */
  private static final String ELEMENTS = "\0";

  private static final String ONE = "\1";

  private final Map<Integer, Reads> reads = new HashMap<>();

  private Projection() {}

  /** What these expressions read together. */
  public static Projection of(Collection<? extends Expression> expressions) {
    var all = new Projection();
    expressions.forEach(expression -> all.expression(expression, true));
    return all;
  }

  /** What is read of the variable in this slot of the frame. */
  public Reads of(int slot) {
    return reads.getOrDefault(slot, Reads.NONE);
  }

  /** The names of the fields that the expression builds, in order; empty where it builds none. */
  public static List<String> writes(Expression expression) {
    return expression instanceof IrExpression ours
        ? switch (ours.root()) {
          case Ir.Fields fields -> names(fields.record());
          case Ir.FitFields fields -> names(fields.record());
          default -> List.<String>of();
        }
        : List.of();
  }

  private static List<String> names(Type.Record record) {
    return record.fields().stream().map(Type.Field::name).toList();
  }

  private void expression(Expression expression, boolean whole) {
    if (expression instanceof IrExpression ours) {
      var locals = new HashMap<Integer, Optional<Path>>();
      use(ours.root(), locals, whole);
    }
  }

  /** Reads the node; all that its value holds when {@code whole}, else only that it is there. */
  private void use(Ir node, Map<Integer, Optional<Path>> locals, boolean whole) {
    Optional<Path> path = path(node, locals);
    path.ifPresent(found -> mark(found, whole));
    if (path.isEmpty() && !whole && node instanceof Ir.Collect) {
      walk(node, locals);
    } else if (path.isEmpty()) {
      inside(node, locals);
    } else {
      computed(node, locals);
    }
  }

  /** Within a path only what chooses an element is computed. */
  private void computed(Ir node, Map<Integer, Optional<Path>> locals) {
    switch (node) {
      case Ir.Index index -> use(index.index(), locals, true);
      case Ir.OptionalIndex index -> use(index.index(), locals, true);
      default -> {}
    }
    IrNodes.children(node).stream().limit(1).forEach(child -> computed(child, locals));
  }

  private void inside(Ir node, Map<Integer, Optional<Path>> locals) {
    switch (node) {
      case Ir.Embedded embedded -> expression(embedded.expression(), true);
      case Ir.Has has -> has(has, locals);
      case Ir.Let let -> {
        Optional<Path> value = path(let.value(), locals);
        locals.put(let.number(), value);
        if (value.isEmpty()) {
          use(let.value(), locals, true);
        } else {
          computed(let.value(), locals);
        }
        use(let.body(), locals, true);
      }
      case Ir.Call call when isCount(call) -> use(call.arguments().getFirst(), locals, false);
      case Ir.Looping loop -> loop(loop, locals);
      default -> IrNodes.children(node).forEach(child -> use(child, locals, true));
    }
  }

  /** Only how many there are, or whether it is there: not for a record, whose keys are counted. */
  private static boolean isCount(Ir.Call call) {
    return call.arguments().size() == 1
        && (call.function().celName().equals("hasValue")
            || (call.function().celName().equals("size")
                && Analysis.isList(call.arguments().getFirst().type())));
  }

  private void has(Ir.Has has, Map<Integer, Optional<Path>> locals) {
    Optional<Path> operand = path(has.operand(), locals);
    if (operand.isPresent()) {
      mark(operand.get().to(has.field()), false);
      computed(has.operand(), locals);
    } else {
      use(has.operand(), locals, true);
    }
  }

  private void loop(Ir.Looping node, Map<Integer, Optional<Path>> locals) {
    turns(node, locals);
    for (Ir child : IrNodes.children(node)) {
      if (child != node.range() && !node.filter().equals(Optional.of(child))) {
        use(child, locals, true);
      }
    }
  }

  /** What decides which turns a loop makes, and where its locals come from. */
  private void turns(Ir.Looping loop, Map<Integer, Optional<Path>> locals) {
    Optional<Path> element = Optional.empty();
    if (Analysis.isList(loop.range().type())) {
      element = walk(loop.range(), locals);
    } else {
      use(loop.range(), locals, true);
    }
    locals.put(loop.first(), loop.second() < 0 ? element : Optional.empty());
    if (loop.second() >= 0) {
      locals.put(loop.second(), element);
    }
    loop.filter().ifPresent(filter -> use(filter, locals, true));
  }

  /**
   * Goes through a list without a look into its elements, and answers where they come from; where
   * that is not known, they were read whole.
   */
  private Optional<Path> walk(Ir list, Map<Integer, Optional<Path>> locals) {
    Optional<Path> whole = path(list, locals);
    if (whole.isPresent()) {
      computed(list, locals);
      Path element = whole.get().to(ELEMENTS);
      mark(element, false);
      return Optional.of(element);
    }
    if (!(list instanceof Ir.Collect collect)) {
      use(list, locals, true);
      return Optional.empty();
    }
    turns(collect, locals);
    Optional<Path> element = path(collect.element(), locals);
    use(collect.element(), locals, element.isEmpty());
    return element;
  }

  private static Optional<Path> path(Ir node, Map<Integer, Optional<Path>> locals) {
    return switch (node) {
      case Ir.Variable variable -> Optional.of(new Path(variable.slot(), List.of()));
      case Ir.Local local -> locals.getOrDefault(local.number(), Optional.empty());
      case Ir.Select select ->
          path(select.operand(), locals).map(path -> path.to(select.declared().name()));
      case Ir.SelectByName select ->
          path(select.operand(), locals).map(path -> path.to(select.field()));
      case Ir.OptionalSelect select ->
          path(select.operand(), locals).map(path -> path.to(select.field()));
      case Ir.Index index ->
          path(index.operand(), locals).map(path -> element(path, index.index()));
      case Ir.OptionalIndex index ->
          path(index.operand(), locals).map(path -> element(path, index.index()));
      default -> Optional.empty();
    };
  }

  /** A key that is written is a field's name. */
  private static Path element(Path path, Ir index) {
    return switch (index) {
      case Ir.Constant(Value.Text(var key), _, _) -> path.to(key);
      case Ir.Constant(Value.Int _, _, _) -> path.to(ONE);
      default -> path.to(ELEMENTS);
    };
  }

  private void mark(Path path, boolean whole) {
    Reads tail = whole ? Reads.ALL : Reads.NONE;
    for (String step : path.steps().reversed()) {
      boolean isElement = step.equals(ELEMENTS) || step.equals(ONE);
      SequencedMap<String, Reads> fields = new TreeMap<>();
      if (!isElement) {
        fields.put(step, tail);
      }
      tail =
          new Reads(
              false,
              fields,
              isElement ? Optional.of(tail) : Optional.empty(),
              !step.equals(ELEMENTS));
    }
    reads.merge(path.slot(), tail, Reads::and);
  }
}
