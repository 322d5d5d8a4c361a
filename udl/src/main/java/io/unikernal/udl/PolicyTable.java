package io.unikernal.udl;

import io.unikernal.model.Assign;
import io.unikernal.model.Builtin;
import io.unikernal.model.Policy;
import io.unikernal.model.Type;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.PolicyBuilder.Use;
import io.unikernal.udl.PolicyReader.Written;
import io.unikernal.udl.References.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The declared policies, and what a {@code policy:} makes of them. */
final class PolicyTable {
  private final Map<String, Entry> declared;
  private final PolicyReader reader;
  private final PolicyBuilder builder;
  private final Diagnostics diagnostics;
  private final Map<String, List<Written>> known = new HashMap<>();
  private final Set<String> underWay = new LinkedHashSet<>();
  private final Set<String> used = new HashSet<>();

  /** Those read, and of them those that some place uses. */
  private final Set<Written> all = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Set<Written> placed = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<Scalar, Target> deadLetters = new LinkedHashMap<>();
  private final Map<Policy, Written> builtLetters = new IdentityHashMap<>();

  /** Places of targets that a route uses, whose types are checked there. */
  private final Set<Place> usedLetters = new HashSet<>();

  private Optional<References> references = Optional.empty();
  private List<Written> defaults = List.of();
  private boolean isDeclaring;

  private PolicyTable(
      Map<String, Entry> declared,
      OptionReader options,
      Function<Diagnostics, ExpressionReader> expressions,
      Diagnostics diagnostics) {
    this.declared = declared;
    this.diagnostics = diagnostics;
    reader = new PolicyReader(declared, options, diagnostics, this::unknown, underWay::contains);
    builder = new PolicyBuilder(expressions, diagnostics);
  }

  /** {@code expressions} gives a reader that reports to what it is given. */
  static PolicyTable of(
      Definition definition,
      OptionReader options,
      Function<Diagnostics, ExpressionReader> expressions,
      Diagnostics diagnostics) {
    var table = new PolicyTable(definition.policies, options, expressions, diagnostics);
    table.isDeclaring = true;
    definition.policies.values().forEach(entry -> table.named(entry.name(), entry.key().place()));
    table.isDeclaring = false;
    table.defaults = definition.defaults.policies(table);
    return table;
  }

  /** What stands at {@code policy:}: a name, a policy in place, or a list of both. */
  List<Written> read(Node node) {
    List<Node> items = node instanceof Sequence sequence ? sequence.items() : List.of(node);
    var result = new ArrayList<Written>();
    for (Node item : items) {
      switch (item) {
        case Scalar scalar when !scalar.isNull() ->
            result.addAll(named(scalar.text(), scalar.place()));
        case Mapping mapping ->
            reader
                .read(mapping, this::extend)
                .ifPresent(written -> {
                  all.add(written);
                  diagnostics.session().note(trail -> trail.policy(written));
                  result.add(written);
                });
        default ->
            Vocabulary.wrongKind(
                item, "`policy` takes names of policies, and policies in place", diagnostics);
      }
    }
    twice(result, node.place());
    return result;
  }

  private void twice(List<Written> policies, Place place) {
    policies.stream()
        .distinct()
        .filter(written -> written.kind().kind().together() == Policy.Together.NEAREST)
        .collect(Collectors.groupingBy(written -> written.kind().kind(), Collectors.counting()))
        .forEach((kind, count) -> {
          if (count > 1) {
            diagnostics
                .error(
                    Code.POLICY_VALUE, place, "two policies of type `" + kind + "` in one `policy`")
                .label("only one of them can count");
          }
        });
  }

  /** The policies at a place that uses them. */
  Guards read(Node node, Use use) {
    return at(read(node), use);
  }

  Guards at(List<Written> policies, Use use) {
    placed.addAll(policies);
    if (use.isOfCall()) {
      policies.forEach(written -> refuseOfReceived(written, use.scope().what()));
    }
    return Guards.of(policies.stream().map(written -> build(written, use)).toList(), use.scope());
  }

  private Policy build(Written written, Use use) {
    Policy policy = builder.build(written, use);
    if (policy instanceof Policy.DeadLetter) {
      builtLetters.put(policy, written);
    }
    return policy;
  }

  /**
   * What leaves a message out, keeps it, or compares it with its type can stand only where messages
   * are received.
   */
  void refuseOfReceived(Written written, String what) {
    Policy.Kind kind = written.kind().kind();
    boolean isOfReceived =
        kind == Policy.Kind.DEAD_LETTER
            || kind == Policy.Kind.SAMPLE
            || kind == Policy.Kind.VALIDATE;
    Place place = written.mapping().get("type").map(Node::place).orElse(written.mapping().place());
    if (isOfReceived && diagnostics.first("place of the policy at " + place)) {
      diagnostics
          .error(
              Code.POLICY_PLACE,
              place,
              "`" + kind + "` is for what is received, and this stands at " + what)
          .label("put it at a route, at what the route is from, or in `defaults`");
    }
  }

