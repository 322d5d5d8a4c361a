package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Limits;
import io.unikernal.kernel.resilience.Policies;
import io.unikernal.kernel.routing.Candidate;
import io.unikernal.kernel.routing.Outage;
import io.unikernal.kernel.routing.Selection;
import io.unikernal.kernel.routing.Statistics;
import io.unikernal.kernel.routing.Trial;
import io.unikernal.model.Effect;
import io.unikernal.model.Expression;
import io.unikernal.model.Fault;
import io.unikernal.model.Operation;
import io.unikernal.model.Origin;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.SmartTarget;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.spi.World;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/** Turns a plan's pipelines into graphs, once, so that nothing is looked up per message. */
public final class Linker {
  private final World world;
  private final Limits limits;

  /** What the steps that are linked now belong to. */
  private String within = "";

  private final SequencedMap<String, Pipeline> pipelines;
  private final Function<Operation, Callee> callees;
  private final Map<String, Graph> graphs = new LinkedHashMap<>();
  private final Function<String, Outage> outages;
  private final SequencedMap<String, Statistics> statistics = new LinkedHashMap<>();
  private final Beside beside = new Beside();

  public Linker(
      World world,
      Limits limits,
      SequencedMap<String, Pipeline> pipelines,
      Function<Operation, Callee> callees,
      Function<String, Outage> outages) {
    this.outages = outages;
    this.world = world;
    this.limits = limits;
    this.pipelines = pipelines;
    this.callees = callees;
  }

  public Beside beside() {
    return beside;
  }

  /** What is known of each operation and pipeline that may be chosen, by its name. */
  public SequencedMap<String, Statistics> statistics() {
    return new LinkedHashMap<>(statistics);
  }

  /** The checker has refused cycles, so this ends. */
  public Graph pipeline(String name) {
    var known = graphs.get(name);
    if (known != null) {
      return known;
    }
    var pipeline = pipelines.get(name);
    if (pipeline == null) {
      throw Fault.of(Fault.Code.INTERNAL, "the plan has no pipeline `" + name + "`").toException();
    }
    var around = within;
    within = name;
    var place = new Policies.Place("pipeline " + name, pipeline.output().type());
    var graph =
        new Graph(
            name,
            pipeline,
            endingIn(nodes(pipeline.steps())),
            pipeline.output(),
            nodes(pipeline.onError()),
            Policies.of(limits, pipeline.policies(), place),
            pipeline.slots());
    within = around;
    graphs.put(name, graph);
    return graph;
  }

  private static List<Node> endingIn(List<Node> nodes) {
    if (nodes.isEmpty() || !(nodes.getLast() instanceof Node.EachNode each)) {
      return nodes;
    }
    var ending = new ArrayList<>(nodes);
    ending.set(nodes.size() - 1, each.asLast());
    return ending;
  }

  private List<Node> nodes(List<Step> steps) {
    var nodes = new ArrayList<Node>(steps.size());
    for (var step : steps) {
      nodes.add(node(step));
    }
    return List.copyOf(nodes);
  }

  /** What a target answers, as far as its policies must know. */
  public Type answer(Route.Target target) {
    return switch (target) {
      case Route.Target.ToOperation(var operation) -> operation.output();
      case Route.Target.ToPipeline(var name) -> pipeline(name).output().type();
      case SmartTarget.All all -> Type.ListOf.of(all.members().getFirst().answer().type());
      case SmartTarget several -> several.members().getFirst().answer().type();
    };
  }

  private Type answer(Step step) {
    return switch (step) {
      case Step.Call call -> call.target().output();
      case Step.Run run -> pipeline(run.pipeline()).output().type();
      case Step.Routed routed -> answer(routed.target());
      case Step.Set set -> set.value().type();
      case Step.Try attempt -> attempt.value().type();
      case Step.Parallel _, Step.ForEach _, Step.Choose _, Step.Wait _ -> Type.Simple.ANY;
      case Step.Reply _, Step.Filter _, Step.Batch _, Step.Window _ -> Type.Simple.ANY;
    };
  }

