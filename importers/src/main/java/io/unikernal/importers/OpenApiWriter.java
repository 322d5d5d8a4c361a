package io.unikernal.importers;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Fault;
import io.unikernal.model.Field;
import io.unikernal.model.Operation;
import io.unikernal.model.Plan.PlannedSystem;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.AdapterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** HTTP systems that serve, as OpenAPI 3.1. Options are read by the names that the adapter gave. */
final class OpenApiWriter {
  private static final List<String> METHODS =
      List.of("get", "post", "put", "patch", "delete", "head");
  private static final String BASE = "#/components/schemas/";
  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";

  private final ConfigSpec systemSpec;
  private final ConfigSpec operationSpec;
  private final Losses losses;
  private final SchemaWriter schemas;
  private final String problem;
  private final SequencedMap<String, SequencedMap<String, Value>> paths = new LinkedHashMap<>();

  OpenApiWriter(TypeSet types, AdapterSpec http, Losses losses) {
    systemSpec = http.system();
    operationSpec = http.operation();
    this.losses = losses;
    schemas = new SchemaWriter(types, BASE, true, losses);
    problem = types.types().containsKey("Problem") ? "FaultProblem" : "Problem";
  }

  Value.Dict document(String title, List<PlannedSystem> systems) {
    for (PlannedSystem system : systems) {
      for (Operation operation : system.operations().values()) {
        add(system, operation, systems.size() > 1);
      }
    }
    var pathItems = new LinkedHashMap<String, Value>();
    paths.forEach((path, item) -> pathItems.put(path, new Value.Dict(item)));
    var components = new LinkedHashMap<>(schemas.definitions().fields());
    components.put(problem, problemSchema());
    return dict(
        "openapi", Value.text("3.1.0"),
        "info", dict("title", Value.text(title), "version", Value.text("0")),
        "servers", new Value.Items(systems.stream().map(this::server).distinct().toList()),
        "paths", new Value.Dict(pathItems),
        "components", dict("schemas", new Value.Dict(components)));
  }

