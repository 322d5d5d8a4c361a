package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Operation;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.PipelineReader.Call;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.PolicyBuilder.Use;
import io.unikernal.udl.References.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes routes of what is written under {@code routes:}. */
final class RouteReader {
  private final Tools tools;
  private final PipelineReader pipelines;
  private final Set<String> names = new HashSet<>();
  private final List<Route> routes = new ArrayList<>();
  private final List<Written> written = new ArrayList<>();
  private final Set<String> reached = new HashSet<>();

  /** A route with its ends found, as far as they are. */
  private record Written(
      Mapping mapping,
      Optional<Scalar> fromName,
      Optional<Target.ToOperation> from,
      Optional<Target> to) {
    boolean hasWhen() {
      return mapping.get("when").isPresent()
          || Vocabulary.isMisspelt(mapping, "when", Grammar.ROUTE.keys());
    }
  }

  RouteReader(Tools tools, PipelineReader pipelines) {
    this.tools = tools;
    this.pipelines = pipelines;
  }

  /** Finds the ends of all routes, which tells pipelines what they are given. */
  void resolve(List<Node> nodes) {
    for (Node node : nodes) {
      Optional<Mapping> mapping = Vocabulary.mapping(node, "a route", tools.diagnostics());
      mapping.ifPresent(found -> written.add(resolve(found)));
    }
    written.forEach(route -> {
      if (route.to().orElse(null) instanceof Target.ToPipeline(var name)) {
        reached.add(name);
        pipelines.infer(
            name, route.from().map(from -> from.op().operation().input()).orElse(Type.Simple.ANY));
      }
    });
  }

  private Written resolve(Mapping mapping) {
    Optional<Scalar> fromName = end(mapping, "from");
    Optional<Target.ToOperation> from = fromName.flatMap(tools.references()::source);
    Optional<Target> to = Optional.empty();
    if (mapping.get("to").orElse(null) instanceof Mapping smart) {
      Vocabulary.refuseSmart(smart, tools.diagnostics());
      targets(smart);
    } else {
      to = end(mapping, "to").flatMap(tools.references()::target);
    }
    boolean isSound = from.isPresent() && to.isPresent();
    var keys = new ArrayList<>(Grammar.ROUTE.keys());
    var later = new HashSet<>(Grammar.ROUTE.later());
    // Where an end is wrong anyway, one error is enough.
    if (!isSound && later.remove("cache")) {
      keys.add("cache");
    }
    Vocabulary.of(Grammar.ROUTE.what(), keys, later).check(mapping, tools.diagnostics());
    return new Written(mapping, fromName, from, to);
  }

  /** What a smart target names counts as used. */
  private void targets(Mapping smart) {
    smart
        .entries()
        .forEach(entry -> {
          if (entry.value() instanceof Node.Sequence list) {
            list.items().stream()
                .filter(Scalar.class::isInstance)
                .forEach(item -> reached.add(((Scalar) item).text()));
          }
        });
  }

  private Optional<Scalar> end(Mapping mapping, String key) {
    Optional<Node> node = mapping.get(key);
    if (node.isEmpty()) {
      if (Vocabulary.isMisspelt(mapping, key, Grammar.ROUTE.keys())) {
        return Optional.empty();
      }
      String example = key.equals("from") ? "web.create_order" : "db.save_order";
      tools
          .diagnostics()
          .error(Code.MISSING_KEY, mapping.place(), "a route needs `" + key + "`")
          .write(key + ": " + example);
      return Optional.empty();
    }
    return Vocabulary.text(node.get(), "`" + key + "`", tools.diagnostics());
  }

  List<Route> read() {
    written.forEach(this::route);
    order();
    return List.copyOf(routes);
  }

