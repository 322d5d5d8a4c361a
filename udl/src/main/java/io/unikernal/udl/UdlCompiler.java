package io.unikernal.udl;

import io.unikernal.expr.UserFunctions;
import io.unikernal.model.Access;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Route;
import io.unikernal.model.Type;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.SecretProvider;
import io.unikernal.udl.Compilation.Known;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.SystemReader.Read;
import io.unikernal.udl.SystemTable.Declared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** The one compiler behind {@code check}, {@code run}, {@code test} and the editor. */
public final class UdlCompiler {
  private final Map<String, Adapter> adapters;
  private final Options options;
  private final boolean isChecked;
  private final Diagnostics diagnostics;

  private UdlCompiler(
      Map<String, Adapter> adapters, Options options, boolean isChecked, Diagnostics diagnostics) {
    this.adapters = adapters;
    this.options = options;
    this.isChecked = isChecked;
    this.diagnostics = diagnostics;
  }

  /**
   * What a compilation depends on besides the files.
   *
   * @param environment what {@code ${NAME}} and {@code env.NAME} read
   * @param offline runs no user code: functions are what {@code operations:} declares, else {@code
   *     any}
   * @param environmentFiles instead of the {@code .env} beside the definition, the later before the
   *     earlier; {@code environment} wins over all of them
   * @param secrets providers besides those of the environment and of files
   * @param overlay texts that count instead of what files hold
   * @param connect asks the real systems too, once the definition itself has no error
   * @param remembers offline, what user code said of itself before still counts
   */
  public record Options(
      Map<String, String> environment,
      boolean offline,
      List<Path> environmentFiles,
      List<SecretProvider> secrets,
      Overlay overlay,
      Optional<Connect> connect,
      boolean remembers) {
    public Options(Map<String, String> environment, boolean offline) {
      this(environment, offline, List.of(), List.of(), Overlay.NONE, Optional.empty(), false);
    }

    public Options withEnvironmentFiles(List<Path> files) {
      return new Options(environment, offline, files, secrets, overlay, connect, remembers);
    }

    public Options withSecrets(List<SecretProvider> providers) {
      return new Options(
          environment, offline, environmentFiles, providers, overlay, connect, remembers);
    }

    public Options with(Overlay texts) {
      return new Options(
          environment, offline, environmentFiles, secrets, texts, connect, remembers);
    }

    public Options with(Connect how) {
      return new Options(
          environment, offline, environmentFiles, secrets, overlay, Optional.of(how), remembers);
    }

    /** Runs no user code, but takes what it said of itself before. */
    public Options remembering() {
      return new Options(environment, true, environmentFiles, secrets, overlay, connect, true);
    }

    private Options careful() {
      return new Options(
          environment, true, environmentFiles, secrets, overlay, Optional.empty(), remembers);
    }
  }

  /** Compiles a file, or every {@code *.udl} and {@code *.udl.yaml} directly in a folder. */
  public static Compilation compile(Path definition, Map<String, Adapter> adapters, Options options)
      throws InterruptedException {
    return compile(definition, List.of(), false, adapters, options, new Diagnostics());
  }

  /**
   * As {@link #compile}, with the tests that stand beside the definition: for {@code x.udl.yaml}
   * those in {@code x.test.udl.yaml}, for a folder all in it. A file of tests stands for its
   * definition.
   */
  public static Compilation check(Path path, Map<String, Adapter> adapters, Options options)
      throws InterruptedException {
    return check(path, adapters, options, new Diagnostics());
  }

  /**
   * The variables that the tests beside a definition set, each set once, in their order: a
   * definition may read what only its tests give, so it is checked with each.
   */
  public static List<Map<String, String>> testEnvironments(Path path, Options options) {
    return TestFiles.environments(path, options.overlay());
  }

  static Compilation check(
      Path path, Map<String, Adapter> adapters, Options options, Diagnostics diagnostics)
      throws InterruptedException {
    TestFiles.Checked checked = TestFiles.of(path, options.overlay());
    return compile(checked.definition(), checked.tests(), true, adapters, options, diagnostics);
  }

  static Compilation compile(
      Path definition, Map<String, Adapter> adapters, Options options, Diagnostics diagnostics)
      throws InterruptedException {
    return compile(definition, List.of(), false, adapters, options, diagnostics);
  }

