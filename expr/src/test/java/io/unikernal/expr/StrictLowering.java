package io.unikernal.expr;

import dev.cel.common.CelContainer;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** {@link Lowering} without UDL's deviations; see {@link StrictCel}. */
final class StrictLowering extends Lowering {
  private final StrictCel.Setting setting;
  private final CelContainer container;
  private final Map<String, Integer> slots;

  /** Second variables of loops over what may be a map, innermost first. */
  private final Deque<Second> seconds = new ArrayDeque<>();

  /** A name that stands for {@code range[key]}, where both are locals. */
  private record Second(String name, int range, int key) {}

  StrictLowering(String text, FrontEnd.Result.Checked checked, StrictCel.Setting setting) {
    super(text, checked, new Scope(List.of()));
    this.setting = setting;
    container = CelContainer.ofName(setting.container());
    slots = setting.slots();
  }

  /** Maps are of any type here: their keys may be anything. */
  @Override
  Type checked(CelExpr node) {
    return loose(super.checked(node));
  }

  private static Type loose(Type type) {
    return switch (type) {
      case Type.MapOf _, Type.Record _, Type.Union _ -> Type.Simple.ANY;
      case Type.ListOf(var element, _) -> Type.ListOf.of(loose(element));
      case Type.Maybe(var of) -> Typing.maybe(loose(of));
      default -> type;
    };
  }

  private Ir strict(String name, CelExpr node, Ir... arguments) {
    return new Ir.Call(
        StrictFunctions.named("@strict." + name), List.of(arguments), checked(node), span(node));
  }

  private static Ir constant(String text, Span span) {
    return new Ir.Constant(Value.text(text), Type.Text.ANY_TEXT, span);
  }

  @Override
  Ir variable(CelExpr node) {
    String name = node.ident().name();
    return local(name, node)
        .or(() -> declared(name, node))
        .orElseGet(() -> strict("unbound", node));
  }

  private Optional<Ir> local(String name, CelExpr node) {
    for (Second second : seconds) {
      if (second.name().equals(name)) {
        Ir range = new Ir.Local("@range", second.range(), Type.Simple.ANY, span(node));
        Ir key = new Ir.Local("@key", second.key(), Type.Simple.ANY, span(node));
        return Optional.of(strict("index", node, range, key));
      }
    }
    return locals()
        .find(name)
        .map(found -> new Ir.Local(name, found.number(), loose(found.type()), span(node)));
  }

  /** A variable or a type, by the names that the container lets it be called. */
  private Optional<Ir> declared(String name, CelExpr node) {
    return container.resolveCandidateNames(name).stream()
        .filter(this::isDeclared)
        .findFirst()
        .map(found -> {
          Integer slot = slots.get(found);
          return slot == null
              ? new Ir.Constant(StrictFunctions.type(found), Type.Simple.ANY, span(node))
              : new Ir.Variable(found, slot, checked(node), span(node));
        });
  }

  private boolean isDeclared(String name) {
    return slots.containsKey(name) || StrictCel.isType(name);
  }

  /** {@code a.b.c} as one name, unless {@code a} is a local. */
  private Optional<String> path(CelExpr node) {
    return switch (node.getKind()) {
      case IDENT -> Optional.of(node.ident().name()).filter(name -> local(name, node).isEmpty());
      case SELECT ->
          node.select().testOnly()
              ? Optional.empty()
              : path(node.select().operand()).map(path -> path + "." + node.select().field());
      default -> Optional.empty();
    };
  }

  @Override
  Ir select(CelExpr node) {
    Optional<Ir> whole = path(node).flatMap(path -> declared(path, node));
    if (whole.isPresent()) {
      return whole.get();
    }
    Ir operand = lower(node.select().operand());
    Ir field = constant(node.select().field(), span(node));
    if (node.select().testOnly()) {
      return strict("has", node, operand, field);
    }
    return operand.type().isMaybe()
        ? Selects.optional(operand, node.select().field(), span(node))
        : strict("select", node, operand, field);
  }

  @Override
  Ir map(CelExpr node) {
    var arguments = new ArrayList<Ir>();
    for (var entry : node.map().entries()) {
      arguments.add(lower(entry.key()));
      arguments.add(lower(entry.value()));
      arguments.add(
          new Ir.Constant(
              Value.Bool.of(entry.optionalEntry()), Type.Simple.BOOL, span(entry.key())));
    }
    return strict("map", node, arguments.toArray(Ir[]::new));
  }

