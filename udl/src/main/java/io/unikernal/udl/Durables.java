package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Assign;
import io.unikernal.model.Builtin;
import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Effect;
import io.unikernal.model.Expression;
import io.unikernal.model.Field;
import io.unikernal.model.Labels;
import io.unikernal.model.Operation;
import io.unikernal.model.Route;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Style;
import io.unikernal.udl.PipelineReader.Call;
import io.unikernal.udl.PipelineReader.Tools;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Routes that take their messages over before they deliver them. */
final class Durables {
  static final Field<Integer> ATTEMPTS =
      Field.integer("attempts", "how often a message is tried before it is a dead letter")
          .or(Route.Durable.STANDARD.attempts())
          .example("20");
  static final Field<Duration> KEEP =
      Field.duration("keep", "how old a message may become before it is a dead letter")
          .or(Route.Durable.STANDARD.keep())
          .example("24h");
  static final Field<Integer> STORED =
      Field.integer("stored", "how many messages may wait; then sources are told to")
          .or(Route.Durable.STANDARD.stored())
          .example("100000");
  static final ConfigSpec SPEC = ConfigSpec.of(ATTEMPTS, KEEP, STORED);

  static final int ATTEMPTS_MAX = 10_000;
  static final int STORED_MAX = 10_000_000;

  private final Tools tools;
  private final Optional<Node> fallback;
  private final boolean isSealed;

  Durables(Tools tools, Defaults defaults) {
    this.tools = tools;
    fallback = defaults.find("durable").map(Entry::value);
    isSealed = defaults.find("state").isPresent();
  }

  /**
   * What the route says, or the defaults, which leave alone the routes that cannot be durable. What
   * is wrong is reported.
   */
  Optional<Route.Durable> read(Mapping route, Optional<Operation> source) {
    Optional<Node> own = route.get("durable");
    if (own.isPresent()) {
      Optional<Route.Durable> wanted = read(own.get());
      if (wanted.isPresent()) {
        source.ifPresent(from -> checkSource(own.get(), from));
      }
      return wanted;
    }
    return fallback.filter(_ -> source.map(Durables::mayBe).orElse(false)).flatMap(this::read);
  }

  private Optional<Route.Durable> read(Node node) {
    if (node instanceof Mapping mapping) {
      Grammar.DURABLE.check(mapping, tools.diagnostics());
      return tools
          .options()
          .read(mapping, SPEC, mapping.place(), "`durable`", Code.DURABLE_VALUE)
          .flatMap(options -> inBounds(mapping, options));
    }
    if (node instanceof Scalar scalar && scalar.text().equals("true")) {
      return Optional.of(Route.Durable.STANDARD);
    }
    if (!(node instanceof Scalar scalar && scalar.text().equals("false"))) {
      tools
          .diagnostics()
          .error(
              Code.DURABLE_VALUE,
              node.place(),
              "`durable` is `true` or `false`, or a mapping of `attempts`, `keep` and `stored`")
          .write("durable: true")
          .edit(node.place(), "true");
    }
    return Optional.empty();
  }

  private Optional<Route.Durable> inBounds(Mapping mapping, Config options) {
    int attempts = options.get(ATTEMPTS);
    int stored = options.get(STORED);
    Duration keep = options.get(KEEP);
    boolean isGood =
        isFrom1(mapping, "attempts", attempts, ATTEMPTS_MAX, "20")
            & isFrom1(mapping, "stored", stored, STORED_MAX, "100000");
    if (!keep.isPositive()) {
      report(mapping, "keep", "`keep` must be longer than nothing", "24h");
      isGood = false;
    }
    return isGood ? Optional.of(new Route.Durable(attempts, keep, stored)) : Optional.empty();
  }

  private boolean isFrom1(Mapping mapping, String key, int value, int max, String better) {
    boolean isGood = value >= 1 && value <= max;
    if (!isGood) {
      report(mapping, key, "`" + key + "` goes from 1 to " + max, better);
    }
    return isGood;
  }

  private void report(Mapping mapping, String key, String message, String better) {
    Place place = mapping.get(key).map(Node::place).orElse(mapping.place());
    tools
        .diagnostics()
        .error(Code.DURABLE_VALUE, place, message)
        .write(key + ": " + better)
        .edit(place, better);
  }

  private static boolean mayBe(Operation source) {
    return answers(source).isEmpty() && Streams.path(source.input()).isEmpty();
  }

