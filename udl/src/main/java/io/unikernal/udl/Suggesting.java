package io.unikernal.udl;

import io.unikernal.expr.Scope;
import io.unikernal.model.Label;
import io.unikernal.model.Operation;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Type;
import io.unikernal.udl.Index.Kind;
import io.unikernal.udl.Index.Location;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Walk.Around;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what may be written where the cursor stands: a mark is put there, and a sketch of the text
 * tells in what it is.
 */
final class Suggesting {
  /** A character that nobody writes. */
  private static final char CURSOR = '\uE000';

  /** One more than an editor is shown: then it knows that there are more. */
  private static final int FOUND_MAX = 500;

  /** Of these a step has one. */
  private static final Set<String> STEP_KINDS =
      Set.of(
          "system",
          "set",
          "parallel",
          "for_each",
          "choose",
          "route",
          "try",
          "wait",
          "reply",
          "filter",
          "validate",
          "batch",
          "window",
          "use");

  private static final Set<String> TARGET_KINDS = Set.of("choose", "all", "first", "fallback");
  private static final List<String> BUILT_IN =
      List.of(
          "string",
          "int",
          "uint",
          "double",
          "decimal",
          "bool",
          "bytes",
          "timestamp",
          "date",
          "time",
          "duration",
          "uuid",
          "any",
          "null");

  private final Index index;
  private final List<Suggestion> found = new ArrayList<>();
  private Path file = Path.of("");
  private int cursor;
  private String text = "";

  Suggesting(Index index) {
    this.index = index;
  }

  List<Suggestion> at(Path where, String current, int offset) {
    file = where;
    cursor = offset;
    text = current;
    String marked = current.substring(0, offset) + CURSOR + current.substring(offset);
    Node root = Sketch.read(new Source("", where, marked));
    if (root instanceof Scalar scalar) {
      keys(scalar, List.of(), Slot.of(Grammar.DEFINITION));
    }
    Walk.through(root, index.adapters(), new Catcher());
    return List.copyOf(found);
  }

  private final class Catcher implements Walk.Visitor {
    @Override
    public void mapping(Mapping mapping, String what, List<Slot> slots) {
      for (Entry entry : mapping.entries()) {
        if (isHere(entry.key())) {
          var others =
              mapping.entries().stream().filter(it -> it != entry).map(Entry::name).toList();
          keys(entry.key(), others, allowed(what, others, slots));
        }
      }
    }

    @Override
    public void bare(Node node, String what, List<Slot> slots) {
      if (node instanceof Scalar scalar && isHere(scalar)) {
        keys(scalar, List.of(), slots);
      }
    }

    @Override
    public void value(Node node, Shape shape, Around around) {
      if (node instanceof Scalar scalar && isHere(scalar)) {
        Walk.scalars(shape).forEach(it -> Suggesting.this.value(scalar, it, around));
      }
    }

    @Override
    public void field(Entry entry, Mapping mapping) {
      if (isHere(entry.key())) {
        fields(entry.key(), mapping);
      }
    }
  }

  private static boolean isHere(Scalar scalar) {
    return scalar.text().indexOf(CURSOR) >= 0;
  }

  /** The keys that go with those that are there. */
  private static List<Slot> allowed(String what, List<String> present, List<Slot> slots) {
    Set<String> kinds =
        what.equals(Grammar.STEP.what())
            ? STEP_KINDS
            : what.equals(Grammar.TARGET.what()) ? TARGET_KINDS : Set.of();
    boolean hasKind = present.stream().anyMatch(kinds::contains);
    return slots.stream()
        .filter(slot -> !hasKind || !kinds.contains(slot.name()))
        .filter(slot -> !slot.name().equals("as") || present.contains("set") || !hasKind)
        .filter(slot -> !slot.name().equals("with") || !present.contains("set"))
        .toList();
  }

  private void keys(Scalar scalar, List<String> present, List<Slot> slots) {
    boolean hasColon = text.substring(cursor).stripLeading().startsWith(":");
    int order = 0;
    for (Slot slot : slots) {
      if (slot.isLater() || present.contains(slot.name())) {
        continue;
      }
      String insert = hasColon ? slot.name() : slot.name() + written(scalar, slot.shape());
      found.add(
          new Suggestion(
              slot.name(),
              Suggestion.Kind.KEY,
              insert,
              insert.contains("$"),
              replaced(scalar),
              slot.detail(),
              slot.doc(),
              (slot.isRequired() ? 0 : 100) + order++));
    }
  }

  /** What follows a key: a place for its value, in the line or below. */
  private String written(Scalar scalar, Shape shape) {
    String indent = " ".repeat(column(scalar) + 2);
    boolean isFlow = isInFlow(scalar);
    if (isFlow) {
      return ": $0";
    }
    return switch (shape) {
      case Shape.MapOf _, Shape.Nested _ -> ":\n" + indent + "$0";
      case Shape.ListOf _ -> ":\n" + indent + "- $0";
      case Shape.Scalar _, Shape.Symbols _, Shape.Written _, Shape.AnyOf _ -> ": $0";
    };
  }

