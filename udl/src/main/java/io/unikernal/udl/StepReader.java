package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Policy;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.PipelineReader.Call;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.PolicyBuilder.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes the steps of one pipeline; all of its slots come from here. What every step has is read
 * here, what only one kind has by {@link CallSteps}, {@link BlockSteps}, {@link BranchSteps} and
 * {@link FlowSteps}.
 */
final class StepReader {
  final Tools tools;
  final PipelineReader pipelines;
  final Uses uses;
  final Answers answers;
  final boolean isRetried;
  private final CallSteps callSteps;
  private final BlockSteps blockSteps;
  private final BranchSteps branchSteps;
  private final FlowSteps flowSteps;
  private final List<Call> calls = new ArrayList<>();
  private final Sagas sagas;
  private final Map<Expression, Integer> slots = new IdentityHashMap<>();
  private Map<String, Place> names = new HashMap<>();
  private int nextSlot = Frame.FIRST_STEP;

  /**
   * @param isRetried the pipeline has a retry of its own, whose check covers all its calls
   * @param wanted what the sources want that a reply goes to; {@code any} if that is not one type
   */
  StepReader(Tools tools, PipelineReader pipelines, boolean isRetried, Type wanted) {
    this.tools = tools;
    this.pipelines = pipelines;
    this.isRetried = isRetried;
    uses = new Uses(tools.diagnostics());
    answers = new Answers(wanted, tools.diagnostics());
    sagas = new Sagas(tools.diagnostics());
    callSteps = new CallSteps(this);
    blockSteps = new BlockSteps(this);
    branchSteps = new BranchSteps(this);
    flowSteps = new FlowSteps(this);
  }

  List<Call> calls() {
    return List.copyOf(calls);
  }

  int slots() {
    return nextSlot;
  }

  int slot() {
    return nextSlot++;
  }

  /** Steps with what is visible after them, and the value of the last. */
  record Block(List<Step> steps, Variables variables, Expression last) {}

  /** A step with the value that it gives to the next; a named parallel is two. */
  record Made(List<Step> steps, Expression value) {}

  /** What is common to every kind of step. */
  record Context(
      Mapping mapping,
      Variables variables,
      Expression before,
      String place,
      Optional<Scalar> name,
      Nest nest) {
    Optional<Node> get(String key) {
      return mapping.get(key);
    }

    /** Where a key stands, for findings about what it makes. */
    Place keyPlace(String key) {
      return mapping.find(key).map(entry -> entry.key().place()).orElse(mapping.place());
    }
  }

  Block block(List<Node> nodes, String place, Variables variables, Expression before, Nest nest) {
    Variables visible = variables.copy();
    Expression last = before;
    var steps = new ArrayList<Step>();
    for (int i = 0; i < nodes.size(); i++) {
      Made made = step(nodes.get(i), place + "[" + i + "]", visible, last, nest);
      steps.addAll(made.steps());
      last = made.value();
    }
    return new Block(List.copyOf(steps), visible, last);
  }

  /** A block whose names are its own: after it `context` knows only why they are not there. */
  Block local(
      Context context, String kind, String place, List<Node> nodes, Variables inner, Nest nest) {
    return local(context, kind, place, nodes, inner, nest, context.before());
  }

  Block local(
      Context context,
      String kind,
      String place,
      List<Node> nodes,
      Variables inner,
      Nest nest,
      Expression before) {
    var outer = new HashMap<>(names);
    Block block = block(nodes, context.place() + "." + place, inner, before, nest);
    names = outer;
    hide(context, kind, block);
    return block;
  }

  /** The names of a block are not known after it. */
  void hide(Context context, String kind, Block block) {
    int line = context.mapping().place().span().line();
    context
        .variables()
        .hide(
            block.variables().since(context.variables()),
            "it is known only within the `" + kind + "` of line " + line);
  }

  /** A step alone, as a branch of a parallel is. */
  Made step(Node node, String place, Variables variables, Expression before, Nest nest) {
    Optional<Mapping> found = Vocabulary.mapping(node, "a step", tools.diagnostics());
    if (found.isEmpty()) {
      return new Made(List.of(), ExpressionReader.unknown());
    }
    Mapping mapping = found.get();
    boolean isKnown = StepKind.checkKeys(mapping, tools.diagnostics());
    var context = new Context(mapping, variables, before, place, name(mapping), nest);
    List<StepKind> kinds = StepKind.of(mapping);
    if (kinds.size() != 1) {
      StepKind.wrong(mapping, kinds, isKnown, tools.diagnostics());
      context.name().ifPresent(name -> bindUnknown(name, variables));
      return new Made(List.of(), ExpressionReader.unknown());
    }
    StepKind kind = kinds.getFirst();
    kind.checkBelonging(mapping, tools.diagnostics());
    int mark = sagas.mark();
    Made made = made(kind, context, mapping.get(kind.key()).orElseThrow());
    if (mapping.get("compensate").isPresent()) {
      sagas.compensated(mark);
    }
    return made;
  }

  private Made made(StepKind kind, Context context, Node value) {
    return switch (kind) {
      case SYSTEM -> callSteps.system(context, value);
      case ROUTE -> callSteps.route(context, value);
      case SET -> flowSteps.set(context, value);
      case VALIDATE -> flowSteps.validate(context, value);
      case WAIT -> flowSteps.wait(context, value);
      case REPLY -> flowSteps.reply(context, value);
      case FILTER -> flowSteps.filter(context, value);
      case BATCH -> flowSteps.batch(context, value);
      case WINDOW -> flowSteps.window(context, value);
      case PARALLEL -> blockSteps.parallel(context, value);
      case FOR_EACH -> blockSteps.forEach(context, value);
      case CHOOSE -> branchSteps.choose(context, value);
      case TRY -> branchSteps.attempt(context, value);
      case USE -> lost(context);
    };
  }

