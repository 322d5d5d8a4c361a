package io.unikernal.udl;

import io.unikernal.expr.Compiled;
import io.unikernal.expr.Expressions;
import io.unikernal.expr.Scope;
import io.unikernal.expr.UserFunction;
import io.unikernal.expr.UserFunctions;
import io.unikernal.model.Type;
import io.unikernal.spi.Describes;
import io.unikernal.spi.Describes.Description;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.SystemTable.Declared;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What one compilation leaves to the next: trees of files whose text is the same, types that are
 * made of the same declarations, expressions that read the same in the same scope, systems,
 * functions and pipelines whose {@link Trail} leads to the same. Each is kept by everything that it
 * depends on, so that the outcome is that of a compilation from nothing.
 */
final class Session {
  private static final int FILES_MAX = 2_000;

  private final Map<Path, Parsed> files = new HashMap<>();
  private final Map<Path, Stamped> sources = new HashMap<>();
  private final boolean isLasting;

  /** Those of this compilation and the one before: what nobody asks for again is forgotten. */
  private final Generations<Expression, Known> expressions = new Generations<>();

  private final Generations<String, Kept<Declared>> systems = new Generations<>();
  private final Generations<String, Kept<UserFunction>> functions = new Generations<>();
  private final Generations<String, Kept<PipelineReader.Kept>> pipelines = new Generations<>();

  /** What is being made, the innermost last. */
  private final Deque<Trail> trails = new ArrayDeque<>();

  /** What everything depends on. */
  private List<Object> surroundings = List.of();

  private final Scopes scopes = new Scopes();
  private final Map<Describes.Request, Optional<Description>> descriptions = new HashMap<>();
  private Map<String, TypeTable.Kept> types = Map.of();
  private Map<String, LastingRecord> records = new HashMap<>();
  private Map<String, Type> aliases = new HashMap<>();

  /** Counts how often what a record says of itself has changed. */
  private long state;

  private boolean isDefining;

  /** A file as it was read, and what was found while reading it. */
  record Parsed(Source source, Optional<Node> root, List<Diagnostics.Finding> findings) {
    boolean isOf(Source other) {
      return source == other
          || (source.name().equals(other.name()) && source.text().equals(other.text()));
    }

    /** Whether it is no YAML, or not what it seems. */
    boolean isBroken() {
      return findings.stream().anyMatch(Diagnostics.Finding::isError);
    }
  }

  /** {@code scope} is the number of a scope; an expression reads the same in equal ones. */
  record Expression(String text, int scope, boolean isTemplate) {}

  /**
   * An expression with what it asked for.
   *
   * @param state of all records, as far as it plays a part: what to write instead may come from
   *     anywhere
   */
  private record Known(
      Compiled compiled,
      Map<String, Optional<UserFunction>> functions,
      Looks looks,
      OptionalLong state) {
    boolean isSame(UserFunctions now, long stateNow) {
      return (state.isEmpty() ? looks.isSame(stateNow) : state.getAsLong() == stateNow)
          && functions.entrySet().stream()
              .allMatch(it -> now.find(it.getKey()).orElse(null) == it.getValue().orElse(null));
    }
  }

  /** Something with the declaration that it was made of. */
  record Kept<T>(Entry entry, T made, Trail trail) {}

  /** {@code isLasting}: whether there will be another compilation. */
  Session(boolean isLasting) {
    this.isLasting = isLasting;
  }

  /** Another compilation begins. */
  void begin() {
    expressions.begin();
    systems.begin();
    functions.begin();
    pipelines.begin();
    scopes.begin();
    trails.clear();
  }

  /** Says what everything depends on besides the declarations. */
  void surround(List<Object> with) {
    if (!surroundings.equals(with)) {
      surroundings = with;
      systems.clear();
      functions.clear();
      pipelines.clear();
    }
  }

  /** Whether what is made is worth a trail. */
  boolean isLasting() {
    return isLasting;
  }

  Generations<String, Kept<Declared>> systems() {
    return systems;
  }

  Generations<String, Kept<UserFunction>> functions() {
    return functions;
  }

  Generations<String, Kept<PipelineReader.Kept>> pipelines() {
    return pipelines;
  }

  /** Notes something for what is being made. */
  void note(Consumer<Trail> what) {
    Trail innermost = trails.peek();
    if (innermost != null) {
      what.accept(innermost);
    }
  }

  /** Looks whether something is as it was, which is no use of what it is made of. */
  boolean isSame(java.util.function.BooleanSupplier look) {
    return unnoted(look::getAsBoolean);
  }

  /** Does something of which no note is taken. */
  <T> T unnoted(java.util.function.Supplier<T> what) {
    trails.push(new Trail());
    T made = what.get();
    trails.pop();
    return made;
  }

  /** Makes something, with a note of what it is made of; spoilt where it gives a finding. */
  <T> T follow(Trail trail, Diagnostics diagnostics, java.util.function.Supplier<T> make) {
    int before = diagnostics.count() + diagnostics.repeated();
    trails.push(trail);
    T made = make.get();
    trails.pop();
    if (diagnostics.count() + diagnostics.repeated() > before) {
      trail.spoil();
    }
    return made;
  }

