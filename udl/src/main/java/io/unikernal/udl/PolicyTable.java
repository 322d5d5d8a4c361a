package io.unikernal.udl;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.model.Origin;
import io.unikernal.model.Policy;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The declared policies, and what a {@code policy:} makes of them. */
final class PolicyTable {
  private static final Field<Integer> ATTEMPTS =
      Field.integer("attempts", "how often in all").or(3).example("3");
  private static final Field<String> BACKOFF =
      Field.symbol("backoff", "how the waiting grows", "constant", "linear", "exponential")
          .or("exponential");
  private static final Field<Duration> DELAY =
      Field.duration("delay", "the first waiting").or(Duration.ofMillis(100)).example("100ms");
  private static final Field<Duration> MAX_DELAY =
      Field.duration("max_delay", "the longest waiting").or(Duration.ofSeconds(30)).example("30s");
  private static final Field<String> JITTER =
      Field.text("jitter", "the random share of the waiting").or("0.2").example("0.2");
  private static final Field<Duration> AFTER =
      Field.duration("after", "when to give up").example("5s");
  private static final Field<Integer> LIMIT =
      Field.integer("limit", "messages in a window").example("100");
  private static final Field<Duration> WINDOW =
      Field.duration("window", "the time that the limit is for")
          .or(Duration.ofSeconds(1))
          .example("1s");
  private static final Field<Integer> BURST =
      Field.integer("burst", "messages at once; the limit unless written").optional().example("10");

  private static final Map<String, ConfigSpec> KINDS = new LinkedHashMap<>();
  private static final Map<String, Set<String>> LATER =
      Map.of("retry", Set.of("on", "budget"), "rate_limit", Set.of("key", "scope"));
  private static final Set<String> LATER_KINDS =
      Set.of(
          "circuit_breaker",
          "concurrency",
          "cache",
          "idempotency",
          "access",
          "validate",
          "dead_letter",
          "quota",
          "sample",
          "custom");

  static {
    KINDS.put("retry", ConfigSpec.of(ATTEMPTS, BACKOFF, DELAY, MAX_DELAY, JITTER));
    KINDS.put("timeout", ConfigSpec.of(AFTER));
    KINDS.put("rate_limit", ConfigSpec.of(LIMIT, WINDOW, BURST));
  }

  private final Map<String, Entry> declared;
  private final OptionReader options;
  private final Diagnostics diagnostics;
  private final Map<String, List<Policy>> known = new HashMap<>();
  private final Set<String> underWay = new LinkedHashSet<>();
  private final Set<String> used = new HashSet<>();
  private boolean isDeclaring;

  private PolicyTable(Map<String, Entry> declared, OptionReader options, Diagnostics diagnostics) {
    this.declared = declared;
    this.options = options;
    this.diagnostics = diagnostics;
  }

  static PolicyTable of(Definition definition, OptionReader options, Diagnostics diagnostics) {
    var table = new PolicyTable(definition.policies, options, diagnostics);
    table.isDeclaring = true;
    definition.policies.values().forEach(entry -> table.named(entry.name(), entry.key().place()));
    table.isDeclaring = false;
    return table;
  }

  /** The kinds with their keys. */
  static Map<String, ConfigSpec> kinds() {
    return java.util.Collections.unmodifiableMap(KINDS);
  }

  /** Kinds that are known and refused. */
  static Set<String> laterKinds() {
    return new java.util.TreeSet<>(LATER_KINDS);
  }

  /** Keys of a kind that are known and refused. */
  static Set<String> later(String kind) {
    return new java.util.TreeSet<>(LATER.getOrDefault(kind, Set.of()));
  }

  /** What stands at {@code policy:}: a name, a policy in place, or a list of both. */
  List<Policy> read(Node node) {
    List<Node> items = node instanceof Sequence sequence ? sequence.items() : List.of(node);
    var result = new ArrayList<Policy>();
    for (Node item : items) {
      switch (item) {
        case Scalar scalar when !scalar.isNull() ->
            result.addAll(named(scalar.text(), scalar.place()));
        case Mapping mapping -> result.addAll(inPlace(mapping));
        default ->
            Vocabulary.wrongKind(
                item, "`policy` takes names of policies, and policies in place", diagnostics);
      }
    }
    if (result.stream().filter(Policy.Retry.class::isInstance).distinct().count() > 1) {
      diagnostics.error(Code.POLICY_VALUE, node.place(), "two retries in one `policy`");
    }
    return result;
  }

