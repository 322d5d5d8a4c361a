package io.unikernal.udl;

import io.unikernal.model.Field;
import io.unikernal.model.Operation;
import io.unikernal.model.Pipeline;
import io.unikernal.model.Plan;
import io.unikernal.model.Plan.PlannedSystem;
import io.unikernal.model.Policy;
import io.unikernal.model.Route;
import io.unikernal.model.Step;
import io.unikernal.model.Type;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.PlanParts.Callee;
import io.unikernal.udl.PlanParts.Does;
import io.unikernal.udl.UdlCompiler.Options;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A page about a definition for people who use it. Secrets are never on it. */
public final class DocsPage {
  private final Plan plan;
  private final Definition definition;
  private final PageText page;

  private DocsPage(Plan plan, Definition definition, PageText page) {
    this.plan = plan;
    this.definition = definition;
    this.page = page;
  }

  /**
   * @param page empty if the definition has errors
   */
  public record Page(Compilation compilation, Optional<String> page) {}

  /** {@code isHtml}: a whole HTML page with the graph drawn in it; else Markdown. */
  public static Page write(
      Path path, Map<String, Adapter> adapters, Options options, boolean isHtml)
      throws InterruptedException {
    ToolInput input = ToolInput.of(path, adapters, options);
    Compilation compilation = input.compilation();
    if (compilation.plan().isEmpty() || input.definition().isEmpty()) {
      return new Page(compilation, Optional.empty());
    }
    PageText text = isHtml ? new PageText.Html() : new PageText.Markdown();
    new DocsPage(compilation.plan().get(), input.definition().get(), text).write();
    return new Page(compilation, Optional.of(text.done()));
  }

  private void write() {
    page.heading(1, String.valueOf(plan.file().toAbsolutePath().normalize().getFileName()));
    page.paragraph(
        plan.systems().size()
            + " systems, "
            + plan.routes().size()
            + " routes, "
            + plan.pipelines().size()
            + " pipelines.");
    page.graph(plan);
    routes();
    access();
    page.heading(2, "Systems");
    plan.systems().forEach(this::system);
    if (!plan.pipelines().isEmpty()) {
      page.heading(2, "Pipelines");
      plan.pipelines().values().forEach(this::pipeline);
    }
    types();
    policies();
  }

  private static String doc(Optional<Node> written) {
    return written
        .filter(Mapping.class::isInstance)
        .flatMap(node -> ((Mapping) node).get("doc"))
        .map(node -> node instanceof Scalar scalar ? scalar.text().strip() : "")
        .orElse("");
  }

  private static Optional<Node> written(Map<String, Entry> declared, String name) {
    return Optional.ofNullable(declared.get(name)).map(Entry::value);
  }

  private void routes() {
    if (plan.routes().isEmpty()) {
      return;
    }
    page.heading(2, "Routes");
    var rows = new ArrayList<List<String>>();
    for (Route route : plan.routes()) {
      rows.add(
          List.of(
              page.code(route.from().id()),
              route.when().map(when -> page.code(when.text())).orElse(""),
              String.join(
                  ", ",
                  PlanParts.callees(route.to()).stream().map(to -> page.code(to.name())).toList()),
              page.plain(route.guarantee().toString()),
              policies(route.policies()),
              page.prose(doc(route))));
    }
    page.table(List.of("from", "when", "to", "guarantee", "policies", ""), rows);
  }

  /** A route is found by its ends as they are written. */
  private String doc(Route route) {
    for (Node node : definition.routes) {
      boolean isIt =
          node instanceof Mapping mapping
              && text(mapping, "from").equals(route.from().id())
              && node.place().origin().line() == route.origin().line();
      if (isIt) {
        return doc(Optional.of(node));
      }
    }
    return "";
  }

  /** Which roles may call what, and how it is proved that somebody has one. */
  private void access() {
    if (plan.access().isOpen()) {
      return;
    }
    page.heading(2, "Who may call what");
    var identities = new ArrayList<List<String>>();
    plan.access()
        .identities()
        .forEach(identity ->
            identities.add(
                List.of(
                    page.code(identity.name()),
                    page.code(identity.provider()),
                    page.prose(doc(written(definition.identities, identity.name()))))));
    if (!identities.isEmpty()) {
      page.table(List.of("identity", "proved by", ""), identities);
    }
    var rows = new ArrayList<List<String>>();
    AccessText.matrix(plan)
        .forEach((operation, roles) ->
            rows.add(
                List.of(
                    page.code(operation),
                    roles.isEmpty()
                        ? page.plain("nobody")
                        : String.join(", ", roles.stream().map(page::code).toList()))));
    page.table(List.of("operation", "roles that may call it"), rows);
  }

  private static String text(Mapping mapping, String key) {
    return mapping.get(key).map(n -> n instanceof Scalar scalar ? scalar.text() : "").orElse("");
  }

  private String policies(List<Policy> policies) {
    return String.join(", ", PlanParts.texts(policies).stream().map(page::code).toList());
  }

  private void system(PlannedSystem system) {
    page.heading(3, system.name() + " (" + system.adapter() + ")");
    String doc = doc(written(definition.systems, system.name()));
    if (!doc.isEmpty()) {
      page.paragraph(page.prose(doc), true);
    }
    Path folder = Optional.ofNullable(plan.stateDir().getParent()).orElse(Path.of(""));
    var options = new ArrayList<List<String>>();
    system
        .config()
        .values()
        .forEach((field, value) -> options.add(option(system, field, value, folder)));
    if (!system.clearance().isEmpty()) {
      options.add(
          List.of(
              page.code("clearance"),
              page.plain(system.clearance().stream().sorted().toList().toString()),
              "the labels that it may handle"));
    }
    if (!system.policies().isEmpty()) {
      options.add(List.of(page.code("policy"), policies(system.policies()), ""));
    }
    if (!options.isEmpty()) {
      page.table(List.of("option", "value", "meaning"), options);
    }
    var rows = new ArrayList<List<String>>();
    for (Operation operation : system.operations().values()) {
      rows.add(
          List.of(
              page.code(operation.name()),
              operation.direction() == Operation.Direction.RECEIVES ? "receives" : "is called",
              type(operation.input()),
              type(operation.output()),
              page.plain(operation.effect().toString()),
              page.prose(operation.doc())));
    }
    if (!rows.isEmpty()) {
      page.table(List.of("operation", "", "input", "output", "effect", ""), rows);
    }
  }

