package io.unikernal.udl;

import io.unikernal.model.Access;
import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Effect;
import io.unikernal.model.Field;
import io.unikernal.model.Operation;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Plan.PlannedSystem;
import io.unikernal.model.Type;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.IdentityProvider;
import io.unikernal.spi.IdentityProviders;
import io.unikernal.udl.ExpandedText.Items;
import io.unikernal.udl.ExpandedText.Names;
import io.unikernal.udl.ExpandedText.Part;
import io.unikernal.udl.ExpandedText.Text;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.UdlCompiler.Options;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes a definition out: all files in one, what is inherited in place, every default and every
 * variable filled in, and where each value comes from. What may be a secret is stars.
 */
public final class Expander {
  private static final String DEFAULT = "default";

  private final Plan plan;
  private final Definition definition;
  private final Map<String, Adapter> adapters;
  private final Markers markers;
  private final Path folder;

  private Expander(
      Plan plan, Definition definition, Map<String, Adapter> adapters, Options options) {
    this.plan = plan;
    this.definition = definition;
    this.adapters = adapters;
    markers = UdlCompiler.markers(definition, options, new Diagnostics());
    folder = Optional.ofNullable(definition.stateDir().getParent()).orElse(Path.of(""));
  }

  /**
   * What came of it.
   *
   * @param text a definition with comments; empty if there are errors
   * @param json the same as a tree, each value with its origin
   */
  public record Expanded(Compilation compilation, Optional<String> text, Optional<String> json) {}

  public static Expanded expand(Path path, Map<String, Adapter> adapters, Options options)
      throws InterruptedException {
    ToolInput input = ToolInput.of(path, adapters, options);
    Compilation compilation = input.compilation();
    if (compilation.plan().isEmpty() || input.definition().isEmpty()) {
      return new Expanded(compilation, Optional.empty(), Optional.empty());
    }
    Names root =
        new Expander(compilation.plan().get(), input.definition().get(), adapters, options).root();
    return new Expanded(
        compilation, Optional.of(ExpandedText.yaml(root)), Optional.of(ExpandedText.json(root)));
  }

  private Names root() {
    var sections = new LinkedHashMap<String, Part>();
    sections.put("udl", new Text("7", true, ""));
    put(sections, "types", each(definition.types, this::type));
    put(
        sections,
        "functions",
        each(definition.functions, entry -> shaped(entry.value(), nested(Grammar.FUNCTION))));
    put(sections, "defaults", defaults());
    put(sections, "systems", each(definition.systems, this::system));
    put(sections, "identities", each(definition.identities, this::identity));
    put(
        sections,
        "roles",
        each(definition.roles, entry -> shaped(entry.value(), nested(Grammar.ROLE))));
    put(sections, "policies", each(definition.policies, entry -> policies(entry.value())));
    put(sections, "routes", definition.routes, Grammar.ROUTE);
    put(sections, "pipelines", each(definition.pipelines, this::pipeline));
    put(sections, "tests", definition.tests, Grammar.TEST);
    return new Names(sections);
  }

  private static void put(Map<String, Part> sections, String name, Names names) {
    if (!names.parts().isEmpty()) {
      sections.put(name, names);
    }
  }

  private void put(
      Map<String, Part> sections, String name, List<Node> items, Vocabulary vocabulary) {
    if (!items.isEmpty()) {
      sections.put(
          name, new Items(items.stream().map(item -> shaped(item, nested(vocabulary))).toList()));
    }
  }

  /** What holds everywhere, but for the options of systems: each system has them itself. */
  private Names defaults() {
    var parts = new LinkedHashMap<String, Part>();
    for (Vocabulary.Key key : Grammar.DEFAULTS.all()) {
      if (!key.name().equals("systems")) {
        definition
            .defaults
            .find(key.name())
            .ifPresent(entry -> parts.put(key.name(), shaped(entry.value(), key.shape())));
      }
    }
    return new Names(parts);
  }

  private interface Make {
    Part of(Entry entry);
  }

  private static Names each(Map<String, Entry> declared, Make make) {
    var parts = new LinkedHashMap<String, Part>();
    declared.forEach((name, entry) -> parts.put(name, make.of(entry)));
    return new Names(parts);
  }

  private static Shape nested(Vocabulary vocabulary) {
    return new Shape.Nested(() -> vocabulary);
  }

  /** Where it is written, and where the template is used that it is of. */
  private String origin(Node node) {
    Optional<TemplateUse> use = node.place().source().use();
    while (use.flatMap(TemplateUse::outer).isPresent()) {
      use = use.flatMap(TemplateUse::outer);
    }
    return at(node.place()) + use.map(found -> ", used at " + at(found.place())).orElse("");
  }