  private List<Policy> named(String name, Place mentioned) {
    Entry entry = declared.get(name);
    if (entry == null) {
      unknown(name, mentioned);
      return List.of();
    }
    if (!isDeclaring) {
      used.add(name);
    }
    List<Policy> found = known.get(name);
    if (found != null) {
      return found;
    }
    if (!underWay.add(name)) {
      diagnostics
          .error(Code.POLICY_EXTENDS, mentioned, "policy `" + name + "` is made of itself")
          .label(String.join(" -> ", underWay) + " -> " + name);
      return List.of();
    }
    // Found through another policy, which alone is no use of it; `used` sees to the rest.
    List<Policy> policies = read(entry.value());
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

  private List<Policy> inPlace(Mapping own) {
    Optional<Mapping> merged = merged(own, new HashSet<>());
    if (merged.isEmpty()) {
      return List.of();
    }
    Mapping mapping = merged.get();
    Optional<Scalar> type =
        mapping.get("type").flatMap(node -> Vocabulary.text(node, "`type`", diagnostics));
    if (type.isEmpty()) {
      if (!mapping.get("type").isPresent()) {
        diagnostics
            .error(Code.MISSING_KEY, own.place(), "a policy needs `type`")
            .write("type: retry");
      }
      return List.of();
    }
    String kind = type.get().text();
    if (LATER_KINDS.contains(kind)) {
      diagnostics.notYet(type.get().place(), "the policy `" + kind + "`");
      return List.of();
    }
    ConfigSpec spec = KINDS.get(kind);
    if (spec == null) {
      diagnostics
          .error(Code.POLICY_TYPE, type.get().place(), "there is no kind of policy `" + kind + "`")
          .label(Suggestions.label(kind, KINDS.keySet()));
      return List.of();
    }
    var keys = new ArrayList<>(List.of("type", "extends", "doc"));
    keys.addAll(spec.names());
    Vocabulary.of("a policy of type " + kind, keys, LATER.getOrDefault(kind, Set.of()))
        .check(mapping, diagnostics);
    int before = diagnostics.errors();
    Optional<Config> config = options.read(mapping, spec, own.place(), "the policy");
    if (config.isEmpty()) {
      return List.of();
    }
    Policy policy = build(kind, config.get(), mapping, own.place().origin());
    return diagnostics.errors() > before ? List.of() : List.of(policy);
  }

  /** The mapping with what it extends; empty if that cannot be, which is reported. */
  private Optional<Mapping> merged(Mapping own, Set<String> seen) {
    Optional<Entry> extended = own.find("extends");
    if (extended.isEmpty()) {
      return Optional.of(own);
    }
    Optional<Scalar> base = Vocabulary.text(extended.get().value(), "`extends`", diagnostics);
    if (base.isEmpty()) {
      return Optional.empty();
    }
    String name = base.get().text();
    Entry entry = declared.get(name);
    if (entry == null) {
      unknown(name, base.get().place());
      return Optional.empty();
    }
    boolean isCycle = !seen.add(name) || underWay.contains(name);
    if (isCycle || !(entry.value() instanceof Mapping inherited)) {
      diagnostics.error(
          Code.POLICY_EXTENDS,
          base.get().place(),
          "`"
              + name
              + "` "
              + (isCycle ? "extends itself" : "is a list, and only one policy extends"));
      return Optional.empty();
    }
    if (!isDeclaring) {
      used.add(name);
    }
    return merged(inherited, seen).flatMap(parent -> join(own, parent));
  }

  private Optional<Mapping> join(Mapping own, Mapping parent) {
    var entries = new ArrayList<Entry>();
    for (Entry entry : parent.entries()) {
      if (own.find(entry.name()).isEmpty() && !entry.name().equals("extends")) {
        entries.add(entry);
      }
    }
    entries.addAll(own.entries());
    String before = parent.get("type").map(PolicyTable::plain).orElse("");
    Optional<Node> changed = own.get("type").filter(type -> !plain(type).equals(before));
    if (changed.isPresent()) {
      diagnostics.error(
          Code.POLICY_EXTENDS,
          changed.get().place(),
          "what is extended has the type `" + before + "`, and that stays");
      return Optional.empty();
    }
    return Optional.of(new Mapping(own.place(), entries, own.isFlow()));
  }

  private static String plain(Node node) {
    return node instanceof Scalar scalar ? scalar.text() : "";
  }

  private Policy build(String kind, Config config, Mapping mapping, Origin origin) {
    return switch (kind) {
      case "retry" -> {
        int attempts = config.get(ATTEMPTS);
        check(
            mapping,
            "attempts",
            attempts >= 1 && attempts <= Policy.Retry.ATTEMPTS_MAX,
            "`attempts` goes from 1 to " + Policy.Retry.ATTEMPTS_MAX);
        Duration delay = config.get(DELAY);
        Duration max = config.get(MAX_DELAY);
        check(mapping, "delay", !delay.isZero(), "`delay` must be longer than nothing");
        check(mapping, "max_delay", !max.isZero(), "`max_delay` must be longer than nothing");
        var backoff = Policy.Backoff.valueOf(config.get(BACKOFF).toUpperCase(Locale.ROOT));
        double jitter = jitter(config.get(JITTER));
        check(mapping, "jitter", jitter >= 0 && jitter <= 1, "`jitter` goes from 0 to 1");
        yield new Policy.Retry(attempts, backoff, delay, max, jitter, origin);
      }
      case "timeout" -> {
        Duration after = config.get(AFTER);
        check(mapping, "after", !after.isZero(), "`after` must be longer than nothing");
        yield new Policy.Timeout(after, origin);
      }
      default -> {
        int limit = config.get(LIMIT);
        Duration window = config.get(WINDOW);
        int burst = config.find(BURST).orElse(limit);
        check(mapping, "limit", limit >= 1, "`limit` is at least 1");
        check(mapping, "window", !window.isZero(), "`window` must be longer than nothing");
        check(mapping, "burst", burst >= 1, "`burst` is at least 1");
        yield new Policy.RateLimit(limit, window, burst, origin);
      }
    };
  }

  private static double jitter(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  private void check(Mapping mapping, String key, boolean isGood, String message) {
    if (!isGood) {
      Place place = mapping.get(key).map(Node::place).orElse(mapping.place());
      diagnostics.error(Code.POLICY_VALUE, place, message);
    }
  }

  /** Of one type the nearer replaces, but all time-outs and limits apply. */
  static List<Policy> merge(List<Policy> nearer, List<Policy> farther) {
    var result = new ArrayList<>(nearer);
    boolean hasRetry = nearer.stream().anyMatch(Policy.Retry.class::isInstance);
    for (Policy policy : farther) {
      boolean isReplaced = policy instanceof Policy.Retry && hasRetry;
      if (!isReplaced && !result.contains(policy)) {
        result.add(policy);
      }
    }
    return List.copyOf(result);
  }

  static Optional<Policy.Retry> retry(List<Policy> policies) {
    return policies.stream()
        .filter(Policy.Retry.class::isInstance)
        .map(Policy.Retry.class::cast)
        .filter(retry -> retry.attempts() > 1)
        .findFirst();
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
    if (declared.containsKey(name) && reached.add(name)) {
      declared.keySet().stream()
          .filter(other -> mentions(declared.get(name), other))
          .forEach(other -> reach(other, reached));
    }
  }

  private static boolean mentions(Entry entry, String name) {
    return switch (entry.value()) {
      case Scalar scalar -> scalar.text().equals(name);
      case Sequence sequence ->
          sequence.items().stream()
              .anyMatch(item -> plain(item).equals(name) || extended(item, name));
      case Mapping mapping -> extended(mapping, name);
    };
  }

  private static boolean extended(Node node, String name) {
    return node instanceof Mapping mapping
        && mapping.get("extends").map(PolicyTable::plain).orElse("").equals(name);
  }
}
