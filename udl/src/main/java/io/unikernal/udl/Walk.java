package io.unikernal.udl;

import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.udl.Index.Kind;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Sequence;
import io.unikernal.udl.Shape.AnyOf;
import io.unikernal.udl.Shape.ListOf;
import io.unikernal.udl.Shape.MapOf;
import io.unikernal.udl.Shape.Nested;
import io.unikernal.udl.Shape.Symbols;
import io.unikernal.udl.Shape.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Goes through a file's tree as {@link Grammar} says, right or wrong, and tells what stands where.
 */
final class Walk {
  /** Sections that give names, and what to. */
  private static final Map<String, Kind> SECTIONS =
      Map.of(
          "types", Kind.TYPE,
          "systems", Kind.SYSTEM,
          "policies", Kind.POLICY,
          "pipelines", Kind.PIPELINE,
          "functions", Kind.FUNCTION,
          "templates", Kind.TEMPLATE,
          "operations", Kind.OPERATION,
          "params", Kind.PARAMETER);

  private final Map<String, Adapter> adapters;
  private final Visitor visitor;

  /** Gets everything that the tree holds; what surrounds it is in {@link Around}. */
  interface Visitor {
    /** A mapping whose keys are known; {@code what} as in messages. */
    default void mapping(Mapping mapping, String what, List<Slot> slots) {}

    /** A key of such a mapping. */
    default void key(Entry entry, Optional<Slot> slot) {}

    /** A key that is a name which its author chose. */
    default void declares(Entry entry, Kind kind, Around around) {}

    /** A scalar, or a node that should be one. */
    default void value(Node node, Shape shape, Around around) {}

    /** A key of a mapping that is a value: the name of a field. */
    default void field(Entry entry, Mapping mapping) {}

    default void route(Mapping mapping) {}

    /** Something else where a mapping with known keys should stand. */
    default void bare(Node node, String what, List<Slot> slots) {}
  }

  /** What a place is in; empty where it is in none. */
  record Around(String system, Optional<AdapterSpec> spec, String owner) {
    static final Around NOTHING = new Around("", Optional.empty(), "");

    Around of(String name) {
      return new Around(system, spec, name);
    }
  }

  private Walk(Map<String, Adapter> adapters, Visitor visitor) {
    this.adapters = adapters;
    this.visitor = visitor;
  }

  static void through(Node root, Map<String, Adapter> adapters, Visitor visitor) {
    new Walk(adapters, visitor)
        .visit(root, new Nested(() -> Grammar.DEFINITION), Around.NOTHING, 0);
  }

  private void visit(Node node, Shape shape, Around around, int depth) {
    if (depth > YamlReader.DEPTH_MAX) {
      return;
    }
    switch (shape) {
      case Shape.Scalar _, Symbols _ -> visitor.value(node, shape, around);
      case Written written -> written(node, written, around, depth + 1);
      case ListOf(var element) -> {
        if (node instanceof Sequence sequence) {
          sequence.items().forEach(item -> visit(item, element, around, depth + 1));
        } else {
          visitor.value(node, shape, around);
        }
      }
      case MapOf(var value) -> entries(node, shape, value, around, depth + 1);
      case Nested(var vocabulary) ->
          keys(node, vocabulary.get().what(), Slot.of(vocabulary.get()), around, depth + 1);
      case AnyOf(var shapes) -> {
        if (node instanceof Scalar) {
          visitor.value(node, shape, around);
        } else {
          visit(node, chosen(node, shapes), around, depth + 1);
        }
      }
    }
  }

  /** Of several forms that which the node has; a scalar may be any of those that are scalars. */
  private static Shape chosen(Node node, List<Shape> shapes) {
    return shapes.stream()
        .filter(shape ->
            switch (shape) {
              case ListOf _ -> node instanceof Sequence;
              case Nested _, MapOf _ -> node instanceof Mapping;
              case Written _ -> true;
              case Shape.Scalar _, Symbols _, AnyOf _ -> false;
            })
        .findFirst()
        .orElse(shapes.getFirst());
  }

  /** What a scalar at this shape may be. */
  static List<Shape> scalars(Shape shape) {
    return switch (shape) {
      case AnyOf(var shapes) -> shapes.stream().flatMap(it -> scalars(it).stream()).toList();
      case Shape.Scalar _, Symbols _, Written _ -> List.of(shape);
      case ListOf(var element) -> scalars(element);
      case MapOf _, Nested _ -> List.of(shape);
    };
  }

  /** A mapping from names that the author chose. */
  private void entries(Node node, Shape shape, Shape value, Around around, int depth) {
    if (!(node instanceof Mapping mapping)) {
      visitor.value(node, shape, around);
      return;
    }
    mapping.entries().forEach(entry -> visit(entry.value(), value, around, depth));
  }

  private void keys(Node node, String what, List<Slot> slots, Around around, int depth) {
    if (!(node instanceof Mapping mapping)) {
      visitor.bare(node, what, slots);
      return;
    }
    visitor.mapping(mapping, what, slots);
    if (what.equals(Grammar.ROUTE.what())) {
      visitor.route(mapping);
    }
    for (Entry entry : mapping.entries()) {
      Optional<Slot> slot =
          slots.stream().filter(known -> known.name().equals(entry.name())).findFirst();
      visitor.key(entry, slot);
      boolean isOfTargets = what.equals(Grammar.TARGET.what()) && entry.value() instanceof Mapping;
      if (isOfTargets && entry.value() instanceof Mapping shares) {
        shares.entries().forEach(it -> visitor.value(it.key(), Shape.Scalar.CALLEE, around));
      }
      Kind kind = what.equals(Grammar.DEFAULTS.what()) ? null : SECTIONS.get(entry.name());
      if (slot.isPresent() && kind != null && entry.value() instanceof Mapping names) {
        declarations(names, kind, slot.get().shape(), around, depth);
      } else {
        visit(entry.value(), slot.map(Slot::shape).orElse(Written.ANY), around, depth);
      }
    }
  }

