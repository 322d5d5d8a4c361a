package io.unikernal.udl;

import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Route;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.SecretProvider;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.SystemReader.Read;
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
  private UdlCompiler() {}

  /**
   * What a compilation depends on besides the files.
   *
   * @param environment what {@code ${NAME}} and {@code env.NAME} read
   * @param offline runs no user code: functions are what {@code operations:} declares, else {@code
   *     any}
   * @param environmentFiles instead of the {@code .env} beside the definition, the later before the
   *     earlier; {@code environment} wins over all of them
   * @param secrets providers besides those of the environment and of files
   */
  public record Options(
      Map<String, String> environment,
      boolean offline,
      List<Path> environmentFiles,
      List<SecretProvider> secrets) {
    public Options(Map<String, String> environment, boolean offline) {
      this(environment, offline, List.of(), List.of());
    }
  }

  /** Compiles a file, or every {@code *.udl} and {@code *.udl.yaml} directly in a folder. */
  public static Compilation compile(Path definition, Map<String, Adapter> adapters, Options options)
      throws InterruptedException {
    var diagnostics = new Diagnostics();
    Optional<Plan> plan = Optional.empty();
    var effectsBy = new LinkedHashMap<String, String>();
    Optional<Definition> loaded = Loader.load(definition, diagnostics);
    if (loaded.isPresent()) {
      plan = plan(loaded.get(), adapters, options, effectsBy, diagnostics);
    }
    List<Diagnostic> all = diagnostics.sorted();
    List<Diagnostic> shown = all.subList(0, Math.min(all.size(), Diagnostics.MAX));
    return new Compilation(
        plan.filter(_ -> !diagnostics.hasErrors()),
        plan,
        Map.copyOf(effectsBy),
        List.copyOf(shown),
        new Renderer(
            shown, diagnostics.sources(), diagnostics.hidden(), all.size() - shown.size()));
  }

  private static Optional<Plan> plan(
      Definition definition,
      Map<String, Adapter> adapters,
      Options options,
      Map<String, String> effectsBy,
      Diagnostics diagnostics)
      throws InterruptedException {
    TypeTable types = TypeTable.of(definition, diagnostics);
    Markers markers = markers(definition, options, diagnostics);
    var reader = new OptionReader(types, markers, diagnostics);
    PolicyTable policies =
        PolicyTable.of(
            definition,
            reader,
            found -> new ExpressionReader(markers.to(found), found),
            diagnostics);
    SystemTable systems = systems(definition, adapters, options, reader, policies, diagnostics);
    var tools =
        new Tools(
            types,
            systems,
            policies,
            new References(systems, definition.pipelines, diagnostics),
            new ExpressionReader(markers, diagnostics),
            new Typing(diagnostics),
            new LabelFlow(diagnostics),
            diagnostics);
    checkSources(systems, tools.labels());
    var pipelines = new PipelineReader(definition.pipelines, tools);
    var routeReader = new RouteReader(tools, pipelines);
    routeReader.resolve(definition.routes);
    policies.resolve(tools.references(), pipelines);
    for (Entry entry : definition.pipelines.values()) {
      // What a step calls takes anything unless it says otherwise.
      pipelines
          .called(entry.name())
          .forEach(name -> pipelines.infer(name, io.unikernal.model.Type.Simple.ANY));
    }
    List<Route> routes = routeReader.read();
    pipelines.finish();
    policies.finish(pipelines);
    routeReader.warnUnused(definition.pipelines);
    policies.warnUnused();
    systems.all().forEach(system -> effectsBy.putAll(system.effectsBy));
    if (diagnostics.mistakes() > 0) {
      return Optional.empty();
    }
    SequencedMap<String, Pipeline> byName = new LinkedHashMap<>();
    pipelines.pipelines().forEach(pipeline -> byName.put(pipeline.name(), pipeline));
    return Optional.of(
        new Plan(definition.path(), definition.stateDir(), systems.plan(), byName, routes));
  }

  private static void checkSources(SystemTable systems, LabelFlow labels) {
    systems
        .byName()
        .values()
        .forEach(system ->
            system.operations.values().stream()
                .filter(op -> op.operation().direction() == Direction.RECEIVES)
                .forEach(op -> labels.checkSource(op, system)));
  }

  private static Markers markers(Definition definition, Options options, Diagnostics diagnostics) {
    Map<String, String> environment = environment(definition, options, diagnostics);
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

  private static SystemTable systems(
      Definition definition,
      Map<String, Adapter> adapters,
      Options options,
      OptionReader reader,
      PolicyTable policies,
      Diagnostics diagnostics)
      throws InterruptedException {
    var systemReader =
        new SystemReader(adapters, reader, policies, definition.defaults, diagnostics);
    systemReader.checkDefaults();
    var read = new ArrayList<Read>();
    var systems = new SystemTable(diagnostics);
    for (Entry entry : definition.systems.values()) {
      Read system = systemReader.read(entry);
      read.add(system);
      systems.add(system.system());
    }
    new Describer(definition.stateDir(), options.offline(), policies, diagnostics).complete(read);
    return systems;
  }
}
