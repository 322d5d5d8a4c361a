package io.unikernal.kernel;

import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Effect;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Frame;
import io.unikernal.model.Operation;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Origin;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.SmartTarget;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule;
import io.unikernal.spi.SystemContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A definition by hand, with the fakes behind its operations. */
final class Def {
  static final Origin HERE = new Origin("test.udl.yaml", 1, 1);
  final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
  final Map<String, Map<String, Operation>> systems = new LinkedHashMap<>();
  final Map<String, List<Policy>> systemPolicies = new LinkedHashMap<>();
  final Map<String, Health> health = new LinkedHashMap<>();
  final List<Route> routes = new ArrayList<>();
  final LinkedHashMap<String, Pipeline> pipelines = new LinkedHashMap<>();
  final List<String> closed = new ArrayList<>();
  final List<SystemContext> contexts = new ArrayList<>();
  Function<SystemContext, Optional<Fault>> opening = _ -> Optional.empty();

  record Eval(String text, Function<Frame, Value> how) implements Expression {
    @Override
    public Type type() {
      return Type.Simple.ANY;
    }

    @Override
    public Value evaluate(Frame frame) {
      return how.apply(frame);
    }
  }

  static Expression input() {
    return slot(Frame.INPUT);
  }

  static Expression slot(int slot) {
    return new Eval("slot " + slot, frame -> frame.get(slot));
  }

  static Expression constant(Value value) {
    return new Eval("constant", _ -> value);
  }

  static Expression eval(Function<Frame, Value> how) {
    return new Eval("test", how);
  }

  static Expression fails(Fault fault) {
    return new Eval(
        "fails",
        _ -> {
          throw fault.toException();
        });
  }

  Operation receives(String id, Endpoint endpoint, Capability... capabilities) {
    return operation(
        id, Direction.RECEIVES, Type.Simple.ANY, Type.Simple.ANY, endpoint, capabilities);
  }

  Operation called(String id, Endpoint endpoint, Capability... capabilities) {
    return operation(
        id, Direction.CALLED, Type.Simple.ANY, Type.Simple.ANY, endpoint, capabilities);
  }

  Operation called(String id, Endpoint endpoint, Effect effect) {
    return operation(id, Direction.CALLED, Type.Simple.ANY, Type.Simple.ANY, effect, endpoint);
  }

  Operation operation(
      String id,
      Direction direction,
      Type input,
      Type output,
      Endpoint endpoint,
      Capability... capabilities) {
    return operation(id, direction, input, output, Effect.UNKNOWN, endpoint, capabilities);
  }

  private Operation operation(
      String id,
      Direction direction,
      Type input,
      Type output,
      Effect effect,
      Endpoint endpoint,
      Capability... capabilities) {
    var parts = id.split("\\.", 2);
    var operation =
        new Operation(
            parts[0],
            parts[1],
            direction,
            input,
            output,
            effect,
            Set.of(capabilities),
            Config.EMPTY,
            "",
            HERE);
    systems.computeIfAbsent(parts[0], _ -> new LinkedHashMap<>()).put(parts[1], operation);
    endpoints.put(id, endpoint);
    return operation;
  }

  /** The same, where calling twice does no harm. */
  static Operation reads(Operation operation) {
    return new Operation(
        operation.system(),
        operation.name(),
        operation.direction(),
        operation.input(),
        operation.output(),
        Effect.READS,
        operation.capabilities(),
        operation.options(),
        operation.doc(),
        operation.origin());
  }

  Def systemPolicy(String system, Policy... policies) {
    systemPolicies.put(system, List.of(policies));
    return this;
  }

  Def route(Operation from, Operation to, Policy... policies) {
    return route(from, Optional.empty(), new Route.Target.ToOperation(to), policies);
  }

  Def route(Operation from, String pipeline, Policy... policies) {
    return route(from, Optional.empty(), new Route.Target.ToPipeline(pipeline), policies);
  }

  Def routeWhen(Operation from, Function<Value, Boolean> when, Operation to) {
    return route(
        from,
        Optional.of(eval(frame -> Value.Bool.of(when.apply(frame.get(Frame.INPUT))))),
        new Route.Target.ToOperation(to));
  }