  private static Compilation compile(
      Path definition,
      List<Path> tests,
      boolean isChecked,
      Map<String, Adapter> adapters,
      Options options,
      Diagnostics diagnostics)
      throws InterruptedException {
    Known known = Known.NONE;
    Facts facts = diagnostics.facts();
    Optional<Loader.Loaded> loaded = Loader.read(definition, options.overlay(), diagnostics);
    if (loaded.isPresent() && !loaded.get().isBroken()) {
      Definition found = loaded.get().definition();
      found.tests.addAll(TestFiles.read(tests, options.overlay(), diagnostics));
      known = new UdlCompiler(adapters, options, isChecked, diagnostics).make(found);
    } else if (loaded.isPresent() && facts.isWanted()) {
      // Places and names are good for something all the same; what is wrong with them is not.
      var unheard = new Diagnostics(diagnostics.session(), true);
      new UdlCompiler(adapters, options.careful(), false, unheard).make(loaded.get().definition());
      facts = unheard.facts();
    }
    Optional<Index> index = Index.of(facts, adapters, facts != diagnostics.facts());
    List<Diagnostic> all = diagnostics.sorted();
    List<Diagnostic> shown = all.subList(0, Math.min(all.size(), Diagnostics.MAX));
    return new Compilation(
        known.draft().filter(_ -> !diagnostics.hasErrors()),
        List.copyOf(shown),
        new Renderer(shown, diagnostics.sources(), diagnostics.hidden(), all.size() - shown.size()),
        known.with(index));
  }

  private Known make(Definition definition) throws InterruptedException {
    TemplateTable.expand(definition, diagnostics);
    TypeTable types = TypeTable.of(definition, diagnostics);
    Map<String, String> environment = environment(definition, options, diagnostics);
    surround(definition, environment);
    Markers markers = markers(definition, options, environment, diagnostics);
    FunctionTable functions = FunctionTable.of(definition, types, markers, diagnostics);
    UserFunctions callable = definition.functions.isEmpty() ? UserFunctions.NONE : functions;
    var reader = new OptionReader(types, markers, diagnostics);
    PolicyTable policies =
        PolicyTable.of(
            definition,
            reader,
            found -> new ExpressionReader(markers.to(found), found, callable),
            diagnostics);
    SystemTable systems = systems(definition, reader, policies, callable);
    var tools =
        new Tools(
            types,
            systems,
            policies,
            new References(systems, definition.pipelines, diagnostics),
            new ExpressionReader(markers, diagnostics, callable),
            new Typing(diagnostics),
            new LabelFlow(diagnostics),
            reader,
            callable,
            diagnostics);
    diagnostics.facts().tables(new Facts.Tables(definition, types, systems, callable));
    checkSources(tools);
    var pipelines = new PipelineReader(definition.pipelines, tools);
    var routeReader = new RouteReader(tools, pipelines, definition.defaults);
    routeReader.resolve(definition.routes);
    policies.resolve(tools.references(), pipelines);
    for (Entry entry : definition.pipelines.values()) {
      // What a step calls takes anything unless it says otherwise.
      pipelines.called(entry.name()).forEach(name -> pipelines.infer(name, Type.Simple.ANY));
    }
    List<Route> routes = routeReader.read();
    pipelines.finish();
    policies.finish(pipelines);
    routeReader.warnUnused(definition.pipelines);
    List<DefinitionTest> tests =
        isChecked
            ? new TestReader(systems, tools.expressions(), diagnostics).read(definition.tests)
            : List.of();
    Access access = access(definition, reader, tools);
    Optional<Plan.StateKeys> state = StateReader.read(definition.defaults, reader, diagnostics);
    policies.warnUnused();
    functions.warnUnused();
    return new Known(
        plan(definition, systems, pipelines, routes, access, state),
        types.byName(),
        functions,
        tests,
        effectsBy(systems),
        contacts(definition, systems, tools),
        () -> Written.of(definition, functions),
        Optional.empty());
  }

  /** Before unused functions are told of: identities may call them. */
  private Access access(Definition definition, OptionReader reader, Tools tools) {
    var expressions = tools.expressions();
    return new AccessReader(definition, tools.systems(), reader, expressions, diagnostics).read();
  }

  private static Map<String, String> effectsBy(SystemTable systems) {
    var effectsBy = new LinkedHashMap<String, String>();
    systems.all().forEach(system -> effectsBy.putAll(system.effectsBy));
    return effectsBy;
  }

