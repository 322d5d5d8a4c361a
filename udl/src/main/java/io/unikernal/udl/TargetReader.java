package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.expr.Scope;
import io.unikernal.model.Expression;
import io.unikernal.model.Operation;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.SmartTarget;
import io.unikernal.model.SmartTarget.By;
import io.unikernal.model.SmartTarget.Member;
import io.unikernal.model.SmartTarget.Slots;
import io.unikernal.model.Type;
import io.unikernal.udl.Callee.One;
import io.unikernal.udl.PipelineReader.Call;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.References.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntSupplier;

/** Makes targets of several members, for routes and for the step {@code route}. */
final class TargetReader {
  /** How {@code choose} may choose. */
  static final List<String> WAYS = Arrays.stream(By.values()).map(By::toString).toList();

  private final Tools tools;
  private final PipelineReader pipelines;

  TargetReader(Tools tools, PipelineReader pipelines) {
    this.tools = tools;
    this.pipelines = pipelines;
  }

  /**
   * What comes to a target.
   *
   * @param value the slot that holds it
   * @param giver what gives it, as {@code `with`}
   * @param origin to follow labels
   * @param written what is written for it, if anything
   * @param slots gives the next free one
   * @param reader reads the expressions of the target itself
   * @param user the route or step that has the target
   * @param key that of the target in it
   */
  record Given(
      Scope.Variable value,
      String giver,
      Optional<Node> origin,
      Optional<Node> written,
      Variables variables,
      IntSupplier slots,
      BiFunction<Node, Type, Expression> reader,
      Node.Mapping user,
      String key) {}

  record Made(SmartTarget target, Type output, List<Call> calls) {}

  /** A member without what it has in common with the others. */
  record Part(
      String name,
      Place place,
      Route.Target target,
      Expression with,
      Type output,
      List<Policy> policies,
      List<Call> calls) {

    Member member(int answered, Type joined) {
      Expression answer = Expressions.variable(new Scope.Variable("answer", output, answered));
      return new Member(
          name, target, with, Expressions.fit(answer, joined, "the answer"), policies);
    }
  }

  Optional<Several> resolve(Node.Mapping mapping) {
    return new TargetResolver(tools.references(), tools.diagnostics()).resolve(mapping);
  }

  /** What all members take, if that is one type; else {@code any}. */
  Type input(Several several) {
    List<Type> inputs = several.everyone().stream().flatMap(one -> input(one).stream()).toList();
    boolean isOne = inputs.stream().map(Type::toString).distinct().count() == 1;
    return isOne ? inputs.getFirst() : Type.Simple.ANY;
  }

  private Optional<Type> input(One one) {
    return switch (one.target()) {
      case Target.ToOperation to -> Optional.of(to.op().operation().input());
      case Target.ToPipeline(var name) ->
          pipelines.get(name, one.place()).map(found -> found.pipeline().input());
    };
  }

  /** Empty if a member is wrong, which is reported. */
  Optional<Made> make(Several several, Given given) {
    var level = new Level(given, new Slots(given.value().slot(), given.slots().getAsInt()));
    return level.make(several);
  }

  /** Reads the members of one target and of those within it. */
  private final class Level {
    private final Given given;
    private final Slots slots;

    /** Inputs that what comes does not fit: reported once, not for each member. */
    private final Set<String> unfit = new HashSet<>();

    Level(Given given, Slots slots) {
      this.given = given;
      this.slots = slots;
    }

    Optional<Made> make(Several several) {
      Diagnostics diagnostics = tools.diagnostics();
      int before = diagnostics.errors();
      var parts = new ArrayList<Part>();
      for (Callee member : several.members()) {
        part(member).ifPresent(parts::add);
      }
      checkStreams(several, parts);
      Type joined = Joins.join(parts.stream().map(Part::output).toList());
      List<Member> members =
          parts.stream().map(part -> part.member(slots.answered(), joined)).toList();
      var calls = new ArrayList<Call>();
      parts.forEach(part -> calls.addAll(part.calls()));
      boolean isWhole = several.isWhole() && members.size() == several.members().size();
      return switch (several.kind().name()) {
        case "all" -> {
          Type output = joined == Type.Simple.NULL ? joined : Type.ListOf.of(joined);
          yield made(isWhole, new SmartTarget.All(members, slots), output, calls);
        }
        case "first" ->
            made(isWhole, new SmartTarget.First(members, slots), joined, beside(calls, parts));
        case "fallback" ->
            made(isWhole, new SmartTarget.Fallback(members, slots), joined, beside(calls, parts));
        default -> {
          var choice = new ChoiceReader(tools, given, slots, joined);
          var trials = new ArrayList<Part>();
          several.canaries().forEach(one -> part(one).ifPresent(trials::add));
          Optional<Part> shadow = several.shadow().flatMap(one -> part(one));
          trials.forEach(trial -> calls.addAll(trial.calls()));
          SmartTarget target = choice.read(several, members, calls, shadow, trials);
          shadow.ifPresent(copy -> calls.addAll(besides(copy.calls())));
          boolean isGood = isWhole && diagnostics.errors() == before;
          yield made(isGood, target, joined, calls);
        }
      };
    }