  private Node node(Step step) {
    return switch (step) {
      case Step.Call(_, var target, var with) -> {
        var callee = callees.apply(target);
        yield new Node.CallNode(head(step, callee.systemPolicies()), callee, with);
      }
      case Step.Run(_, var pipeline, var with) ->
          new Node.RunNode(head(step, Policies.NONE), pipeline(pipeline), with);
      case Step.Set(_, var value) -> new Node.SetNode(head(step, Policies.NONE), value);
      case Step.Parallel(_, var branches) ->
          new Node.ParallelNode(head(step, Policies.NONE), nodes(branches));
      case Step.Routed(_, var target, var with) ->
          new Node.RoutedNode(
              head(step, Policies.NONE), several(target, step.head().origin()), with);
      case Step.ForEach each ->
          new Node.EachNode(
              head(each, Policies.NONE),
              each.in(),
              each.item(),
              each.index(),
              Math.clamp(each.concurrency(), 1, Step.ForEach.CONCURRENCY_MAX),
              each.ordered(),
              block(each.steps(), each.value()),
              false);
      case Step.Choose(_, var cases) ->
          new Node.ChooseNode(
              head(step, Policies.NONE),
              cases.stream()
                  .map(one -> new Node.Case(one.when(), block(one.steps(), one.value())))
                  .toList());
      case Step.Try attempt -> attempt(attempt);
      case Step.Wait(_, var time, var before) ->
          new Node.WaitNode(head(step, Policies.NONE), time, before);
      case Step.Reply(_, var value, var before) ->
          new Node.ReplyNode(head(step, Policies.NONE), value, before);
      case Step.Filter(_, var keep, var before) ->
          new Node.FilterNode(head(step, Policies.NONE), keep, before);
      case Step.Batch batch ->
          new Node.GatherNode(
              head(batch, Policies.NONE),
              gathering(batch.head(), new Sorting.ByCount(batch)),
              batch.value(),
              batch.key(),
              Optional.empty(),
              batch.bytesMax().isPresent());
      case Step.Window window ->
          new Node.GatherNode(
              head(window, Policies.NONE),
              gathering(window.head(), new Sorting.ByTime(window)),
              window.value(),
              window.key(),
              window.at(),
              false);
    };
  }

  private Gathering gathering(Step.Head head, Sorting sorting) {
    var gathering = new Gathering(world, head.name(), head.slot(), sorting);
    beside.add(gathering);
    return gathering;
  }

  private Node attempt(Step.Try attempt) {
    var handler = attempt.handler();
    var on = EnumSet.noneOf(Fault.Code.class);
    on.addAll(handler.on());
    var own = new ArrayList<Integer>();
    attempt.steps().forEach(step -> addSlots(step, own));
    return new Node.TryNode(
        head(attempt, Policies.NONE),
        block(attempt.steps(), attempt.value()),
        own.stream().mapToInt(Integer::intValue).toArray(),
        on,
        block(handler.steps(), handler.value()));
  }

  private static void addSlots(Step step, List<Integer> slots) {
    slots.add(step.head().slot());
    step.inner().forEach(inner -> addSlots(inner, slots));
  }

  private Node.Block block(List<Step> steps, Expression value) {
    return new Node.Block(nodes(steps), value);
  }

  /** A target of several, of a step or a route. */
  public Several several(SmartTarget target, Origin origin) {
    var members = target.members().stream().map(member -> member(member, origin)).toList();
    return switch (target) {
      case SmartTarget.All _ -> new Several.All(members, target.slots(), origin);
      case SmartTarget.First _ -> new Several.First(members, target.slots(), origin);
      case SmartTarget.Fallback _ -> new Several.Fallback(members, target.slots(), origin);
      case SmartTarget.Choose choose -> choose(choose, origin);
    };
  }

