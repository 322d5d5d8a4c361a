package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.expr.Scope;
import io.unikernal.model.Expression;
import io.unikernal.model.Operation;
import io.unikernal.model.Policy;
import io.unikernal.model.SmartTarget;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.PipelineReader.Call;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.References.Target;
import io.unikernal.udl.StepReader.Context;
import io.unikernal.udl.StepReader.Made;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Steps that call: {@code system} and {@code route}. */
final class CallSteps {
  private final StepReader steps;
  private final Tools tools;

  CallSteps(StepReader steps) {
    this.steps = steps;
    this.tools = steps.tools;
  }

  Made system(Context context, Node node) {
    List<Policy> own = steps.policies(context);
    if (node instanceof Mapping) {
      tools
          .diagnostics()
          .error(Code.WRONG_KIND, node.place(), "`system` takes one target, and this is several")
          .write("route: { … }");
      return steps.lost(context);
    }
    Optional<Target> target =
        Vocabulary.text(node, "`system`", tools.diagnostics()).flatMap(tools.references()::target);
    if (target.isEmpty()) {
      return steps.lost(context);
    }
    return switch (target.get()) {
      case Target.ToOperation found -> operation(context, node, found, own);
      case Target.ToPipeline(var name) -> pipeline(context, node, name, own);
    };
  }

  private Made operation(Context context, Node node, Target.ToOperation target, List<Policy> own) {
    Operation operation = target.op().operation();
    tools.systems().notYetStreams(target.op(), node.place());
    List<Policy> policies = PolicyTable.merge(own, target.op().policies());
    List<Policy> all = PolicyTable.merge(policies, target.system().policies);
    var call = new Call(target.op(), PolicyTable.retry(all).isPresent(), node.place());
    steps.add(call);
    Conflicts.check(all, List.of(call), context.mapping(), "system", tools.diagnostics());
    Conflicts.kept(all, operation.output(), node.place(), tools.diagnostics());
    if (!steps.isRetried) {
      Retries.check(all, List.of(call), context.mapping(), "system", tools.diagnostics());
    }
    Expression with = argument(context, operation.input(), node.place());
    Optional<Node> written = context.get("with").or(() -> origin(context));
    tools
        .labels()
        .check(
            with.type(),
            operation.input(),
            target.system(),
            operation.id(),
            context.get("with").map(Node::place).orElse(node.place()),
            written,
            context.variables());
    Typing.Edge edge = edge(context, node, with, operation.input(), "`" + operation.id() + "`");
    Expression fitted = tools.typing().fit(edge);
    if (!SystemTable.describes(target.system())) {
      tools.typing().checkParameters(edge);
    }
    return steps.finish(
        context,
        policies,
        operation.output(),
        Optional.empty(),
        head -> new Step.Call(head, operation, fitted));
  }

  /** For following labels: the value before, if it is a step that sets. */
  private static Optional<Node> origin(Context context) {
    return context.variables().find(context.before().text()).flatMap(Variables.Bound::origin);
  }

  private Made pipeline(Context context, Node node, String name, List<Policy> policies) {
    Optional<PipelineReader.Compiled> found = steps.pipelines.callee(name, node.place());
    if (found.isEmpty()) {
      return steps.lost(context);
    }
    int mark = steps.callCount();
    steps.addAll(found.get().calls());
    steps.repeat(policies, mark, context, StepKind.SYSTEM);
    Type input = found.get().pipeline().input();
    Expression with = argument(context, input, node.place());
    Typing.Edge edge = edge(context, node, with, input, "`" + name + "`");
    tools.labels().checkKept(edge);
    Expression fitted = tools.typing().fit(edge);
    return steps.finish(
        context,
        policies,
        found.get().output(),
        Optional.empty(),
        head -> new Step.Run(head, name, fitted));
  }

  /** What is written at `with`, else the value before; nothing for who takes nothing. */
  private Expression argument(Context context, Type input, Place place) {
    Optional<Node> with = context.get("with");
    if (with.isPresent()) {
      return steps.read(with.get(), context.variables(), input);
    }
    return isNothing(input) ? nothing(input) : steps.before(context, place);
  }

  static boolean isNothing(Type input) {
    return input == Type.Simple.NULL
        || (input.core() instanceof Type.Record record && record.fields().isEmpty());
  }

  static Expression nothing(Type input) {
    return input == Type.Simple.NULL
        ? Expressions.constant(Value.Null.NULL, Type.Simple.NULL)
        : Expressions.mapping(new LinkedHashMap<>());
  }

  private static Typing.Edge edge(
      Context context, Node node, Expression with, Type input, String who) {
    Optional<Node> written = context.get("with");
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

  Made route(Context context, Node node) {
    List<Policy> own = steps.policies(context);
    Optional<Mapping> mapping = Vocabulary.mapping(node, "`route`", tools.diagnostics());
    if (mapping.isEmpty()) {
      return steps.lost(context);
    }
    var reader = new TargetReader(tools, steps.pipelines);
    Optional<Several> several = reader.resolve(mapping.get());
    if (several.isEmpty()) {
      return steps.lost(context);
    }
    Type wanted = reader.input(several.get());
    Optional<Node> written = context.get("with");
    Expression with =
        written
            .map(given -> steps.read(given, context.variables(), wanted))
            .orElseGet(
                () -> isNothing(wanted) ? nothing(wanted) : steps.before(context, node.place()));
    var given =
        new TargetReader.Given(
            new Scope.Variable("with", with.type(), steps.slot()),
            written.isPresent() ? "`with`" : "the value before (there is no `with`)",
            written.or(() -> origin(context)),
            written,
            context.variables(),
            steps::slot,
            (expression, wish) -> steps.read(expression, context.variables(), wish),
            context.mapping(),
            "route");
    Optional<TargetReader.Made> made = reader.make(several.get(), given);
    if (made.isEmpty()) {
      return steps.lost(context);
    }
    int mark = steps.callCount();
    made.get().calls().forEach(steps::add);
    steps.repeat(own, mark, context, StepKind.ROUTE);
    SmartTarget target = made.get().target();
    return steps.finish(
        context,
        own,
        made.get().output(),
        Optional.empty(),
        head -> new Step.Routed(head, target, with));
  }
}