  Def route(Operation from, Optional<Expression> when, Route.Target to, Policy... policies) {
    return route(from, when, to, false, policies);
  }

  /** The next routes have it. */
  Route.Handling handling = Route.Handling.NONE;

  /** Dead letters go there, as they are. */
  Def deadLetters(Operation to) {
    handling =
        new Route.Handling(
            handling.onError(),
            Optional.of(new Route.DeadLetter(new Route.Target.ToOperation(to), input())));
    return this;
  }

  Def onError(Step... steps) {
    handling = new Route.Handling(List.of(steps), handling.deadLetter());
    return this;
  }

  Def route(
      Operation from,
      Optional<Expression> when,
      Route.Target to,
      boolean ordered,
      Policy... policies) {
    var target =
        switch (to) {
          case Route.Target.ToOperation(var operation) -> operation.id();
          case Route.Target.ToPipeline(var name) -> name;
          case SmartTarget _ -> "several";
        };
    routes.add(
        new Route(
            from.id() + " -> " + target,
            from,
            when,
            to,
            input(),
            input(),
            List.of(policies),
            new Route.Guarantee(Route.Guarantee.Level.AT_MOST_ONCE, ordered, ""),
            handling,
            Frame.FIRST_STEP + 40,
            HERE));
    return this;
  }

  /** Its output is the value of the last step. */
  Def pipeline(String name, List<Step> steps, List<Step> onError, Policy... policies) {
    int last = steps.getLast().head().slot();
    return pipeline(name, steps, slot(last), onError, policies);
  }

  Def pipeline(
      String name, List<Step> steps, Expression output, List<Step> onError, Policy... policies) {
    int slots = Frame.FIRST_STEP + 40;
    pipelines.put(
        name,
        new Pipeline(
            name,
            Type.Simple.ANY,
            steps,
            output,
            replies(steps),
            onError,
            List.of(policies),
            slots,
            HERE));
    return this;
  }

  private static boolean replies(List<Step> steps) {
    return steps.stream().anyMatch(step -> step instanceof Step.Reply || replies(step.inner()));
  }

  /** A member of a target of several, which takes what came and gives its answer as it is. */
  static SmartTarget.Member member(Operation operation, Policy... policies) {
    return member(operation.id(), new Route.Target.ToOperation(operation), policies);
  }

  static SmartTarget.Member member(String name, Route.Target target, Policy... policies) {
    return new SmartTarget.Member(name, target, input(), slot(ANSWERED), List.of(policies));
  }

  static final int ANSWERED = Frame.FIRST_STEP + 39;
  static final SmartTarget.Slots SLOTS = new SmartTarget.Slots(Frame.INPUT, ANSWERED);

  static Step.Head compensate(Step.Head head, Step... steps) {
    return new Step.Head(
        head.name(),
        head.slot(),
        head.when(),
        head.policies(),
        head.onError(),
        List.of(steps),
        head.origin());
  }

  static Step set(String name, int index, Value value) {
    return new Step.Set(head(name, index), constant(value));
  }

  static Step wait(int index, Duration time) {
    return new Step.Wait(head("wait", index), constant(new Value.Duration(time)), input());
  }

  static Step filter(int index, Expression keep) {
    return new Step.Filter(head("filter", index), keep, input());
  }

  static Step reply(int index, Expression value) {
    return new Step.Reply(head("reply", index), value, input());
  }

  static Step attempt(
      String name, int index, List<Step> steps, List<Fault.Code> on, List<Step> handler) {
    return new Step.Try(
        head(name, index),
        steps,
        slot(steps.getLast().head().slot()),
        new Step.Catch(on, handler, slot(handler.getLast().head().slot())));
  }

  /** The item is in slot 37 and its number in 38; the value is that of the last step. */
  static Step each(
      Step.Head head, Expression in, int concurrency, boolean ordered, List<Step> steps) {
    return new Step.ForEach(
        head, in, ITEM, ITEM + 1, concurrency, ordered, steps, slot(steps.getLast().head().slot()));
  }