  @Override
  Ir call(CelExpr node) {
    String name = node.call().function();
    Optional<String> global = node.call().target().flatMap(this::path).map(p -> p + "." + name);
    if (global.isPresent() && Functions.find(global.get()).isPresent()) {
      var arguments = node.call().args().stream().map(this::lower).toList();
      return function(Functions.named(global.get()), node, arguments);
    }
    return switch (name) {
      case "_==_" -> strict("equal", node, arguments(node));
      case "_!=_" -> strict("unequal", node, arguments(node));
      case "@in" -> strict("in", node, arguments(node));
      case "_-_" -> strict("minus", node, arguments(node));
      case "_[_]", "_[?_]" -> indexed(node);
      case "cel.@mapInsert" -> strict("insert", node, arguments(node));
      case "type" -> type(node);
      case "format" -> formatted(node);
      default ->
          isOperator(name) || Functions.find(name).filter(it -> takes(it, node)).isPresent()
              ? super.call(node)
              : strict("unbound", node);
    };
  }

  private static boolean takes(Definition function, CelExpr node) {
    int given = node.call().args().size() + (node.call().target().isPresent() ? 1 : 0);
    return function.function().signatures().stream()
        .map(text -> Signature.parse(text, function.function().name()))
        .anyMatch(signature -> signature.parameters().size() == given);
  }

  private static boolean isOperator(String name) {
    return name.equals("@not_strictly_false") || name.equals("_?._");
  }

  private Ir[] arguments(CelExpr node) {
    return Stream.concat(node.call().target().stream(), node.call().args().stream())
        .map(this::lower)
        .toArray(Ir[]::new);
  }

  private Ir indexed(CelExpr node) {
    Ir[] arguments = arguments(node);
    boolean optional = node.call().function().equals("_[?_]") || arguments[0].type().isMaybe();
    return strict(optional ? "find" : "index", node, arguments);
  }

  private CelType celType(CelExpr node) {
    return celTypeOf(node).orElse(SimpleType.DYN);
  }

  /** Optionals and addresses look like other values at run time: their types are known before. */
  private Ir type(CelExpr node) {
    CelExpr of = node.call().args().getFirst();
    CelType type = celType(of);
    return type.kind() == CelKind.OPAQUE
        ? new Ir.Constant(StrictFunctions.type(type.name()), Type.Simple.ANY, span(node))
        : strict("type", node, lower(of));
  }

  private Ir formatted(CelExpr node) {
    Definition plain = Functions.named("format");
    var readable =
        new Definition(
            "format",
            plain.function(),
            plain.clears(),
            (a, run) ->
                plain.body().apply(new Value[] {a[0], StrictFunctions.readable(a[1])}, run));
    return new Ir.Call(readable, List.of(arguments(node)), checked(node), span(node));
  }

  @Override
  Ir comprehension(CelExpr node) {
    CelComprehension loop = node.comprehension();
    if (Comprehensions.isBinding(loop)) {
      return super.comprehension(node);
    }
    boolean isList = celType(loop.iterRange()) instanceof ListType;
    boolean isPair = !loop.iterVar2().isEmpty();
    Ir range = lower(loop.iterRange());
    if (isList || !isPair) {
      Ir over = isList ? range : strict("keys", loop.iterRange(), range);
      return fold(
          node, over, loop.iterVar(), isPair ? Optional.of(loop.iterVar2()) : Optional.empty());
    }
    int number = locals().open("@range", Type.Simple.ANY);
    Ir whole = new Ir.Local("@range", number, Type.Simple.ANY, span(loop.iterRange()));
    int key = locals().open(loop.iterVar(), Type.Simple.ANY);
    seconds.push(new Second(loop.iterVar2(), number, key));
    Ir body = foldWith(node, strict("positions", loop.iterRange(), whole), key, -1);
    seconds.pop();
    locals().close(2);
    return new Ir.Let(number, range, body, body.type(), span(node));
  }

  private Ir fold(CelExpr node, Ir range, String iterVar, Optional<String> second) {
    int first = locals().open(iterVar, Type.Simple.ANY);
    int other = second.map(name -> locals().open(name, Type.Simple.ANY)).orElse(-1);
    Ir folded = foldWith(node, range, first, other);
    locals().close(second.isPresent() ? 2 : 1);
    return folded;
  }

  private Ir foldWith(CelExpr node, Ir range, int first, int second) {
    CelComprehension loop = node.comprehension();
    Ir start = lower(loop.accuInit());
    int accumulator = locals().open(loop.accuVar(), Type.Simple.ANY);
    Ir condition = lower(loop.loopCondition());
    Ir turn = lower(loop.loopStep());
    Ir result = lower(loop.result());
    locals().close(1);
    return new Ir.Fold(
        range,
        first,
        second,
        accumulator,
        start,
        condition,
        turn,
        result,
        checked(node),
        span(node));
  }
}