  private record Stamped(Source source, Stamp stamp) {}

  /** The file as it was read, if it is still that. */
  Optional<Source> source(Path path, Stamp now) {
    return Optional.ofNullable(sources.get(path))
        .filter(it -> it.stamp().isSame(now))
        .map(Stamped::source);
  }

  void keep(Source source, Stamp stamp) {
    if (sources.size() >= FILES_MAX) {
      sources.clear();
    }
    sources.put(source.path(), new Stamped(source, stamp));
  }

  /** Reads a file's text, unless that is what it was before. */
  Parsed parse(Source source) {
    Path file = source.path();
    Parsed known = files.get(file);
    if (known != null && known.isOf(source)) {
      return known;
    }
    var diagnostics = new Diagnostics();
    Optional<Node> root = YamlReader.read(source, diagnostics);
    root.ifPresent(node -> YamlTraps.check(node, source, diagnostics));
    var parsed = new Parsed(source, root, diagnostics.findings());
    if (files.size() >= FILES_MAX) {
      files.clear();
    }
    files.put(file, parsed);
    return parsed;
  }

  /** A scalar with markers. */
  Compiled template(String text, Scope scope) {
    return compiled(text, scope, true);
  }

  /** Bare CEL. */
  Compiled cel(String text, Scope scope) {
    return compiled(text, scope, false);
  }

  private Compiled compiled(String text, Scope scope, boolean isTemplate) {
    Scopes.Numbered numbered = scopes.of(scope);
    var wanted = new Expression(text, numbered.number(), isTemplate);
    Optional<Known> known =
        expressions.find(wanted).filter(found -> found.isSame(scope.functions(), state));
    note(trail -> trail.expression(wanted));
    if (known.isPresent()) {
      note(trail -> trail.looks().part(known.get().looks()));
      expressions.put(wanted, known.get());
      return known.get().compiled();
    }
    var asked = new Asked(scope.functions());
    Scope all = numbered.scope().with(asked);
    var trail = new Trail();
    trails.push(trail);
    Compiled made = isTemplate ? Expressions.template(text, all) : Expressions.cel(text, all);
    trails.pop();
    asked.found.forEach((name, found) -> note(it -> it.function(name, found)));
    note(it -> it.looks().part(trail.looks()));
    if (!asked.isForAll) {
      OptionalLong statePlaying =
          made instanceof Compiled.Bad ? OptionalLong.of(state) : OptionalLong.empty();
      expressions.put(
          wanted, new Known(made, Map.copyOf(asked.found), trail.looks(), statePlaying));
    }
    return made;
  }

  /** What was made without being made again is asked for all the same. */
  void askAgain(Expression key) {
    expressions.find(key).ifPresent(known -> expressions.put(key, known));
  }

  /** Notes the functions that an expression asks for. */
  private static final class Asked implements UserFunctions {
    private final UserFunctions functions;
    private final Map<String, Optional<UserFunction>> found = new HashMap<>();

    /** What came of it depends on every name there is. */
    private boolean isForAll;

    Asked(UserFunctions functions) {
      this.functions = functions;
    }

    @Override
    public Optional<UserFunction> find(String name) {
      Optional<UserFunction> function = functions.find(name);
      found.put(name, function);
      return function;
    }

    @Override
    public List<String> names() {
      List<String> names = functions.names();
      isForAll |= !names.isEmpty();
      return names;
    }
  }

  /** What user code said of itself; looked up once, until {@link #forgetDescriptions}. */
  Optional<Description> described(Describes.Request request, Describes describes) {
    return descriptions.computeIfAbsent(request, describes::remembered);
  }

  void forgetDescriptions() {
    descriptions.clear();
  }

  /** A declared record, to be defined; the same object in each compilation that declares it. */
  Type.Record record(String name) {
    return isLasting
        ? records.computeIfAbsent(name, _ -> new LastingRecord(name, this)).open()
        : new Type.Record(name);
  }

  /** What a name stands for, if it is no record: the same object as long as it is the same. */
  Type alias(String name, Type type) {
    Type known = aliases.get(name);
    if (known != null && known.equals(type)) {
      return known;
    }
    aliases.put(name, type);
    return type;
  }

  /** Records are being defined: what is said of one may not hold a moment later. */
  void defining(boolean isBegun) {
    isDefining = isBegun;
  }

  boolean isDefining() {
    return isDefining;
  }

  /** Something is otherwise about a record. */
  void recordChanged() {
    state++;
  }

  /** At two moments with the same number all records are the same. */
  long state() {
    return state;
  }

  Map<String, TypeTable.Kept> types() {
    return types;
  }

  /** {@code resolved}: all types, those included of which something is wrong. */
  void keep(Map<String, TypeTable.Kept> kept, Map<String, Type> resolved) {
    types = Map.copyOf(kept);
    records.forEach((name, record) -> {
      if (resolved.get(name) != record || record.shapeNow().isEmpty()) {
        record.forget();
      }
    });
    records.values().removeIf(record -> record.shapeNow().isEmpty());
    aliases.keySet().retainAll(resolved.keySet());
  }
}
