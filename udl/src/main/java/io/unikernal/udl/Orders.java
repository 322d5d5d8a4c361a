package io.unikernal.udl;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Expression;
import io.unikernal.model.Field;
import io.unikernal.model.Route;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.PipelineReader.Tools;
import java.util.Optional;

/** Routes that keep the order of messages with equal keys. */
final class Orders {
  static final Field<Integer> LANES =
      Field.integer("lanes", "how many messages are under way at once at most")
          .or(Route.Order.LANES)
          .example("64");
  private static final ConfigSpec SPEC = ConfigSpec.of(LANES);

  private final Tools tools;

  Orders(Tools tools) {
    this.tools = tools;
  }

  /** An expression, or a mapping of {@code by} and {@code lanes}. What is wrong is reported. */
  Optional<Route.Order> read(Node node, Variables variables, StepReader steps) {
    if (!(node instanceof Mapping mapping)) {
      return key(node, variables, steps).map(by -> new Route.Order(by, Route.Order.LANES));
    }
    Grammar.ORDER.check(mapping, tools.diagnostics());
    Optional<Node> by = mapping.get("by");
    if (by.isEmpty()) {
      if (!Vocabulary.isMisspelt(mapping, "by", Grammar.ORDER.keys())) {
        tools
            .diagnostics()
            .error(Code.MISSING_KEY, mapping.place(), "`order` needs `by`")
            .write("by: ${input.customer}");
      }
      return Optional.empty();
    }
    Optional<Integer> lanes =
        tools
            .options()
            .read(mapping, SPEC, mapping.place(), "`order`", Code.ORDER_VALUE)
            .flatMap(options -> lanes(mapping, options));
    Optional<Expression> key = key(by.get(), variables, steps);
    return lanes.flatMap(count -> key.map(found -> new Route.Order(found, count)));
  }

  private Optional<Integer> lanes(Mapping mapping, Config options) {
    int lanes = options.get(LANES);
    if (lanes >= 1 && lanes <= Route.Order.LANES_MAX) {
      return Optional.of(lanes);
    }
    Place place = mapping.get("lanes").map(Node::place).orElse(mapping.place());
    String better = Integer.toString(Route.Order.LANES);
    tools
        .diagnostics()
        .error(Code.ORDER_VALUE, place, "`lanes` goes from 1 to " + Route.Order.LANES_MAX)
        .write("lanes: " + better)
        .edit(place, better);
    return Optional.empty();
  }

  /** Of a kind of which it is plain when two are equal, and that differs between messages. */
  private Optional<Expression> key(Node node, Variables variables, StepReader steps) {
    Expression key = steps.read(node, variables, Type.Simple.ANY);
    if (node instanceof Scalar scalar && !scalar.text().contains("${")) {
      tools
          .diagnostics()
          .error(Code.ORDER_VALUE, node.place(), "this key is the same for every message")
          .label("all of them would wait for each other")
          .write("order: ${input.customer}");
      return Optional.empty();
    }
    if (key.type().core() instanceof Type.Record
        || key.type().core() instanceof Type.ListOf
        || key.type().core() instanceof Type.MapOf
        || key.type().core() instanceof Type.StreamOf) {
      tools
          .diagnostics()
          .error(
              Code.ORDER_VALUE,
              node.place(),
              "messages are not ordered by `" + key.type() + "`: a key is one value")
          .write("order: ${input.customer}");
      return Optional.empty();
    }
    return Optional.of(key);
  }
}
