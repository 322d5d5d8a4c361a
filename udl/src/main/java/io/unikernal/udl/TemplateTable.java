package io.unikernal.udl;

import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Puts templates in the place of their uses, on the tree: afterwards a definition holds nothing but
 * what could have been written by hand.
 */
final class TemplateTable {
  static final int DEPTH_MAX = 16;
  static final int USES_MAX = 10_000;

  /** Where steps stand only deeper, or not at all: a mapping with `use` is a value there. */
  private static final Set<String> VALUES = values();

  private final Definition definition;
  private final Diagnostics diagnostics;
  private final Map<String, TemplateDeclaration> templates = new LinkedHashMap<>();
  private final Set<String> wanted = new HashSet<>();
  private final Set<String> underWay = new LinkedHashSet<>();
  private final List<Runnable> afterwards = new ArrayList<>();
  private final NodeSizes sizes = new NodeSizes();
  private int uses;

  private TemplateTable(Definition definition, Diagnostics diagnostics) {
    this.definition = definition;
    this.diagnostics = diagnostics;
  }

  private static Set<String> values() {
    var names = new HashSet<String>();
    for (Vocabulary vocabulary : List.of(Grammar.STEP, Grammar.PIPELINE, Grammar.ROUTE)) {
      for (Vocabulary.Key key : vocabulary.all()) {
        boolean isValue =
            key.shape() == Shape.Written.EXPRESSION || key.shape() == Shape.Written.TYPE;
        if (isValue) {
          names.add(key.name());
        }
      }
    }
    return Set.copyOf(names);
  }

  /** Makes ordinary declarations of all uses. */
  static void expand(Definition definition, Diagnostics diagnostics) {
    new TemplateTable(definition, diagnostics).expand();
  }

  private void expand() {
    if (!definition.templates.isEmpty()) {
      TypeTable types = TypeTable.of(definition, new Diagnostics()).reporting(diagnostics);
      definition.templates.forEach((name, entry) ->
          TemplateDeclaration.read(entry, types, diagnostics)
              .ifPresent(found -> templates.put(name, found)));
    }
    List.copyOf(definition.uses).forEach(use -> use(use));
    definition.pipelines.replaceAll((_, entry) -> new Entry(entry.key(), steps(entry.value())));
    definition.routes.replaceAll(route -> steps(route));
    afterwards.forEach(Runnable::run);
    unused();
  }

  private void use(Node node) {
    Optional<Mapping> mapping = Grammar.USE.read(node, diagnostics);
    if (mapping.isEmpty()) {
      return;
    }
    Optional<Node> name = mapping.get().get("template");
    if (name.isEmpty()) {
      diagnostics
          .error(Code.MISSING_KEY, mapping.get().place(), "a use needs `template`")
          .write("template: " + definition.templates.keySet().stream().findFirst().orElse("…"));
      return;
    }
    Vocabulary.text(name.get(), "`template`", diagnostics)
        .flatMap(this::find)
        .ifPresent(template -> define(template, mapping.get(), name.get()));
  }

  private void define(TemplateDeclaration template, Mapping use, Node name) {
    if (template.sections().isEmpty()) {
      if (template.steps().isPresent()) {
        diagnostics
            .error(
                Code.TEMPLATE_KIND,
                name.place(),
                "template `" + template.name() + "` has steps: it is used among steps")
            .write("steps:\n  - { use: " + template.name() + ", with: { … } }");
      }
      return;
    }
    enter(template, use, name.place())
        .ifPresent(filling -> {
          var sections = new ArrayList<Entry>();
          for (Entry section : template.sections()) {
            fill(filling, section.value(), section.name(), name.place())
                .ifPresent(value -> sections.add(new Entry(section.key(), value)));
          }
          var root = new Mapping(template.body().place(), sections, false);
          int before = definition.uses.size();
          definition.add(root, diagnostics);
          List<Node> inner = definition.uses.subList(before, definition.uses.size());
          List.copyOf(inner).forEach(this::use);
          leave(template);
        });
  }

