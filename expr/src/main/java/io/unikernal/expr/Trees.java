package io.unikernal.expr;

import dev.cel.common.ast.CelExpr;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is asked of CEL's trees in general. */
final class Trees {
  private Trees() {}

  static List<CelExpr> children(CelExpr node) {
    var children = new ArrayList<CelExpr>();
    switch (node.getKind()) {
      case SELECT -> children.add(node.select().operand());
      case CALL -> {
        node.call().target().ifPresent(children::add);
        children.addAll(node.call().args());
      }
      case LIST -> children.addAll(node.list().elements());
      case MAP ->
          node.map()
              .entries()
              .forEach(entry -> {
                children.add(entry.key());
                children.add(entry.value());
              });
      case STRUCT -> node.struct().entries().forEach(entry -> children.add(entry.value()));
      case COMPREHENSION -> {
        var loop = node.comprehension();
        children.addAll(
            List.of(
                loop.iterRange(),
                loop.accuInit(),
                loop.loopCondition(),
                loop.loopStep(),
                loop.result()));
      }
      default -> {}
    }
    return children;
  }

  /** The functions that the tree may call; {@code a.b(x)} may be {@code b} of {@code a}. */
  static Set<String> functions(CelExpr root) {
    var names = new LinkedHashSet<String>();
    var open = new ArrayDeque<CelExpr>();
    open.push(root);
    while (!open.isEmpty()) {
      CelExpr node = open.pop();
      if (node.getKind() == CelExpr.ExprKind.Kind.CALL) {
        names.add(node.call().function());
        node.call()
            .target()
            .filter(target -> target.getKind() == CelExpr.ExprKind.Kind.IDENT)
            .ifPresent(target -> names.add(target.ident().name() + "." + node.call().function()));
      }
      children(node).forEach(open::push);
    }
    return names;
  }

  /** How deep the tree is; counting ends past {@code most}. Without recursion: it guards that. */
  static int depth(CelExpr root, int most) {
    record Visit(CelExpr node, int depth) {}
    var open = new ArrayDeque<Visit>();
    open.push(new Visit(root, 1));
    int deepest = 0;
    while (!open.isEmpty() && deepest <= most) {
      Visit visit = open.pop();
      deepest = Math.max(deepest, visit.depth());
      for (CelExpr child : children(visit.node())) {
        open.push(new Visit(child, visit.depth() + 1));
      }
    }
    return deepest;
  }
}