    private static Optional<Made> made(
        boolean isWhole, SmartTarget target, Type output, List<Call> calls) {
      return isWhole ? Optional.of(new Made(target, output, calls)) : Optional.empty();
    }

    /** More than one of several may do what it does for one message. */
    private static List<Call> beside(List<Call> calls, List<Part> parts) {
      return parts.size() > 1 ? besides(calls) : calls;
    }

    private static List<Call> besides(List<Call> calls) {
      return calls.stream().map(Call::beside).toList();
    }

    private Optional<Part> part(Callee member) {
      return switch (member) {
        case One one ->
            switch (one.target()) {
              case Target.ToOperation to -> Optional.of(operation(one, to));
              case Target.ToPipeline(var name) -> pipeline(one, name);
            };
        case Several inner ->
            make(inner)
                .map(made ->
                    new Part(
                        "",
                        inner.place(),
                        made.target(),
                        Expressions.variable(given.value()),
                        made.output(),
                        List.of(),
                        made.calls()));
      };
    }

    private Part operation(One one, Target.ToOperation to) {
      Operation operation = to.op().operation();
      tools.systems().notYetStreams(to.op(), one.place());
      List<Policy> all = PolicyTable.merge(to.op().policies(), to.system().policies);
      var call = new Call(to.op(), PolicyTable.retry(all).isPresent(), one.place());
      Retries.check(all, List.of(call), given.user(), given.key(), tools.diagnostics());
      Conflicts.check(all, List.of(call), given.user(), "system", tools.diagnostics());
      Conflicts.kept(all, operation.output(), one.place(), tools.diagnostics());
      Place place = given.written().map(Node::place).orElse(one.place());
      tools
          .labels()
          .check(
              given.value().type(),
              operation.input(),
              to.system(),
              operation.id(),
              place,
              given.origin(),
              given.variables());
      Expression with = with(one, operation.input(), !SystemTable.describes(to.system()));
      return new Part(
          one.name(),
          one.place(),
          new Route.Target.ToOperation(operation),
          with,
          operation.output(),
          to.op().policies(),
          List.of(call));
    }

    private Optional<Part> pipeline(One one, String name) {
      return pipelines
          .callee(name, one.place())
          .map(found ->
              new Part(
                  name,
                  one.place(),
                  new Route.Target.ToPipeline(name),
                  withLabels(one, found.pipeline().input()),
                  found.output(),
                  List.of(),
                  found.calls()));
    }

    private Expression withLabels(One one, Type input) {
      tools.labels().checkKept(edge(one, input));
      return with(one, input, false);
    }

    private Typing.Edge edge(One one, Type input) {
      return new Typing.Edge(
          Expressions.variable(given.value()),
          input,
          "`" + one.name() + "`",
          "needs",
          given.giver(),
          given.written().map(Node::place).orElse(one.place()),
          given.written(),
          given.variables());
    }

    private Expression with(One one, Type input, boolean isRuled) {
      if (CallSteps.isNothing(input)) {
        return CallSteps.nothing(input);
      }
      Expression value = Expressions.variable(given.value());
      if (unfit.contains(input.toString())) {
        return value;
      }
      Typing.Edge edge = edge(one, input);
      int before = tools.diagnostics().errors();
      if (isRuled) {
        tools.typing().checkParameters(edge);
      }
      Expression fitted = tools.typing().fit(edge);
      if (tools.diagnostics().errors() > before) {
        unfit.add(input.toString());
      }
      return fitted;
    }

    /** What can be read once goes to one member, and only once. */
    private void checkStreams(Several several, List<Part> parts) {
      String kind = several.kind().name();
      boolean isCopied =
          kind.equals("choose")
              ? several.mapping().get("hedge").isPresent() || several.shadow().isPresent()
              : parts.size() > 1;
      if (Streams.holds(given.value().type()) && isCopied) {
        tools
            .diagnostics()
            .error(
                Code.STREAM_TWICE,
                several.place(),
                "a stream is read once, and here more than one target may read it")
            .label("`" + given.value().type() + "` can go to one target, or to a plain `choose`");
      }
      boolean isGathered = kind.equals("all") || kind.equals("first");
      parts.stream()
          .filter(part -> isGathered && Streams.holds(part.output()))
          .findFirst()
          .ifPresent(part ->
              tools
                  .diagnostics()
                  .error(
                      Code.STREAM_USE,
                      part.place(),
                      "`" + kind + "` cannot wait for a `" + part.output() + "`")
                  .label("a stream is no single answer: use `choose` or `fallback`"));
    }
  }
}