  /** The filling for a use whose arguments are good; the caller leaves the template again. */
  private Optional<TemplateFilling> enter(TemplateDeclaration template, Mapping use, Place place) {
    if (underWay.contains(template.name())) {
      if (diagnostics.first("template circle " + String.join(" ", underWay))) {
        var way = new ArrayList<>(underWay);
        String circle = String.join(" -> ", way.subList(way.indexOf(template.name()), way.size()));
        diagnostics
            .error(Code.TEMPLATE_CYCLE, place, "template `" + template.name() + "` uses itself")
            .label(circle + " -> " + template.name());
      }
      return Optional.empty();
    }
    if (underWay.size() >= DEPTH_MAX) {
      limit(place, "templates use each other deeper than " + DEPTH_MAX + " levels");
      return Optional.empty();
    }
    if (++uses > USES_MAX) {
      limit(place, "more than " + USES_MAX + " uses of templates");
      return Optional.empty();
    }
    Optional<TemplateArguments> arguments =
        TemplateArguments.read(template, use.get("with"), place, diagnostics);
    arguments.ifPresent(found -> afterwards.add(() -> checkNames(template, found)));
    return arguments.map(found -> {
      underWay.add(template.name());
      Optional<TemplateUse> outer = use.place().source().use();
      var one = new TemplateUse(template.name(), place, found.texts(), outer);
      return new TemplateFilling(found, one, sizes, diagnostics);
    });
  }

  private void leave(TemplateDeclaration template) {
    underWay.remove(template.name());
  }

  private Optional<Node> fill(TemplateFilling filling, Node node, String key, Place place) {
    if (sizes.isFull()) {
      return Optional.empty();
    }
    Optional<Node> filled = filling.fill(node, key);
    if (sizes.isFull()) {
      limit(place, "templates make more than " + NodeSizes.NODES_MAX + " values");
      return Optional.empty();
    }
    if (filled.isPresent() && isDeeper(filled.get(), YamlReader.DEPTH_MAX)) {
      limit(place, "with its arguments this is nested deeper than " + YamlReader.DEPTH_MAX);
      return Optional.empty();
    }
    return filled;
  }

  private static boolean isDeeper(Node node, int most) {
    return most <= 0
        || switch (node) {
          case Scalar _ -> false;
          case Sequence sequence ->
              sequence.items().stream().anyMatch(item -> isDeeper(item, most - 1));
          case Mapping mapping ->
              mapping.entries().stream().anyMatch(found -> isDeeper(found.value(), most - 1));
        };
  }

  private void limit(Place place, String what) {
    if (diagnostics.first("template limit")) {
      diagnostics.error(Code.TEMPLATE_LIMIT, place, what);
    }
  }

  /** The node with the steps of templates in the place of each {@code use} among steps. */
  private Node steps(Node node) {
    return switch (node) {
      case Scalar scalar -> scalar;
      case Sequence sequence -> {
        var items = new ArrayList<Node>();
        for (Node item : sequence.items()) {
          if (item instanceof Mapping step && step.find("use").isPresent()) {
            items.addAll(stepsOf(step));
          } else {
            items.add(steps(item));
          }
        }
        yield items.equals(sequence.items())
            ? sequence
            : new Sequence(sequence.place(), items, sequence.isFlow());
      }
      case Mapping mapping -> {
        var entries = new ArrayList<Entry>();
        for (Entry entry : mapping.entries()) {
          entries.add(
              VALUES.contains(entry.name()) ? entry : new Entry(entry.key(), steps(entry.value())));
        }
        yield entries.equals(mapping.entries())
            ? mapping
            : new Mapping(mapping.place(), entries, mapping.isFlow());
      }
    };
  }

