package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Expression;
import io.unikernal.model.Field;
import io.unikernal.model.Policy;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.StepReader.Block;
import io.unikernal.udl.StepReader.Context;
import io.unikernal.udl.StepReader.Made;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** Steps of which all are run: {@code parallel}, {@code for_each}. */
final class BlockSteps {
  static final Field<Integer> CONCURRENCY =
      Field.integer("concurrency", "how many items are under way at once").or(1).example("4");
  static final Field<Boolean> ORDERED =
      Field.bool("ordered", "whether values keep the order of the items").or(true);
  private static final ConfigSpec LOOP = ConfigSpec.of(CONCURRENCY, ORDERED);

  private final StepReader steps;
  private final Tools tools;

  BlockSteps(StepReader steps) {
    this.steps = steps;
    this.tools = steps.tools;
  }

  Made parallel(Context context, Node node) {
    List<Node> nodes = Vocabulary.list(node, "`parallel`", tools.diagnostics());
    var branches = new ArrayList<Step>();
    var published = new LinkedHashMap<String, Variables.Bound>();
    boolean isMaybe = context.get("when").isPresent();
    int mark = steps.callCount();
    for (int i = 0; i < nodes.size(); i++) {
      // Each sees what stood before, and nothing of its siblings.
      Variables own = context.variables().copy();
      String place = context.place() + ".parallel[" + i + "]";
      Nest nest = context.nest().aside("parallel");
      Made made = steps.step(nodes.get(i), place, own, context.before(), nest);
      branches.addAll(branch(made, place, nodes.get(i)));
      published.putAll(own.since(context.variables()));
    }
    List<Policy> policies = steps.policies(context, StepKind.PARALLEL, mark);
    SequencedMap<String, Expression> joined = new LinkedHashMap<>();
    Made made =
        steps.finish(
            withoutName(context),
            policies,
            Type.Simple.NULL,
            Optional.empty(),
            head -> new Step.Parallel(named(head, context), List.copyOf(branches)));
    published.forEach((name, bound) -> {
      var variable = bound.variable();
      Type type = isMaybe ? StepReader.maybe(variable.type()) : variable.type();
      var after = context.variables().put(name, type, variable.slot(), bound.origin());
      joined.put(name, Expressions.variable(after));
    });
    Expression value = Expressions.mapping(joined);
    if (context.name().isEmpty()) {
      return new Made(made.steps(), value);
    }
    // The block's own name holds what its branches gave.
    var all = new ArrayList<>(made.steps());
    Made own =
        steps.finish(
            onlyName(context),
            List.of(),
            value.type(),
            Optional.empty(),
            head -> new Step.Set(head, value));
    all.addAll(own.steps());
    return new Made(all, own.value());
  }

