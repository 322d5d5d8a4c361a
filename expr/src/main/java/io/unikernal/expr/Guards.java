package io.unikernal.expr;

import io.unikernal.expr.Compiled.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds plain selects of fields that may be absent, unless {@code has(...)} or {@code
 * ...hasValue()} has been asked before on the way there.
 */
final class Guards {
  private final List<Problem> problems = new ArrayList<>();

  private Guards() {}

  static List<Problem> check(Ir root) {
    var guards = new Guards();
    guards.visit(root, Set.of());
    return guards.problems;
  }

  private void visit(Ir node, Set<String> present) {
    switch (node) {
      case Ir.And and -> {
        visit(and.left(), present);
        visit(and.right(), with(present, facts(and.left(), true)));
      }
      case Ir.Or or -> {
        visit(or.left(), present);
        visit(or.right(), with(present, facts(or.left(), false)));
      }
      case Ir.Conditional choice -> {
        visit(choice.condition(), present);
        visit(choice.then(), with(present, facts(choice.condition(), true)));
        visit(choice.otherwise(), with(present, facts(choice.condition(), false)));
      }
      case Ir.Collect loop -> {
        visit(loop.range(), present);
        loop.filter().ifPresent(filter -> visit(filter, present));
        var inside = loop.filter().map(filter -> facts(filter, true)).orElse(Set.of());
        visit(loop.element(), with(present, inside));
      }
      case Ir.Select select -> {
        if (select.declared().type().isMaybe()) {
          require(select, select.operand(), select.declared().name(), present);
        }
        visit(select.operand(), present);
      }
      case Ir.SelectByName select -> {
        if (CelTypes.field(Selects.core(select.operand()), select.field())
            .map(field -> field.type().isMaybe())
            .orElse(false)) {
          require(select, select.operand(), select.field(), present);
        }
        visit(select.operand(), present);
      }
      default -> IrNodes.children(node).forEach(child -> visit(child, present));
    }
  }

  private void require(Ir select, Ir operand, String field, Set<String> present) {
    Optional<String> key = key(select);
    if (key.isPresent() && present.contains(key.get())) {
      return;
    }
    String path = written(operand).map(o -> o + "." + field).orElse(field);
    String hint =
        written(operand)
            .map(o -> "write `%s.?%s`, or `%s` after `has(%s)`".formatted(o, field, path, path))
            .orElse("write `.?" + field + "`");
    problems.add(Problems.maybeAbsent(path, hint, select.span()));
  }

  private static Set<String> with(Set<String> present, Set<String> more) {
    if (more.isEmpty()) {
      return present;
    }
    var both = new HashSet<>(present);
    both.addAll(more);
    return both;
  }

  /** What is known to be there when the condition came out so. */
  private static Set<String> facts(Ir condition, boolean outcome) {
    return switch (condition) {
      case Ir.Has has when outcome ->
          key(has.operand()).map(o -> Set.of(o + "." + has.field())).orElse(Set.of());
      case Ir.Call(var function, var arguments, _, _)
          when outcome && function.celName().equals("hasValue") ->
          key(arguments.getFirst()).map(Set::of).orElse(Set.of());
      case Ir.And and when outcome -> with(facts(and.left(), true), facts(and.right(), true));
      case Ir.Or or when !outcome -> with(facts(or.left(), false), facts(or.right(), false));
      case Ir.Not not -> facts(not.operand(), !outcome);
      default -> Set.of();
    };
  }

  /** A name for the place that a path reads; the same text in two loops is two places. */
  private static Optional<String> key(Ir node) {
    return switch (node) {
      case Ir.Variable variable -> Optional.of(variable.name());
      case Ir.Local local -> Optional.of("#" + local.number());
      case Ir.Select select -> key(select.operand()).map(o -> o + "." + select.declared().name());
      case Ir.SelectByName select -> key(select.operand()).map(o -> o + "." + select.field());
      case Ir.OptionalSelect select -> key(select.operand()).map(o -> o + "." + select.field());
      default -> Optional.empty();
    };
  }

  /** The path as it was written, for the message. */
  private static Optional<String> written(Ir node) {
    return switch (node) {
      case Ir.Variable variable -> Optional.of(variable.name());
      case Ir.Local local -> Optional.of(local.name());
      case Ir.Select select ->
          written(select.operand()).map(o -> o + "." + select.declared().name());
      case Ir.SelectByName select -> written(select.operand()).map(o -> o + "." + select.field());
      case Ir.OptionalSelect select ->
          written(select.operand()).map(o -> o + ".?" + select.field());
      default -> Optional.empty();
    };
  }
}