  private List<Node> stepsOf(Mapping step) {
    for (Entry entry : step.entries()) {
      if (!entry.name().equals("use") && !entry.name().equals("with")) {
        diagnostics
            .error(
                Code.TEMPLATE_KIND,
                entry.key().place(),
                "`" + entry.name() + "` does not belong to `use`: it stands for several steps")
            .label("a `use` among steps has `with` only");
      }
    }
    Node name = step.get("use").orElseThrow();
    Optional<TemplateDeclaration> template =
        Vocabulary.text(name, "`use`", diagnostics).flatMap(this::find);
    if (template.isEmpty()) {
      return List.of();
    }
    if (template.get().steps().isEmpty()) {
      if (!template.get().sections().isEmpty()) {
        diagnostics
            .error(
                Code.TEMPLATE_KIND,
                name.place(),
                "template `" + template.get().name() + "` has no steps")
            .write("use:\n  - { template: " + template.get().name() + ", with: { … } }");
      }
      return List.of();
    }
    var made = new ArrayList<Node>();
    enter(template.get(), step, name.place())
        .ifPresent(filling -> {
          Node written = template.get().steps().get();
          Optional<Node> filled = fill(filling, written, "steps", name.place());
          filled
              .map(this::steps)
              .ifPresent(found -> made.addAll(Vocabulary.list(found, "`steps`", diagnostics)));
          leave(template.get());
        });
    return made;
  }

  private Optional<TemplateDeclaration> find(Scalar name) {
    String text = name.text();
    wanted.add(text);
    if (definition.templates.containsKey(text)) {
      return Optional.ofNullable(templates.get(text));
    }
    if (diagnostics.first("template " + text)) {
      var known = definition.templates.keySet();
      var finding =
          diagnostics
              .error(Code.UNKNOWN_TEMPLATE, name.place(), "there is no template `" + text + "`")
              .label(
                  known.isEmpty()
                      ? "declare it under `templates:`"
                      : Suggestions.label(text, known));
      Suggestions.closest(text, known)
          .ifPresent(better -> {
            finding.edit(name.place(), better);
            wanted.add(better);
          });
    }
    return Optional.empty();
  }

  /** Arguments that name something, when all that there is has been declared. */
  private void checkNames(TemplateDeclaration template, TemplateArguments arguments) {
    template
        .parameters()
        .values()
        .forEach(parameter -> {
          if (!(arguments.find(parameter.name()).orElse(null) instanceof Scalar scalar)) {
            return;
          }
          String text = scalar.text();
          switch (parameter.kind()) {
            case SYSTEM -> system(scalar, text);
            case OPERATION -> system(scalar, text.substring(0, text.indexOf('.')));
            case PIPELINE -> {
              boolean isMissing = !definition.pipelines.containsKey(text);
              if (isMissing && diagnostics.first("target " + text)) {
                misses(scalar, "pipeline", text, definition.pipelines.keySet());
              }
            }
            case VALUE, NAME, TYPE, POLICY, STEPS, EXPRESSION -> {}
          }
        });
  }

  private void system(Scalar scalar, String name) {
    if (!definition.systems.containsKey(name) && diagnostics.first("system " + name)) {
      misses(scalar, "system", name, definition.systems.keySet());
    }
  }

  private void misses(Scalar scalar, String what, String name, Set<String> known) {
    Suggestions.offer(
        diagnostics.error(
            Code.TEMPLATE_MISFIT, scalar.place(), "there is no " + what + " `" + name + "`"),
        scalar.place(),
        name,
        known);
  }

  /** Templates may be used by templates that nobody uses; those are not told of each. */
  private void unused() {
    var nested = new HashSet<String>();
    templates.values().forEach(template -> mentioned(template.body(), nested));
    templates.forEach((name, template) -> {
      if (wanted.contains(name) || !Names.isGood(name)) {
        return;
      }
      if (!nested.contains(name)) {
        diagnostics.warning(
            Code.UNUSED_TEMPLATE, template.key().place(), "nothing uses template `" + name + "`");
      }
      for (Entry entry : template.body().entries()) {
        Grammar.TEMPLATE
            .find(entry.name())
            .filter(key -> !key.name().equals("params"))
            .ifPresent(key -> new ShapeCheck(diagnostics).check(entry.value(), key.shape()));
      }
    });
  }

  private static void mentioned(Node node, Set<String> names) {
    switch (node) {
      case Scalar _ -> {}
      case Sequence sequence -> sequence.items().forEach(item -> mentioned(item, names));
      case Mapping mapping -> {
        for (Entry entry : mapping.entries()) {
          boolean isName = entry.name().equals("template") || entry.name().equals("use");
          if (isName && entry.value() instanceof Scalar scalar) {
            names.add(scalar.text());
          }
          mentioned(entry.value(), names);
        }
      }
    }
  }
}
