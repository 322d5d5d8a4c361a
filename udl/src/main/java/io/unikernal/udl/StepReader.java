package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Operation;
import io.unikernal.model.Policy;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.PipelineReader.Call;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.References.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Makes the steps of one pipeline; all of its slots come from here. */
final class StepReader {
  private final Tools tools;
  private final PipelineReader pipelines;
  private final boolean isRetried;
  private final List<Call> calls = new ArrayList<>();
  private final Map<String, Place> names = new HashMap<>();
  private int nextSlot = Frame.FIRST_STEP;

  /** {@code isRetried}: the pipeline has a retry of its own, whose check covers all its calls. */
  StepReader(Tools tools, PipelineReader pipelines, boolean isRetried) {
    this.tools = tools;
    this.pipelines = pipelines;
    this.isRetried = isRetried;
  }

  List<Call> calls() {
    return List.copyOf(calls);
  }

  int slots() {
    return nextSlot;
  }

  /** Steps with what is visible after them, and the value of the last. */
  record Block(List<Step> steps, Variables variables, Expression last) {}

  /** A step with the value that it gives to the next; a named parallel is two. */
  private record Made(List<Step> steps, Expression value) {}

  /** What is common to every kind of step. */
  private record Context(
      Mapping mapping,
      Variables variables,
      Expression before,
      String place,
      Optional<Scalar> name) {}

  Block block(List<Node> nodes, String place, Variables variables, Expression before) {
    Variables visible = variables.copy();
    Expression last = before;
    var steps = new ArrayList<Step>();
    for (int i = 0; i < nodes.size(); i++) {
      Made made = step(nodes.get(i), place + "[" + i + "]", visible, last);
      steps.addAll(made.steps());
      last = made.value();
    }
    return new Block(List.copyOf(steps), visible, last);
  }

  private Made step(Node node, String place, Variables variables, Expression before) {
    Optional<Mapping> mapping = Grammar.STEP.read(node, tools.diagnostics());
    if (mapping.isEmpty()) {
      return new Made(List.of(), ExpressionReader.unknown());
    }
    var context = new Context(mapping.get(), variables, before, place, name(mapping.get()));
    List<Entry> kinds =
        mapping.get().entries().stream()
            .filter(entry -> List.of("system", "set", "parallel").contains(entry.name()))
            .toList();
    if (kinds.size() != 1) {
      wrongKinds(mapping.get(), kinds);
      context.name().ifPresent(name -> bindUnknown(name, variables));
      return new Made(List.of(), ExpressionReader.unknown());
    }
    checkKeys(mapping.get(), kinds.getFirst().name());
    Node value = kinds.getFirst().value();
    return switch (kinds.getFirst().name()) {
      case "system" -> call(context, value);
      case "set" -> set(context, value);
      default -> parallel(context, value);
    };
  }

  private void bindUnknown(Scalar name, Variables variables) {
    variables.put(name.text(), Type.Simple.ANY, nextSlot++, Optional.empty());
  }

  private void wrongKinds(Mapping mapping, List<Entry> kinds) {
    boolean isLater =
        mapping.entries().stream().anyMatch(entry -> Grammar.STEP.later().contains(entry.name()));
    if (!kinds.isEmpty()) {
      tools
          .diagnostics()
          .error(
              Code.STEP_KIND,
              kinds.get(1).key().place(),
              "a step has one of `system`, `set` and `parallel`, not two")
          .label("make it a step of its own");
    } else if (!isLater) {
      tools
          .diagnostics()
          .error(Code.STEP_KIND, mapping.place(), "this step does nothing")
          .write("system: …");
    }
  }

  private void checkKeys(Mapping mapping, String kind) {
    refuse(mapping, "as", kind.equals("set"), "`as` belongs to `set`");
    refuse(mapping, "with", kind.equals("system"), "`with` belongs to `system`");
  }

  private void refuse(Mapping mapping, String key, boolean isGood, String message) {
    if (!isGood) {
      mapping
          .find(key)
          .ifPresent(
              entry -> tools.diagnostics().error(Code.STEP_KIND, entry.key().place(), message));
    }
  }

  private Optional<Scalar> name(Mapping mapping) {
    Optional<Scalar> name =
        mapping.get("name").flatMap(node -> Vocabulary.text(node, "`name`", tools.diagnostics()));
    if (name.isEmpty() || !Names.check(name.get(), "a step", tools.diagnostics())) {
      return Optional.empty();
    }
    Place first = names.putIfAbsent(name.get().text(), name.get().place());
    if (first != null) {
      tools
          .diagnostics()
          .error(
              Code.DUPLICATE_NAME,
              name.get().place(),
              "there is a step `" + name.get().text() + "` already")
          .label("the first is in line " + first.source().lineAt(first.start()));
      return Optional.empty();
    }
    return name;
  }

