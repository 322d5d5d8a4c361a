package io.unikernal.udl;

import io.unikernal.expr.Mentions;
import io.unikernal.model.Type;
import io.unikernal.udl.Index.Kind;
import io.unikernal.udl.Index.Location;
import io.unikernal.udl.Index.Symbol;
import io.unikernal.udl.Index.Token;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Walk.Around;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names in one file: where they are declared, and where they are used. */
final class Marks {
  private static final Pattern TYPE_WORD =
      Pattern.compile("/(?:[^/\\\\]|\\\\.)*/|enum\\([^)]*\\)|'[^']*'|\"[^\"]*\"|[A-Za-z_]\\w*");
  private static final Pattern NAME =
      Pattern.compile("'[^']*'|\"[^\"]*\"|(?<![\\w.?])([a-z][a-z0-9_]*)\\b(?!\\s*\\()");
  private static final Pattern CALL = Pattern.compile("(?<![\\w.])([a-z][a-z0-9_]*)\\s*\\(");

  private final Index index;
  private final List<Symbol> symbols = new ArrayList<>();
  private final List<Named> named = new ArrayList<>();
  private final List<Token> tokens = new ArrayList<>();
  private final Map<Location, Path> imports = new HashMap<>();

  /** Steps are known by their pipeline; in which one a step stands, its place tells. */
  private final Map<Entry, Mapping> steps = new LinkedHashMap<>();

  /** By where they begin. */
  private final NavigableMap<Integer, Symbol> pipelines = new TreeMap<>();

  /** A name that stands somewhere, for something that may be declared in another file. */
  record Named(Kind kind, String id, Location location) {}

  private Marks(Index index) {
    this.index = index;
  }

  static Marks of(Index index, Definition.File file) {
    var marks = new Marks(index);
    Walk.through(file.root(), index.adapters(), marks.new Collector());
    marks.steps.forEach(marks::step);
    index.usedIn(file.source()).forEach(marks::expression);
    index.wrongIn(file.source()).forEach(marks::wrong);
    index.mappingsIn(file.source()).forEach(marks::given);
    marks.tokens.sort(Comparator.comparingInt(it -> it.location().start()));
    return marks;
  }

  List<Symbol> symbols() {
    return symbols;
  }

  List<Named> named() {
    return named;
  }

  List<Token> tokens() {
    return tokens;
  }

  Map<Location, Path> imports() {
    return imports;
  }

  private void token(Place place, Token.Role role) {
    if (place.end() > place.start()) {
      tokens.add(new Token(Index.location(place), role));
    }
  }

  private void step(Entry name, Mapping whole) {
    Scalar scalar = (Scalar) name.value();
    pipelineAt(scalar.place())
        .ifPresent(pipeline ->
            symbols.add(
                new Symbol(
                    Kind.STEP,
                    pipeline.id() + "/" + scalar.text(),
                    scalar.text(),
                    Index.location(scalar.place()),
                    Index.location(whole.place()),
                    Walk.text(whole, "doc"),
                    pipeline.name())));
  }

  private Optional<Symbol> pipelineAt(Place place) {
    return Optional.ofNullable(pipelines.floorEntry(place.start()))
        .map(Map.Entry::getValue)
        .filter(it -> place.end() <= it.whole().end());
  }

  private void expression(Facts.Used used) {
    Scalar scalar = used.scalar();
    for (Mentions.Mention it : Index.mentions(used)) {
      Place place = scalar.part(it.start(), it.end());
      if (!place.text().equals(it.name())) {
        continue;
      }
      boolean isField = it.kind() == Mentions.Kind.FIELD;
      token(place, isField ? Token.Role.FIELD : Token.Role.VARIABLE);
      if (isField) {
        field(it.owner(), it.name(), place);
      } else if (it.kind() == Mentions.Kind.VARIABLE) {
        pipelineAt(scalar.place())
            .ifPresent(in -> mention(Kind.STEP, in.id() + "/" + it.name(), place));
      }
    }
    calls(scalar);
  }

  /** Of an expression that is wrong, the words that may be meant as steps. */
  private void wrong(Facts.Visible visible) {
    if (!(visible.node() instanceof Scalar scalar)) {
      return;
    }
    Matcher words = NAME.matcher(scalar.text());
    while (words.find()) {
      String word = words.group(1);
      boolean isStep =
          word != null
              && visible.scope().variables().stream().anyMatch(it -> it.name().equals(word));
      if (isStep) {
        Place place = scalar.part(words.start(1), words.end(1));
        pipelineAt(scalar.place())
            .filter(_ -> place.text().equals(word))
            .ifPresent(in -> mention(Kind.STEP, in.id() + "/" + word, place));
      }
    }
  }

  /** The keys of a mapping that goes to a record are its fields. */
  private void given(Facts.Visible visible) {
    if (visible.node() instanceof Mapping mapping) {
      mapping
          .entries()
          .forEach(entry -> field(visible.wanted(), entry.name(), entry.key().place()));
    }
  }

  private void field(Type owner, String name, Place place) {
    if (owner.core() instanceof Type.Record record && !record.name().isEmpty()) {
      mention(Kind.FIELD, declaredIn(record.name(), name, new HashSet<>()), place);
    }
  }

  /** The id of a field of a record, or of what it extends. */
  private String declaredIn(String type, String name, Set<String> seen) {
    Entry entry = index.tables().definition().types.get(type);
    if (entry == null || !(entry.value() instanceof Mapping mapping) || !seen.add(type)) {
      return "";
    }
    if (mapping.find(name).isPresent()) {
      return type + "." + name;
    }
    List<Node> bases =
        mapping
            .get("extends")
            .map(node -> node instanceof Node.Sequence list ? list.items() : List.of(node))
            .orElse(List.of());
    return bases.stream()
        .filter(Scalar.class::isInstance)
        .map(base -> declaredIn(((Scalar) base).text(), name, seen))
        .filter(id -> !id.isEmpty())
        .findFirst()
        .orElse("");
  }

