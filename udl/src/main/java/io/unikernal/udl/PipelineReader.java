package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Effect;
import io.unikernal.model.Expression;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Policy;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.SystemTable.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes pipelines of what is written under {@code pipelines:}, each when it is first needed. */
final class PipelineReader {
  private final Map<String, Entry> declared;
  private final Tools tools;
  private final Map<String, Type> inferred = new HashMap<>();
  private final Map<String, Compiled> compiled = new LinkedHashMap<>();
  private final Map<String, Set<String>> called = new HashMap<>();
  private final Set<String> underWay = new LinkedHashSet<>();

  /** What the stages after the declarations work with. */
  record Tools(
      TypeTable types,
      SystemTable systems,
      PolicyTable policies,
      References references,
      ExpressionReader expressions,
      Typing typing,
      LabelFlow labels,
      Diagnostics diagnostics) {}

  /**
   * A call somewhere in a pipeline.
   *
   * @param isRetried by a policy of the call itself
   */
  record Call(Op op, boolean isRetried) {
    Effect effect() {
      return op.operation().effect();
    }
  }

  record Compiled(Pipeline pipeline, List<Call> calls) {
    Type output() {
      return pipeline.output().type();
    }
  }

  PipelineReader(Map<String, Entry> declared, Tools tools) {
    this.declared = declared;
    this.tools = tools;
  }

  /** Says what the routes give to a pipeline that declares no input. */
  void infer(String name, Type input) {
    inferred.merge(name, input, (a, b) -> a.equals(b) ? a : Type.Simple.ANY);
  }

  /** The pipeline; empty if it is in the middle of being made: a circle. */
  Optional<Compiled> get(String name, Place mentioned) {
    Compiled known = compiled.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    if (!underWay.add(name)) {
      if (tools.diagnostics().first("circle " + String.join(" ", underWay))) {
        tools
            .diagnostics()
            .error(Code.PIPELINE_CYCLE, mentioned, "pipeline `" + name + "` calls itself")
            .label(String.join(" -> ", underWay) + " -> " + name);
      }
      return Optional.empty();
    }
    Compiled result = compile(entry(name));
    underWay.remove(name);
    compiled.put(name, result);
    return Optional.of(result);
  }

  private Entry entry(String name) {
    Entry entry = declared.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("no pipeline " + name);
    }
    return entry;
  }

  private Compiled compile(Entry entry) {
    Diagnostics diagnostics = tools.diagnostics();
    Mapping mapping =
        Grammar.PIPELINE
            .read(entry.value(), diagnostics)
            .orElseGet(() -> new Mapping(entry.key().place(), List.of(), false));
    Type input =
        mapping
            .get("input")
            .map(tools.types()::read)
            .orElseGet(() -> inferred.getOrDefault(entry.name(), Type.Simple.ANY));
    List<Policy> policies = mapping.get("policy").map(tools.policies()::read).orElse(List.of());
    boolean isEmpty = mapping.get("steps").isEmpty() && mapping.get("output").isEmpty();
    if (isEmpty && entry.value() instanceof Mapping) {
      diagnostics
          .error(
              Code.MISSING_KEY,
              entry.key().place(),
              "pipeline `" + entry.name() + "` needs `steps`")
          .write("steps:\n  - { system: … }");
    }
    var reader = new StepReader(tools, this, PolicyTable.retry(policies).isPresent());
    Variables variables = Variables.of(input);
    Expression first = variable(variables, "input");
    List<Node> nodes =
        mapping.get("steps").map(n -> Vocabulary.list(n, "`steps`", diagnostics)).orElse(List.of());
    StepReader.Block block = reader.block(nodes, "steps", variables, first);
    Expression output =
        mapping
            .get("output")
            .map(node -> tools.expressions().read(node, block.variables(), Type.Simple.ANY))
            .orElse(block.last());
    List<Node> afterError =
        mapping
            .get("on_error")
            .map(n -> Vocabulary.list(n, "`on_error`", diagnostics))
            .orElse(List.of());
    List<Step> onError =
        reader.block(afterError, "on_error", block.variables().afterError(), first).steps();
    mapping
        .get("policy")
        .ifPresent(node -> Retries.check(policies, reader.calls(), node.place(), diagnostics));
    var pipeline =
        new Pipeline(
            entry.name(),
            input,
            block.steps(),
            output,
            onError,
            policies,
            reader.slots(),
            entry.key().place().origin());
    diagnostics.facts().pipeline(entry.name(), input, output.type());
    return new Compiled(pipeline, reader.calls());
  }

  static Expression variable(Variables variables, String name) {
    return variables
        .find(name)
        .map(bound -> Expressions.variable(bound.variable()))
        .orElseGet(ExpressionReader::unknown);
  }

  /** Makes those that nothing called, so that they are checked too. */
  void finish() {
    declared.forEach((name, entry) -> get(name, entry.key().place()));
  }

  List<Pipeline> pipelines() {
    var list = new ArrayList<Pipeline>();
    // In the order of the file, not in that of need.
    declared
        .keySet()
        .forEach(
            name -> Optional.ofNullable(compiled.get(name)).ifPresent(c -> list.add(c.pipeline())));
    return list;
  }

  /** The pipelines that steps of a pipeline call, by what is written. */
  Set<String> called(String name) {
    return called.computeIfAbsent(
        name,
        _ -> {
          var names = new LinkedHashSet<String>();
          collect(entry(name).value(), names, 0);
          return names;
        });
  }

  private void collect(Node node, Set<String> names, int depth) {
    if (depth > YamlReader.DEPTH_MAX) {
      return;
    }
    switch (node) {
      case Mapping mapping -> {
        for (Entry entry : mapping.entries()) {
          boolean isCall =
              entry.name().equals("system")
                  && entry.value() instanceof Scalar scalar
                  && declared.containsKey(scalar.text());
          if (isCall && entry.value() instanceof Scalar scalar) {
            names.add(scalar.text());
          }
          collect(entry.value(), names, depth + 1);
        }
      }
      case Node.Sequence sequence ->
          sequence.items().forEach(item -> collect(item, names, depth + 1));
      case Scalar _ -> {}
    }
  }
}