  private int column(Scalar scalar) {
    return scalar.place().start() - scalar.place().source().lineStart(scalar.place().start());
  }

  private static boolean isInFlow(Scalar scalar) {
    Source source = scalar.place().source();
    String before =
        source.text().substring(source.lineStart(scalar.place().start()), scalar.place().start());
    return before.indexOf('{') >= 0 || before.indexOf('[') >= 0;
  }

  /** The scalar's place in the text without the mark: what the editor replaces. */
  private Location replaced(Scalar scalar) {
    int start = scalar.place().start();
    int content = scalar.style() == Node.Style.PLAIN ? start : start + 1;
    int end = cursor;
    while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
      end++;
    }
    return new Location(file, Math.min(content, cursor), end);
  }

  /** The word before the cursor, and what follows it of the word. */
  private Location word() {
    int start = ExpressionHelp.wordStart(text.substring(0, cursor));
    int end = cursor;
    while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
      end++;
    }
    return new Location(file, start, end);
  }

  private void value(Scalar scalar, Shape shape, Around around) {
    switch (shape) {
      case Shape.Symbols(var symbols) -> symbols.forEach(it -> value(scalar, it, ""));
      case Shape.Scalar kind -> scalar(scalar, kind, around);
      case Shape.Written.TYPE -> types();
      case Shape.Written.EXPRESSION -> expression(scalar);
      case Shape.Written.POLICY, Shape.Written.POLICIES -> symbols(scalar, Kind.POLICY);
      case Shape.Written.ANY -> expression(scalar);
      case Shape.Written.SYSTEM -> {}
      case Shape.AnyOf _, Shape.ListOf _, Shape.MapOf _, Shape.Nested _ -> {}
    }
  }

  private void scalar(Scalar scalar, Shape.Scalar kind, Around around) {
    switch (kind) {
      case BOOL -> List.of("true", "false").forEach(it -> value(scalar, it, ""));
      case CONDITION -> inside(scalar.text().substring(0, scalar.text().indexOf(CURSOR)));
      case SOURCE -> operations(scalar, Direction.RECEIVES);
      case CALLEE -> {
        operations(scalar, Direction.CALLED);
        symbols(scalar, Kind.PIPELINE);
      }
      case SYSTEM_TYPE ->
          index.adapters().values().stream()
              .map(adapter -> adapter.spec())
              .distinct()
              .forEach(spec -> value(scalar, spec.name(), spec.summary()));
      case RECORD_TYPE -> symbols(scalar, Kind.TYPE);
      case TEMPLATE -> symbols(scalar, Kind.TEMPLATE);
      case LABEL ->
          Arrays.stream(Label.values()).forEach(it -> value(scalar, it.toString(), "a label"));
      case EFFECT ->
          List.of("reads", "idempotent", "keyed(id)", "transactional", "once")
              .forEach(it -> value(scalar, it, "an effect"));
      case PATH -> files(scalar, around);
      case TEXT, INTEGER, NUMBER, DURATION, SIZE, NAME -> {}
    }
  }

  private void value(Scalar scalar, String value, String doc) {
    add(value, Suggestion.Kind.VALUE, value, replaced(scalar), "", doc);
  }

  private void add(
      String label,
      Suggestion.Kind kind,
      String insert,
      Location where,
      String detail,
      String doc) {
    found.add(new Suggestion(label, kind, insert, false, where, detail, doc, found.size()));
  }

  /** Whether the letters before the cursor stand in the name, in their order. */
  private boolean isMeant(String name, Scalar scalar) {
    if (found.size() > FOUND_MAX) {
      return false;
    }
    int at = 0;
    for (char c : text.substring(replaced(scalar).start(), cursor).toCharArray()) {
      at = name.indexOf(c, at) + 1;
      if (at == 0) {
        return false;
      }
    }
    return true;
  }

  private void operations(Scalar scalar, Direction direction) {
    for (SystemTable.Declared system : index.tables().systems().all()) {
      for (SystemTable.Op op : system.operations.values()) {
        Operation operation = op.operation();
        if (operation.direction() == direction && isMeant(operation.id(), scalar)) {
          add(
              operation.id(),
              Suggestion.Kind.OPERATION,
              operation.id(),
              replaced(scalar),
              operation.input() + " → " + operation.output(),
              Explaining.of(operation));
        }
      }
    }
  }

  private void symbols(Scalar scalar, Kind kind) {
    var names =
        switch (kind) {
          case POLICY -> index.tables().definition().policies.keySet();
          case PIPELINE -> index.tables().definition().pipelines.keySet();
          case TYPE -> index.tables().definition().types.keySet();
          default -> Set.<String>of();
        };
    for (String name : names) {
      if (!isMeant(name, scalar)) {
        continue;
      }
      add(
          name,
          Suggestion.Kind.valueOf(kind.name()),
          name,
          replaced(scalar),
          kind.name().toLowerCase(Locale.ROOT),
          "");
    }
  }

  private void files(Scalar scalar, Around around) {
    if (!around.system().isEmpty()) {
      return;
    }
    var here = Optional.ofNullable(file.getParent());
    index.tables().definition().files().stream()
        .map(it -> it.source().file())
        .filter(it -> !it.equals(file))
        .flatMap(it -> here.map(folder -> folder.relativize(it).toString()).stream())
        .forEach(it -> value(scalar, it.startsWith(".") ? it : "./" + it, ""));
  }

  private void types() {
    Location word = word();
    for (String name : index.tables().definition().types.keySet()) {
      String doc =
          index
              .tables()
              .types()
              .find(name)
              .map(it -> Explaining.code(Index.expanded(it)))
              .orElse("");
      add(name, Suggestion.Kind.TYPE, name, word, "type", doc);
    }
    BUILT_IN.forEach(name -> add(name, Suggestion.Kind.TYPE, name, word, "", ""));
    for (String form : List.of("list", "map", "enum", "pii", "secret", "stream")) {
      String inner = form.equals("map") ? "(string, $1)" : "($1)";
      found.add(
          new Suggestion(
              form, Suggestion.Kind.TYPE, form + inner, true, word, "", "", found.size()));
    }
  }

  /** A value with markers: inside of one its names, outside of it whole markers. */
  private void expression(Scalar scalar) {
    String before = scalar.text().substring(0, scalar.text().indexOf(CURSOR));
    int marker = before.lastIndexOf("${");
    boolean isInside =
        marker >= 0
            && !before.startsWith("$${", Math.max(0, marker - 1))
            && isOpen(before.substring(marker + 2));
    if (isInside) {
      inside(before.substring(marker + 2));
      return;
    }
    Optional<Facts.Visible> place = index.visibleAt(file, cursor);
    place.map(Facts.Visible::wanted).ifPresent(wanted -> literals(scalar, wanted));
    boolean isEmpty = before.isBlank();
    boolean needsQuotes = scalar.style() == Node.Style.PLAIN && isInFlow(scalar);
    if (isEmpty) {
      for (Scope.Variable variable : place.map(it -> it.scope().variables()).orElse(List.of())) {
        String written = "${" + variable.name() + "}";
        add(
            written,
            Suggestion.Kind.VARIABLE,
            needsQuotes ? '"' + written + '"' : written,
            replaced(scalar),
            variable.type().toString(),
            Explaining.code(Index.expanded(variable.type())));
      }
    }
  }

  private static boolean isOpen(String inside) {
    int depth = 0;
    for (int i = 0; i < inside.length(); i++) {
      char c = inside.charAt(i);
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (depth < 0) {
        return false;
      }
    }
    return true;
  }

  private void literals(Scalar scalar, Type wanted) {
    if (wanted.core() instanceof Type.Enum(var symbols)) {
      symbols.forEach(it -> value(scalar, it, ""));
    } else if (wanted.core() == Type.Simple.BOOL) {
      List.of("true", "false").forEach(it -> value(scalar, it, ""));
    }
  }

  private void inside(String before) {
    Scope scope =
        index
            .visibleAt(file, cursor)
            .map(Facts.Visible::scope)
            .orElseGet(() -> new Scope(List.of()))
            .with(index.tables().functions());
    for (ExpressionHelp.Offer offer : new ExpressionHelp(scope).after(before)) {
      found.add(
          new Suggestion(
              offer.label(),
              offer.kind(),
              offer.insert(),
              offer.isSnippet(),
              word(),
              offer.detail(),
              offer.doc(),
              found.size()));
    }
  }

  /** The fields that the value goes to, in a mapping that is a value. */
  private void fields(Scalar key, Mapping mapping) {
    Optional<Type> wanted =
        index.visibleIn(file).stream()
            .filter(it -> it.node() instanceof Mapping)
            .filter(it ->
                it.node().place().start() <= cursor
                    && it.node().place().end() >= mapping.place().start())
            .filter(it -> it.node().place().start() == mapping.place().start())
            .map(Facts.Visible::wanted)
            .findFirst();
    if (wanted.isEmpty() || !(wanted.get().core() instanceof Type.Record record)) {
      return;
    }
    boolean hasColon = text.substring(cursor).stripLeading().startsWith(":");
    for (Type.Field field : record.fields()) {
      if (mapping.find(field.name()).isEmpty()) {
        found.add(
            new Suggestion(
                field.name(),
                Suggestion.Kind.FIELD,
                field.name() + (hasColon ? "" : ": $0"),
                !hasColon,
                replaced(key),
                field.type() + (field.isRequired() ? "" : ", may be left out"),
                Explaining.code(Index.expanded(field.type())),
                (field.isRequired() ? 0 : 100) + found.size()));
      }
    }
  }
}
