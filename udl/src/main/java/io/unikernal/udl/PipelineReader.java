package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.expr.UserFunctions;
import io.unikernal.model.Effect;
import io.unikernal.model.Expression;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Policy;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.PolicyBuilder.Use;
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
  /** How many pipelines may call each other in a row: each costs the stack. */
  private static final int CHAIN_MAX = 200;

  private final Map<String, Entry> declared;
  private final Tools tools;
  private final Map<String, Type> inferred = new HashMap<>();
  private final Map<String, Type> wanted = new HashMap<>();
  private final Map<String, Compiled> compiled = new LinkedHashMap<>();
  private final Map<String, Set<String>> called = new HashMap<>();
  private final Set<String> underWay = new LinkedHashSet<>();

  /** Counted before any is made: the order of declaration plays no part. */
  private final Set<String> tooLong;

  /** What the stages after the declarations work with. */
  record Tools(
      TypeTable types,
      SystemTable systems,
      PolicyTable policies,
      References references,
      ExpressionReader expressions,
      Typing typing,
      LabelFlow labels,
      OptionReader options,
      UserFunctions functions,
      Diagnostics diagnostics) {
    Trail.Tables tables() {
      return new Trail.Tables(
          types,
          known -> systems.byName().get(known.getKey()) == known.getValue(),
          policies,
          functions);
    }
  }

  /**
   * A call somewhere in a pipeline.
   *
   * @param repeat why it may happen more than once for one message
   * @param place where it is written
   */
  record Call(Op op, Repeat repeat, Place place) {
    /** {@code isRetried}: by a policy of the call itself. */
    Call(Op op, boolean isRetried, Place place) {
      this(op, isRetried ? Repeat.RETRIED : Repeat.NOT, place);
    }

    Effect effect() {
      return op.operation().effect();
    }

    boolean isRetried() {
      return repeat != Repeat.NOT;
    }

    Call retried() {
      return new Call(op, Repeat.RETRIED, place);
    }

    /** One of several that a message goes to, whatever became of the others. */
    Call beside() {
      return isRetried() ? this : new Call(op, Repeat.BESIDE, place);
    }
  }

  enum Repeat {
    NOT,
    RETRIED,
    /** Another member of its target may have done the same. */
    BESIDE
  }

  record Compiled(Pipeline pipeline, List<Call> calls, Answers.Summary answers) {
    /** What a step is given that calls it. */
    Type output() {
      Type type = pipeline.output().type();
      return answers.isDropping() ? StepReader.maybe(type) : type;
    }
  }

  PipelineReader(Map<String, Entry> declared, Tools tools) {
    this.declared = declared;
    this.tools = tools;
    var calls = new LinkedHashMap<String, Set<String>>();
    declared.keySet().forEach(name -> calls.put(name, called(name)));
    tooLong = Chains.longer(calls, CHAIN_MAX);
  }

  /** Says what the routes give to a pipeline that declares no input. */
  void infer(String name, Type input) {
    inferred.merge(name, input, (a, b) -> a.equals(b) ? a : Type.Simple.ANY);
  }

  /** Says what a source wants that leads to a pipeline, for its replies. */
  void want(String name, Type output) {
    wanted.merge(name, output, (a, b) -> a.equals(b) ? a : Type.Simple.ANY);
  }

  /** The pipeline as it is called by a step or stands in a smart target. */
  Optional<Compiled> callee(String name, Place mentioned) {
    Optional<Compiled> found = get(name, mentioned);
    found.ifPresent(callee -> {
      if (!callee.answers().replies().isEmpty()) {
        tools
            .diagnostics()
            .error(
                Code.REPLY_PLACE,
                mentioned,
                "`" + name + "` replies to the caller of a route, and this is none")
            .label("only `to:` of a route can name it alone");
      }
      if (callee.answers().held().isPresent()) {
        tools
            .diagnostics()
            .error(
                Code.BATCH_PLACE,
                mentioned,
                "`" + name + "` holds messages back, and this waits for its answer")
            .label("only `to:` of a route can name it alone");
      }
    });
    return found;
  }

  /** The pipeline; empty if it is in the middle of being made: a circle. */
  Optional<Compiled> get(String name, Place mentioned) {
    Optional<Compiled> found = found(name, mentioned);
    Session session = tools.diagnostics().session();
    found.ifPresentOrElse(
        known -> session.note(trail -> trail.pipeline(name, new Trail.Called(mentioned, known))),
        () -> session.note(Trail::spoil));
    return found;
  }

  private Optional<Compiled> found(String name, Place mentioned) {
    Compiled known = compiled.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    if (tooLong.contains(name) || underWay.size() >= CHAIN_MAX) {
      if (tools.diagnostics().first("pipelines too deep")) {
        // Only a circle comes here without being too long itself.
        tools
            .diagnostics()
            .error(
                Code.YAML_LIMIT,
                tooLong.contains(name) ? entry(name).key().place() : mentioned,
                "pipelines call each other more than " + CHAIN_MAX + " times in a row")
            .label("write the steps of what `" + name + "` calls here, to break the chain");
      }
      return Optional.empty();
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
    Entry entry = entry(name);
    Compiled result = again(entry).orElseGet(() -> anew(entry));
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

  /**
   * A pipeline with what it was given when it was made.
   *
   * @param inferred what the routes give to it
   * @param wanted what a source wants of it
   */
  record Kept(Compiled compiled, Optional<Type> inferred, Optional<Type> wanted) {}

  /**
   * The pipeline as the last compilation made it, if this one would make the same. Others that it
   * calls are made on the way, in the order in which it would ask for them.
   */
  private Optional<Compiled> again(Entry entry) {
    Diagnostics diagnostics = tools.diagnostics();
    var kept = diagnostics.session().pipelines();
    Optional<Session.Kept<Kept>> known =
        kept.find(entry.name())
            .filter(it -> it.entry().equals(entry) && isGivenTheSame(entry.name(), it.made()))
            .filter(_ -> diagnostics.errors() <= ExpressionReader.ERRORS_MAX)
            .filter(it ->
                diagnostics
                    .session()
                    .isSame(() ->
                        it.trail().isSame(tools.tables()) && areSame(it.trail().pipelines())));
    known.ifPresent(it -> {
      it.trail().replay(tools.policies(), diagnostics);
      kept.put(entry.name(), it);
      Pipeline made = it.made().compiled().pipeline();
      diagnostics.facts().pipeline(entry.name(), made.input(), made.output().type());
    });
    return known.map(it -> it.made().compiled());
  }

  private boolean isGivenTheSame(String name, Kept known) {
    return known.inferred().equals(Optional.ofNullable(inferred.get(name)))
        && known.wanted().equals(Optional.ofNullable(wanted.get(name)));
  }

  private boolean areSame(Map<String, Trail.Called> before) {
    return before.entrySet().stream()
        .allMatch(it ->
            declared.containsKey(it.getKey())
                && get(it.getKey(), it.getValue().place()).orElse(null)
                    == it.getValue().compiled());
  }

  private Compiled anew(Entry entry) {
    var trail = new Trail();
    Diagnostics diagnostics = tools.diagnostics();
    Session session = diagnostics.session();
    Compiled made = session.follow(trail, diagnostics, () -> compile(entry));
    boolean isWhole = diagnostics.errors() <= ExpressionReader.ERRORS_MAX;
    if (session.isLasting() && isWhole && trail.isGood()) {
      var given =
          new Kept(
              made,
              Optional.ofNullable(inferred.get(entry.name())),
              Optional.ofNullable(wanted.get(entry.name())));
      session.pipelines().put(entry.name(), new Session.Kept<>(entry, given, trail));
    }
    return made;
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
    Use use = Use.of(Guards.Level.PIPELINE, "pipeline `" + entry.name() + "`", input);
    List<Policy> policies =
        mapping
            .get("policy")
            .<List<Policy>>map(node -> tools.policies().read(node, use))
            .orElse(List.of());
    checkSteps(entry, mapping);
    var reader =
        new StepReader(
            tools,
            this,
            PolicyTable.retry(policies).isPresent(),
            wanted.getOrDefault(entry.name(), Type.Simple.ANY));
    Variables variables = Variables.of(input);
    Expression first = variable(variables, "input");
    StepReader.Block block =
        reader.block(list(mapping, "steps"), "steps", variables, first, Nest.TOP);
    Expression output =
        mapping
            .get("output")
            .map(node -> reader.read(node, block.variables(), Type.Simple.ANY))
            .orElse(block.last());
    List<Node> afterError = list(mapping, "on_error");
    Nest aside = Nest.TOP.aside("on_error");
    List<Step> onError =
        reader.block(afterError, "on_error", block.variables().afterError(), first, aside).steps();
    reader.finish();
    Answers.Summary answers = reader.answers.summary();
    mapping
        .get("policy")
        .ifPresent(_ -> {
          Retries.check(policies, reader.calls(), mapping, "steps", diagnostics);
          Conflicts.check(policies, reader.calls(), mapping, "steps", diagnostics);
        });
    var pipeline =
        new Pipeline(
            entry.name(),
            input,
            block.steps(),
            output,
            !answers.replies().isEmpty(),
            onError,
            policies,
            reader.slots(),
            entry.key().place().origin());
    Conflicts.waits(policies, pipeline, mapping, diagnostics);
    diagnostics.facts().pipeline(entry.name(), input, output.type());
    return new Compiled(pipeline, reader.calls(), answers);
  }

  private List<Node> list(Mapping mapping, String key) {
    return mapping
        .get(key)
        .map(node -> Vocabulary.list(node, "`" + key + "`", tools.diagnostics()))
        .orElse(List.of());
  }

  private void checkSteps(Entry entry, Mapping mapping) {
    boolean isEmpty = mapping.get("steps").isEmpty() && mapping.get("output").isEmpty();
    if (isEmpty && entry.value() instanceof Mapping) {
      tools
          .diagnostics()
          .error(
              Code.MISSING_KEY,
              entry.key().place(),
              "pipeline `" + entry.name() + "` needs `steps`")
          .write("steps:\n  - { system: … }");
    }
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

  /** Where a pipeline that is made first replies. */
  Optional<Place> firstReply(String name) {
    return Optional.ofNullable(compiled.get(name))
        .flatMap(found -> found.answers().replies().stream().findFirst())
        .map(Answers.Reply::place);
  }

  /** The pipelines that steps of a pipeline call, by what is written. */
  Set<String> called(String name) {
    return called.computeIfAbsent(name, _ -> mentioned(entry(name).value()));
  }

  /** The pipelines that steps or targets name. */
  Set<String> mentioned(Node node) {
    var names = new LinkedHashSet<String>();
    collect(node, names, 0);
    return names;
  }

  private void collect(Node node, Set<String> names, int depth) {
    if (depth > YamlReader.DEPTH_MAX) {
      return;
    }
    switch (node) {
      case Mapping mapping -> {
        for (Entry entry : mapping.entries()) {
          Node value = entry.value();
          switch (entry.name()) {
            case "system", "shadow", "dead_letter" -> name(value, names);
            case "choose", "all", "first", "fallback" -> {
              if (value instanceof Node.Sequence members) {
                members.items().forEach(member -> name(member, names));
              }
            }
            case "canary" -> {
              if (value instanceof Mapping shares) {
                shares.entries().forEach(share -> name(share.key(), names));
              }
            }
            default -> {}
          }
          // What a message holds is data, whatever its fields are called.
          if (!List.of("set", "with", "reply", "output").contains(entry.name())) {
            collect(value, names, depth + 1);
          }
        }
      }
      case Node.Sequence sequence ->
          sequence.items().forEach(item -> collect(item, names, depth + 1));
      case Scalar _ -> {}
    }
  }

  private void name(Node node, Set<String> names) {
    if (node instanceof Scalar scalar && declared.containsKey(scalar.text())) {
      names.add(scalar.text());
    }
  }
}
