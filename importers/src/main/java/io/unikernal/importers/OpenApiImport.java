package io.unikernal.importers;

import io.unikernal.importers.Imported.ImportedOperation;
import io.unikernal.importers.Imported.ImportedSystem;
import io.unikernal.importers.Imported.Option;
import io.unikernal.importers.SchemaDocuments.Document;
import io.unikernal.importers.SchemaDocuments.Target;
import io.unikernal.model.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** OpenAPI 3.0 and 3.1 to types, and to the operations of an HTTP system that is called. */
final class OpenApiImport {
  static final int OPERATIONS_MAX = 10_000;
  private static final List<String> METHODS =
      List.of("get", "post", "put", "patch", "delete", "head");
  private static final String NO_SERVER = "https://example.org";

  private final Document document;
  private final SchemaReader reader;
  private final Losses losses = new Losses();
  private final List<String> notes = new ArrayList<>();
  private final List<ImportedOperation> operations = new ArrayList<>();
  private final OpenApiParameters parameters;
  private final UdlNames names;

  private OpenApiImport(SourceFile file) {
    var documents = new SchemaDocuments();
    document = documents.add(file, TreeReader.read(file));
    reader = new SchemaReader(documents, losses);
    parameters = new OpenApiParameters(reader, losses);
    names = reader.names;
  }

  static Imported read(SourceFile file, Optional<String> system) {
    return new OpenApiImport(file).imported(system);
  }

  private Imported imported(Optional<String> wantedName) {
    Tree root = document.root();
    checkVersion(root);
    var schemas =
        root.get("components").map(c -> c.fields("schemas")).orElseGet(LinkedHashMap::new);
    schemas.forEach((name, schema) -> reader.reserve(schema, name));
    reader.discriminators(root, document);
    schemas.values().forEach(schema -> reader.declare(schema, document));
    root.fields("paths").forEach(this::path);
    reader.finish();
    for (String section : List.of("webhooks", "x-webhooks")) {
      if (!root.fields(section).isEmpty()) {
        notes.add(
            "Left out: "
                + root.fields(section).size()
                + " webhooks, which are received and not called.");
      }
    }
    var systems = new ArrayList<ImportedSystem>();
    if (!operations.isEmpty()) {
      systems.add(system(root, wantedName));
    }
    return new Imported(Format.OPENAPI, reader.types(), systems, losses.all(), notes);
  }

  private void checkVersion(Tree root) {
    if (root.has("swagger")) {
      throw RefusedException.at(
          document.file(),
          root.get("swagger").orElseThrow().place(),
          "this is Swagger 2.0, and OpenAPI 3.0 and 3.1 are read",
          "convert it, as with swagger2openapi");
    }
    Optional<Tree> version = root.get("openapi");
    String text = version.map(v -> v.text().orElse(TypeTexts.json(v.value()))).orElse("");
    if (!text.startsWith("3.")) {
      throw RefusedException.at(
          document.file(),
          version.map(Tree::place).orElse(root.place()),
          "this is no OpenAPI document: `openapi: 3.x` is missing",
          "");
    }
  }

  private ImportedSystem system(Tree root, Optional<String> wantedName) {
    String title =
        root.get("info").flatMap(info -> info.text("title")).orElse(document.file().stem());
    String name = names.lower(wantedName.orElse(title));
    var options = new LinkedHashMap<String, Option>();
    options.put("url", new Option.Text(url(root, name)));
    Tree security = root.get("components").flatMap(c -> c.get("securitySchemes")).orElse(root);
    if (security != root && !security.fields().isEmpty()) {
      losses.add(Loss.Kind.SECURITY, name, String.join(", ", security.fields().keySet()));
    }
    return new ImportedSystem(
        name, "http", options, operations, SchemaReader.doc(root.get("info").orElse(root)));
  }

  private String url(Tree root, String name) {
    List<Tree> servers = root.items("servers");
    if (servers.size() > 1) {
      losses.add(Loss.Kind.CONSTRAINT, name, (servers.size() - 1) + " more servers");
    }
    Optional<Tree> server = servers.stream().findFirst();
    String url = server.flatMap(s -> s.text("url")).orElse("");
    if (server.isPresent()) {
      for (var variable : server.get().fields("variables").entrySet()) {
        String value = variable.getValue().text("default").orElse("x");
        url = url.replace("{" + variable.getKey() + "}", value);
      }
    }
    String absolute =
        url.matches("(?i)https?://[^\\s{}$?#]+")
            ? url
            : NO_SERVER + (url.matches("/[^\\s{}$?#]*") ? url : "");
    if (!absolute.equals(url)) {
      notes.add("The document names no server: put the address of yours into `url`.");
    }
    return absolute.replaceAll("/+$", "");
  }