  private void mention(Kind kind, String id, Place place) {
    named.add(new Named(kind, id, Index.location(place)));
  }

  private void calls(Scalar scalar) {
    Matcher calls = CALL.matcher(scalar.text());
    while (calls.find()) {
      Place place = scalar.part(calls.start(1), calls.end(1));
      if (place.text().equals(calls.group(1))) {
        token(place, Token.Role.FUNCTION);
        mention(Kind.FUNCTION, calls.group(1), place);
      }
    }
  }

  /** Gathers names on the way through a file. */
  private final class Collector implements Walk.Visitor {
    @Override
    public void mapping(Mapping mapping, String what, List<Slot> slots) {
      if (what.equals(Grammar.STEP.what())) {
        mapping
            .find("name")
            .filter(entry -> entry.value() instanceof Scalar)
            .ifPresent(entry -> steps.put(entry, mapping));
      }
    }

    @Override
    public void key(Entry entry, Optional<Slot> slot) {
      token(entry.key().place(), Token.Role.KEY);
    }

    @Override
    public void field(Entry entry, Mapping mapping) {
      token(entry.key().place(), Token.Role.FIELD);
    }

    @Override
    public void declares(Entry entry, Kind kind, Around around) {
      token(entry.key().place(), role(kind));
      boolean isInside = kind == Kind.OPERATION || kind == Kind.FIELD || kind == Kind.PARAMETER;
      String owner = kind == Kind.OPERATION ? around.system() : around.owner();
      if (isInside && owner.isEmpty()) {
        return; // Of a record that is written in place.
      }
      String doc =
          entry.value() instanceof Mapping it && kind != Kind.TYPE ? Walk.text(it, "doc") : "";
      var symbol =
          new Symbol(
              kind,
              isInside ? owner + "." + entry.name() : entry.name(),
              entry.name(),
              Index.location(entry.key().place()),
              Index.location(entry.place()),
              doc,
              isInside ? owner : "");
      symbols.add(symbol);
      if (kind == Kind.PIPELINE) {
        pipelines.put(symbol.whole().start(), symbol);
      }
    }

    @Override
    public void route(Mapping mapping) {
      String from = Walk.text(mapping, "from");
      String to = mapping.get("to").orElse(null) instanceof Scalar scalar ? scalar.text() : "…";
      Location whole = Index.location(mapping.place());
      symbols.add(
          new Symbol(
              Kind.ROUTE,
              whole.file() + "#" + whole.start(),
              from + " → " + to,
              mapping.find("from").map(it -> Index.location(it.value().place())).orElse(whole),
              whole,
              Walk.text(mapping, "doc"),
              ""));
    }

    @Override
    public void value(Node node, Shape shape, Around around) {
      if (node instanceof Scalar scalar && !scalar.text().isEmpty()) {
        Walk.scalars(shape).forEach(it -> value(scalar, it));
      }
    }

    private void value(Scalar scalar, Shape shape) {
      switch (shape) {
        case Shape.Scalar.SOURCE, Shape.Scalar.CALLEE -> end(scalar);
        case Shape.Scalar.RECORD_TYPE -> name(Kind.TYPE, scalar.text(), scalar.place());
        case Shape.Scalar.TEMPLATE -> name(Kind.TEMPLATE, scalar.text(), scalar.place());
        case Shape.Scalar.PATH -> path(scalar);
        case Shape.Written.TYPE -> types(scalar);
        case Shape.Written.POLICY, Shape.Written.POLICIES ->
            name(Kind.POLICY, scalar.text(), scalar.place());
        default -> {}
      }
    }

    private void name(Kind kind, String id, Place place) {
      token(place, role(kind));
      mention(kind, id, place);
    }

    private void end(Scalar scalar) {
      int dot = scalar.text().indexOf('.');
      if (dot < 0) {
        name(Kind.PIPELINE, scalar.text(), scalar.part(0, scalar.text().length()));
      } else {
        name(Kind.SYSTEM, scalar.text().substring(0, dot), scalar.part(0, dot));
        name(Kind.OPERATION, scalar.text(), scalar.part(dot + 1, scalar.text().length()));
      }
    }

    private void types(Scalar scalar) {
      Matcher words = TYPE_WORD.matcher(scalar.text());
      while (words.find()) {
        if (Character.isUpperCase(words.group().charAt(0))) {
          name(Kind.TYPE, words.group(), scalar.part(words.start(), words.end()));
        }
      }
    }

    private void path(Scalar scalar) {
      Source source = scalar.place().source();
      try {
        Path path = source.file().resolveSibling(scalar.text()).normalize();
        imports.put(Index.location(scalar.place()), path);
      } catch (InvalidPathException _) {
        // No file, then.
      }
    }
  }

  private static Token.Role role(Kind kind) {
    return switch (kind) {
      case TYPE -> Token.Role.TYPE;
      case FIELD -> Token.Role.FIELD;
      case SYSTEM -> Token.Role.SYSTEM;
      case OPERATION -> Token.Role.OPERATION;
      case POLICY -> Token.Role.POLICY;
      case PIPELINE, TEMPLATE, ROUTE -> Token.Role.PIPELINE;
      case STEP, PARAMETER -> Token.Role.VARIABLE;
      case FUNCTION -> Token.Role.FUNCTION;
    };
  }
}