  static Value.Dict dict(Object... namesAndValues) {
    var fields = new LinkedHashMap<String, Value>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], (Value) namesAndValues[i + 1]);
    }
    return new Value.Dict(fields);
  }

  private Value server(PlannedSystem system) {
    String listen = text(systemSpec, system.config(), "listen").orElse("");
    String host =
        listen.matches("[0-9]+")
            ? "localhost:" + listen
            : listen.replaceFirst("^(0\\.0\\.0\\.0|\\[::])", "localhost");
    return dict("url", Value.text("http://" + host), "description", Value.text(system.name()));
  }

  private void add(PlannedSystem system, Operation operation, boolean withSystem) {
    for (String method : METHODS) {
      Optional<String> path = text(operationSpec, operation.options(), method);
      if (path.isEmpty()) {
        continue;
      }
      var item = paths.computeIfAbsent(path.get(), _ -> new LinkedHashMap<>());
      if (item.containsKey(method)) {
        losses.add(
            Loss.Kind.OPERATION,
            operation.id(),
            method + " " + path.get() + " is another system's");
        continue;
      }
      item.put(method, operation(system, operation, path.get(), withSystem));
    }
  }

  private Value operation(
      PlannedSystem system, Operation operation, String path, boolean withSystem) {
    Config options = operation.options();
    String id = operation.id();
    var fields = new LinkedHashMap<String, Value>();
    fields.put(
        "operationId",
        Value.text(withSystem ? system.name() + "_" + operation.name() : operation.name()));
    if (!operation.doc().isBlank()) {
      fields.put("summary", Value.text(operation.doc().strip()));
    }
    if (withSystem) {
      fields.put("servers", new Value.Items(List.of(server(system))));
    }
    var parameters = new ArrayList<Value>();
    var pathTypes = types(options, "path");
    for (String part : path.split("/", -1)) {
      if (part.startsWith("{") && part.endsWith("}")) {
        String name = part.substring(1, part.length() - 1);
        parameters.add(
            parameter(name, "path", pathTypes.getOrDefault(name, Type.Text.ANY_TEXT), id));
      }
    }
    types(options, "query")
        .forEach((name, type) -> parameters.add(parameter(name, "query", type, id)));
    types(options, "headers")
        .forEach(
            (name, type) -> parameters.add(parameter(name.replace('_', '-'), "header", type, id)));
    if (!parameters.isEmpty()) {
      fields.put("parameters", new Value.Items(parameters));
    }
    type(options, "body")
        .ifPresent(body ->
            fields.put(
                "requestBody",
                dict(
                    "required", Value.Bool.of(!body.isMaybe()),
                    "content", content(JSON, schemas.used(body, id + ".body")))));
    if (text(operationSpec, options, "mode").filter("lenient"::equals).isPresent()) {
      losses.add(Loss.Kind.EXTRA_FIELDS, id, "mode: lenient keeps them");
    }
    fields.put("responses", responses(operation, options));
    return new Value.Dict(fields);
  }

  private Value parameter(String name, String in, Type type, String id) {
    return dict(
        "name", Value.text(name),
        "in", Value.text(in),
        "required", Value.Bool.of(in.equals("path") || !type.isMaybe()),
        "schema", schemas.used(type.isMaybe() ? type.core() : type, id + "." + name));
  }

  private static Value.Dict content(String mediaType, Value schema) {
    return dict(mediaType, dict("schema", schema));
  }

  private Value responses(Operation operation, Config options) {
    Type output = operation.output();
    boolean isNothing = output == Type.Simple.NULL;
    String status =
        find(operationSpec, options, "status")
            .map(String::valueOf)
            .orElse(isNothing ? "204" : "200");
    var responses = new LinkedHashMap<String, Value>();
    responses.put(
        status,
        isNothing
            ? dict("description", Value.text("Done."))
            : dict(
                "description", Value.text("The answer."),
                "content",
                    content(
                        JSON,
                        schemas.used(
                            output.isMaybe() ? output.core() : output,
                            operation.id() + ".returns"))));
    if (output.isMaybe()) {
      responses.put("404", fault("It is not there."));
    }
    responses.put("4XX", fault("The request was refused."));
    responses.put("5XX", fault("The request was good and failed all the same."));
    return new Value.Dict(responses);
  }

  private Value fault(String description) {
    return dict(
        "description", Value.text(description),
        "content", content(PROBLEM, dict("$ref", Value.text(BASE + problem))));
  }

  /** What every fault answers: RFC 9457, with our codes. */
  private static Value problemSchema() {
    Value text = dict("type", Value.text("string"));
    var codes =
        new Value.Items(
            Arrays.stream(Fault.Code.values()).map(code -> Value.text(code.name())).toList());
    var violation =
        dict(
            "type", Value.text("object"),
            "properties", dict("path", text, "rule", text, "message", text));
    return dict(
        "type", Value.text("object"),
        "description", Value.text("A fault, as RFC 9457 has it."),
        "properties",
            dict(
                "type", text,
                "title", text,
                "status", dict("type", Value.text("integer")),
                "detail", text,
                "instance", text,
                "code", dict("type", Value.text("string"), "enum", codes),
                "hint", text,
                "errors", dict("type", Value.text("array"), "items", violation),
                "trace_id", text),
        "required",
            new Value.Items(
                List.of(
                    Value.text("type"),
                    Value.text("title"),
                    Value.text("status"),
                    Value.text("code"))));
  }

  private static Optional<Object> find(ConfigSpec spec, Config config, String name) {
    return spec.find(name).flatMap(field -> value(config, field));
  }

  private static <T> Optional<Object> value(Config config, Field<T> field) {
    return config.find(field).map(found -> found);
  }

  private static Optional<String> text(ConfigSpec spec, Config config, String name) {
    return find(spec, config, name).map(String::valueOf);
  }

  private Optional<Type> type(Config config, String name) {
    return find(operationSpec, config, name).filter(Type.class::isInstance).map(Type.class::cast);
  }

  private SequencedMap<String, Type> types(Config config, String name) {
    var found = new LinkedHashMap<String, Type>();
    if (find(operationSpec, config, name).orElse("") instanceof Map<?, ?> map) {
      map.forEach((key, type) -> found.put((String) key, (Type) type));
    }
    return found;
  }

  /** Whether a system serves. */
  static boolean serves(PlannedSystem system, ConfigSpec spec) {
    return find(spec, system.config(), "listen").isPresent();
  }
}