  private void route(Written route) {
    Mapping mapping = route.mapping();
    if (route.from().isEmpty()) {
      mapping.get("policy").ifPresent(tools.policies()::read);
      return;
    }
    Target.ToOperation from = route.from().get();
    Operation source = from.op().operation();
    Variables variables = Variables.of(source.input());
    List<Policy> own = own(mapping, source);
    Optional<Expression> when =
        mapping.get("when").flatMap(node -> tools.expressions().condition(node, variables));
    if (TypeTable.holdsStream(source.input()) || TypeTable.holdsStream(source.output())) {
      route
          .fromName()
          .ifPresent(
              n -> tools.diagnostics().notYet(n.place(), "an operation with a stream or blob"));
      return;
    }
    if (route.to().isEmpty()) {
      return;
    }
    switch (route.to().get()) {
      case Target.ToOperation to -> toOperation(route, from, to, own, when, variables);
      case Target.ToPipeline(var name) -> toPipeline(route, from, name, own, when);
    }
  }

  private List<Policy> own(Mapping mapping, Operation source) {
    var use = Use.of(Guards.Level.ROUTE, "the route from `" + source.id() + "`", source.input());
    return mapping
        .get("policy")
        .<List<Policy>>map(node -> tools.policies().read(node, use))
        .orElse(List.of());
  }

  /** With what the source and its system say, and the defaults. */
  private List<Policy> around(List<Policy> nearer, Target.ToOperation from) {
    Operation source = from.op().operation();
    List<Policy> system = PolicyTable.merge(from.op().policies(), from.system().own);
    return PolicyTable.merge(
        PolicyTable.merge(nearer, system), tools.policies().ofRoutes(source.id(), source.input()));
  }

  private void toOperation(
      Written route,
      Target.ToOperation from,
      Target.ToOperation to,
      List<Policy> own,
      Optional<Expression> when,
      Variables variables) {
    Operation target = to.op().operation();
    Place place = toPlace(route);
    if (TypeTable.holdsStream(target.input()) || TypeTable.holdsStream(target.output())) {
      tools.diagnostics().notYet(place, "an operation with a stream or blob");
      return;
    }
    List<Policy> policies = around(PolicyTable.merge(own, to.op().policies()), from);
    List<Policy> all = PolicyTable.merge(policies, to.system().policies);
    var call = new Call(to.op(), PolicyTable.retry(all).isPresent(), place);
    Retries.check(all, List.of(call), route.mapping(), "to", tools.diagnostics());
    Expression input = PipelineReader.variable(variables, "input");
    tools
        .labels()
        .check(
            input.type(),
            target.input(),
            to.system(),
            target.id(),
            place,
            Optional.of(inputNode(place)),
            variables);
    add(
        route,
        from,
        new Route.Target.ToOperation(target),
        new Ends(target.input(), target.output(), "`" + target.id() + "`"),
        when,
        policies,
        List.of(call),
        false);
  }

  /** As if `${input}` were written, to follow labels. */
  private static Node inputNode(Place place) {
    return new Scalar(place, "${input}", Node.Style.PLAIN, Optional.empty());
  }

  private void toPipeline(
      Written route,
      Target.ToOperation from,
      String name,
      List<Policy> own,
      Optional<Expression> when) {
    Place place = toPlace(route);
    Optional<PipelineReader.Compiled> found = pipelines.get(name, place);
    if (found.isEmpty()) {
      return;
    }
    List<Policy> nearer = found.get().pipeline().policies();
    List<Policy> policies = Guards.outside(nearer, around(own, from));
    boolean isNearer = PolicyTable.retry(nearer).isPresent();
    List<Call> calls = found.get().calls();
    Retries.check(policies, calls, route.mapping(), "to", tools.diagnostics());
    boolean isRetried = isNearer || PolicyTable.retry(policies).isPresent();
    add(
        route,
        from,
        new Route.Target.ToPipeline(name),
        new Ends(found.get().pipeline().input(), found.get().output(), "`" + name + "`"),
        when,
        policies,
        calls,
        isRetried);
  }

  /** What a target takes and gives. */
  private record Ends(Type input, Type output, String who) {}

  private void add(
      Written route,
      Target.ToOperation from,
      Route.Target target,
      Ends ends,
      Optional<Expression> when,
      List<Policy> policies,
      List<Call> calls,
      boolean isRetried) {
    Operation source = from.op().operation();
    Expression with = with(route, source, ends);
    Expression reply = reply(route, from, ends);
    String base = source.id() + " -> " + ends.who().replace("`", "");
    String name = base;
    for (int i = 2; !names.add(name); i++) {
      name = base + " #" + i;
    }
    routes.add(
        new Route(
            name,
            source,
            when,
            target,
            with,
            reply,
            policies,
            Guarantees.of(source, calls, isRetried),
            Frame.FIRST_STEP,
            route.mapping().place().origin()));
  }

