package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Limits;
import io.unikernal.kernel.resilience.Policies;
import io.unikernal.model.Fault;
import io.unikernal.model.Operation;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Step;
import io.unikernal.spi.World;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;

/** Turns a plan's pipelines into graphs, once, so that nothing is looked up per message. */
public final class Linker {
  private final World world;
  private final Limits limits;
  private final SequencedMap<String, Pipeline> pipelines;
  private final Function<Operation, Callee> callees;
  private final Map<String, Graph> graphs = new LinkedHashMap<>();

  public Linker(
      World world,
      Limits limits,
      SequencedMap<String, Pipeline> pipelines,
      Function<Operation, Callee> callees) {
    this.world = world;
    this.limits = limits;
    this.pipelines = pipelines;
    this.callees = callees;
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
    var graph =
        new Graph(
            name,
            pipeline,
            nodes(pipeline.steps()),
            pipeline.output(),
            nodes(pipeline.onError()),
            Policies.of(world, limits, pipeline.policies()),
            pipeline.slots());
    graphs.put(name, graph);
    return graph;
  }

  private List<Node> nodes(List<Step> steps) {
    var nodes = new ArrayList<Node>(steps.size());
    for (var step : steps) {
      nodes.add(node(step));
    }
    return List.copyOf(nodes);
  }

  private Node node(Step step) {
    return switch (step) {
      case Step.Call(var own, var target, var with) -> {
        var callee = callees.apply(target);
        yield new Node.CallNode(head(own, callee.systemPolicies()), callee, with);
      }
      case Step.Run(var own, var pipeline, var with) ->
          new Node.RunNode(head(own, Policies.NONE), pipeline(pipeline), with);
      case Step.Set(var own, var value) -> new Node.SetNode(head(own, Policies.NONE), value);
      case Step.Parallel(var own, var branches) ->
          new Node.ParallelNode(head(own, Policies.NONE), nodes(branches));
      case Step.Routed _, Step.ForEach _, Step.Choose _, Step.Try _ -> throw refused();
      case Step.Wait _, Step.Reply _, Step.Filter _ -> throw refused();
      case Step.Batch _, Step.Window _ -> throw refused();
    };
  }

  private static IllegalStateException refused() {
    return new IllegalStateException("refused by the checker");
  }

  private Node.Head head(Step.Head head, Policies system) {
    if (!head.compensate().isEmpty()) {
      throw refused();
    }
    return new Node.Head(
        head.name(),
        head.slot(),
        head.when(),
        Policies.of(world, limits, head.policies()).andOf(system),
        nodes(head.onError()),
        head.origin());
  }
}