  /** What came from the environment is not shown: it is another value elsewhere. */
  private List<String> option(PlannedSystem system, Field<?> field, Object value, Path folder) {
    String written =
        written(definition.systems, system.name())
            .filter(Mapping.class::isInstance)
            .map(Mapping.class::cast)
            .flatMap(mapping ->
                mapping.entries().stream()
                    .filter(entry ->
                        OptionReader.field(
                                new io.unikernal.model.ConfigSpec(List.of(field)), entry.name())
                            .isPresent())
                    .map(Entry::value)
                    .findFirst())
            .map(node -> node instanceof Scalar scalar ? scalar.text() : "")
            .orElse("");
    String shown =
        written.contains("${") && !OptionText.isHidden(field.isSecret(), field.name(), written)
            ? written
            : OptionText.shown(field, value, folder);
    return List.of(page.code(field.name()), page.code(shown), page.prose(field.doc()));
  }

  /** A named record as a link to its table, anything else as it is written. */
  private String type(Type type) {
    String text = type.toString();
    boolean isKnown = type.core() instanceof Type.Record record && !record.name().isEmpty();
    return isKnown
        ? page.link(text, "type-" + ((Type.Record) type.core()).name())
        : page.code(text);
  }

  private void pipeline(Pipeline pipeline) {
    page.heading(3, pipeline.name());
    String doc = doc(written(definition.pipelines, pipeline.name()));
    if (!doc.isEmpty()) {
      page.paragraph(page.prose(doc), true);
    }
    page.paragraph(
        page.plain("Takes ")
            + type(pipeline.input())
            + page.plain(", gives ")
            + type(pipeline.output().type())
            + (pipeline.policies().isEmpty()
                ? ""
                : page.plain("; ") + policies(pipeline.policies()))
            + page.plain("."),
        true);
    var rows = new ArrayList<List<String>>();
    steps(pipeline.steps(), 0, rows);
    if (!pipeline.onError().isEmpty()) {
      rows.add(List.of(page.plain("on_error"), "", "", "", ""));
      steps(pipeline.onError(), 1, rows);
    }
    if (!rows.isEmpty()) {
      page.table(List.of("step", "does", "when", "policies", "gives"), rows);
    }
  }

  private void steps(List<Step> steps, int depth, List<List<String>> rows) {
    for (Step step : steps) {
      Does does = PlanParts.does(step);
      Step.Head head = step.head();
      String called = String.join(", ", does.calls().stream().map(Callee::name).toList());
      String gives =
          does.calls().isEmpty() && !does.gives().isEmpty()
              ? type(does.gives().getFirst().type())
              : "";
      rows.add(
          List.of(
              page.indent(depth) + (head.name().contains("[") ? "" : page.code(head.name())),
              called.isEmpty() ? page.plain(does.what()) : page.code(called),
              head.when().map(when -> page.code(when.text())).orElse(""),
              policies(head.policies()),
              gives));
      steps(does.inside(), depth + 1, rows);
      if (!head.onError().isEmpty()) {
        rows.add(List.of(page.indent(depth + 1) + page.plain("on_error"), "", "", "", ""));
        steps(head.onError(), depth + 2, rows);
      }
    }
  }

  private void types() {
    var types = new LinkedHashMap<String, Type.Record>();
    for (PlannedSystem system : plan.systems()) {
      for (Operation operation : system.operations().values()) {
        for (Type side : List.of(operation.input(), operation.output())) {
          Content.named(side)
              .forEach(type -> {
                if (type instanceof Type.Record record) {
                  types.putIfAbsent(record.name(), record);
                }
              });
        }
      }
    }
    if (types.isEmpty()) {
      return;
    }
    page.heading(2, "Types");
    types.forEach((name, record) -> {
      page.anchored(3, name, "type-" + name);
      String doc = doc(written(definition.types, name));
      if (!doc.isEmpty() && record.field("doc").isEmpty()) {
        page.paragraph(page.prose(doc), true);
      }
      var rows = new ArrayList<List<String>>();
      for (Type.Field field : record.fields()) {
        rows.add(
            List.of(
                page.code(field.name()),
                type(field.type()) + (field.isJsonText() ? Type.JSON_TEXT : ""),
                field.isRequired() ? "yes" : "",
                field.fallback().map(value -> page.code(written(value))).orElse("")));
      }
      page.table(List.of("field", "type", "required", "default"), rows);
    });
  }

  private static String written(io.unikernal.model.Value value) {
    return new String(
        io.unikernal.model.Json.write(value), java.nio.charset.StandardCharsets.UTF_8);
  }

  private void policies() {
    if (definition.policies.isEmpty()) {
      return;
    }
    page.heading(2, "Policies");
    var rows = new ArrayList<List<String>>();
    for (Entry entry : definition.policies.values()) {
      rows.add(
          List.of(
              page.code(entry.name()),
              page.code(entry.value().place().text().replaceAll("\\s+", " ")),
              page.prose(doc(Optional.of(entry.value())))));
    }
    page.table(List.of("policy", "as written", ""), rows);
  }
}