  private String at(Place place) {
    return OptionText.path(place.source().path().toAbsolutePath().normalize(), folder)
            .replaceFirst("^\\./", "")
        + ":"
        + place.source().lineAt(place.start());
  }

  /** As it is written. */
  private Part raw(Node node) {
    return switch (node) {
      case Scalar scalar -> text(scalar);
      case Sequence sequence -> new Items(sequence.items().stream().map(this::raw).toList());
      case Mapping mapping -> {
        var parts = new LinkedHashMap<String, Part>();
        mapping.entries().forEach(entry -> parts.put(entry.name(), raw(entry.value())));
        yield new Names(parts);
      }
    };
  }

  private Text text(Scalar scalar) {
    boolean isText = scalar.value() instanceof io.unikernal.model.Value.Text;
    return new Text(scalar.text(), !isText, origin(scalar));
  }

  /** As it is written, but for what has a form of its own. */
  private Part shaped(Node node, Shape shape) {
    return switch (shape) {
      case Shape.Nested(var vocabulary) when node instanceof Mapping mapping -> {
        var parts = new LinkedHashMap<String, Part>();
        for (Entry entry : mapping.entries()) {
          Optional<Vocabulary.Key> key = vocabulary.get().find(entry.name());
          parts.put(
              entry.name(),
              key.map(k -> shaped(entry.value(), k.shape())).orElseGet(() -> raw(entry.value())));
        }
        yield new Names(parts);
      }
      case Shape.ListOf(var element) when node instanceof Sequence sequence ->
          new Items(sequence.items().stream().map(item -> shaped(item, element)).toList());
      case Shape.MapOf(var value) when node instanceof Mapping mapping -> {
        var parts = new LinkedHashMap<String, Part>();
        mapping.entries().forEach(e -> parts.put(e.name(), shaped(e.value(), value)));
        yield new Names(parts);
      }
      case Shape.Written written when written == Shape.Written.POLICIES -> policies(node);
      case Shape.AnyOf(var shapes) ->
          shapes.stream()
              .filter(choice -> choice instanceof Shape.Nested && node instanceof Mapping)
              .findFirst()
              .map(choice -> shaped(node, choice))
              .orElseGet(() -> raw(node));
      case Shape.Nested _, Shape.ListOf _, Shape.MapOf _ -> raw(node);
      case Shape.Written _, Shape.Scalar _, Shape.Symbols _ -> raw(node);
    };
  }

  /** A record with the fields that it takes over. */
  private Part type(Entry entry) {
    if (!(entry.value() instanceof Mapping)) {
      return raw(entry.value());
    }
    var fields = new LinkedHashMap<String, Part>();
    fields(entry.value(), fields, new HashSet<>());
    return new Names(fields);
  }

  private void fields(Node node, Map<String, Part> into, Set<Node> seen) {
    if (!(node instanceof Mapping mapping) || !seen.add(node)) {
      return;
    }
    mapping
        .get("extends")
        .ifPresent(bases -> {
          List<Node> all = bases instanceof Sequence list ? list.items() : List.of(bases);
          for (Node base : all) {
            if (base instanceof Scalar name && definition.types.get(name.text()) != null) {
              fields(definition.types.get(name.text()).value(), into, seen);
            }
          }
        });
    for (Entry field : mapping.entries()) {
      if (!field.name().equals("extends")) {
        into.put(field.name(), inner(field.value()));
      }
    }
  }

  private Part inner(Node node) {
    if (!(node instanceof Mapping)) {
      return raw(node);
    }
    var fields = new LinkedHashMap<String, Part>();
    fields(node, fields, new HashSet<>());
    return new Names(fields);
  }

  private Part system(Entry entry) {
    Optional<PlannedSystem> planned =
        plan.systems().stream().filter(s -> s.name().equals(entry.name())).findFirst();
    Optional<AdapterSpec> spec =
        planned.map(PlannedSystem::adapter).map(adapters::get).map(Adapter::spec);
    if (!(entry.value() instanceof Mapping mapping) || planned.isEmpty() || spec.isEmpty()) {
      return raw(entry.value());
    }
    var parts = new LinkedHashMap<String, Part>();
    String type = mapping.get("type").map(this::origin).orElse("");
    parts.put("type", new Text(planned.get().adapter(), false, type));
    Mapping whole =
        definition.defaults.complete(mapping, SystemReader.names(spec.get()), spec.get().system());
    options(whole, spec.get().system(), planned.get().config(), parts);
    own(mapping, Grammar.SYSTEM, Set.of("type", "operations"), parts);
    mapping
        .get("operations")
        .filter(Mapping.class::isInstance)
        .map(Mapping.class::cast)
        .ifPresent(operations -> {
          var each = new LinkedHashMap<String, Part>();
          for (Entry operation : operations.entries()) {
            Operation known = planned.get().operations().get(operation.name());
            each.put(
                operation.name(),
                known == null
                    ? raw(operation.value())
                    : operation(operation, known, spec.get(), planned.get().config()));
          }
          parts.put("operations", new Names(each));
        });
    return new Names(parts);
  }

