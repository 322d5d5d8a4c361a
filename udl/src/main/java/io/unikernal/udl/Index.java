package io.unikernal.udl;

import io.unikernal.expr.Expressions;
import io.unikernal.expr.Mentions;
import io.unikernal.model.Type;
import io.unikernal.spi.Adapter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What stands where in a definition: for editors. Made from what the compiler learnt, when it is
 * first asked; of a file that is no YAML yet, by guess.
 */
public final class Index {
  private final Facts facts;
  private final Facts.Tables tables;
  private final Map<String, Adapter> adapters;
  private final boolean isGuessed;
  private final Map<Source, Marks> marks = new HashMap<>();
  private final Supplier<Map<Source, List<Facts.Used>>> used;
  private final Supplier<Map<Source, List<Facts.Visible>>> visible;
  private final Supplier<Map<Key, Symbol>> byId = once(this::declared);
  private final Supplier<List<Mention>> mentions = once(this::named);

  private record Key(Kind kind, String id) {}

  private Index(
      Facts facts, Facts.Tables tables, Map<String, Adapter> adapters, boolean isGuessed) {
    this.isGuessed = isGuessed;
    this.facts = facts;
    this.tables = tables;
    this.adapters = adapters;
    used = once(() -> group(facts.used(), it -> it.scalar().place().source()));
    visible = once(() -> group(facts.visible(), it -> it.node().place().source()));
  }

  private static <T> Supplier<T> once(Supplier<T> make) {
    var made = new AtomicReference<Optional<T>>(Optional.empty());
    return () -> {
      made.updateAndGet(known -> known.or(() -> Optional.of(make.get())));
      return made.get().orElseThrow();
    };
  }

  private static <T> Map<Source, List<T>> group(List<T> facts, Function<T, Source> source) {
    return facts.stream().collect(Collectors.groupingBy(source));
  }

  static Optional<Index> of(Facts facts, Map<String, Adapter> adapters, boolean isGuessed) {
    return facts.tables().map(tables -> new Index(facts, tables, adapters, isGuessed));
  }

  /** Whether a file is no YAML or missing: the diagnostics then say nothing of the rest. */
  public boolean isGuessed() {
    return isGuessed;
  }

  /** What has a name. */
  public enum Kind {
    TYPE,
    FIELD,
    SYSTEM,
    OPERATION,
    POLICY,
    PIPELINE,
    STEP,
    FUNCTION,
    PARAMETER,
    TEMPLATE,
    /** Has no name of its own, but its ends. */
    ROUTE
  }

  /** A stretch of a file's text, in chars; {@code file} is absolute and normalised. */
  public record Location(Path file, int start, int end) {
    public boolean contains(int offset) {
      return start <= offset && offset <= end;
    }
  }

  /**
   * Something with a name.
   *
   * @param id unique among those of its kind, as {@code db.save} of an operation
   * @param location of the name where it is declared
   * @param whole of the whole declaration
   * @param container the name of what it is in, may be empty
   */
  public record Symbol(
      Kind kind,
      String id,
      String name,
      Location location,
      Location whole,
      String doc,
      String container) {}

  /** A symbol where it is named, or declared. */
  public record Mention(Location location, Symbol symbol) {}

  /** What an editor shows of a place: Markdown. */
  public record Explanation(Location location, String text) {}

  /** One name, an expression's token or a key, and what it is, for colours. */
  public record Token(Location location, Role role) {
    public enum Role {
      KEY,
      TYPE,
      SYSTEM,
      OPERATION,
      PIPELINE,
      POLICY,
      VARIABLE,
      FIELD,
      FUNCTION
    }
  }

  Facts.Tables tables() {
    return tables;
  }

  Map<String, Adapter> adapters() {
    return adapters;
  }

  Facts facts() {
    return facts;
  }

  List<Facts.Used> usedIn(Source source) {
    return used.get().getOrDefault(source, List.of());
  }

  /** The places of expressions that are wrong. */
  List<Facts.Visible> wrongIn(Source source) {
    Set<Node> good = Collections.newSetFromMap(new IdentityHashMap<>());
    usedIn(source).forEach(it -> good.add(it.scalar()));
    return visible.get().getOrDefault(source, List.of()).stream()
        .filter(it ->
            it.node() instanceof Node.Scalar scalar
                && (scalar.text().contains("${") || it.isCondition()))
        .filter(it -> !good.contains(it.node()))
        .toList();
  }

  /** The mappings that are values. */
  List<Facts.Visible> mappingsIn(Source source) {
    return visible.get().getOrDefault(source, List.of()).stream()
        .filter(it -> it.node() instanceof Node.Mapping)
        .toList();
  }

  private Marks marks(Definition.File file) {
    return marks.computeIfAbsent(file.source(), _ -> Marks.of(this, file));
  }

  private Stream<Marks> allMarks() {
    return tables.definition().files().stream().map(this::marks);
  }

  private Stream<Marks> marksOf(Path path) {
    return file(path).stream().map(this::marks);
  }

  Optional<Definition.File> file(Path path) {
    return tables.definition().files().stream()
        .filter(file -> file.source().file().equals(path))
        .findFirst();
  }

  /** The places of one file where names may be used, in the order in which they were read. */
  List<Facts.Visible> visibleIn(Path path) {
    return file(path)
        .map(it -> visible.get().getOrDefault(it.source(), List.of()))
        .orElse(List.of());
  }

  /** A few words about a symbol; may be empty. */
  public String brief(Symbol symbol) {
    return new Explaining(this).brief(symbol);
  }