  private void declarations(Mapping names, Kind kind, Shape shape, Around around, int depth) {
    for (Entry entry : names.entries()) {
      visitor.declares(entry, kind, around);
      Around inside = around.of(entry.name());
      if (kind == Kind.OPERATION) {
        operation(entry.value(), around, depth);
      } else if (kind == Kind.SYSTEM) {
        system(entry.value(), entry.name(), depth);
      } else {
        visit(entry.value(), shape instanceof MapOf(var of) ? of : shape, inside, depth);
      }
    }
  }

  private void written(Node node, Written written, Around around, int depth) {
    switch (written) {
      case TYPE -> type(node, around, depth);
      case EXPRESSION -> expression(node, around, depth);
      case POLICY, POLICIES -> policies(node, written, around, depth);
      case SYSTEM -> system(node, "", depth);
      case ANY -> any(node, around, depth);
    }
  }

  /** A type as text, or the fields of a record. */
  private void type(Node node, Around around, int depth) {
    if (!(node instanceof Mapping mapping)) {
      visitor.value(node, Written.TYPE, around);
      return;
    }
    for (Entry entry : mapping.entries()) {
      if (entry.name().equals("extends")) {
        visitor.key(
            entry,
            Optional.of(
                new Slot(
                    "extends",
                    Shape.Scalar.RECORD_TYPE,
                    "records whose fields it has too",
                    "",
                    false,
                    false)));
        visit(entry.value(), Shape.oneOrMany(Shape.Scalar.RECORD_TYPE), around, depth);
      } else {
        visitor.declares(entry, Kind.FIELD, around);
        visit(entry.value(), Written.TYPE, around.of(""), depth);
      }
    }
  }

  private void expression(Node node, Around around, int depth) {
    switch (node) {
      case Scalar scalar -> visitor.value(scalar, Written.EXPRESSION, around);
      case Sequence sequence ->
          sequence.items().forEach(item -> visit(item, Written.EXPRESSION, around, depth));
      case Mapping mapping -> {
        for (Entry entry : mapping.entries()) {
          visitor.field(entry, mapping);
          visit(entry.value(), Written.EXPRESSION, around, depth);
        }
      }
    }
  }

  private void policies(Node node, Written written, Around around, int depth) {
    switch (node) {
      case Scalar scalar -> visitor.value(scalar, written, around);
      case Sequence sequence ->
          sequence.items().forEach(item -> visit(item, Written.POLICIES, around, depth));
      case Mapping mapping -> {
        String kind = text(mapping, "type");
        var slots = new ArrayList<Slot>();
        slots.add(slot("type", new Symbols(PolicyKind.names()), "its kind"));
        slots.add(slot("extends", Written.POLICY, "the policy whose keys it takes over"));
        PolicyKind.find(kind)
            .ifPresent(
                found -> found.options().fields().forEach(it -> slots.add(Slot.of(it, it.name()))));
        slots.add(slot("doc", Shape.Scalar.TEXT, "a text for people"));
        keys(node, "a policy", slots, around, depth);
      }
    }
  }

  private static Slot slot(String name, Shape shape, String doc) {
    return new Slot(name, shape, doc, "", false, false);
  }

  private void system(Node node, String name, int depth) {
    Optional<AdapterSpec> spec =
        node instanceof Mapping mapping
            ? Optional.ofNullable(adapters.get(text(mapping, "type"))).map(Adapter::spec)
            : Optional.empty();
    var slots = new ArrayList<Slot>(Slot.of(Grammar.SYSTEM));
    spec.ifPresent(found -> slots.addAll(1, options(found.system())));
    keys(
        node,
        spec.map(found -> "a system of type " + found.name()).orElse("a system"),
        slots,
        new Around(name, spec, name),
        depth);
  }

  private static List<Slot> options(ConfigSpec spec) {
    var slots = new ArrayList<Slot>();
    for (Field<?> field : spec.fields()) {
      slots.add(Slot.of(field, field.name()));
      for (String alias : List.of("path", "connection")) {
        boolean isSame =
            !alias.equals(field.name())
                && spec.find(alias).isEmpty()
                && OptionReader.field(spec, alias).equals(Optional.of(field));
        if (isSame) {
          slots.add(Slot.of(field, alias));
        }
      }
    }
    return slots;
  }

  private void operation(Node node, Around around, int depth) {
    var slots = new ArrayList<Slot>();
    around
        .spec()
        .ifPresent(
            spec -> spec.operation().fields().forEach(it -> slots.add(Slot.of(it, it.name()))));
    slots.addAll(Slot.of(Grammar.OPERATION));
    String what =
        around
            .spec()
            .map(spec -> "an operation of " + spec.name())
            .orElse(Grammar.OPERATION.what());
    keys(node, what, slots, around, depth);
  }

  /** Of what the grammar says nothing, but it may hold steps. */
  private void any(Node node, Around around, int depth) {
    switch (node) {
      case Scalar scalar -> visitor.value(scalar, Written.ANY, around);
      case Sequence sequence ->
          sequence.items().forEach(item -> visit(item, Written.ANY, around, depth));
      case Mapping mapping -> {
        for (Entry entry : mapping.entries()) {
          Shape shape =
              entry.name().equals("steps")
                  ? new ListOf(new Nested(() -> Grammar.STEP))
                  : Written.ANY;
          visit(entry.value(), shape, around, depth);
        }
      }
    }
  }

  static String text(Mapping mapping, String key) {
    return mapping.get(key).orElse(null) instanceof Scalar scalar ? scalar.text() : "";
  }
}
