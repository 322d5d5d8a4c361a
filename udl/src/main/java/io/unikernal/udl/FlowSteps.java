package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.model.Config;
import io.unikernal.model.Expression;
import io.unikernal.model.Policy;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.StepReader.Context;
import io.unikernal.udl.StepReader.Made;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Steps that call nothing: they make values, or steer the way of the message. */
final class FlowSteps {
  private final StepReader steps;
  private final Tools tools;

  FlowSteps(StepReader steps) {
    this.steps = steps;
    this.tools = steps.tools;
  }

  Made set(Context context, Node node) {
    Optional<Type> as = context.get("as").map(this::wholeType);
    Expression value = steps.read(node, context.variables(), as.orElse(Type.Simple.ANY));
    Expression fitted = value;
    if (as.isPresent()) {
      var edge =
          new Typing.Edge(
              value,
              as.get(),
              "`as: " + as.get() + "`",
              "needs",
              "`set`",
              context.keyPlace("set"),
              Optional.of(node),
              context.variables());
      fitted = tools.typing().fit(edge);
    }
    Expression made = fitted;
    return steps.finish(
        context,
        steps.policies(context),
        made.type(),
        Optional.of(node),
        head -> new Step.Set(head, made));
  }

  /** A type that a value is made to fit: no stream, which nothing can look into. */
  private Type wholeType(Node node) {
    Type type = tools.types().read(node);
    if (Streams.holds(type)) {
      tools
          .diagnostics()
          .error(
              Code.STREAM_PLACE,
              node.place(),
              "no value can be made to fit `" + type + "` in a step")
          .label("streams stand only where an operation takes or gives them");
      return Type.Simple.ANY;
    }
    return type;
  }

  /** The value before, as the type: like `set` of it with `as`. */
  Made validate(Context context, Node node) {
    Type type = wholeType(node);
    Expression value = steps.before(context, node.place());
    Expression fitted =
        tools
            .typing()
            .fit(
                new Typing.Edge(
                    value,
                    type,
                    "`validate: " + type + "`",
                    "needs",
                    "the value before",
                    node.place(),
                    Optional.empty(),
                    context.variables()));
    Optional<Node> origin = context.variables().find(value.text()).flatMap(Variables.Bound::origin);
    return steps.finish(
        context, steps.policies(context), type, origin, head -> new Step.Set(head, fitted));
  }

  Made wait(Context context, Node node) {
    Expression time = time(context, node);
    return passing(context, head -> new Step.Wait(head, time, context.before()));
  }

  /** A step whose value is the one before it. */
  private Made passing(Context context, Function<Step.Head, Step> make) {
    List<Policy> policies = steps.policies(context);
    Made made = steps.finish(context, policies, context.before().type(), Optional.empty(), make);
    return new Made(made.steps(), context.before());
  }

  private Expression time(Context context, Node node) {
    boolean isLiteral = node instanceof Scalar scalar && !scalar.text().contains("${");
    if (isLiteral) {
      String text = ((Scalar) node).text();
      Optional<Duration> time = Quantities.duration(text);
      if (time.isEmpty()) {
        tools
            .diagnostics()
            .error(Code.STEP_OPTION, node.place(), "`wait` is a duration, not `" + text + "`")
            .write("wait: 5s")
            .edit(node.place(), "5s");
      }
      return Expressions.constant(
          new Value.Duration(time.orElse(Duration.ZERO)), Type.Simple.DURATION);
    }
    Expression time = steps.read(node, context.variables(), Type.Simple.DURATION);
    return tools.typing().fit(edge(time, Type.Simple.DURATION, "`wait`", node, context));
  }

  private static Typing.Edge edge(
      Expression from, Type to, String who, Node node, Context context) {
    return new Typing.Edge(
        from, to, who, "needs", "it", node.place(), Optional.of(node), context.variables());
  }

  Made reply(Context context, Node node) {
    Place place = context.keyPlace("reply");
    boolean isGood = steps.answers.reply(context, place);
    Expression value = steps.read(node, context.variables(), steps.answers.wanted);
    if (isGood) {
      steps.answers.add(new Answers.Reply(value, node, context.variables().copy(), node.place()));
    }
    return passing(context, head -> new Step.Reply(head, value, context.before()));
  }