  static final int ITEM = Frame.FIRST_STEP + 37;

  /** The {@code index}th value of a frame is that of the step with this index. */
  static Step.Head head(String name, int index, Policy... policies) {
    return new Step.Head(
        name,
        Frame.FIRST_STEP + index,
        Optional.empty(),
        List.of(policies),
        List.of(),
        List.of(),
        HERE);
  }

  static Step.Head onError(Step.Head head, Step... handlers) {
    return new Step.Head(
        head.name(),
        head.slot(),
        head.when(),
        head.policies(),
        List.of(handlers),
        List.of(),
        head.origin());
  }

  static Step.Head when(Step.Head head, Expression when) {
    return new Step.Head(
        head.name(),
        head.slot(),
        Optional.of(when),
        head.policies(),
        head.onError(),
        List.of(),
        HERE);
  }

  static Step call(String name, int index, Operation target, Policy... policies) {
    return new Step.Call(head(name, index, policies), target, input());
  }

  static Policy timeout(Duration after) {
    return new Policy.Timeout(after, HERE);
  }

  static Policy retry(int attempts, Duration delay) {
    return new Policy.Retry(
        attempts, Policy.Backoff.EXPONENTIAL, delay, Duration.ofMinutes(1), 0, HERE);
  }

  /** What {@code how} makes of what the place sees as input. */
  static Policy.Rule rule(Function<Value, Value> how) {
    return new Policy.Rule(eval(frame -> how.apply(frame.get(Frame.INPUT))), Policy.Over.PLACE);
  }

  static Policy breaker(double rate, int window, Duration openFor, int probes) {
    return new Policy.CircuitBreaker(rate, Optional.empty(), window, openFor, probes, HERE);
  }

  static Policy most(int limit, int queue) {
    return new Policy.Concurrency(Optional.of(limit), queue, Optional.empty(), HERE);
  }

  static Policy cache(Duration ttl, Duration stale) {
    return new Policy.Cache(ttl, Optional.empty(), stale, HERE);
  }

  /** The input is the key. */
  static Policy once(Duration keep) {
    return new Policy.Idempotency(rule(input -> input), keep, "", HERE);
  }

  static Policy rate(int limit, Duration window) {
    return new Policy.RateLimit(limit, window, 0, HERE);
  }

  Plan plan() {
    var planned = new ArrayList<Plan.PlannedSystem>();
    systems.forEach((name, operations) ->
        planned.add(
            new Plan.PlannedSystem(
                name,
                "fake",
                Config.EMPTY,
                new LinkedHashMap<>(operations),
                Set.of(),
                systemPolicies.getOrDefault(name, List.of()),
                HERE)));
    return new Plan(
        Path.of("test.udl.yaml"), Path.of(".unikernal"), planned, pipelines, List.copyOf(routes));
  }

  Map<String, Adapter> adapters() {
    return Map.of("fake", new FakeAdapter());
  }

  final class FakeAdapter implements Adapter {
    @Override
    public AdapterSpec spec() {
      OperationRule rule = (_, _, _) -> new OperationRule.Result.Refused(List.of());
      return new AdapterSpec(
          "fake",
          List.of(),
          AdapterSpec.Stability.EXPERIMENTAL,
          "",
          new ConfigSpec(List.of()),
          new ConfigSpec(List.of()),
          rule,
          List.of());
    }

    @Override
    public OpenSystem open(SystemContext context) throws InterruptedException {
      contexts.add(context);
      var refused = opening.apply(context);
      if (refused.isPresent()) {
        throw refused.get().toException();
      }
      return new FakeSystem(context.name());
    }
  }

  final class FakeSystem implements OpenSystem {
    private final String name;

    FakeSystem(String name) {
      this.name = name;
    }

    @Override
    public Endpoint bind(Operation operation) {
      return java.util.Objects.requireNonNull(endpoints.get(operation.id()), operation.id());
    }

    @Override
    public Health probe() {
      return health.getOrDefault(name, Health.UP);
    }

    @Override
    public String describe() {
      return "fake " + name;
    }

    @Override
    public void close() {
      closed.add(name);
    }
  }
}
