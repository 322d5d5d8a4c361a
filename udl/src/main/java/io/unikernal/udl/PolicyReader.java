package io.unikernal.udl;

import io.unikernal.model.Config;
import io.unikernal.model.Field;
import io.unikernal.model.Origin;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Reads one policy with what it extends; its expressions wait until it is known who uses it. */
final class PolicyReader {
  private static final List<String> KEYS = List.of("type", "extends", "doc");

  private final Map<String, Entry> declared;
  private final OptionReader options;
  private final Diagnostics diagnostics;

  /** Reports a name that is not declared. */
  private final BiConsumer<String, Place> unknown;

  /** Whether a name is being read: who extends it there is made of itself. */
  private final Function<String, Boolean> isUnderWay;

  PolicyReader(
      Map<String, Entry> declared,
      OptionReader options,
      Diagnostics diagnostics,
      BiConsumer<String, Place> unknown,
      Function<String, Boolean> isUnderWay) {
    this.declared = declared;
    this.options = options;
    this.diagnostics = diagnostics;
    this.unknown = unknown;
    this.isUnderWay = isUnderWay;
  }

  /**
   * A policy as it is written.
   *
   * @param config the options that are read once
   * @param mapping all that is written, its own and what it extends
   */
  record Written(PolicyKind kind, Config config, Mapping mapping, Origin origin) {
    Optional<Scalar> expression(Field<?> option) {
      return mapping
          .get(option.name())
          .filter(Scalar.class::isInstance)
          .map(Scalar.class::cast)
          .filter(scalar -> !scalar.isNull());
    }
  }

  /** Empty if it is wrong, which is reported. {@code extended} is told each name it extends. */
  Optional<Written> read(Mapping own, java.util.function.Consumer<String> extended) {
    Optional<Mapping> merged = merged(own, new HashSet<>(), extended);
    return merged.flatMap(mapping -> kind(own, mapping).flatMap(kind -> read(kind, own, mapping)));
  }

  private Optional<PolicyKind> kind(Mapping own, Mapping mapping) {
    Optional<Node> type = mapping.get("type");
    if (type.isEmpty() && Vocabulary.isMisspelt(own, "type", KEYS)) {
      Vocabulary.of("a policy", KEYS, List.of()).checkMisspelt(own, "type", diagnostics);
      return Optional.empty();
    }
    if (type.isEmpty()) {
      diagnostics
          .error(Code.MISSING_KEY, own.place(), "a policy needs `type`")
          .write("type: retry");
      return Optional.empty();
    }
    Optional<Scalar> name = Vocabulary.text(type.get(), "`type`", diagnostics);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    String text = name.get().text();
    Optional<PolicyKind> kind = PolicyKind.find(text);
    if (kind.isEmpty()) {
      Suggestions.offer(
          diagnostics.error(
              Code.POLICY_TYPE, name.get().place(), "there is no kind of policy `" + text + "`"),
          name.get().place(),
          Foreign.policy(text),
          PolicyKind.names());
    }
    return kind;
  }

  private Optional<Written> read(PolicyKind kind, Mapping own, Mapping mapping) {
    final int before = diagnostics.errors();
    var keys = new ArrayList<>(KEYS);
    var later = new ArrayList<String>();
    kind.options().names().forEach(name -> (kind.isLater(name) ? later : keys).add(name));
    Vocabulary.of("a policy of type " + kind.name(), keys, later).check(mapping, diagnostics);
    mapping.entries().forEach(entry -> markers(kind, entry));
    Optional<Config> config =
        options.read(mapping, kind.options(), own.place(), "the policy", Code.POLICY_VALUE);
    config.ifPresent(values -> combination(kind, values, mapping, own.place()));
    boolean isGood = config.isPresent() && diagnostics.errors() == before;
    refuse(kind, mapping, own);
    return isGood
        ? Optional.of(new Written(kind, config.get(), mapping, own.place().origin()))
        : Optional.empty();
  }

  /**
   * What a policy says is printed, by `unikernal policy` and with what it refuses: so no secret
   * stands in it, and no variable where it is a text.
   */
  private void markers(PolicyKind kind, Entry entry) {
    Optional<Field<?>> option = kind.options().find(entry.name());
    if (option.isEmpty() || option.get().isExpression()) {
      return;
    }
    boolean isText =
        option.get().kind() == Field.Kind.TEXT || option.get().kind() == Field.Kind.TEXTS;
    List<Node> items =
        entry.value() instanceof Node.Sequence list ? list.items() : List.of(entry.value());
    for (Node item : items) {
      boolean isRefused =
          item instanceof Scalar scalar
              && (scalar.text().contains("${secret.") || isText && scalar.text().contains("${"));
      if (isRefused) {
        diagnostics
            .error(
                Code.CONFIGURATION_MARKER,
                item.place(),
                "`" + entry.name() + "` of a policy is printed: write what it is")
            .label(isText ? "names and roles hold no `${…}`" : "no secret stands in a policy");
      }
    }
  }

