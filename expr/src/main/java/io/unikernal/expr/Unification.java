package io.unikernal.expr;

import io.unikernal.model.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Records written in place are types of their own, each. Where several stand for one another, as in
 * a list, they are rewritten to one common record, so that a value always lies as its type says.
 */
final class Unification {
  private Unification() {}

  /** The nodes as records of one type, if all are records in place with the same fields. */
  static Optional<List<Ir>> unify(List<Ir> nodes) {
    var literals = nodes.stream().map(Unification::literal).flatMap(Optional::stream).toList();
    if (nodes.size() < 2 || literals.size() < nodes.size()) {
      return Optional.empty();
    }
    List<String> names = CelTypes.fieldNames(literals.getFirst().record());
    SequencedMap<String, Type> joined = new LinkedHashMap<>();
    for (Ir.Fields literal : literals) {
      if (literal.record().fields().size() != names.size()) {
        return Optional.empty();
      }
      for (String name : names) {
        var field = literal.record().field(name);
        if (field.isEmpty()) {
          return Optional.empty();
        }
        joined.merge(name, field.get().type(), Typing::join);
      }
    }
    Type.Record common = Type.record(joined);
    return Optional.of(
        literals.stream().<Ir>map(literal -> rewritten(literal, names, common)).toList());
  }

  private static Ir rewritten(Ir.Fields literal, List<String> names, Type.Record common) {
    var parts = new ArrayList<Ir>();
    for (String name : names) {
      parts.add(literal.fields().get(literal.record().shape().index(name)));
    }
    return new Ir.Fields(common, parts, common, literal.span());
  }

  private static Optional<Ir.Fields> literal(Ir node) {
    return switch (node) {
      case Ir.Fields fields -> Optional.of(fields);
      // A mapping's parts bring their own texts and variables: it can be opened.
      case Ir.Embedded(IrExpression expression, _, _)
          when expression.root() instanceof Ir.Fields fields
              && fields.fields().stream().allMatch(Ir.Embedded.class::isInstance) ->
          Optional.of(fields);
      default -> Optional.empty();
    };
  }
}
