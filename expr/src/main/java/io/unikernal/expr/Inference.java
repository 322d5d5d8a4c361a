package io.unikernal.expr;

import dev.cel.common.ast.CelExpr;
import io.unikernal.model.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The types of simple parts of an expression that CEL's checker refused: it keeps none then, and a
 * good message about a field needs the record it was looked for in.
 */
final class Inference {
  private final CelExpr root;
  private final Scope scope;

  Inference(CelExpr root, Scope scope) {
    this.root = root;
    this.scope = scope;
  }

  /** A node where it stands. */
  record Place(CelExpr node, Map<String, Type> names) {
    Optional<Type> typeOf(CelExpr part) {
      return infer(part, names);
    }
  }

  Optional<Place> find(long id) {
    var names = new HashMap<String, Type>();
    scope.variables().forEach(variable -> names.put(variable.name(), variable.type()));
    return find(root, id, names);
  }

  private static Optional<Place> find(CelExpr node, long id, Map<String, Type> names) {
    if (node.id() == id) {
      return Optional.of(new Place(node, names));
    }
    boolean isLoop = node.getKind() == CelExpr.ExprKind.Kind.COMPREHENSION;
    Map<String, Type> inside = isLoop ? inside(node, names) : names;
    for (CelExpr child : Trees.children(node)) {
      boolean outside =
          isLoop
              && (child.id() == node.comprehension().iterRange().id()
                  || child.id() == node.comprehension().accuInit().id());
      var found = find(child, id, outside ? names : inside);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** The names with a loop's own. */
  private static Map<String, Type> inside(CelExpr node, Map<String, Type> names) {
    var loop = node.comprehension();
    Map<String, Type> more = new HashMap<>(names);
    Type range = infer(loop.iterRange(), names).orElse(Type.Simple.ANY);
    Type core = LabelRules.unwrap(range).core();
    Type element = Typing.element(range);
    boolean isMap = core instanceof Type.MapOf;
    Type key = isMap ? Type.Text.ANY_TEXT : Type.Int.ANY_INT;
    if (loop.iterVar2().isEmpty()) {
      more.put(loop.iterVar(), isMap ? key : element);
    } else {
      more.put(loop.iterVar(), key);
      more.put(loop.iterVar2(), element);
    }
    more.put(loop.accuVar(), infer(loop.accuInit(), names).orElse(Type.Simple.ANY));
    return more;
  }

  private static Optional<Type> infer(CelExpr node, Map<String, Type> names) {
    return switch (node.getKind()) {
      case IDENT -> Optional.ofNullable(names.get(node.ident().name()));
      case SELECT ->
          node.select().testOnly()
              ? Optional.of(Type.Simple.BOOL)
              : infer(node.select().operand(), names)
                  .map(type -> Selects.plain(stand(type), node.select().field(), Span.NONE).type());
      case CALL -> call(node, names);
      case COMPREHENSION -> loop(node, names);
      default -> Optional.empty();
    };
  }

  private static Ir stand(Type type) {
    return new Ir.Variable("", 0, type, Span.NONE);
  }

  private static Optional<Type> call(CelExpr node, Map<String, Type> names) {
    var call = node.call();
    return switch (call.function()) {
      case "_[_]" -> infer(call.args().getFirst(), names).map(Typing::element);
      case "_[?_]" ->
          infer(call.args().getFirst(), names).map(type -> Typing.maybe(Typing.element(type)));
      case "_?._" ->
          infer(call.args().getFirst(), names)
              .map(type ->
                  Selects.optional(
                          stand(type), call.args().get(1).constant().stringValue(), Span.NONE)
                      .type());
      case "value", "orValue" ->
          call.target().flatMap(target -> infer(target, names)).map(CelTypes::withoutMaybe);
      default -> Optional.empty();
    };
  }

  private static Optional<Type> loop(CelExpr node, Map<String, Type> names) {
    var inside = inside(node, names);
    CelExpr step = node.comprehension().loopStep();
    boolean filtered =
        step.getKind() == CelExpr.ExprKind.Kind.CALL && step.call().function().equals("_?_:_");
    CelExpr append = filtered ? step.call().args().get(1) : step;
    if (append.getKind() == CelExpr.ExprKind.Kind.CALL
        && append.call().function().equals("_+_")
        && append.call().args().get(1).getKind() == CelExpr.ExprKind.Kind.LIST
        && append.call().args().get(1).list().elements().size() == 1) {
      return infer(append.call().args().get(1).list().elements().getFirst(), inside)
          .map(Type.ListOf::of);
    }
    return infer(node.comprehension().result(), inside);
  }
}
