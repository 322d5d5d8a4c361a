package io.unikernal.udl;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Effect;
import io.unikernal.model.Field;
import io.unikernal.model.Label;
import io.unikernal.model.Type;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.OperationRule;
import io.unikernal.spi.OperationRule.Result.Shaped;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.SystemTable.Declared;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/** Makes {@link Declared} systems of what is written under {@code systems:}. */
final class SystemReader {
  private static final Set<String> OPERATION_LATER =
      Set.of("cache", "compensate", "validate", "emits", "json", "batch");
  private static final Set<String> SYSTEM_LATER =
      Set.of("validate", "health", "pool", "failover", "use");

  private final Map<String, Adapter> adapters;
  private final OptionReader options;
  private final PolicyTable policies;
  private final Defaults defaults;
  private final Diagnostics diagnostics;

  /** What an operation's declaration says, before it is compared with a description. */
  record Written(
      Entry entry,
      Config options,
      Optional<Shaped> shaped,
      Optional<Effect> effect,
      List<PolicyReader.Written> policies) {
    /** Whether the declaration says more than {@code effect}, {@code policy} and {@code doc}. */
    Type input() {
      return shaped.map(Shaped::input).orElse(Type.Simple.ANY);
    }

    Type output() {
      return shaped.map(Shaped::output).orElse(Type.Simple.ANY);
    }
  }

  SystemReader(
      Map<String, Adapter> adapters,
      OptionReader options,
      PolicyTable policies,
      Defaults defaults,
      Diagnostics diagnostics) {
    this.adapters = adapters;
    this.options = options;
    this.policies = policies;
    this.defaults = defaults;
    this.diagnostics = diagnostics;
  }

  /** The system, and its operations as they are written. */
  record Read(Declared system, SequencedMap<String, Written> operations, Trail trail) {}

  Read read(Entry entry) {
    var trail = new Trail();
    return diagnostics.session().follow(trail, diagnostics, () -> read(entry, trail));
  }

  private Read read(Entry entry, Trail trail) {
    var system = new Declared(entry);
    var operations = new LinkedHashMap<String, Written>();
    Optional<Mapping> mapping =
        Vocabulary.mapping(entry.value(), "system `" + entry.name() + "`", diagnostics);
    Optional<Adapter> adapter = mapping.flatMap(found -> adapter(found, system));
    if (mapping.isEmpty() || adapter.isEmpty()) {
      system.isBroken = true;
      return new Read(system, operations, trail);
    }
    system.adapter = adapter;
    AdapterSpec spec = adapter.get().spec();
    int before = diagnostics.errors();
    checkKeys(mapping.get(), spec);
    boolean isUnclear = diagnostics.errors() > before;
    Mapping whole = defaults.complete(mapping.get(), names(spec), spec.system());
    Optional<Config> config =
        options.read(whole, spec.system(), system.place(), "system `" + entry.name() + "`");
    // What a misspelt option was to say may be what an operation needs.
    system.isBroken = config.isEmpty() || isUnclear;
    system.config = config.orElse(Config.EMPTY);
    mapping.get().get("clearance").ifPresent(node -> clearance(node, system));
    mapping.get().get("policy").ifPresent(node -> system.written = policies.read(node));
    new ClearText(diagnostics).check(entry.name(), mapping.get(), spec.system());
    mapping
        .get()
        .get("operations")
        .filter(node -> !node.isNull())
        .flatMap(node -> Vocabulary.mapping(node, "`operations`", diagnostics))
        .ifPresent(found -> {
          for (Entry operation : found.entries()) {
            operation(operation, system, spec).ifPresent(o -> operations.put(operation.name(), o));
          }
        });
    return new Read(system, operations, trail);
  }

  private Optional<Adapter> adapter(Mapping mapping, Declared system) {
    Optional<Node> type = mapping.get("type");
    if (type.isEmpty()) {
      if (Vocabulary.isMisspelt(mapping, "type", Grammar.SYSTEM.keys())) {
        Grammar.SYSTEM.checkMisspelt(mapping, "type", diagnostics);
        return Optional.empty();
      }
      diagnostics
          .error(Code.MISSING_KEY, system.place(), "system `" + system.name() + "` needs `type`")
          .write("type: http");
      return Optional.empty();
    }
    Optional<Scalar> name = Vocabulary.text(type.get(), "`type`", diagnostics);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    String text = name.get().text();
    Optional<Adapter> found = Optional.ofNullable(adapters.get(text)).or(() -> byAlias(text));
    if (found.isEmpty()) {
      unknownType(name.get());
    }
    return found;
  }

  /** Those under which an adapter is known, its own first. */
  static List<String> names(AdapterSpec spec) {
    var names = new ArrayList<>(List.of(spec.name()));
    names.addAll(spec.aliases());
    return names;
  }

  /** Options that are written for all systems of a type, whether there are any or not. */
  void checkDefaults() {
    for (Entry entry : defaults.systems()) {
      Optional<Adapter> adapter =
          Optional.ofNullable(adapters.get(entry.name())).or(() -> byAlias(entry.name()));
      if (adapter.isEmpty()) {
        unknownType(entry.key());
        continue;
      }
      AdapterSpec spec = adapter.get().spec();
      Vocabulary.mapping(entry.value(), "`" + entry.name() + "`", diagnostics)
          .ifPresent(mapping -> {
            Vocabulary.of("the defaults of " + spec.name(), optionKeys(spec), List.of())
                .check(mapping, diagnostics);
            List<Field<?>> free =
                spec.system().fields().stream().<Field<?>>map(Field::optional).toList();
            options.read(mapping, new ConfigSpec(free), entry.key().place(), entry.name());
            new ClearText(diagnostics).check(entry.name(), mapping, spec.system());
          });
    }
  }