  private Part identity(Entry entry) {
    Optional<Access.Identity> known =
        plan.access().identities().stream()
            .filter(identity -> identity.name().equals(entry.name()))
            .findFirst();
    Optional<IdentityProvider> provider =
        known.flatMap(it -> Optional.ofNullable(IdentityProviders.installed().get(it.provider())));
    if (!(entry.value() instanceof Mapping mapping) || provider.isEmpty()) {
      return raw(entry.value());
    }
    var parts = new LinkedHashMap<String, Part>();
    mapping.get("type").ifPresent(type -> parts.put("type", raw(type)));
    options(mapping, provider.get().spec().options(), known.orElseThrow().config(), parts);
    own(mapping, Grammar.IDENTITY, Set.of("type"), parts);
    return new Names(parts);
  }

  private Part operation(Entry entry, Operation known, AdapterSpec spec, Config config) {
    var parts = new LinkedHashMap<String, Part>();
    Mapping mapping =
        entry.value() instanceof Mapping written
            ? written
            : new Mapping(entry.key().place(), List.of(), true);
    options(mapping, spec.operation(), known.options(), parts);
    drop(spec, known, config, parts);
    own(mapping, Grammar.OPERATION, Set.of(), parts);
    boolean isKnown = known.effect().kind() != Effect.Kind.UNKNOWN;
    if (isKnown && !parts.containsKey("effect")) {
      parts.put("effect", new Text(known.effect().toString(), false, "by the adapter"));
    }
    return new Names(parts);
  }

  /** A default that would make another operation of it, were it written, is none of it. */
  private static void drop(
      AdapterSpec spec, Operation known, Config system, Map<String, Part> parts) {
    var plain = spec.rule().apply(known.name(), known.options(), system);
    for (Field<?> field : spec.operation().fields()) {
      if (known.options().has(field) || field.fallback().isEmpty()) {
        continue;
      }
      var values = new LinkedHashMap<Field<?>, Object>(known.options().values());
      values.put(field, field.fallback().get());
      var written = spec.rule().apply(known.name(), new Config(values), system);
      if (!Content.hash(written).equals(Content.hash(plain))) {
        parts.remove(field.name());
      }
    }
  }

  /** The keys that the language reads itself. */
  private void own(
      Mapping mapping, Vocabulary vocabulary, Set<String> but, Map<String, Part> into) {
    for (Vocabulary.Key key : vocabulary.all()) {
      if (!but.contains(key.name())) {
        mapping
            .get(key.name())
            .ifPresent(node -> into.putIfAbsent(key.name(), shaped(node, key.shape())));
      }
    }
  }

  /** Every option: as it is written, else its default. */
  private void options(Mapping mapping, ConfigSpec spec, Config config, Map<String, Part> into) {
    for (Field<?> field : spec.fields()) {
      Optional<Node> written =
          mapping.entries().stream()
              .filter(entry -> OptionReader.field(spec, entry.name()).equals(Optional.of(field)))
              .map(Entry::value)
              .findFirst();
      if (written.isPresent()) {
        into.put(field.name(), option(field, written.get(), config));
      } else {
        field.fallback().ifPresent(value -> into.put(field.name(), fallback(field, value)));
      }
    }
  }

  private Part fallback(Field<?> field, Object value) {
    if (value instanceof List<?> list) {
      return new Items(
          list.stream()
              .<Part>map(i -> new Text(OptionText.text(i, folder), false, DEFAULT))
              .toList());
    }
    if (value instanceof Map<?, ?> map) {
      var parts = new LinkedHashMap<String, Part>();
      map.forEach((name, one) ->
          parts.put(String.valueOf(name), new Text(OptionText.text(one, folder), false, DEFAULT)));
      return new Names(parts);
    }
    String text = OptionText.text(value, folder);
    boolean isRaw = value instanceof Integer || value instanceof Boolean;
    return new Text(field.isSecret() ? OptionText.MASK : text, isRaw, DEFAULT);
  }

  private Part option(Field<?> field, Node node, Config config) {
    return switch (field.kind()) {
      case TYPE, TYPE_OR_SYMBOL, TYPES -> raw(node);
      case TEXT_MAP, TEXTS, SYMBOLS, OPTIONS, OPTIONS_LIST -> filled(field, field.name(), node);
      case EXPRESSION, CONDITION -> raw(node);
      case PATH ->
          node instanceof Scalar scalar && config.values().get(field) instanceof Path path
              ? new Text(OptionText.path(path, folder), false, from(scalar))
              : raw(node);
      case TEXT, INT, BOOL, DURATION, SIZE, SYMBOL, SHARE -> filled(field, field.name(), node);
    };
  }