  private void bindUnknown(Scalar name, Variables variables) {
    variables.put(name.text(), Type.Simple.ANY, slot(), Optional.empty());
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

  /** The value that is written, with note taken of what it reads. */
  Expression read(Node node, Variables variables, Type wanted) {
    return uses.read(node, variables)
        ? tools.expressions().read(node, variables, wanted)
        : ExpressionReader.unknown();
  }

  Optional<Expression> condition(String key, Node node, Variables variables) {
    return uses.condition(node, variables)
        ? tools.expressions().condition(node, variables, "`" + key + "`")
        : Optional.empty();
  }

  /** The value before, taken without being named. */
  Expression before(Context context, Place place) {
    Expression before = context.before();
    Optional<Integer> slot =
        Optional.ofNullable(slots.get(before))
            .or(() ->
                context.variables().find(before.text()).map(bound -> bound.variable().slot()));
    slot.ifPresent(found -> uses.whole(found, before.type(), place));
    return before;
  }

  List<Policy> policies(Context context) {
    Use use = Use.ofStep("step `" + context.place() + "`", context.variables());
    return context
        .get("policy")
        .<List<Policy>>map(node -> tools.policies().read(node, use))
        .orElse(List.of());
  }

  /** A block's own policies, whose retry repeats all calls since {@code mark}. */
  List<Policy> policies(Context context, StepKind kind, int mark) {
    List<Policy> policies = policies(context);
    repeat(policies, mark, context, kind);
    return policies;
  }

  void addAll(List<Call> more) {
    calls.addAll(more);
  }

  void add(Call call) {
    calls.add(call);
    sagas.add(call);
  }

  int callCount() {
    return calls.size();
  }

  /** The calls since {@code from} are repeated together where the block has a retry. */
  void repeat(List<Policy> policies, int from, Context context, StepKind kind) {
    List<Call> all = List.copyOf(calls.subList(from, calls.size()));
    Conflicts.check(policies, all, context.mapping(), kind.key(), tools.diagnostics());
    if (PolicyTable.retry(policies).isEmpty()) {
      return;
    }
    List<Call> within = calls.subList(from, calls.size());
    if (!isRetried) {
      Retries.check(
          policies, List.copyOf(within), context.mapping(), kind.key(), tools.diagnostics());
    }
    within.replaceAll(Call::retried);
  }

  /** A step that is wrong, which is reported; what is written around it is checked all the same. */
  Made lost(Context context) {
    context.get("with").ifPresent(with -> read(with, context.variables(), Type.Simple.ANY));
    Made made = finish(context, List.of(), Type.Simple.ANY, Optional.empty(), Optional.empty());
    return new Made(List.of(), made.value());
  }

  Made finish(
      Context context,
      List<Policy> policies,
      Type type,
      Optional<Node> origin,
      Function<Step.Head, Step> make) {
    return finish(context, policies, type, origin, Optional.of(make));
  }

  /** Reads what every step has and makes its value visible. `on_error` sees what stood before. */
  private Made finish(
      Context context,
      List<Policy> policies,
      Type type,
      Optional<Node> origin,
      Optional<Function<Step.Head, Step>> make) {
    Optional<Expression> when =
        context.get("when").flatMap(node -> condition("when", node, context.variables()));
    List<Step> onError = aside(context, "on_error", context.variables(), context.before());
    int slot = slot();
    Expression value = publish(context, slot, type, origin);
    List<Step> compensate = List.of();
    if (context.get("compensate").isPresent()) {
      compensate = aside(context, "compensate", context.variables(), value);
      Conflicts.undone(policies, context.get("compensate").get().place(), tools.diagnostics());
    }
    var head =
        new Step.Head(
            context.name().map(Scalar::text).orElse(context.place()),
            slot,
            when,
            policies,
            onError,
            compensate,
            context.mapping().place().origin());
    return new Made(make.map(kind -> List.of(kind.apply(head))).orElse(List.of()), value);
  }

  /** Steps that run when something failed. */
  private List<Step> aside(Context context, String key, Variables variables, Expression before) {
    List<Node> nodes =
        context
            .get(key)
            .map(node -> Vocabulary.list(node, "`" + key + "`", tools.diagnostics()))
            .orElse(List.of());
    if (nodes.isEmpty()) {
      return List.of();
    }
    int mark = sagas.mark();
    List<Step> steps =
        block(
                nodes,
                context.place() + "." + key,
                variables.withError(),
                before,
                context.nest().aside(key))
            .steps();
    sagas.forget(mark);
    return steps;
  }

  /** Makes the step's value visible under its name, as `T?` if the step may be skipped. */
  private Expression publish(Context context, int slot, Type type, Optional<Node> origin) {
    boolean isMaybe = context.get("when").isPresent();
    Type given = isMaybe ? maybe(type) : type;
    String name = context.name().map(Scalar::text).orElse(context.place());
    var scope = context.name().isPresent() ? context.variables() : context.variables().copy();
    Expression value = Expressions.variable(scope.put(name, given, slot, origin));
    slots.put(value, slot);
    return value;
  }

  /** As it is where it may be missing; nothing stays nothing. */
  static Type maybe(Type type) {
    return type == Type.Simple.NULL ? type : type.maybe();
  }

  /** Says at the end what can be said only of all steps together. */
  void finish() {
    branchSteps.warnUnanswered();
    sagas.warn();
  }
}