  Made filter(Context context, Node node) {
    steps.answers.drop(context, context.keyPlace("filter"));
    Expression keep =
        steps.condition("filter", node, context.variables()).orElseGet(ExpressionReader::unknown);
    return passing(context, head -> new Step.Filter(head, keep, context.before()));
  }

  Made batch(Context context, Node node) {
    Optional<Mapping> mapping = held(context, node, "batch", Grammar.BATCH);
    if (mapping.isEmpty()) {
      return steps.lost(context);
    }
    Optional<Config> options =
        tools.options().read(mapping.get(), StepOptions.BATCH, node.place(), "`batch`");
    options.ifPresent(found -> StepOptions.checkBatch(mapping.get(), found, tools.diagnostics()));
    Optional<Expression> key = key(context, mapping.get());
    Expression value = collected(context, "batch", node);
    if (options.isEmpty()) {
      return steps.lost(context);
    }
    Config found = options.get();
    return gathered(
        context,
        value,
        "batch",
        head ->
            new Step.Batch(
                head,
                found.find(StepOptions.COUNT),
                found.find(StepOptions.BYTES),
                found.get(StepOptions.WITHIN),
                key,
                value));
  }

  Made window(Context context, Node node) {
    Optional<Mapping> mapping = held(context, node, "window", Grammar.WINDOW);
    if (mapping.isEmpty()) {
      return steps.lost(context);
    }
    Optional<Config> options =
        tools.options().read(mapping.get(), StepOptions.WINDOW, node.place(), "`window`");
    options.ifPresent(found -> StepOptions.checkWindow(mapping.get(), found, tools.diagnostics()));
    Optional<Expression> at = mapping.get().get("at").map(text -> timestamp(context, text));
    Optional<Expression> key = key(context, mapping.get());
    Expression value = collected(context, "window", node);
    if (options.isEmpty()) {
      return steps.lost(context);
    }
    Config found = options.get();
    Duration every = found.get(StepOptions.EVERY);
    return gathered(
        context,
        value,
        "window",
        head ->
            new Step.Window(
                head,
                every,
                found.find(StepOptions.SLIDE).orElse(every),
                at,
                found.get(StepOptions.LATE),
                found.get(StepOptions.WINDOW_COUNT),
                key,
                value));
  }

  private Optional<Mapping> held(Context context, Node node, String kind, Vocabulary keys) {
    steps.answers.hold(context, kind, context.keyPlace(kind));
    return keys.read(node, tools.diagnostics());
  }

  private Optional<Expression> key(Context context, Mapping mapping) {
    return mapping.get("key").map(node -> steps.read(node, context.variables(), Type.Simple.ANY));
  }

  private Expression timestamp(Context context, Node node) {
    Expression at = steps.read(node, context.variables(), Type.Simple.TIMESTAMP);
    return tools.typing().fit(edge(at, Type.Simple.TIMESTAMP, "`at`", node, context));
  }

  /** What is collected of each message: the value before. */
  private Expression collected(Context context, String kind, Node node) {
    Type type = context.before().type();
    if (Streams.holds(type)) {
      tools
          .diagnostics()
          .error(Code.STREAM_USE, node.place(), "`" + kind + "` cannot hold back a `" + type + "`")
          .label("read it with `for_each` before");
      return ExpressionReader.unknown();
    }
    return steps.before(context, node.place());
  }

  /** The step's value is the list; what belongs to one message is not visible after it. */
  private Made gathered(
      Context context, Expression value, String kind, Function<Step.Head, Step> make) {
    Type type = Type.ListOf.of(value.type());
    int line = context.mapping().place().span().line();
    Made made = steps.finish(context, steps.policies(context), type, Optional.empty(), make);
    Optional<Variables.Bound> own =
        context.name().flatMap(name -> context.variables().find(name.text()));
    context
        .variables()
        .forget(
            "it belongs to one message, and after the `"
                + kind
                + "` of line "
                + line
                + " there is a list");
    own.ifPresent(bound -> context.variables().put(context.name().orElseThrow().text(), bound));
    if (context.get("when").isPresent()) {
      tools
          .diagnostics()
          .error(
              Code.BATCH_PLACE,
              context.keyPlace("when"),
              "`" + kind + "` holds back every message: it has no `when`")
          .label("leave messages out with `filter` before it");
    }
    return made;
  }
}