  /** The head; `on_error` sees what stood before the step. */
  private Step.Head head(Context context, List<Policy> policies) {
    Mapping mapping = context.mapping();
    Optional<Expression> when =
        mapping
            .get("when")
            .flatMap(node -> tools.expressions().condition(node, context.variables()));
    List<Node> nodes =
        mapping
            .get("on_error")
            .map(node -> Vocabulary.list(node, "`on_error`", tools.diagnostics()))
            .orElse(List.of());
    List<Step> onError =
        nodes.isEmpty()
            ? List.of()
            : block(
                    nodes,
                    context.place() + ".on_error",
                    context.variables().withError(),
                    context.before())
                .steps();
    return new Step.Head(
        context.name().map(Scalar::text).orElse(context.place()),
        nextSlot++,
        when,
        policies,
        onError,
        mapping.place().origin());
  }

  private List<Policy> policies(Context context) {
    return context.mapping().get("policy").map(tools.policies()::read).orElse(List.of());
  }

  /** Makes the step's value visible under its name, as `T?` if the step may be skipped. */
  private Expression publish(Context context, Step.Head head, Type type, Optional<Node> origin) {
    boolean isMaybe = context.mapping().get("when").isPresent();
    Type given = isMaybe ? type.maybe() : type;
    String name = context.name().map(Scalar::text).orElse(head.name());
    var scope = context.name().isPresent() ? context.variables() : context.variables().copy();
    return Expressions.variable(scope.put(name, given, head.slot(), origin));
  }

  private Made call(Context context, Node node) {
    List<Policy> own = policies(context);
    if (node instanceof Mapping target) {
      Vocabulary.refuseSmart(target, tools.diagnostics());
      return unknownCall(context);
    }
    Optional<Target> target =
        Vocabulary.text(node, "`system`", tools.diagnostics()).flatMap(tools.references()::target);
    if (target.isEmpty()) {
      return unknownCall(context);
    }
    return switch (target.get()) {
      case Target.ToOperation found -> callOperation(context, node, found, own);
      case Target.ToPipeline(var name) -> callPipeline(context, node, name, own);
    };
  }

  /** The target is wrong, which is reported; what is written around it is checked all the same. */
  private Made unknownCall(Context context) {
    context
        .mapping()
        .get("with")
        .ifPresent(with -> tools.expressions().read(with, context.variables(), Type.Simple.ANY));
    Step.Head head = head(context, List.of());
    return new Made(List.of(), publish(context, head, Type.Simple.ANY, Optional.empty()));
  }

  private Made callOperation(
      Context context, Node node, Target.ToOperation target, List<Policy> own) {
    Operation operation = target.op().operation();
    if (TypeTable.holdsStream(operation.input()) || TypeTable.holdsStream(operation.output())) {
      tools.diagnostics().notYet(node.place(), "an operation with a stream or blob");
      return unknownCall(context);
    }
    List<Policy> policies = PolicyTable.merge(own, target.op().policies());
    List<Policy> all = PolicyTable.merge(policies, target.system().policies);
    var call = new Call(target.op(), PolicyTable.retry(all).isPresent());
    calls.add(call);
    if (!isRetried) {
      Place place = context.mapping().get("policy").map(Node::place).orElse(node.place());
      Retries.check(all, List.of(call), place, tools.diagnostics());
    }
    Expression with = argument(context, operation.input());
    Optional<Node> written = context.mapping().get("with").or(() -> origin(context));
    tools
        .labels()
        .check(
            with.type(),
            operation.input(),
            target.system(),
            operation.id(),
            context.mapping().get("with").map(Node::place).orElse(node.place()),
            written,
            context.variables());
    Typing.Edge edge = edge(context, node, with, operation.input(), "`" + operation.id() + "`");
    Expression fitted = tools.typing().fit(edge);
    if (!SystemTable.describes(target.system())) {
      tools.typing().checkParameters(edge);
    }
    Step.Head head = head(context, policies);
    Expression value = publish(context, head, operation.output(), Optional.empty());
    return new Made(List.of(new Step.Call(head, operation, fitted)), value);
  }

  /** For following labels: the value before, if it is a step that sets. */
  private static Optional<Node> origin(Context context) {
    return context.variables().find(context.before().text()).flatMap(Variables.Bound::origin);
  }