  private void unknownType(Scalar name) {
    var known = new TreeSet<>(adapters.keySet());
    Suggestions.offer(
        diagnostics.error(
            Code.UNKNOWN_SYSTEM_TYPE,
            name.place(),
            "there is no kind of system `" + name.text() + "`"),
        name.place(),
        Foreign.system(name.text(), known).orElse(name.text()),
        known);
  }

  private Optional<Adapter> byAlias(String name) {
    return adapters.values().stream()
        .filter(adapter ->
            adapter.spec().name().equals(name) || adapter.spec().aliases().contains(name))
        .findFirst();
  }

  private void checkKeys(Mapping mapping, AdapterSpec spec) {
    var keys = new ArrayList<>(Grammar.SYSTEM.keys());
    keys.addAll(1, optionKeys(spec));
    Vocabulary.of("a system of type " + spec.name(), keys, SYSTEM_LATER)
        .check(mapping, diagnostics);
  }

  private static List<String> optionKeys(AdapterSpec spec) {
    var keys = new ArrayList<>(spec.system().names());
    for (String alias : List.of("path", "connection")) {
      if (!keys.contains(alias) && OptionReader.field(spec.system(), alias).isPresent()) {
        keys.add(alias);
      }
    }
    return keys;
  }

  private void clearance(Node node, Declared system) {
    List<Node> items = node instanceof Sequence sequence ? sequence.items() : List.of(node);
    for (Node item : items) {
      Vocabulary.text(item, "a label", diagnostics)
          .ifPresent(scalar ->
              Arrays.stream(Label.values())
                  .filter(label -> label.toString().equals(scalar.text()))
                  .findFirst()
                  .ifPresentOrElse(system.clearance::add, () -> unknownLabel(scalar)));
    }
  }

  private void unknownLabel(Scalar scalar) {
    List<String> known = Arrays.stream(Label.values()).map(Label::toString).toList();
    Suggestions.offer(
        diagnostics.error(
            Code.UNKNOWN_LABEL, scalar.place(), "there is no label `" + scalar.text() + "`"),
        scalar.place(),
        scalar.text(),
        known);
  }

  /** Empty if it is wrong, which is reported. */
  private Optional<Written> operation(Entry entry, Declared system, AdapterSpec spec) {
    int before = diagnostics.errors();
    Names.check(entry.key(), "an operation", diagnostics);
    Node value =
        entry.value().isNull() ? new Mapping(entry.key().place(), List.of(), true) : entry.value();
    Optional<Mapping> mapping =
        Vocabulary.mapping(value, "operation `" + entry.name() + "`", diagnostics);
    mapping.ifPresent(found -> {
      checkKeys(found, system, spec);
      new ClearText(diagnostics).check(system.name() + "_" + entry.name(), found, spec.operation());
    });
    Optional<Config> config =
        mapping.flatMap(found ->
            options.read(
                found,
                spec.operation(),
                entry.key().place(),
                "operation `" + system.name() + "." + entry.name() + "`"));
    Optional<Effect> effect =
        mapping.flatMap(m -> m.get("effect")).flatMap(node -> Effects.read(node, diagnostics));
    List<PolicyReader.Written> guards =
        mapping.flatMap(m -> m.get("policy")).map(policies::read).orElse(List.of());
    if (diagnostics.errors() > before || config.isEmpty() || system.isBroken) {
      system.broken.add(entry.name());
      return Optional.empty();
    }
    String doc =
        mapping
            .flatMap(m -> m.get("doc"))
            .map(node -> node instanceof Scalar scalar ? scalar.text() : "")
            .orElse("");
    return shape(entry, mapping.get(), system, spec, config.get())
        .map(shaped ->
            new Written(
                entry,
                config.get(),
                Optional.of(doc.isEmpty() ? shaped : withDoc(shaped, doc)),
                effect,
                guards));
  }

  static Shaped withDoc(Shaped shaped, String doc) {
    return new Shaped(
        shaped.direction(),
        shaped.input(),
        shaped.output(),
        shaped.effect(),
        shaped.capabilities(),
        doc);
  }

  private void checkKeys(Mapping mapping, Declared system, AdapterSpec spec) {
    var keys = new ArrayList<>(spec.operation().names());
    keys.addAll(Grammar.OPERATION.keys());
    var later = new TreeSet<>(OPERATION_LATER);
    keys.forEach(later::remove);
    Vocabulary.of("an operation of " + system.type(), keys, later).check(mapping, diagnostics);
  }

  private Optional<Shaped> shape(
      Entry entry, Mapping mapping, Declared system, AdapterSpec spec, Config config) {
    return switch (spec.rule().apply(entry.name(), config, system.config)) {
      case Shaped shaped -> {
        mapping
            .get("effect")
            .ifPresent(node ->
                Effects.read(node, new Diagnostics())
                    .ifPresent(
                        effect -> Effects.checkKey(effect, shaped.input(), node, diagnostics)));
        yield Optional.of(shaped);
      }
      case OperationRule.Result.Refused refused -> {
        system.broken.add(entry.name());
        for (OperationRule.Problem problem : refused.problems()) {
          boolean isOfSystem = problem.field().isEmpty();
          if (isOfSystem && !diagnostics.first(system.name() + " " + problem.message())) {
            continue;
          }
          Place place = mapping.get(problem.field()).map(Node::place).orElse(entry.key().place());
          diagnostics.error(Code.OPERATION_REFUSED, place, problem.message()).hint(problem.hint());
        }
        yield Optional.empty();
      }
    };
  }

  /** The option that an example of an operation would begin with. */
  static String example(ConfigSpec operation) {
    return operation.fields().stream().findFirst().map(field -> field.name() + ": …").orElse("");
  }
}
