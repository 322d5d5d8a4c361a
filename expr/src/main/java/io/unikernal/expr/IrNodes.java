package io.unikernal.expr;

import java.util.ArrayList;
import java.util.List;

/** Walks over the IR. */
final class IrNodes {
  private IrNodes() {}

  static List<Ir> children(Ir node) {
    return switch (node) {
      case Ir.Constant _, Ir.Variable _, Ir.Local _, Ir.Embedded _ -> List.of();
      case Ir.Select n -> List.of(n.operand());
      case Ir.SelectByName n -> List.of(n.operand());
      case Ir.OptionalSelect n -> List.of(n.operand());
      case Ir.Has n -> List.of(n.operand());
      case Ir.Index n -> List.of(n.operand(), n.index());
      case Ir.OptionalIndex n -> List.of(n.operand(), n.index());
      case Ir.Items n -> n.elements();
      case Ir.Dict n -> {
        var both = new ArrayList<>(n.keys());
        both.addAll(n.values());
        yield both;
      }
      case Ir.Fields n -> n.fields();
      case Ir.Arithmetic n -> List.of(n.left(), n.right());
      case Ir.Comparison n -> List.of(n.left(), n.right());
      case Ir.And n -> List.of(n.left(), n.right());
      case Ir.Or n -> List.of(n.left(), n.right());
      case Ir.Not n -> List.of(n.operand());
      case Ir.Conditional n -> List.of(n.condition(), n.then(), n.otherwise());
      case Ir.Call n -> n.arguments();
      case Ir.UserCall n -> n.arguments();
      case Ir.Let n -> List.of(n.value(), n.body());
      case Ir.Collect n -> {
        var all = new ArrayList<Ir>(List.of(n.range(), n.element()));
        n.filter().ifPresent(all::add);
        yield all;
      }
      case Ir.CollectMap n -> {
        var all = new ArrayList<Ir>(List.of(n.range(), n.key(), n.value()));
        n.filter().ifPresent(all::add);
        yield all;
      }
      case Ir.CollectEntries n -> {
        var all = new ArrayList<Ir>(List.of(n.range(), n.entries()));
        n.filter().ifPresent(all::add);
        yield all;
      }
      case Ir.Fold n -> List.of(n.range(), n.start(), n.condition(), n.turn(), n.result());
      case Ir.Interpolation n -> n.parts();
      case Ir.Fit n -> List.of(n.source());
      case Ir.FitFields n -> n.fields().stream().flatMap(fit -> fit.part().stream()).toList();
    };
  }
}