  private Made callPipeline(Context context, Node node, String name, List<Policy> policies) {
    Optional<PipelineReader.Compiled> found = pipelines.get(name, node.place());
    if (found.isEmpty()) {
      return unknownCall(context);
    }
    List<Call> inner = found.get().calls();
    calls.addAll(inner);
    if (!isRetried) {
      Place place = context.mapping().get("policy").map(Node::place).orElse(node.place());
      Retries.check(policies, inner, place, tools.diagnostics());
    }
    Type input = found.get().pipeline().input();
    Expression with = argument(context, input);
    Expression fitted = tools.typing().fit(edge(context, node, with, input, "`" + name + "`"));
    Step.Head head = head(context, policies);
    Expression value = publish(context, head, found.get().output(), Optional.empty());
    return new Made(List.of(new Step.Run(head, name, fitted)), value);
  }

  /** What is written at `with`, else the value before; nothing for who takes nothing. */
  private Expression argument(Context context, Type input) {
    Optional<Node> with = context.mapping().get("with");
    if (with.isPresent()) {
      return tools.expressions().read(with.get(), context.variables(), input);
    }
    boolean isNothing =
        input == Type.Simple.NULL
            || (input.core() instanceof Type.Record record && record.fields().isEmpty());
    return isNothing ? nothing(input) : context.before();
  }

  static Expression nothing(Type input) {
    return input == Type.Simple.NULL
        ? Expressions.constant(Value.Null.NULL, Type.Simple.NULL)
        : Expressions.mapping(new LinkedHashMap<>());
  }

  private static Typing.Edge edge(
      Context context, Node node, Expression with, Type input, String who) {
    Optional<Node> written = context.mapping().get("with");
    return new Typing.Edge(
        with,
        input,
        who,
        "needs",
        written.isPresent() ? "`with`" : "the value before (there is no `with`)",
        written.map(Node::place).orElse(node.place()),
        written,
        context.variables());
  }

  private Made set(Context context, Node node) {
    Optional<Type> as = context.mapping().get("as").map(tools.types()::read);
    Expression value =
        tools.expressions().read(node, context.variables(), as.orElse(Type.Simple.ANY));
    Expression fitted = value;
    if (as.isPresent()) {
      Place place = context.mapping().find("set").map(e -> e.key().place()).orElse(node.place());
      fitted =
          tools
              .typing()
              .fit(
                  new Typing.Edge(
                      value,
                      as.get(),
                      "`as: " + as.get() + "`",
                      "needs",
                      "`set`",
                      place,
                      Optional.of(node),
                      context.variables()));
    }
    Step.Head head = head(context, policies(context));
    Expression last = publish(context, head, fitted.type(), Optional.of(node));
    return new Made(List.of(new Step.Set(head, fitted)), last);
  }

  private Made parallel(Context context, Node node) {
    List<Node> nodes = Vocabulary.list(node, "`parallel`", tools.diagnostics());
    var branches = new ArrayList<Step>();
    var published = new LinkedHashMap<String, Variables.Bound>();
    boolean isMaybe = context.mapping().get("when").isPresent();
    for (int i = 0; i < nodes.size(); i++) {
      // Each sees what stood before, and nothing of its siblings.
      Variables own = context.variables().copy();
      String place = context.place() + ".parallel[" + i + "]";
      Made made = step(nodes.get(i), place, own, context.before());
      if (made.steps().size() > 1) {
        tools.diagnostics().notYet(nodes.get(i).place(), "a name of a `parallel` within another");
      }
      branches.addAll(made.steps());
      published.putAll(own.since(context.variables()));
    }
    Step.Head head = head(context, policies(context));
    SequencedMap<String, Expression> joined = new LinkedHashMap<>();
    published.forEach((name, bound) -> {
      var variable = bound.variable();
      Type type = isMaybe ? variable.type().maybe() : variable.type();
      var after = context.variables().put(name, type, variable.slot(), bound.origin());
      joined.put(name, Expressions.variable(after));
    });
    var steps = new ArrayList<Step>();
    steps.add(new Step.Parallel(head, List.copyOf(branches)));
    Expression value = Expressions.mapping(joined);
    if (context.name().isPresent()) {
      // The block's own name holds what its branches gave.
      var own =
          new Step.Head(head.name(), nextSlot++, head.when(), List.of(), List.of(), head.origin());
      steps.add(new Step.Set(own, value));
      value = publish(context, own, value.type(), Optional.empty());
    }
    return new Made(steps, value);
  }
}