  /** Why the source cannot be answered when its message is taken over. */
  private static Optional<Assign.Verdict.Refused> answers(Operation source) {
    return source.output() != Type.Simple.NULL
            && Assign.check(Builtin.TAKEN_OVER, source.output())
                instanceof Assign.Verdict.Refused refused
        ? Optional.of(refused)
        : Optional.empty();
  }

  private void checkSource(Node node, Operation source) {
    if (answers(source).isPresent()) {
      tools
          .diagnostics()
          .error(
              Code.DURABLE_ANSWER,
              node.place(),
              "`"
                  + source.id()
                  + "` wants the answer of its target, and a durable route answers before there is"
                  + " one")
          .label("it can tell the id of the message: `returns: { id: string }`, or nothing")
          .write("durable: false")
          .edit(node.place(), "false", false);
    }
    Optional<String> stream = Streams.path(source.input());
    if (stream.isPresent()) {
      tools
          .diagnostics()
          .error(
              Code.DURABLE_STREAM,
              node.place(),
              "`"
                  + source.id()
                  + "` receives a stream"
                  + (stream.get().isEmpty() ? "" : " in `" + stream.get() + "`")
                  + ", and only whole messages can be stored")
          .write("durable: false")
          .edit(node.place(), "false");
    }
  }

  /** What the source is told: the id, if it wants to hear something. */
  static Expression answer(RouteReader.Open open) {
    if (answers(open.source()).isPresent()) {
      return Expressions.constant(Value.Null.NULL, Type.Simple.NULL); // reported
    }
    Place place = open.toPlace();
    var id =
        new Entry(
            new Scalar(place, "id", Style.PLAIN, Optional.empty()),
            new Scalar(place, "${meta.id}", Style.PLAIN, Optional.empty()));
    return open.steps()
        .read(new Mapping(place, List.of(id), true), open.variables(), open.source().output());
  }

  /** Whether what is carried until it is delivered may run twice. */
  void check(RouteReader.Open open, List<Call> calls) {
    Node place =
        open.route()
            .mapping()
            .get("durable")
            .or(() -> open.route().mapping().get("to"))
            .orElseThrow();
    calls.stream()
        .filter(call -> call.effect().kind() == Effect.Kind.ONCE)
        .findFirst()
        .ifPresent(call -> {
          var finding =
              tools
                  .diagnostics()
                  .error(
                      Code.DURABLE_ONCE,
                      place.place(),
                      "a durable route may run `"
                          + call.op().operation().id()
                          + "` twice, and it is `once`")
                  .label("a message is tried until it is delivered, also after a restart")
                  .write("durable: false")
                  .write("effect: keyed(…)");
          if (open.route().mapping().get("durable").isPresent()) {
            finding.edit(place.place(), "false", false);
          }
        });
    calls.stream()
        .filter(call -> call.effect().kind() == Effect.Kind.UNKNOWN)
        .findFirst()
        .ifPresent(call ->
            tools
                .diagnostics()
                .warning(
                    Code.DURABLE_UNKNOWN,
                    place.place(),
                    "a durable route may run `" + call.op().operation().id() + "` twice")
                .label("nobody said what happens then: declare its effect")
                .write(call.op().operation().name() + ": { …, effect: idempotent }"));
  }

  /** Says so where labelled values are kept in clear, or not kept because of it. */
  void checkLabels(RouteReader.Open open, boolean keepsLetters) {
    if (isSealed || !keepsLetters || !Labels.isWithin(open.source().input())) {
      return;
    }
    Mapping mapping = open.route().mapping();
    Node place =
        mapping
            .get("dead_letter")
            .or(() -> mapping.get("durable"))
            .or(() -> mapping.get("to"))
            .orElseThrow();
    String source = "`" + open.source().id() + "`";
    if (open.route().durable().isPresent()) {
      tools
          .diagnostics()
          .warning(
              Code.STATE_CLEAR,
              place.place(),
              "messages of " + source + " wait on the disk with their labelled values in clear")
          .label("and as dead letters they are masked, so they are not replayed")
          .write("defaults: { state: { key: ${secret.state_key} } }");
      return;
    }
    tools
        .diagnostics()
        .warning(
            Code.LETTERS_MASKED,
            place.place(),
            "dead letters of " + source + " are kept with its labelled values masked")
        .label("they can be looked at, and not replayed, unless the state is sealed")
        .write("defaults: { state: { key: ${secret.state_key} } }")
        .write("dead_letter: system.operation");
  }
}