  private Expression with(Written route, Operation source, Ends ends) {
    Variables variables = Variables.of(source.input());
    boolean isNothing =
        ends.input() == Type.Simple.NULL
            || (ends.input().core() instanceof Type.Record record && record.fields().isEmpty());
    if (isNothing) {
      return StepReader.nothing(ends.input());
    }
    var edge =
        new Typing.Edge(
            PipelineReader.variable(variables, "input"),
            ends.input(),
            ends.who(),
            "needs",
            "`" + source.id() + "`",
            toPlace(route),
            Optional.empty(),
            variables);
    boolean isRuled =
        route.to().orElse(null) instanceof Target.ToOperation to
            && !SystemTable.describes(to.system());
    if (isRuled) {
      tools.typing().checkParameters(edge);
    }
    return tools.typing().fit(edge);
  }

  /** What the source is answered, from a frame whose `input` is the target's answer. */
  private Expression reply(Written route, Target.ToOperation from, Ends ends) {
    Operation source = from.op().operation();
    if (source.output() == Type.Simple.NULL) {
      return Expressions.constant(Value.Null.NULL, Type.Simple.NULL);
    }
    Variables variables = Variables.of(ends.output());
    tools
        .labels()
        .check(
            ends.output(),
            source.output(),
            from.system(),
            source.id(),
            toPlace(route),
            Optional.empty(),
            variables);
    return tools
        .typing()
        .fit(
            new Typing.Edge(
                PipelineReader.variable(variables, "input"),
                source.output(),
                "`" + source.id() + "`",
                "answers",
                ends.who(),
                toPlace(route),
                Optional.empty(),
                variables));
  }

  private static Place toPlace(Written route) {
    return route.mapping().get("to").map(Node::place).orElse(route.mapping().place());
  }

  /** Of the routes from one operation, only the last may take every message. */
  private void order() {
    Map<String, List<Written>> byFrom = new LinkedHashMap<>();
    for (Written route : written) {
      route
          .fromName()
          .filter(name -> route.from().isPresent())
          .ifPresent(
              name -> byFrom.computeIfAbsent(name.text(), _ -> new ArrayList<>()).add(route));
    }
    byFrom.forEach(this::order);
  }

  private void order(String from, List<Written> group) {
    Optional<Written> bare = Optional.empty();
    for (Written route : group) {
      if (bare.isPresent()) {
        int line = bare.get().mapping().place().span().line();
        Code code = route.hasWhen() ? Code.UNREACHABLE_ROUTE : Code.BARE_ROUTE_TWICE;
        String what =
            route.hasWhen()
                ? "no message of `" + from + "` comes here"
                : "there are two routes without `when` from `" + from + "`";
        tools
            .diagnostics()
            .error(code, route.mapping().place(), what)
            .label("the route in line " + line + " takes them all");
      } else if (!route.hasWhen()) {
        bare = Optional.of(route);
      }
    }
    if (bare.isEmpty()) {
      Written last = group.getLast();
      Place place = last.mapping().get("when").map(Node::place).orElse(last.mapping().place());
      tools
          .diagnostics()
          .warning(
              Code.NO_CATCH_ALL,
              place,
              "a message of `" + from + "` for which no `when` is true is refused")
          .write("- { from: " + from + ", to: … }");
    }
  }

  /** Warns of pipelines that no route reaches, not even through another pipeline. */
  void warnUnused(Map<String, Node.Entry> declared) {
    reached.addAll(tools.references().meant());
    var open = new ArrayList<>(reached);
    while (!open.isEmpty()) {
      String name = open.removeLast();
      if (declared.containsKey(name)) {
        pipelines.called(name).stream().filter(reached::add).forEach(open::add);
      }
    }
    declared.forEach((name, entry) -> {
      if (!reached.contains(name)) {
        tools
            .diagnostics()
            .warning(
                Code.UNUSED_PIPELINE,
                entry.key().place(),
                "no route leads to pipeline `" + name + "`");
      }
    });
  }
}
