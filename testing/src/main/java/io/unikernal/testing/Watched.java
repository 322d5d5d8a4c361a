package io.unikernal.testing;

import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Operation;
import io.unikernal.model.Origin;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.SmartTarget;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.testing.Coverage.Branch;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A plan that does the same and tells which ways are taken: its conditions are wrapped, and its
 * blocks begin with a step that computes nothing. Records are walked by their components, so that a
 * new kind of step is not forgotten.
 */
final class Watched {
  private final Coverage coverage;
  private String in = "";
  private Origin origin = Origin.NONE;

  /** The slot of the steps that only tell; the frames have one more than they need. */
  private int slot;

  private Watched(Coverage coverage) {
    this.coverage = coverage;
  }

  static Plan of(Plan plan, Coverage coverage) {
    var watched = new Watched(coverage);
    List<Route> routes = plan.routes().stream().map(watched::route).toList();
    SequencedMap<String, Pipeline> pipelines = new LinkedHashMap<>();
    plan.pipelines().forEach((name, pipeline) -> pipelines.put(name, watched.pipeline(pipeline)));
    for (var system : plan.systems()) {
      watched.in = "system " + system.name();
      watched.walk(system.policies());
    }
    return rebuilt(plan, Map.of("routes", routes, "pipelines", pipelines), part -> part);
  }

  private Route route(Route route) {
    enter("route " + route.name(), route.origin(), route.slots());
    return rebuilt(
        route,
        Map.of("with", tells((Expression) route.with(), branch("taken")), "slots", slot + 1));
  }

  private Pipeline pipeline(Pipeline pipeline) {
    enter("pipeline " + pipeline.name(), pipeline.origin(), pipeline.slots());
    return rebuilt(
        pipeline,
        Map.of(
            "slots",
            slot + 1,
            "steps",
            walk(pipeline.steps()),
            "onError",
            block("on_error", pipeline.onError())));
  }

  private void enter(String name, Origin at, int slots) {
    in = name;
    origin = at;
    slot = slots;
  }

  private Branch branch(String what) {
    var branch = new Branch(in, what, origin);
    coverage.declare(branch);
    return branch;
  }

  private Object walk(Object part) {
    return switch (part) {
      case Policy policy -> {
        if (policy.kind() != Policy.Kind.DEAD_LETTER) { // a branch of the route already
          coverage.declare(policy, in);
        }
        yield part;
      }
      case Expression _, Type _, Value _, Operation _, Origin _ -> part;
      case Optional<?> optional -> optional.map(this::walk);
      case List<?> list -> list.stream().map(this::walk).toList();
      case Step.Head head -> head(head);
      case Step.Choose choose -> choose(choose);
      case Step.Catch handler -> rebuilt(handler, Map.of("steps", block("catch", handler.steps())));
      case Step step -> step(step);
      case SmartTarget.Member member -> member(member);
      case Route.Handling handling ->
          rebuilt(handling, Map.of("onError", block("on_error", handling.onError())));
      case Route.DeadLetter letter ->
          rebuilt(letter, Map.of("with", tells(letter.with(), branch("dead_letter"))));
      case Record data -> rebuilt(data, Map.of());
      default -> part;
    };
  }

  private Object step(Step step) {
    Origin outer = origin;
    origin = step.head().origin();
    Object made = rebuilt((Record) step, Map.of());
    origin = outer;
    return made;
  }

  private Object choose(Step.Choose choose) {
    Origin outer = origin;
    origin = choose.head().origin();
    Object head = head(choose.head());
    String name = choose.head().name();
    var cases = new ArrayList<Step.Case>();
    for (int i = 0; i < choose.cases().size(); i++) {
      Step.Case one = choose.cases().get(i);
      String what =
          name + (one.when().isPresent() ? ": case " + (i + 1) + ", " + when(one) : ": otherwise");
      cases.add(rebuilt(one, Map.of("steps", told(walkSteps(one.steps()), branch(what)))));
    }
    Object made = rebuilt(choose, Map.of("head", head, "cases", cases));
    origin = outer;
    return made;
  }

  private static String when(Step.Case one) {
    return one.when().map(Expression::text).orElse("");
  }

  private Object head(Step.Head head) {
    Optional<Expression> when =
        head.when()
            .map(condition -> {
              Branch yes = branch(head.name() + ": when " + condition.text() + ", true");
              Branch no = branch(head.name() + ": when " + condition.text() + ", false");
              return new Telling(
                  condition, value -> coverage.take(value == Value.Bool.TRUE ? yes : no));
            });
    return rebuilt(
        head,
        Map.of(
            "when",
            when,
            "onError",
            block(head.name() + ": on_error", head.onError()),
            "compensate",
            block(head.name() + ": compensate", head.compensate())));
  }

  private Object member(SmartTarget.Member member) {
    String name = member.name().isEmpty() ? "a target within" : member.name();
    Branch branch = branch("to " + name);
    return rebuilt(
        member, Map.of("with", tells(member.with(), branch), "target", walk(member.target())));
  }

  /** Steps of an own branch; none where there are none. */
  private List<Step> block(String what, List<Step> steps) {
    return steps.isEmpty() ? steps : told(walkSteps(steps), branch(what));
  }

  private List<Step> walkSteps(List<Step> steps) {
    return steps.stream().map(step -> (Step) walk(step)).toList();
  }

  private List<Step> told(List<Step> steps, Branch branch) {
    var all = new ArrayList<Step>();
    all.add(
        new Step.Set(
            new Step.Head(
                "coverage", slot, Optional.empty(), List.of(), List.of(), List.of(), origin),
            tells(Nothing.NOTHING, branch)));
    all.addAll(steps);
    return all;
  }

  private Expression tells(Expression expression, Branch branch) {
    return new Telling(expression, _ -> coverage.take(branch));
  }

  private record Telling(Expression inner, Consumer<Value> listener) implements Expression {
    @Override
    public Type type() {
      return inner.type();
    }

    @Override
    public Value evaluate(Frame frame) {
      Value value = inner.evaluate(frame);
      listener.accept(value);
      return value;
    }

    @Override
    public String text() {
      return inner.text();
    }
  }

  private enum Nothing implements Expression {
    NOTHING;

    @Override
    public Type type() {
      return Type.Simple.NULL;
    }

    @Override
    public Value evaluate(Frame frame) {
      return Value.Null.NULL;
    }

    @Override
    public String text() {
      return "null";
    }
  }

  /** The same record with some components given and the others walked. */
  private <T extends Record> T rebuilt(T data, Map<String, Object> given) {
    return rebuilt(data, given, this::walk);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Record> T rebuilt(
      T data, Map<String, Object> given, UnaryOperator<Object> others) {
    RecordComponent[] components = data.getClass().getRecordComponents();
    var types = new Class<?>[components.length];
    var values = new Object[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        Object set = given.get(components[i].getName());
        values[i] = set != null ? set : others.apply(components[i].getAccessor().invoke(data));
      }
      return (T) data.getClass().getDeclaredConstructor(types).newInstance(values);
    } catch (NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException e) {
      throw new IllegalStateException("cannot look into " + data.getClass().getSimpleName(), e);
    }
  }
}
