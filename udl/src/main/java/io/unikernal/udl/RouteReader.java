package io.unikernal.udl;

import io.unikernal.expr.Scope;
import io.unikernal.model.Capability;
import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Operation;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
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
  private final RouteHandling handling;
  private final TargetReader targets;
  private final RouteEdges edges;
  private final Durables durables;
  private final Orders orders;
  private final Set<String> names = new HashSet<>();
  private final List<Route> routes = new ArrayList<>();
  private final List<Written> written = new ArrayList<>();
  private final Set<String> reached = new HashSet<>();

  /** Whether somebody waits for the replies of a pipeline that a route leads to. */
  private final Map<String, Boolean> heard = new LinkedHashMap<>();

  /** What a route leads to, its names found. */
  sealed interface To {
    record One(Target target) implements To {}

    record Many(Several several) implements To {}
  }

  /** A route with its ends found, as far as they are. */
  record Written(
      Mapping mapping,
      Optional<Scalar> fromName,
      Optional<Target.ToOperation> from,
      Optional<To> to,
      Optional<Target> deadLetter,
      Optional<Route.Durable> durable) {
    /** Whether the source waits for what the target answers. */
    boolean isWaiting() {
      return durable.isEmpty() && from.filter(RouteReader::isWaiting).isPresent();
    }

    boolean hasWhen() {
      return mapping.get("when").isPresent()
          || Vocabulary.isMisspelt(mapping, "when", Grammar.ROUTE.keys());
    }
  }

  RouteReader(Tools tools, PipelineReader pipelines, Defaults defaults) {
    this.durables = new Durables(tools, defaults);
    this.orders = new Orders(tools);
    this.tools = tools;
    this.pipelines = pipelines;
    this.handling = new RouteHandling(tools, pipelines);
    this.targets = new TargetReader(tools, pipelines);
    this.edges = new RouteEdges(tools);
  }

  /** Finds the ends of all routes, which tells pipelines what they are given. */
  void resolve(List<Node> nodes) {
    for (Node node : nodes) {
      Optional<Mapping> mapping = Vocabulary.mapping(node, "a route", tools.diagnostics());
      mapping.ifPresent(found -> written.add(resolve(found)));
    }
    written.forEach(this::tell);
  }

  private void tell(Written route) {
    Type input = route.from().map(from -> from.op().operation().input()).orElse(Type.Simple.ANY);
    Type output = route.from().map(from -> from.op().operation().output()).orElse(Type.Simple.ANY);
    if (route.to().isPresent()) {
      switch (route.to().get()) {
        case To.One(var target) -> {
          tell(target, input);
          if (route.isWaiting() && target instanceof Target.ToPipeline(var name)) {
            pipelines.want(name, output);
          }
        }
        case To.Many(var several) -> several.everyone().forEach(one -> tell(one.target(), input));
      }
    }
    route.deadLetter().ifPresent(target -> tell(target, handling.letter(input)));
    route
        .mapping()
        .get("on_error")
        .ifPresent(steps ->
            pipelines
                .mentioned(steps)
                .forEach(name -> tell(new Target.ToPipeline(name), Type.Simple.ANY)));
    // Members of a target that is wrong are meant all the same.
    route.mapping().get("to").ifPresent(to -> reached.addAll(pipelines.mentioned(to)));
  }

  /** Whether the caller is answered. */
  static boolean isWaiting(Target.ToOperation from) {
    return from.op().operation().capabilities().contains(Capability.REPLIES);
  }

  private void tell(Target target, Type input) {
    if (target instanceof Target.ToPipeline(var name)) {
      reached.add(name);
      pipelines.infer(name, input);
    }
  }

  private Written resolve(Mapping mapping) {
    Optional<Scalar> fromName = end(mapping, "from");
    Optional<Target.ToOperation> from = fromName.flatMap(tools.references()::source);
    Optional<To> to = Optional.empty();
    if (mapping.get("to").orElse(null) instanceof Mapping smart) {
      to = targets.resolve(smart).map(To.Many::new);
    } else {
      to = end(mapping, "to").flatMap(tools.references()::target).map(To.One::new);
    }
    boolean isSound = from.isPresent() && to.isPresent();
    // Where an end is wrong anyway, one error is enough.
    if (isSound) {
      Grammar.ROUTE.check(mapping, tools.diagnostics());
    } else {
      Grammar.ROUTE.checkKnown(mapping, tools.diagnostics());
    }
    Optional<Route.Durable> durable = durables.read(mapping, from.map(op -> op.op().operation()));
    return new Written(mapping, fromName, from, to, handling.deadLetter(mapping), durable);
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
    RouteOrder.check(written, tools.diagnostics());
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
    var steps = new StepReader(tools, pipelines, false, Type.Simple.ANY);
    Optional<Expression> when =
        mapping.get("when").flatMap(node -> steps.condition("when", node, variables));
    route.fromName().ifPresent(name -> tools.systems().notYetStreams(from.op(), name.place()));
    if (route.to().isEmpty()) {
      return;
    }
    Optional<Route.Order> order =
        mapping.get("order").flatMap(node -> orders.read(node, variables, steps));
    var open = new Open(route, from, own, when, order, variables, steps);
    Optional<End> end =
        switch (route.to().get()) {
          case To.One(Target.ToOperation to) -> Optional.of(toOperation(open, to));
          case To.One(Target.ToPipeline(var name)) -> toPipeline(open, name);
          case To.Many(var several) -> toSeveral(open, several);
        };
    end.ifPresent(found -> add(open, found));
  }

  private List<Policy> own(Mapping mapping, Operation source) {
    var use = Use.of(Guards.Level.ROUTE, "the route from `" + source.id() + "`", source.input());
    List<Policy> written =
        mapping
            .get("policy")
            .<List<Policy>>map(node -> tools.policies().read(node, use))
            .orElse(List.of());
    return PolicyTable.merge(Guards.of(handling.policies(mapping), use.scope()), written);
  }

  /** With what the source and its system say, and the defaults. */
  private List<Policy> around(List<Policy> nearer, Target.ToOperation from) {
    Operation source = from.op().operation();
    List<Policy> system = PolicyTable.merge(from.op().policies(), from.system().own);
    return PolicyTable.merge(
        PolicyTable.merge(nearer, system), tools.policies().ofRoutes(source.id(), source.input()));
  }

  /** A route while it is made. */
  record Open(
      Written route,
      Target.ToOperation from,
      List<Policy> own,
      Optional<Expression> when,
      Optional<Route.Order> order,
      Variables variables,
      StepReader steps) {
    Operation source() {
      return from.op().operation();
    }

    Place toPlace() {
      return route.mapping().get("to").map(Node::place).orElse(route.mapping().place());
    }
  }

  /**
   * What a route leads to, made.
   *
   * @param who names it, as {@code `db.save`}
   * @param isRuled whether what it takes is known from a statement alone
   * @param isRetried whether a policy repeats all calls together
   */
  record End(
      Route.Target target,
      String who,
      Type input,
      Type output,
      boolean isRuled,
      List<Policy> policies,
      List<Call> calls,
      boolean isRetried,
      Optional<Answers.Summary> answers) {}

  private End toOperation(Open open, Target.ToOperation to) {
    Operation target = to.op().operation();
    Place place = open.toPlace();
    tools.systems().notYetStreams(to.op(), place);
    List<Policy> policies = around(PolicyTable.merge(open.own(), to.op().policies()), open.from());
    List<Policy> all = PolicyTable.merge(policies, to.system().policies);
    var call = new Call(to.op(), PolicyTable.retry(all).isPresent(), place);
    Retries.check(all, List.of(call), open.route().mapping(), "to", tools.diagnostics());
    Conflicts.check(all, List.of(call), open.route().mapping(), "to", tools.diagnostics());
    Expression input = PipelineReader.variable(open.variables(), "input");
    tools
        .labels()
        .check(
            input.type(),
            target.input(),
            to.system(),
            target.id(),
            place,
            Optional.of(inputNode(place)),
            open.variables());
    return new End(
        new Route.Target.ToOperation(target),
        "`" + target.id() + "`",
        target.input(),
        target.output(),
        !SystemTable.describes(to.system()),
        policies,
        List.of(call),
        false,
        Optional.empty());
  }

  /** As if `${input}` were written, to follow labels. */
  private static Node inputNode(Place place) {
    return new Scalar(place, "${input}", Node.Style.PLAIN, Optional.empty());
  }

  private Optional<End> toPipeline(Open open, String name) {
    Optional<PipelineReader.Compiled> found = pipelines.get(name, open.toPlace());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    List<Policy> nearer = found.get().pipeline().policies();
    List<Policy> policies = Guards.outside(nearer, around(open.own(), open.from()));
    boolean isNearer = PolicyTable.retry(nearer).isPresent();
    List<Call> calls = found.get().calls();
    Retries.check(policies, calls, open.route().mapping(), "to", tools.diagnostics());
    Conflicts.check(policies, calls, open.route().mapping(), "to", tools.diagnostics());
    Conflicts.waits(policies, found.get().pipeline(), open.route().mapping(), tools.diagnostics());
    Conflicts.answeredEarly(
        PolicyTable.merge(nearer, policies),
        found.get().pipeline().replies(),
        name,
        open.toPlace(),
        tools.diagnostics());
    boolean isRetried = isNearer || PolicyTable.retry(policies).isPresent();
    boolean isWaiting = open.route().isWaiting();
    heard.merge(name, isWaiting, Boolean::logicalOr);
    found
        .get()
        .answers()
        .held()
        .filter(_ -> isWaiting)
        .ifPresent(place ->
            tools
                .diagnostics()
                .error(
                    Code.BATCH_PLACE,
                    place,
                    "this holds messages back, and `"
                        + open.source().id()
                        + "` waits for an answer")
                .label("put a queue between: the caller would wait for other callers"));
    return Optional.of(
        new End(
            new Route.Target.ToPipeline(name),
            "`" + name + "`",
            found.get().pipeline().input(),
            found.get().output(),
            false,
            policies,
            calls,
            isRetried,
            Optional.of(found.get().answers())));
  }

  private Optional<End> toSeveral(Open open, Several several) {
    Expression input = PipelineReader.variable(open.variables(), "input");
    var given =
        new TargetReader.Given(
            new Scope.Variable("input", input.type(), Frame.INPUT),
            "`" + open.source().id() + "`",
            Optional.of(inputNode(open.toPlace())),
            Optional.empty(),
            open.variables(),
            open.steps()::slot,
            (node, wanted) -> open.steps().read(node, open.variables(), wanted),
            open.route().mapping(),
            "to");
    Optional<TargetReader.Made> made = targets.make(several, given);
    List<Policy> policies = around(open.own(), open.from());
    return made.map(target -> {
      List<Call> calls = target.calls();
      Retries.check(policies, calls, open.route().mapping(), "to", tools.diagnostics());
      Conflicts.check(policies, calls, open.route().mapping(), "to", tools.diagnostics());
      return new End(
          target.target(),
          "`" + several.text() + "`",
          Type.Simple.ANY,
          target.output(),
          false,
          policies,
          calls,
          PolicyTable.retry(policies).isPresent(),
          Optional.empty());
    });
  }

  private void add(Open open, End end) {
    Operation source = open.source();
    Mapping mapping = open.route().mapping();
    Conflicts.sampled(end.policies(), source, open.toPlace(), tools.diagnostics());
    Conflicts.kept(end.policies(), source.output(), open.toPlace(), tools.diagnostics());
    Expression with = edges.with(open, end);
    Expression reply = edges.reply(open, end);
    List<Node> nodes =
        mapping
            .get("on_error")
            .map(node -> Vocabulary.list(node, "`on_error`", tools.diagnostics()))
            .orElse(List.of());
    StepReader steps = open.steps();
    List<Step> onError =
        steps
            .block(
                nodes,
                "on_error",
                open.variables().withError(),
                PipelineReader.variable(open.variables(), "input"),
                Nest.TOP.aside("on_error"))
            .steps();
    steps.finish();
    var calls = new ArrayList<>(end.calls());
    calls.addAll(steps.calls());
    if (open.route().durable().isPresent()) {
      durables.check(open, calls);
    }
    durables.checkLabels(open, handling.keepsLetters(mapping, open.route().durable()));
    Optional<RouteHandling.Letters> letters = letters(open, end);
    if (Streams.path(source.input()).isPresent()) {
      if (letters.isPresent() || mapping.get("dead_letter").isPresent()) {
        refuseLetters(open, end);
      }
      letters = Optional.empty();
    }
    String base = source.id() + " -> " + end.who().replace("`", "");
    String name = base;
    for (int i = 2; !names.add(name); i++) {
      name = base + " #" + i;
    }
    routes.add(
        new Route(
            name,
            source,
            open.when(),
            end.target(),
            with,
            reply,
            counting(open, end),
            guarantee(open, end, calls),
            handling.read(open.route(), source, letters, open.order(), onError),
            steps.slots(),
            mapping.place().origin()));
  }

  private static Route.Guarantee guarantee(Open open, End end, List<Call> calls) {
    Route.Guarantee found =
        open.route().durable().isPresent()
            ? Guarantees.durable(open.source(), calls)
            : Guarantees.of(open.source(), calls, end.isRetried());
    return open.order().map(order -> found.orderedBy(order.by().text())).orElse(found);
  }

  /** The route's own `dead_letter` replaces a policy that says where else. */
  private static List<Policy> counting(Open open, End end) {
    return open.route().mapping().get("dead_letter").isEmpty()
        ? end.policies()
        : Guards.from(end.policies()).without(Policy.Kind.DEAD_LETTER);
  }

  /** Where the route's own dead letters go, else where a policy says. */
  private Optional<RouteHandling.Letters> letters(Open open, End end) {
    Mapping mapping = open.route().mapping();
    return open.route()
        .deadLetter()
        .map(target ->
            new RouteHandling.Letters(target, mapping.get("dead_letter").orElseThrow().place()))
        .or(() ->
            mapping.get("dead_letter").isPresent()
                ? Optional.empty()
                : tools.policies().letters(end.policies()));
  }

  private void refuseLetters(Open open, End end) {
    Optional<Place> own = open.route().mapping().get("dead_letter").map(Node::place);
    boolean isDefault = own.isEmpty() && Conflicts.isDefault(end.policies());
    Conflicts.letters(open.source(), isDefault, own.orElseGet(open::toPlace), tools.diagnostics());
  }

  /** Warns of pipelines that no route reaches, not even through another, and of vain replies. */
  void warnUnused(Map<String, Node.Entry> declared) {
    heard.forEach((name, isHeard) -> {
      if (!isHeard) {
        pipelines.firstReply(name).ifPresent(this::warnUnheard);
      }
    });
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

  private void warnUnheard(Place place) {
    tools
        .diagnostics()
        .warning(Code.REPLY_UNHEARD, place, "nobody waits for this reply")
        .label("no source of a route that leads here is answered");
  }
}
