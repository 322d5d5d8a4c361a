package io.unikernal.udl;

import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Route;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.PipelineReader.Tools;
import io.unikernal.udl.SystemReader.Read;
import java.nio.file.Path;
import java.util.ArrayList;
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
   * @param overlay texts that count instead of what files hold
   * @param remembers offline, what user code said of itself before still counts
   */
  public record Options(
      Map<String, String> environment, boolean offline, Overlay overlay, boolean remembers) {
    public Options(Map<String, String> environment, boolean offline) {
      this(environment, offline, Overlay.NONE, false);
    }

    /** The same with other texts. */
    public Options with(Overlay texts) {
      return new Options(environment, offline, texts, remembers);
    }
  }

  /** Compiles a file, or every {@code *.udl} and {@code *.udl.yaml} directly in a folder. */
  public static Compilation compile(Path definition, Map<String, Adapter> adapters, Options options)
      throws InterruptedException {
    return compile(definition, adapters, options, new Diagnostics());
  }

  static Compilation compile(
      Path definition, Map<String, Adapter> adapters, Options options, Diagnostics diagnostics)
      throws InterruptedException {
    Optional<Plan> plan = Optional.empty();
    Facts facts = diagnostics.facts();
    Optional<Loader.Loaded> loaded = Loader.read(definition, options.overlay(), diagnostics);
    if (loaded.isPresent() && !loaded.get().isBroken()) {
      plan = plan(loaded.get().definition(), adapters, options, diagnostics);
    } else if (loaded.isPresent() && facts.isWanted()) {
      // Places and names are good for something all the same; what is wrong with them is not.
      var unheard = new Diagnostics(diagnostics.session(), true);
      var careful =
          new Options(options.environment(), true, options.overlay(), options.remembers());
      plan(loaded.get().definition(), adapters, careful, unheard);
      facts = unheard.facts();
    }
    List<Diagnostic> all = diagnostics.sorted();
    List<Diagnostic> shown = all.subList(0, Math.min(all.size(), Diagnostics.MAX));
    return new Compilation(
        plan.filter(_ -> !diagnostics.hasErrors()),
        List.copyOf(shown),
        new Renderer(shown, diagnostics.sources(), diagnostics.hidden(), all.size() - shown.size()),
        Index.of(facts, adapters, facts != diagnostics.facts()));
  }

  private static Optional<Plan> plan(
      Definition definition,
      Map<String, Adapter> adapters,
      Options options,
      Diagnostics diagnostics)
      throws InterruptedException {
    TypeTable types = TypeTable.of(definition, diagnostics);
    var markers = new Markers(options.environment(), definition.stateDir(), diagnostics);
    var reader = new OptionReader(types, markers, diagnostics);
    PolicyTable policies = PolicyTable.of(definition, reader, diagnostics);
    SystemTable systems = systems(definition, adapters, options, reader, policies, diagnostics);
    var tools =
        new Tools(
            types,
            systems,
            policies,
            new References(systems, definition.pipelines, diagnostics),
            new ExpressionReader(diagnostics),
            new Typing(diagnostics),
            new LabelFlow(diagnostics),
            diagnostics);
    diagnostics.facts().tables(new Facts.Tables(definition, types, systems));
    systems
        .byName()
        .values()
        .forEach(system ->
            system.operations.values().stream()
                .filter(op -> op.operation().direction() == Direction.RECEIVES)
                .forEach(op -> tools.labels().checkSource(op, system)));
    var pipelines = new PipelineReader(definition.pipelines, tools);
    var routeReader = new RouteReader(tools, pipelines);
    routeReader.resolve(definition.routes);
    for (Entry entry : definition.pipelines.values()) {
      // What a step calls takes anything unless it says otherwise.
      pipelines
          .called(entry.name())
          .forEach(name -> pipelines.infer(name, io.unikernal.model.Type.Simple.ANY));
    }
    List<Route> routes = routeReader.read();
    pipelines.finish();
    routeReader.warnUnused(definition.pipelines);
    policies.warnUnused();
    if (diagnostics.hasErrors()) {
      return Optional.empty();
    }
    SequencedMap<String, Pipeline> byName = new LinkedHashMap<>();
    pipelines.pipelines().forEach(pipeline -> byName.put(pipeline.name(), pipeline));
    return Optional.of(
        new Plan(definition.path(), definition.stateDir(), systems.plan(), byName, routes));
  }

  private static SystemTable systems(
      Definition definition,
      Map<String, Adapter> adapters,
      Options options,
      OptionReader reader,
      PolicyTable policies,
      Diagnostics diagnostics)
      throws InterruptedException {
    var systemReader = new SystemReader(adapters, reader, policies, diagnostics);
    var read = new ArrayList<Read>();
    var systems = new SystemTable(diagnostics);
    for (Entry entry : definition.systems.values()) {
      Read system = systemReader.read(entry);
      read.add(system);
      systems.add(system.system());
    }
    new Describer(definition.stateDir(), options, diagnostics).complete(read);
    return systems;
  }
}