  private Several choose(SmartTarget.Choose choose, Origin origin) {
    var members = new ArrayList<Several.Member>();
    var candidates = new ArrayList<Candidate>();
    for (var one : choose.members()) {
      var linked = member(one, origin);
      // A target within has no name of its own: nothing that is written names it.
      var name = one.name().isEmpty() ? "#" + members.size() : one.name();
      members.add(new Several.Member(name, linked.aim(), linked.with(), linked.answer()));
      candidates.add(
          new Candidate(
              name,
              choose.weights().getOrDefault(name, 1.0),
              choose.costs().getOrDefault(name, 0.0),
              statistics(one, linked)));
    }
    var usual = new Trial.Tally(world);
    var linked =
        new Several.Choose(
            List.copyOf(members),
            new Selection(world, choose.by(), candidates),
            choose.key(),
            choose.prefer(),
            choose.hedge().map(when -> hedging(when, members)),
            choose.shadow().map(one -> new Shadow(world, member(one, origin))),
            choose.canaries().stream().map(one -> canary(one, usual, origin)).toList(),
            usual,
            choose.slots(),
            origin);
    beside.add(linked);
    return linked;
  }

  /** The checker has seen to it; a plan made otherwise must not run a payment twice. */
  private static Hedging hedging(SmartTarget.Hedge when, List<Several.Member> members) {
    for (var member : members) {
      if (member.aim() instanceof Several.Aim.ToCallee(var callee, _)) {
        var kind = callee.operation().effect().kind();
        if (kind != Effect.Kind.READS && kind != Effect.Kind.IDEMPOTENT) {
          throw new IllegalStateException("refused by the checker: a hedge of " + callee.id());
        }
      }
    }
    return new Hedging(when);
  }

  private Canary canary(SmartTarget.Canary canary, Trial.Tally usual, Origin origin) {
    var linked = member(canary.member(), origin);
    var candidate =
        new Candidate(canary.member().name(), 1, 0, statistics(canary.member(), linked));
    return new Canary(linked, candidate, canary.percent(), new Trial(world, usual));
  }

  /** What is known of an operation or pipeline is known wherever it may be chosen. */
  private Statistics statistics(SmartTarget.Member member, Several.Member linked) {
    var outage =
        linked.aim() instanceof Several.Aim.ToCallee(var callee, _)
            ? outages.apply(callee.operation().system())
            : Outage.NEVER;
    return member.name().isEmpty()
        ? new Statistics(world)
        : statistics.computeIfAbsent(linked.aim().text(), _ -> new Statistics(world, outage));
  }

  private Several.Member member(SmartTarget.Member member, Origin origin) {
    return new Several.Member(
        member.name(),
        aim(member.target(), member.policies(), origin),
        member.with(),
        member.answer());
  }

  private Several.Aim aim(Route.Target target, List<Policy> policies, Origin origin) {
    return switch (target) {
      case Route.Target.ToOperation(var operation) -> {
        var callee = callees.apply(operation);
        yield new Several.Aim.ToCallee(
            callee,
            Policies.of(limits, policies, new Policies.Place(callee.id(), operation.output()))
                .andOf(callee.systemPolicies(), operation.output()));
      }
      case Route.Target.ToPipeline(var name) -> new Several.Aim.ToGraph(pipeline(name));
      case SmartTarget several -> new Several.Aim.ToSeveral(several(several, origin));
    };
  }

  /** Steps of a route itself. */
  public Handlers handlers(String route, List<Step> steps) {
    within = route;
    return new Handlers(nodes(steps));
  }

  /** Where dead letters go. */
  public Several.Aim aim(Route.Target target, Origin origin) {
    return aim(target, List.of(), origin);
  }

  private Node.Head head(Step step, Policies system) {
    var head = step.head();
    var place = new Policies.Place(within + "." + head.name(), answer(step));
    return new Node.Head(
        head.name(),
        head.slot(),
        head.when(),
        Policies.of(limits, head.policies(), place).andOf(system, place.answer()),
        nodes(head.onError()),
        nodes(head.compensate()),
        head.origin());
  }
}