  /** What the real systems say, where they are to be asked. */
  private List<Contact> contacts(Definition definition, SystemTable systems, Tools tools)
      throws InterruptedException {
    if (options.connect().isEmpty() || diagnostics.hasErrors()) {
      return List.of();
    }
    var drift = new Drift(definition, options.connect().get(), tools.typing(), diagnostics);
    return drift.check(systems);
  }

  /** Empty if anything is wrong, but not for what is only not available yet. */
  private Optional<Plan> plan(
      Definition definition,
      SystemTable systems,
      PipelineReader pipelines,
      List<Route> routes,
      Access access,
      Optional<Plan.StateKeys> state) {
    if (diagnostics.errors() > 0) {
      return Optional.empty();
    }
    SequencedMap<String, Pipeline> byName = new LinkedHashMap<>();
    pipelines.pipelines().forEach(pipeline -> byName.put(pipeline.name(), pipeline));
    return Optional.of(
        new Plan(
            definition.path(),
            definition.stateDir(),
            systems.plan(),
            byName,
            routes,
            access,
            state));
  }

  private static void checkSources(Tools tools) {
    tools
        .systems()
        .byName()
        .values()
        .forEach(system ->
            system.operations.values().stream()
                .filter(op -> op.operation().direction() == Direction.RECEIVES)
                .forEach(op -> tools.labels().checkSource(op, system)));
  }

  /** What all declarations are read with. */
  private void surround(Definition definition, Map<String, String> environment) {
    diagnostics
        .session()
        .surround(
            List.of(
                definition.path(),
                definition.stateDir(),
                definition.defaults.written(),
                environment,
                options.offline(),
                options.remembers(),
                options.secrets(),
                options.connect().isPresent()));
  }

  /** What stands for the variables and secrets that the definition names. */
  static Markers markers(Definition definition, Options options, Diagnostics diagnostics) {
    return markers(definition, options, environment(definition, options, diagnostics), diagnostics);
  }

  private static Markers markers(
      Definition definition,
      Options options,
      Map<String, String> environment,
      Diagnostics diagnostics) {
    Secrets secrets =
        Secrets.of(
            definition.defaults,
            options.secrets(),
            environment,
            definition.stateDir(),
            diagnostics);
    return new Markers(environment, secrets, diagnostics);
  }

  /** The variables of the process before those of files. */
  private static Map<String, String> environment(
      Definition definition, Options options, Diagnostics diagnostics) {
    var all = new HashMap<String, String>();
    Path beside = definition.stateDir().resolveSibling(".env");
    List<Path> files =
        options.environmentFiles().isEmpty() && Files.exists(beside)
            ? List.of(beside)
            : options.environmentFiles();
    files.forEach(file -> all.putAll(EnvironmentFile.read(file, diagnostics)));
    all.putAll(options.environment());
    return all;
  }

  /** The system as the last compilation made it, if this one would make the same. */
  private Optional<Declared> again(Entry entry, Trail.Tables tables) {
    var systems = diagnostics.session().systems();
    Optional<Session.Kept<Declared>> kept =
        systems
            .find(entry.name())
            .filter(known -> known.entry() == entry)
            .filter(known -> diagnostics.session().isSame(() -> known.trail().isSame(tables)));
    kept.ifPresent(known -> {
      known.trail().replay(tables.policies(), diagnostics);
      systems.put(entry.name(), known);
    });
    return kept.map(Session.Kept::made);
  }

  private SystemTable systems(
      Definition definition, OptionReader reader, PolicyTable policies, UserFunctions functions)
      throws InterruptedException {
    var systemReader =
        new SystemReader(adapters, reader, policies, definition.defaults, diagnostics);
    systemReader.checkDefaults();
    var read = new ArrayList<Read>();
    var systems = new SystemTable(diagnostics);
    var tables = new Trail.Tables(reader.types(), _ -> false, policies, functions);
    for (Entry entry : definition.systems.values()) {
      Optional<Declared> known = again(entry, tables);
      if (known.isPresent()) {
        systems.add(known.get());
        continue;
      }
      Read system = systemReader.read(entry);
      read.add(system);
      systems.add(system.system());
    }
    new Describer(definition.stateDir(), options, policies, diagnostics).complete(read);
    return systems;
  }
}