  /** Where a policy of the route sends dead letters. */
  Optional<RouteHandling.Letters> letters(List<Policy> policies) {
    return Guards.from(policies)
        .find(Policy.Kind.DEAD_LETTER)
        .flatMap(this::writtenLetters)
        .flatMap(written -> written.expression(PolicyKind.TO).map(to -> filled(written, to)))
        .flatMap(to -> {
          usedLetters.add(to.place());
          return target(to).map(target -> new RouteHandling.Letters(target, to.place()));
        });
  }

  /** A policy may be kept from an earlier compilation: then it is the one in the same line. */
  private Optional<Written> writtenLetters(Policy policy) {
    return Optional.ofNullable(builtLetters.get(policy))
        .or(() ->
            placed.stream()
                .filter(written -> written.kind().kind() == Policy.Kind.DEAD_LETTER)
                .filter(written -> {
                  var origin = written.origin();
                  return origin.file().equals(policy.origin().file())
                      && origin.line() == policy.origin().line();
                })
                .findFirst());
  }

  /** One that stands in its place at a route is found only now. */
  private Optional<Target> target(Scalar to) {
    Optional<Target> known =
        deadLetters.entrySet().stream()
            .filter(entry -> entry.getKey().place().equals(to.place()))
            .map(Map.Entry::getValue)
            .findFirst();
    return known.or(() ->
        references.flatMap(found -> {
          Optional<Target> target = found.target(to);
          if (target.orElse(null) instanceof Target.ToPipeline(var name)) {
            found.meant().add(name);
          }
          return target;
        }));
  }

  private static Scalar filled(Written written, Scalar to) {
    return filled(to, written.config().get(PolicyKind.TO));
  }

  /** What {@code defaults} says for a route: all but what is decided call by call. */
  Guards ofRoutes(String source, Type input) {
    return defaults(source, input, false);
  }

  /** What {@code defaults} says for each call. */
  Guards ofCalls() {
    return defaults("calls", Type.Simple.ANY, true);
  }

  private Guards defaults(String user, Type input, boolean isOfCall) {
    diagnostics.session().note(trail -> trail.defaults(defaults, isOfCall));
    return at(
        defaults(isOfCall), Use.of(Guards.Level.DEFAULTS, "`defaults` for `" + user + "`", input));
  }

  private void extend(String name) {
    use(name);
    Optional.ofNullable(declared.get(name))
        .ifPresent(entry -> diagnostics.session().note(trail -> trail.extended(name, entry)));
  }

  /** What a declared name stands for; none if there is none. */
  List<Written> known(String name) {
    return known.getOrDefault(name, List.of());
  }

  boolean isDeclaredAs(String name, Entry entry) {
    return PolicyPlaces.areSame(entry, declared.get(name));
  }

  List<Written> defaults() {
    return defaults;
  }

  /** A place that names the policy is as it was. */
  void useAgain(String name) {
    use(name);
    placed.addAll(known(name));
  }

  /** A place with a policy that extends this one is as it was. */
  void useExtended(String name) {
    use(name);
  }

  /** A policy that stands in its place is as it was. */
  void placeAgain(Written written) {
    all.add(written);
    placed.add(written);
  }

  void placeDefaults(boolean isOfCall) {
    placed.addAll(defaults(isOfCall));
  }

  private List<Written> defaults(boolean isOfCall) {
    return defaults.stream()
        .filter(written -> Guards.isOfCall(written.kind().kind()) == isOfCall)
        .toList();
  }

  private void use(String name) {
    if (!isDeclaring) {
      used.add(name);
    }
  }

  private List<Written> named(String name, Place mentioned) {
    Entry entry = declared.get(name);
    if (entry == null) {
      unknown(name, mentioned);
      return List.of();
    }
    use(name);
    List<Written> found = known.get(name);
    if (found != null) {
      diagnostics.session().note(trail -> trail.policy(name, found));
      return found;
    }
    if (!underWay.add(name)) {
      diagnostics
          .error(Code.POLICY_EXTENDS, mentioned, "policy `" + name + "` is made of itself")
          .label(String.join(" -> ", underWay) + " -> " + name);
      return List.of();
    }
    // Found through another policy, which alone is no use of it; `used` sees to the rest.
    List<Written> policies = read(entry.value());
    underWay.remove(name);
    known.put(name, policies);
    return policies;
  }