  /** What the kernel does not run. */
  private void refuse(PolicyKind kind, Mapping mapping, Mapping own) {
    Place place = mapping.get("type").map(Node::place).orElse(own.place());
    if (!kind.isRun()) {
      diagnostics.notYet(place, "the policy `" + kind.name() + "`");
    }
  }

  /** What no option can say by itself. */
  private void combination(PolicyKind kind, Config config, Mapping mapping, Place whole) {
    switch (kind.kind()) {
      case ACCESS -> access(config, mapping, whole);
      case CONCURRENCY -> {
        boolean isAdaptive = config.get(PolicyKind.ADAPTIVE);
        if (isAdaptive == config.has(PolicyKind.AT_ONCE)) {
          Place place = mapping.get("adaptive").map(Node::place).orElse(whole);
          wrong(place, "either `limit` says how many, or `adaptive: true`").write("limit: 20");
        }
      }
      case CIRCUIT_BREAKER -> {
        boolean hasRate = config.has(PolicyKind.SLOW_RATE);
        if (hasRate != config.has(PolicyKind.SLOW_AFTER)) {
          String given = hasRate ? "slow_rate" : "slow_after";
          Place place = mapping.get(given).map(Node::place).orElse(whole);
          wrong(place, "`slow_rate` and `slow_after` go together")
              .write(hasRate ? "slow_after: 2s" : "slow_rate: 80%")
              .insert(Optional.of(mapping), hasRate ? "slow_after: 2s" : "slow_rate: 80%");
        }
      }
      case RETRY -> {
        Duration delay = config.get(PolicyKind.DELAY);
        Duration most = config.get(PolicyKind.MAX_DELAY);
        if (delay.compareTo(most) > 0) {
          Place place =
              mapping
                  .get("max_delay")
                  .or(() -> mapping.get("delay"))
                  .map(Node::place)
                  .orElse(whole);
          wrong(place, "`max_delay` is shorter than `delay`")
              .write("max_delay: " + Quantities.text(delay));
        }
      }
      case CUSTOM, RATE_LIMIT, QUOTA, DEAD_LETTER, SAMPLE, VALIDATE -> {}
      case IDEMPOTENCY, CACHE, TIMEOUT -> {}
    }
  }

  private void access(Config config, Mapping mapping, Place whole) {
    boolean isEmpty =
        !config.has(PolicyKind.ALLOW)
            && !config.has(PolicyKind.DENY)
            && mapping.get(PolicyKind.WHEN.name()).isEmpty();
    if (isEmpty) {
      wrong(whole, "an access policy needs `allow`, `deny` or `when`").write("allow: [admin]");
    }
    List<String> denied = config.find(PolicyKind.DENY).orElse(List.of());
    for (String role : config.find(PolicyKind.ALLOW).orElse(List.of())) {
      if (denied.contains(role)) {
        Place place = mapping.get("deny").map(Node::place).orElse(whole);
        wrong(place, "`" + role + "` is allowed and denied");
      }
    }
  }

  private Diagnostics.Finding wrong(Place place, String message) {
    return diagnostics.error(Code.POLICY_VALUE, place, message);
  }

  /** The mapping with what it extends; empty if that cannot be, which is reported. */
  private Optional<Mapping> merged(
      Mapping own, Set<String> seen, java.util.function.Consumer<String> told) {
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
      unknown.accept(name, base.get().place());
      return Optional.empty();
    }
    boolean isCycle = !seen.add(name) || isUnderWay.apply(name);
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
    told.accept(name);
    return merged(inherited, seen, told).flatMap(parent -> join(own, parent));
  }

  private Optional<Mapping> join(Mapping own, Mapping parent) {
    var entries = new LinkedHashMap<String, Entry>();
    parent.entries().stream()
        .filter(entry -> !entry.name().equals("extends"))
        .forEach(entry -> entries.put(entry.name(), entry));
    String before = parent.get("type").map(PolicyReader::plain).orElse("");
    Optional<Node> changed = own.get("type").filter(type -> !plain(type).equals(before));
    if (changed.isPresent()) {
      diagnostics.error(
          Code.POLICY_EXTENDS,
          changed.get().place(),
          "what is extended has the type `" + before + "`, and that stays");
      return Optional.empty();
    }
    // A list of what may stand there is not joined: who writes the key means the whole of it.
    own.entries().forEach(entry -> entries.put(entry.name(), entry));
    return Optional.of(new Mapping(own.place(), List.copyOf(entries.values()), own.isFlow()));
  }

  static String plain(Node node) {
    return node instanceof Scalar scalar ? scalar.text() : "";
  }
}