  private void path(String path, Tree item) {
    Target target = reader.resolved(item, document);
    List<Tree> shared = target.schema().items("parameters");
    for (String method : METHODS) {
      target
          .schema()
          .get(method)
          .filter(Tree.Obj.class::isInstance)
          .ifPresent(operation -> operation(path, method, operation, shared, target.document()));
    }
    for (String method : List.of("options", "trace", "query")) {
      if (target.schema().has(method)) {
        losses.add(Loss.Kind.OPERATION, method + " " + path, "the method");
      }
    }
  }

  private void operation(
      String path, String method, Tree operation, List<Tree> shared, Document from) {
    if (operations.size() >= OPERATIONS_MAX) {
      throw RefusedException.of(
          document.file(), "the document has over " + OPERATIONS_MAX + " operations", "");
    }
    String id = operation.text("operationId").orElse(method + "_" + path);
    String name = names.lower(id);
    String hint = UdlNames.typeName(name.replace('_', ' '));
    var options = new LinkedHashMap<String, Option>();
    Optional<String> template = parameters.template(path, name);
    if (template.isEmpty()) {
      return;
    }
    options.put(method, new Option.Text(template.get()));
    boolean hasBody = body(operation, method, name, hint, options, from);
    List<Tree> all = new ArrayList<>(shared);
    all.addAll(operation.items("parameters"));
    if (!parameters.read(all, path, name, hint, hasBody, options, from)) {
      return;
    }
    answer(operation, name, hint, options, from);
    reader.finish();
    String doc = operation.text("summary").or(() -> operation.text("description")).orElse("");
    operations.add(new ImportedOperation(name, options, doc));
  }

  /** Whether the operation has a body. One that cannot be written is told, and left out. */
  private boolean body(
      Tree operation,
      String method,
      String name,
      String hint,
      LinkedHashMap<String, Option> options,
      Document from) {
    Optional<Tree> written = operation.get("requestBody");
    if (written.isEmpty()) {
      return false;
    }
    Target body = reader.resolved(written.get(), from);
    var content = body.schema().fields("content");
    Optional<Tree> json = json(content);
    if (method.equals("get") || method.equals("head") || json.isEmpty()) {
      losses.add(Loss.Kind.MEDIA_TYPE, name, "body: " + String.join(", ", content.keySet()));
      return false;
    }
    var type =
        json.get()
            .get("schema")
            .map(schema -> reader.read(schema, body.document(), hint + "_Body", name + ".body"))
            .orElse(Type.Simple.ANY);
    options.put(
        "body", new Option.Typed(body.schema().isTrue("required") ? type : Optionals.of(type)));
    return true;
  }

  private static Optional<Tree> json(SequencedMap<String, Tree> content) {
    return content.entrySet().stream()
        .filter(entry -> isJson(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static boolean isJson(String mediaType) {
    String type = mediaType.toLowerCase(Locale.ROOT).replaceFirst(";.*", "").strip();
    return type.equals("application/json")
        || type.endsWith("+json")
        || type.equals("*/*")
        || type.equals("application/*");
  }

  private void answer(
      Tree operation,
      String name,
      String hint,
      LinkedHashMap<String, Option> options,
      Document from) {
    var good = new LinkedHashMap<String, Target>();
    operation
        .fields("responses")
        .forEach((status, response) -> {
          if (status.matches("2[0-9X]{2}|2xx|default")) {
            good.put(status, reader.resolved(response, from));
          }
        });
    boolean isExact = good.keySet().stream().anyMatch(status -> status.startsWith("2"));
    if (isExact) {
      good.remove("default");
    }
    String chosen =
        good.entrySet().stream()
            .filter(entry -> json(entry.getValue().schema().fields("content")).isPresent())
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse("");
    if (chosen.isEmpty()) {
      good.values().stream()
          .flatMap(target -> target.schema().fields("content").keySet().stream())
          .findFirst()
          .ifPresent(type -> losses.add(Loss.Kind.MEDIA_TYPE, name, "answer: " + type));
      return;
    }
    long others =
        good.values().stream().filter(t -> json(t.schema().fields("content")).isPresent()).count()
            - 1;
    if (others > 0) {
      losses.add(Loss.Kind.CONSTRAINT, name, others + " more answers than that of " + chosen);
    }
    Target target = Optional.ofNullable(good.get(chosen)).orElseThrow();
    var type =
        json(target.schema().fields("content"))
            .flatMap(media -> media.get("schema"))
            .map(schema ->
                reader.read(schema, target.document(), hint + "_Answer", name + ".returns"))
            .orElse(Type.Simple.ANY);
    if (type == Type.Simple.NULL) {
      return;
    }
    options.put("returns", new Option.Typed(type));
    if (chosen.matches("20[1-9]") && !chosen.equals("204")) {
      options.put("status", new Option.Number(Long.parseLong(chosen)));
    }
  }
}