  private Map<Key, Symbol> declared() {
    var symbols = new LinkedHashMap<Key, Symbol>();
    allMarks()
        .flatMap(it -> it.symbols().stream())
        .forEach(it -> symbols.putIfAbsent(new Key(it.kind(), it.id()), it));
    return symbols;
  }

  private List<Mention> named() {
    var all = new ArrayList<Mention>();
    byId.get().values().stream()
        .filter(symbol -> symbol.kind() != Kind.ROUTE)
        .forEach(symbol -> all.add(new Mention(symbol.location(), symbol)));
    allMarks()
        .flatMap(it -> it.named().stream())
        .forEach(it ->
            find(it.kind(), it.id())
                .ifPresent(found -> all.add(new Mention(it.location(), found))));
    return all;
  }

  /** The symbol of a kind with that id. */
  public Optional<Symbol> find(Kind kind, String id) {
    return Optional.ofNullable(byId.get().get(new Key(kind, id)));
  }

  /** The files of the definition with the texts that were read. */
  public Map<Path, String> texts() {
    var texts = new LinkedHashMap<Path, String>();
    tables
        .definition()
        .files()
        .forEach(file -> texts.put(file.source().file(), file.source().text()));
    return texts;
  }

  /** All that is declared, in order of place. */
  public List<Symbol> symbols() {
    return List.copyOf(byId.get().values());
  }

  /** What one file declares, in order of place. */
  public List<Symbol> symbols(Path file) {
    return marksOf(file)
        .flatMap(it -> it.symbols().stream())
        .sorted(Comparator.comparingInt(it -> it.whole().start()))
        .toList();
  }

  /** What the name at this place stands for. */
  public Optional<Mention> at(Path file, int offset) {
    return mentions.get().stream()
        .filter(it -> it.location().file().equals(file) && it.location().contains(offset))
        .min(Comparator.comparingInt(it -> it.location().end() - it.location().start()));
  }

  /** Where a symbol is named, its declaration included. */
  public List<Location> places(Symbol symbol) {
    return mentions.get().stream()
        .filter(it -> it.symbol().kind() == symbol.kind() && it.symbol().id().equals(symbol.id()))
        .map(Mention::location)
        .distinct()
        .toList();
  }

  /** The file that an {@code import} at this place names. */
  public Optional<Path> imported(Path file, int offset) {
    return marksOf(file)
        .flatMap(it -> it.imports().entrySet().stream())
        .filter(it -> it.getKey().file().equals(file) && it.getKey().contains(offset))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** What there is to say of a place. */
  public Optional<Explanation> explain(Path file, int offset) {
    return new Explaining(this).at(file, offset);
  }

  /**
   * What may be written at a place.
   *
   * @param text the file's text as it is now
   * @param offset where the cursor stands in it, in chars
   */
  public List<Suggestion> suggest(Path file, String text, int offset) {
    return new Suggesting(this).at(file, text, offset);
  }

  /** Why the symbol cannot be called otherwise, whatever the name. */
  public Optional<String> keepsName(Symbol symbol) {
    return Renaming.refusal(this, symbol);
  }

  /** Whether and how the symbol can be called otherwise. */
  public Renaming rename(Symbol symbol, String name) {
    return Renaming.of(this, symbol, name);
  }

  /** For colours, in order of place. */
  public List<Token> tokens(Path file) {
    return marksOf(file).flatMap(it -> it.tokens().stream()).toList();
  }

  /** What may be used in the expression at this place, or near to it. */
  Optional<Facts.Visible> visibleAt(Path file, int offset) {
    List<Facts.Visible> here = visibleIn(file);
    int from = begin(file, offset);
    return here.stream()
        .filter(it -> it.node().place().start() <= offset && offset <= it.node().place().end())
        .min(Comparator.comparingInt(it -> it.node().place().end() - it.node().place().start()))
        .or(() ->
            here.stream()
                .filter(it -> it.node().place().start() <= offset)
                .filter(it -> it.node().place().start() >= from)
                .max(Comparator.comparingInt(it -> it.node().place().start())))
        .or(() ->
            here.stream()
                .filter(it -> it.node().place().start() > offset)
                .min(Comparator.comparingInt(it -> it.node().place().start())));
  }

  /** Where the pipeline or route that holds the place begins. */
  private int begin(Path file, int offset) {
    var definition = tables.definition();
    return Stream.concat(
            definition.pipelines.values().stream().map(it -> it.key().place()),
            definition.routes.stream().map(Node::place))
        .filter(it -> it.start() <= offset && it.source().file().equals(file))
        .mapToInt(Place::start)
        .max()
        .orElse(0);
  }

  /** The names in an expression with their types. */
  static List<Mentions.Mention> mentions(Facts.Used used) {
    int shift = used.scalar().text().startsWith("${") ? 2 : 0;
    return Mentions.of(used.expression(), shift);
  }

  static Location location(Place place) {
    return new Location(place.source().file(), place.start(), place.end());
  }

  /** A type as a definition would write it, records with their fields. */
  static String expanded(Type type) {
    if (!(type.core() instanceof Type.Record record) || !record.isDefined()) {
      return type.toString();
    }
    var text = new StringBuilder(type.toString());
    if (!record.name().isEmpty()) {
      text.append(" {");
      record
          .fields()
          .forEach(field ->
              text.append("\n  ")
                  .append(field.name())
                  .append(": ")
                  .append(field.written())
                  .append(
                      field
                          .fallback()
                          .map(it -> " = " + Expressions.constant(it, field.type()))
                          .orElse("")));
      text.append("\n}");
    }
    return text.toString();
  }
}