  private Part filled(Field<?> field, String name, Node node) {
    return switch (node) {
      case Sequence items ->
          new Items(items.items().stream().map(item -> filled(field, name, item)).toList());
      case Mapping mapping -> {
        var parts = new LinkedHashMap<String, Part>();
        mapping.entries().forEach(e -> parts.put(e.name(), filled(field, e.name(), e.value())));
        yield new Names(parts);
      }
      case Scalar scalar -> {
        Optional<Markers.Filled> filled = markers.fill(scalar);
        String text = filled.map(Markers.Filled::text).orElse(scalar.text());
        List<String> variables = filled.map(Markers.Filled::variables).orElse(List.of());
        boolean isHidden =
            OptionText.isHidden(field.isSecret(), name, text)
                || variables.stream()
                    .anyMatch(v -> v.startsWith("secret.") || OptionText.isHidden(false, v, ""));
        boolean isNumber =
            field.kind() == Field.Kind.INT
                || field.kind() == Field.Kind.BOOL
                || !(scalar.value() instanceof io.unikernal.model.Value.Text);
        // What is a marker in the text itself must not become one.
        String shown = isHidden ? OptionText.MASK : text.replace("${", "$${");
        yield new Text(shown, isNumber && !isHidden, from(scalar));
      }
    };
  }

  /** Where an option's value comes from. */
  private String from(Scalar scalar) {
    if (!scalar.text().contains("${")) {
      return origin(scalar);
    }
    List<String> variables = markers.fill(scalar).map(Markers.Filled::variables).orElse(List.of());
    String names =
        String.join(
            ", ",
            variables.stream()
                .map(name ->
                    name.startsWith("secret.") ? "secret " + name.substring(7) : "env " + name)
                .toList());
    return (names.isEmpty() ? "the marker's default" : names) + ", " + origin(scalar);
  }

  /** A name stays a name; a policy in place gets what it extends and its defaults. */
  private Part policies(Node node) {
    return switch (node) {
      case Scalar scalar -> text(scalar);
      case Sequence list -> new Items(list.items().stream().map(this::policies).toList());
      case Mapping mapping -> {
        var entries = new LinkedHashMap<String, Node>();
        inherit(mapping, entries, new HashSet<>());
        Optional<Node> type = Optional.ofNullable(entries.get("type"));
        ConfigSpec spec =
            type.map(kind -> kind instanceof Scalar scalar ? scalar.text() : "")
                .flatMap(PolicyKind::find)
                .map(PolicyKind::options)
                .orElse(ConfigSpec.NONE);
        var parts = new LinkedHashMap<String, Part>();
        type.ifPresent(kind -> parts.put("type", raw(kind)));
        for (Field<?> field : spec.fields()) {
          Node written = entries.get(field.name());
          if (written != null) {
            parts.put(
                field.name(),
                field.isExpression() ? raw(written) : filled(field, field.name(), written));
          } else {
            field.fallback().ifPresent(v -> parts.put(field.name(), fallback(field, v)));
          }
        }
        entries.forEach((name, value) -> {
          if (!name.equals("extends")) {
            parts.putIfAbsent(name, raw(value));
          }
        });
        yield new Names(parts);
      }
    };
  }

  private void inherit(Mapping own, Map<String, Node> into, Set<Node> seen) {
    if (!seen.add(own)) {
      return;
    }
    own.get("extends")
        .filter(Scalar.class::isInstance)
        .map(base -> definition.policies.get(((Scalar) base).text()))
        .filter(base -> base.value() instanceof Mapping)
        .ifPresent(base -> inherit((Mapping) base.value(), into, seen));
    own.entries().forEach(entry -> into.put(entry.name(), entry.value()));
  }

  private Part pipeline(Entry entry) {
    Part written = shaped(entry.value(), nested(Grammar.PIPELINE));
    Pipeline known = plan.pipelines().get(entry.name());
    if (!(written instanceof Names(var parts)) || known == null || parts.containsKey("input")) {
      return written;
    }
    var all = new LinkedHashMap<String, Part>();
    inferred(known.input()).ifPresent(type -> all.put("input", type));
    all.putAll(parts);
    return new Names(all);
  }

  /** A type that was found out, if the definition has words for it. */
  private Optional<Part> inferred(Type type) {
    boolean isSayable =
        Content.named(type).stream()
            .allMatch(named ->
                named instanceof Type.Record record && definition.types.containsKey(record.name()));
    boolean isInPlace = type.toString().contains("{");
    return isSayable && !isInPlace
        ? Optional.of(new Text(type.toString(), false, "found out"))
        : Optional.empty();
  }
}
