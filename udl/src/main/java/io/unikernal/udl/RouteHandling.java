package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.expr.Scope;
import io.unikernal.model.Builtin;
import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Operation;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.Route.Handling;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.References.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a route does besides carrying its messages to a target. */
final class RouteHandling {
  /** The word of `dead_letter` for the state store. */
  private static final String STORE = "store";

  private final Tools tools;
  private final PipelineReader pipelines;

  /** One record for each type of body, so that two routes agree on what they give a pipeline. */
  private final Map<Type, Type.Record> letters = new HashMap<>();

  RouteHandling(Tools tools, PipelineReader pipelines) {
    this.tools = tools;
    this.pipelines = pipelines;
  }

  /** Where dead letters go; empty if nowhere, or to something wrong, which is reported. */
  Optional<Target> deadLetter(Mapping mapping) {
    return mapping
        .get("dead_letter")
        .filter(node -> !isStore(node))
        .flatMap(node -> Vocabulary.text(node, "`dead_letter`", tools.diagnostics()))
        .flatMap(tools.references()::target);
  }

  /** Whether dead letters are kept in the state store; a pipeline of that name comes first. */
  boolean keepsLetters(Mapping mapping, Optional<Route.Durable> durable) {
    return durable.isPresent() || mapping.get("dead_letter").filter(this::isStore).isPresent();
  }

  private boolean isStore(Node node) {
    return node instanceof Scalar scalar
        && scalar.text().equals(STORE)
        && !tools.references().isPipeline(STORE);
  }

  Type.Record letter(Type body) {
    return letters.computeIfAbsent(body, Builtin::deadLetter);
  }

  /** Where dead letters go, and the place that says so. */
  record Letters(Target target, Place place) {}

  Handling read(
      RouteReader.Written route,
      Operation source,
      Optional<Letters> letters,
      Optional<Route.Order> order,
      List<Step> onError) {
    return new Handling(
        onError,
        letters.flatMap(found -> deadLetter(source, found)),
        keepsLetters(route.mapping(), route.durable()),
        route.durable(),
        order);
  }

  /** What `cache` and `validate` say: the short forms of policies. */
  List<Policy> policies(Mapping mapping) {
    var policies = new ArrayList<Policy>();
    mapping
        .get("cache")
        .flatMap(node -> duration(node).map(time -> cache(node, time)))
        .ifPresent(policies::add);
    mapping
        .get("validate")
        .flatMap(node -> mode(node).map(mode -> new Policy.Validate(mode, node.place().origin())))
        .ifPresent(policies::add);
    return policies;
  }

  private static Policy cache(Node node, Duration time) {
    return new Policy.Cache(time, Optional.empty(), Duration.ZERO, node.place().origin());
  }

  private Optional<Policy.Mode> mode(Node node) {
    Optional<Scalar> scalar = Vocabulary.text(node, "`validate`", tools.diagnostics());
    List<String> known =
        Arrays.stream(Policy.Mode.values())
            .map(way -> way.name().toLowerCase(Locale.ROOT))
            .toList();
    return scalar.flatMap(text -> {
      int index = known.indexOf(text.text());
      if (index < 0) {
        var finding =
            tools
                .diagnostics()
                .error(
                    Code.STEP_OPTION,
                    text.place(),
                    "`validate` of a route is `strict`, `lenient` or `off`")
                .label(Suggestions.label(text.text(), known));
        Suggestions.closest(text.text(), known)
            .ifPresent(better -> finding.edit(text.place(), better));
        return Optional.<Policy.Mode>empty();
      }
      return Optional.of(Policy.Mode.values()[index]);
    });
  }

  private Optional<Duration> duration(Node node) {
    Optional<Scalar> scalar = Vocabulary.text(node, "`cache`", tools.diagnostics());
    return scalar.flatMap(text -> {
      Optional<Duration> time = Quantities.duration(text.text()).filter(Duration::isPositive);
      if (time.isEmpty()) {
        tools
            .diagnostics()
            .error(
                Code.STEP_OPTION,
                text.place(),
                "`cache` is how long an answer is kept, not `" + text.text() + "`")
            .write("cache: 60s")
            .edit(text.place(), "60s");
      }
      return time;
    });
  }

  private Optional<Route.DeadLetter> deadLetter(Operation source, Letters letters) {
    Place place = letters.place();
    Type.Record letter = letter(source.input());
    var variables = Variables.of(letter);
    Expression given = Expressions.variable(new Scope.Variable("input", letter, Frame.INPUT));
    return switch (letters.target()) {
      case Target.ToOperation to -> {
        Operation operation = to.op().operation();
        tools
            .labels()
            .check(
                letter,
                operation.input(),
                to.system(),
                operation.id(),
                place,
                Optional.empty(),
                variables);
        Expression with = fit(given, operation.input(), operation.id(), place, variables);
        yield Optional.of(new Route.DeadLetter(new Route.Target.ToOperation(operation), with));
      }
      case Target.ToPipeline(var name) ->
          pipelines
              .callee(name, place)
              .map(found -> {
                Type input = found.pipeline().input();
                tools.labels().checkKept(edge(given, input, name, place, variables));
                Expression with = fit(given, input, name, place, variables);
                return new Route.DeadLetter(new Route.Target.ToPipeline(name), with);
              });
    };
  }

  private Expression fit(
      Expression given, Type input, String who, Place place, Variables variables) {
    return tools.typing().fit(edge(given, input, who, place, variables));
  }

  private static Typing.Edge edge(
      Expression given, Type input, String who, Place place, Variables variables) {
    return new Typing.Edge(
        given,
        input,
        "`" + who + "`",
        "needs",
        "a dead letter",
        place,
        Optional.empty(),
        variables);
  }
}