  /** A branch is one step; a `parallel` with a name is two, which then stand in a block. */
  private List<Step> branch(Made made, String place, Node node) {
    if (made.steps().size() <= 1) {
      return made.steps();
    }
    var head =
        new Step.Head(
            place,
            steps.slot(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            node.place().origin());
    var block = new Step.Case(Optional.empty(), made.steps(), made.value());
    return List.of(new Step.Choose(head, List.of(block)));
  }

  private static Step.Head named(Step.Head head, Context context) {
    return new Step.Head(
        context.name().map(Scalar::text).orElse(head.name()),
        head.slot(),
        head.when(),
        head.policies(),
        head.onError(),
        head.compensate(),
        head.origin());
  }

  private static Context withoutName(Context context) {
    return new Context(
        context.mapping(),
        context.variables(),
        context.before(),
        context.place(),
        Optional.empty(),
        context.nest());
  }

  /** The step that holds a parallel's value has its name and condition, and nothing else. */
  private static Context onlyName(Context context) {
    var kept =
        context.mapping().entries().stream()
            .filter(entry -> List.of("name", "when").contains(entry.name()))
            .toList();
    return new Context(
        new Mapping(context.mapping().place(), kept, context.mapping().isFlow()),
        context.variables(),
        context.before(),
        context.place(),
        context.name(),
        context.nest());
  }

  /**
   * {@code isKnown}: all keys are good; else one that is misspelt may be the one that is missing.
   */
  private Optional<Node> required(
      Context context, Mapping mapping, String key, String example, boolean isKnown) {
    Optional<Node> node = mapping.get(key);
    boolean isOutside = context.get(key).isPresent();
    if (node.isEmpty() && isKnown && !isOutside) {
      tools
          .diagnostics()
          .error(Code.MISSING_KEY, mapping.place(), "`for_each` needs `" + key + "`")
          .write(example);
    }
    return node;
  }

  Made forEach(Context context, Node node) {
    int before = tools.diagnostics().errors();
    Optional<Mapping> found = Grammar.FOR_EACH.read(node, tools.diagnostics());
    boolean isKnown = tools.diagnostics().errors() == before;
    if (found.isEmpty()) {
      return steps.lost(context);
    }
    Mapping mapping = found.get();
    Optional<Node> in = required(context, mapping, "in", "in: ${input.items}", isKnown);
    List<Node> nodes =
        required(context, mapping, "steps", "steps:\n  - { system: … }", isKnown)
            .map(list -> Vocabulary.list(list, "`steps`", tools.diagnostics()))
            .orElse(List.of());
    boolean isEmpty = mapping.get("steps").filter(Node.Sequence.class::isInstance).isPresent();
    if (isEmpty && nodes.isEmpty()) {
      tools
          .diagnostics()
          .error(Code.MISSING_KEY, context.keyPlace("for_each"), "`for_each` has no steps")
          .write("steps:\n  - { system: … }");
    }
    Optional<Config> options = tools.options().read(mapping, LOOP, node.place(), "`for_each`");
    int concurrency = options.map(config -> config.get(CONCURRENCY)).orElse(1);
    if (concurrency < 1 || concurrency > Step.ForEach.CONCURRENCY_MAX) {
      StepOptions.range(mapping, "concurrency", Step.ForEach.CONCURRENCY_MAX, tools.diagnostics());
    }
    Expression list =
        in.map(given -> steps.read(given, context.variables(), Type.Simple.ANY))
            .orElseGet(ExpressionReader::unknown);
    Type element = in.map(given -> element(list.type(), given)).orElse(Type.Simple.ANY);
    Variables inner = context.variables().copy();
    int item = steps.slot();
    int index = steps.slot();
    Expression first = Expressions.variable(inner.put("item", element, item, Optional.empty()));
    inner.put("index", Type.Int.ANY_INT, index, Optional.empty());
    int mark = steps.callCount();
    int outer = steps.uses.enterLoop(item);
    Block block =
        steps.local(context, "for_each", "for_each", nodes, inner, context.nest().loop(), first);
    steps.uses.leaveLoop(outer);
    List<Policy> policies = steps.policies(context, StepKind.FOR_EACH, mark);
    // What is absent is left out, as what a filter drops.
    Type one = block.last().type();
    Type each = one.isMaybe() ? one.core() : one;
    Type type =
        list.type().core() instanceof Type.StreamOf
            ? new Type.StreamOf(each)
            : Type.ListOf.of(each);
    boolean isOrdered = options.map(config -> config.get(ORDERED)).orElse(true);
    return steps.finish(
        context,
        policies,
        type,
        Optional.empty(),
        head ->
            new Step.ForEach(
                head, list, item, index, concurrency, isOrdered, block.steps(), block.last()));
  }

  /** What a list, map or stream has for each item. */
  private Type element(Type type, Node in) {
    Type core = type.core();
    if (type.isMaybe()) {
      tools
          .diagnostics()
          .error(Code.NOT_ITERABLE, in.place(), "`in` may be absent: it is a `" + type + "`")
          .write(in instanceof Scalar s ? "in: " + orEmpty(s.text()) : "");
      return Type.Simple.ANY;
    }
    return switch (core) {
      case Type.ListOf(var element, var _) -> labelled(type, element);
      case Type.StreamOf(var element) -> labelled(type, element);
      case Type.MapOf(var value) -> {
        SequencedMap<String, Type> fields = new LinkedHashMap<>();
        fields.put("key", Type.Text.ANY_TEXT);
        fields.put("value", value);
        yield labelled(type, Type.record(fields));
      }
      case Type.Simple simple when simple == Type.Simple.ANY -> labelled(type, Type.Simple.ANY);
      default -> {
        tools
            .diagnostics()
            .error(
                Code.NOT_ITERABLE,
                in.place(),
                "`for_each` takes a list, a map or a stream, and this is `" + type + "`");
        yield Type.Simple.ANY;
      }
    };
  }

  private static String orEmpty(String text) {
    return text.startsWith("${") && text.endsWith("}")
        ? text.substring(0, text.length() - 1) + ".orValue([])}"
        : text;
  }

  /** The label of the whole is on each part. */
  private static Type labelled(Type whole, Type part) {
    return whole instanceof Type.Labelled(var label, var of)
        ? new Type.Labelled(label, labelled(of, part))
        : part;
  }
}