  private void unknown(String name, Place mentioned) {
    if (!diagnostics.first("policy " + name)) {
      return;
    }
    Optional<String> closest = Suggestions.closest(name, declared.keySet());
    var finding =
        diagnostics
            .error(Code.UNKNOWN_POLICY, mentioned, "there is no policy `" + name + "`")
            .label(Suggestions.label(name, declared.keySet()));
    closest.ifPresentOrElse(
        better -> {
          finding.edit(mentioned, better, Suggestions.isOnly(name, declared.keySet()));
          used.add(better);
        },
        () -> finding.write("policies:\n  " + name + ": { type: retry, attempts: 3 }"));
  }

  /** Of one kind the nearer replaces where it should; all others stay. */
  static Guards merge(List<Policy> nearer, List<Policy> farther) {
    return Guards.merge(nearer, farther);
  }

  static Optional<Policy.Retry> retry(List<Policy> policies) {
    return policies.stream()
        .filter(Policy.Retry.class::isInstance)
        .map(Policy.Retry.class::cast)
        .filter(retry -> retry.attempts() > 1)
        .findFirst();
  }

  /** Finds where dead letters go, which tells pipelines what they are given. */
  void resolve(References found, PipelineReader pipelines) {
    references = Optional.of(found);
    for (Written written : inOrder()) {
      Optional<Scalar> to =
          written.kind().kind() == Policy.Kind.DEAD_LETTER
              ? written.expression(PolicyKind.TO)
              : Optional.empty();
      to.map(scalar -> filled(scalar, written.config().get(PolicyKind.TO)))
          .ifPresent(
              scalar -> found.target(scalar).ifPresent(target -> deadLetters.put(scalar, target)));
    }
    deadLetters
        .values()
        .forEach(target -> {
          if (target instanceof Target.ToPipeline(var name)) {
            found.meant().add(name);
            pipelines.infer(name, Builtin.DEAD_LETTER);
          }
        });
  }

  private static Scalar filled(Scalar scalar, String text) {
    return new Scalar(scalar.place(), text, scalar.style(), scalar.tag());
  }

  private List<Written> inOrder() {
    return all.stream()
        .sorted(
            java.util.Comparator.comparing((Written written) -> written.origin().file())
                .thenComparing(written -> written.origin().line())
                .thenComparing(written -> written.origin().column()))
        .toList();
  }

  /** Checks what no place uses, and whether who gets dead letters takes them. */
  void finish(PipelineReader pipelines) {
    inOrder().stream()
        .filter(written -> !placed.contains(written))
        .forEach(written ->
            at(List.of(written), Use.of(Guards.Level.ROUTE, "no route, so far", Type.Simple.ANY)));
    deadLetters.forEach((scalar, target) -> {
      Optional<Type> input =
          switch (target) {
            case Target.ToOperation to -> Optional.of(to.op().operation().input());
            case Target.ToPipeline(var name) ->
                pipelines.get(name, scalar.place()).map(found -> found.pipeline().input());
          };
      input
          .filter(_ -> !usedLetters.contains(scalar.place()))
          .ifPresent(type -> deadLetter(scalar, type));
    });
  }

  private void deadLetter(Scalar to, Type input) {
    if (Assign.check(Builtin.DEAD_LETTER, input) instanceof Assign.Verdict.Refused(var reasons)) {
      diagnostics
          .error(
              Code.TYPE_MISMATCH,
              to.place(),
              "`" + to.text() + "` takes `" + input + "`, and not a dead letter")
          .label(reasons.stream().map(Typing::reason).collect(Collectors.joining("; ")))
          .write("{ input: any, error: any, meta: any }");
    }
  }

  /** Warns of those that nothing names; what a used one is made of is used too. */
  void warnUnused() {
    var reached = new LinkedHashSet<String>();
    used.forEach(name -> reach(name, reached));
    declared.values().stream()
        .filter(entry -> !reached.contains(entry.name()))
        .filter(entry -> !known.getOrDefault(entry.name(), List.of()).isEmpty())
        .filter(
            entry -> declared.values().stream().noneMatch(other -> mentions(other, entry.name())))
        .forEach(entry ->
            diagnostics.warning(
                Code.UNUSED_POLICY,
                entry.key().place(),
                "policy `" + entry.name() + "` is never used"));
  }

  private void reach(String name, Set<String> reached) {
    Entry entry = declared.get(name);
    if (entry != null && reached.add(name)) {
      declared.keySet().stream()
          .filter(other -> mentions(entry, other))
          .forEach(other -> reach(other, reached));
    }
  }

  private static boolean mentions(Entry entry, String name) {
    return switch (entry.value()) {
      case Scalar scalar -> scalar.text().equals(name);
      case Sequence sequence ->
          sequence.items().stream()
              .anyMatch(item -> PolicyReader.plain(item).equals(name) || extended(item, name));
      case Mapping mapping -> extended(mapping, name);
    };
  }

  private static boolean extended(Node node, String name) {
    return node instanceof Mapping mapping
        && mapping.get("extends").map(PolicyReader::plain).orElse("").equals(name);
  }
}
