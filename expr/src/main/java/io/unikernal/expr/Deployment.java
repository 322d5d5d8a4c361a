package io.unikernal.expr;

import io.unikernal.model.Expression;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Makes expressions that will run often into bytecode, in place: they give the same values and the
 * same errors as before. Those that no bytecode can be made of stay with the interpreter. What is
 * made goes with the last of the expressions that it was made of.
 */
public final class Deployment {
  private static final System.Logger LOG = System.getLogger(Deployment.class.getName());

  /** Expressions of one class at most: the method that chooses among them must stay small. */
  private static final int GROUP_MAX = 200;

  /** Nodes of one class at most. */
  private static final int NODES_MAX = 10_000;

  private final Generator generator;
  private final Set<IrExpression> found = Collections.newSetFromMap(new IdentityHashMap<>());
  private int compiled;
  private int interpreted;
  private int classes;
  private long bytes;

  private final boolean folds;

  private Deployment(Generator generator, boolean folds) {
    this.generator = generator;
    this.folds = folds;
  }

  /** What makes a class; a test puts one here that fails. */
  @FunctionalInterface
  interface Generator {
    Bytecode.Made make(List<Analysis> analyses, List<Ir> roots);
  }

  /**
   * What was done.
   *
   * @param compiled expressions that run as bytecode now
   * @param interpreted those that could not be compiled
   * @param classes that were made
   * @param bytes of these classes
   */
  public record Report(int compiled, int interpreted, int classes, long bytes) {}

  /** The expressions of one route or mapping, with the functions that they call. */
  public static Report compile(Collection<? extends Expression> expressions) {
    return compile(expressions, Bytecode::make, true);
  }

  static Report compile(
      Collection<? extends Expression> expressions, Generator generator, boolean folds) {
    var run = new Deployment(generator, folds);
    run.all(expressions);
    return new Report(run.compiled, run.interpreted, run.classes, run.bytes);
  }

  private record Unit(IrExpression expression, Analysis analysis) {
    int size() {
      return analysis.of(expression.root()).size();
    }
  }

  private void all(Collection<? extends Expression> expressions) {
    var group = new ArrayList<Unit>();
    int nodes = 0;
    for (IrExpression expression : withFunctions(expressions)) {
      if (expression.isCompiled()) {
        continue;
      }
      Unit unit = new Unit(expression, Analysis.whole(expression.root(), folds));
      if (!group.isEmpty() && (group.size() == GROUP_MAX || nodes + unit.size() > NODES_MAX)) {
        make(group);
        group.clear();
        nodes = 0;
      }
      group.add(unit);
      nodes += unit.size();
    }
    if (!group.isEmpty()) {
      make(group);
    }
  }

  /** One that cannot be compiled must not keep its group from being so. */
  private void make(List<Unit> group) {
    try {
      Bytecode.Made made =
          generator.make(
              group.stream().map(Unit::analysis).toList(),
              group.stream().map(unit -> unit.expression().root()).toList());
      for (int i = 0; i < group.size(); i++) {
        Unit unit = group.get(i);
        unit.expression().compiled(made.first(), i, unit.analysis().needsRun());
      }
      compiled += group.size();
      classes++;
      bytes += made.bytes();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      if (group.size() > 1) {
        group.forEach(unit -> make(List.of(unit)));
      } else {
        interpreted++;
        LOG.log(System.Logger.Level.DEBUG, "an expression stays interpreted", e);
      }
    }
  }

  private List<IrExpression> withFunctions(Collection<? extends Expression> expressions) {
    var all = new ArrayList<IrExpression>();
    Deque<Expression> open = new ArrayDeque<>(expressions);
    while (!open.isEmpty()) {
      if (open.poll() instanceof IrExpression ours
          && !(ours.root() instanceof Ir.Constant)
          && found.add(ours)) {
        all.add(ours);
        addFunctions(ours.root(), open);
      }
    }
    return all;
  }

  private static void addFunctions(Ir node, Deque<Expression> open) {
    if (node instanceof Ir.UserCall call) {
      open.add(call.function().body());
    } else if (node instanceof Ir.Embedded(IrExpression part, _, _)) {
      addFunctions(part.root(), open);
    }
    IrNodes.children(node).forEach(child -> addFunctions(child, open));
  }
}
