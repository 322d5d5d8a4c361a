package io.unikernal.server;

import static io.unikernal.server.ControlWords.dict;

import io.unikernal.kernel.Kernel;
import io.unikernal.model.Fault;
import io.unikernal.model.Value;
import io.unikernal.protobuf.UdmProto;
import io.unikernal.server.ApiServer.Running;
import io.unikernal.spi.Health;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The paths of the API, each declared here and nowhere else: the OpenAPI document is made of them.
 */
enum ApiPath {
  LIVE("GET", "/health/live", false, "Whether the process lives.") {
    @Override
    ApiAnswer answer(Running running, ApiRequest request) {
      return ApiAnswer.json(dict("status", Value.text("live")));
    }
  },
  READY("GET", "/health/ready", false, "Whether messages are taken, and every system is up.") {
    @Override
    ApiAnswer answer(Running running, ApiRequest request) {
      return health(running.kernel());
    }
  },
  HEALTH("GET", "/health", false, "As /health/ready.") {
    @Override
    ApiAnswer answer(Running running, ApiRequest request) {
      return health(running.kernel());
    }
  },
  STATUS("GET", "/v1/system/status", true, "Systems with their health, routes with their books.") {
    @Override
    Value tree(Running running) {
      return ControlWords.status(running.kernel().status());
    }
  },
  NODES("GET", "/v1/nodes", true, "The nodes of the cluster: this one.") {
    @Override
    Value tree(Running running) {
      return dict("nodes", new Value.Items(List.of(node(running))));
    }
  },
  ROUTES("GET", "/v1/routes", true, "The routes with their guarantees and books.") {
    @Override
    Value tree(Running running) {
      var status = ControlWords.status(running.kernel().status());
      return dict("routes", status.field("routes"));
    }
  },
  ERRORS("GET", "/v1/errors", true, "Failures so far, those of one kind at one place together.") {
    @Override
    Value tree(Running running) {
      return Looking.answer("errors", Value.Dict.EMPTY, running.kernel());
    }
  },
  IN_FLIGHT("GET", "/v1/inflight", true, "Messages on their way, and where they are.") {
    @Override
    Value tree(Running running) {
      return Looking.answer("inflight", Value.Dict.EMPTY, running.kernel());
    }
  },
  WORKERS("GET", "/v1/workers", true, "The processes that do the calls of systems of workers.") {
    @Override
    Value tree(Running running) {
      return Looking.answer("workers", Value.Dict.EMPTY, running.kernel());
    }
  },
  WHY("GET", "/v1/why", true, "What happened to the message or trace `id`; the last failure.") {
    @Override
    ApiAnswer answer(Running running, ApiRequest request) {
      return ApiAnswer.json(why(running, request.parameter("id")));
    }
  },
  METRICS("GET", "/metrics", true, "Figures in the text format of Prometheus.") {
    @Override
    ApiAnswer answer(Running running, ApiRequest request) {
      return new ApiAnswer(OK, MetricsText.CONTENT_TYPE, MetricsText.of(running.kernel().status()));
    }
  },
  EXECUTE("POST", "/v1/execute", true, "Calls an operation and answers with its reply.") {
    @Override
    ApiAnswer answer(Running running, ApiRequest request) throws InterruptedException {
      return Execution.answer(running, request);
    }
  },
  STREAM(
      "GET", "/v1/stream", true, "A WebSocket of orders as those of /v1/execute, each with `id`.") {
    @Override
    ApiAnswer answer(Running running, ApiRequest request) {
      return ApiAnswer.problem(
          UPGRADE_REQUIRED, Fault.of(Fault.Code.REJECTED, "`/v1/stream` is a WebSocket"));
    }
  },
  RELOAD(
      "POST",
      "/v1/config/reload",
      true,
      "Goes on with what the definition's files say now; `dry_run` only says what would change,"
          + " `trial` seconds are looked whether over `errors` percent of a route's messages fail,"
          + " to go back.") {
    @Override
    ApiAnswer answer(Running running, ApiRequest request) throws InterruptedException {
      var outcome =
          reload(
              running,
              Reloading.Wish.of(
                  request.parameter("dry_run").equals("true"),
                  number(request, "trial"),
                  number(request, "errors")));
      boolean isMade =
          outcome instanceof Reloading.Outcome.Changed
              || outcome instanceof Reloading.Outcome.Planned;
      return ApiAnswer.json(isMade ? OK : UNPROCESSABLE, Reloading.words(outcome));
    }
  },
  REGISTER(
      "POST",
      "/v1/adapters/register",
      true,
      "Lets a running worker join a system, `{\"system\": …}`: where it connects, and its token.") {
    @Override
    ApiAnswer answer(Running running, ApiRequest request) {
      var form = BodyForm.of(request.contentType());
      var answer = register(running, form.read(request.body()).fieldText("system"));
      return new ApiAnswer(OK, form.mediaType(), form.write(Value.Absent.ABSENT, answer));
    }
  },
  PROTO("GET", "/v1/udm.proto", false, "The API over gRPC, which is spoken here too.") {
    @Override
    ApiAnswer answer(Running running, ApiRequest request) {
      return new ApiAnswer(OK, "text/plain; charset=utf-8", UdmProto.text());
    }
  },
  DESCRIPTION("GET", "/v1/openapi.json", false, "This API, as an OpenAPI document.") {
    @Override
    ApiAnswer answer(Running running, ApiRequest request) {
      return ApiAnswer.json(document());
    }
  };

  private static Optional<Double> number(ApiRequest request, String name) {
    var text = request.parameter(name);
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Double.parseDouble(text));
    } catch (NumberFormatException _) {
      throw Fault.of(Fault.Code.INVALID, "`" + name + "` is not a number").toException();
    }
  }

  private static final int OK = 200;
  private static final int UPGRADE_REQUIRED = 426;
  private static final int UNPROCESSABLE = 422;
  private static final int UNAVAILABLE = 503;
  private final String method;
  private final String path;
  private final boolean needsToken;
  private final String doc;

  ApiPath(String method, String path, boolean needsToken, String doc) {
    this.method = method;
    this.path = path;
    this.needsToken = needsToken;
    this.doc = doc;
  }

  ApiAnswer answer(Running running, ApiRequest request) throws InterruptedException {
    return ApiAnswer.json(tree(running));
  }

  /** What it answers, of those that only look, and need not be told at what. */
  Value tree(Running running) {
    throw new UnsupportedOperationException(path);
  }

  /** What happened to that message or trace; to the last that failed, if none is named. */
  static Value why(Running running, String id) {
    return id.isEmpty()
        ? Looking.answer("last", dict("failed", Value.Bool.TRUE), running.kernel())
        : Looking.answer("why", dict("id", Value.text(id)), running.kernel());
  }

  static Value register(Running running, String system) {
    if (system.isEmpty()) {
      throw Fault.of(Fault.Code.INVALID, "`system` says which one is joined").toException();
    }
    return ControlWords.invitation(running.kernel().invite(system));
  }

  static Reloading.Outcome reload(Running running, Reloading.Wish wish)
      throws InterruptedException {
    return running
        .reloading()
        .orElseThrow(() -> Reloading.none().toException())
        .reload(running.kernel(), running.world(), wish);
  }

  String path() {
    return path;
  }

  boolean needsToken() {
    return needsToken;
  }

  static ApiPath find(String method, String path) {
    var others = new ArrayList<String>();
    for (var one : values()) {
      if (one.path.equals(path)) {
        if (one.method.equals(method)) {
          return one;
        }
        others.add(one.method);
      }
    }
    throw Fault.of(
            Fault.Code.NOT_FOUND,
            others.isEmpty()
                ? "there is no `" + path + "`; /v1/openapi.json says what there is"
                : "`" + path + "` takes " + String.join(", ", others))
        .toException();
  }

  /** Whether messages are taken, and no system is down. */
  static boolean isReady(Kernel kernel) {
    return kernel.isRunning()
        && kernel.status().systems().stream()
            .noneMatch(system -> system.health() instanceof Health.Down);
  }

  private static ApiAnswer health(Kernel kernel) {
    var systems = new LinkedHashMap<String, Value>();
    for (var system : kernel.status().systems()) {
      systems.put(system.name(), Value.text(ControlWords.health(system.health())));
    }
    boolean isReady = isReady(kernel);
    return ApiAnswer.json(
        isReady ? OK : UNAVAILABLE,
        dict(
            "status",
            Value.text(isReady ? "ready" : "not ready"),
            "systems",
            new Value.Dict(systems)));
  }

  private static Value node(Running running) {
    var memory = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    var up = Duration.between(running.started(), running.world().now());
    return dict(
        "id", Value.text("local"),
        "pid", Value.integer(ProcessHandle.current().pid()),
        "started", new Value.Timestamp(running.started()),
        "uptime_seconds", Value.integer(up.toSeconds()),
        "java", Value.text(Runtime.version().toString()),
        "heap_bytes", Value.integer(memory.getUsed()));
  }

  /** OpenAPI 3.1 of what stands here. */
  static Value document() {
    var paths = new LinkedHashMap<String, Value>();
    for (var one : values()) {
      var operation = new LinkedHashMap<String, Value>();
      operation.put("operationId", Value.text(one.name().toLowerCase(Locale.ROOT)));
      operation.put("summary", Value.text(one.doc));
      one.parameters().ifPresent(list -> operation.put("parameters", list));
      one.body().ifPresent(body -> operation.put("requestBody", body));
      operation.put("security", one.needsToken ? TOKEN_NEEDED : new Value.Items(List.of()));
      operation.put(
          "responses",
          dict(
              one == STREAM ? "101" : "200",
              dict("description", Value.text("Done.")),
              "default",
              dict("description", Value.text("A problem document, RFC 9457."))));
      paths.put(one.path, dict(one.method.toLowerCase(Locale.ROOT), new Value.Dict(operation)));
    }
    return dict(
        "openapi", Value.text("3.1.0"),
        "info", dict("title", Value.text("Unikernal"), "version", Value.text("1")),
        "paths", new Value.Dict(paths),
        "components",
            dict(
                "securitySchemes",
                dict("token", dict("type", Value.text("http"), "scheme", Value.text("bearer")))));
  }

  private static final Value TOKEN_NEEDED =
      new Value.Items(List.of(dict("token", new Value.Items(List.of()))));

  private Optional<Value> parameters() {
    return switch (this) {
      case WHY -> parameters(parameter("id", "string"));
      case RELOAD ->
          parameters(
              parameter("dry_run", "boolean"),
              parameter("trial", "number"),
              parameter("errors", "number"));
      default -> Optional.empty();
    };
  }

  private static Optional<Value> parameters(Value... all) {
    return Optional.of(new Value.Items(List.of(all)));
  }

  private static Value parameter(String name, String type) {
    return dict(
        "name", Value.text(name),
        "in", Value.text("query"),
        "schema", dict("type", Value.text(type)));
  }

  private Optional<Value> body() {
    if (this != EXECUTE) {
      return Optional.empty();
    }
    var schema =
        dict(
            "type", Value.text("object"),
            "required", new Value.Items(List.of(Value.text("operation"))),
            "properties",
                dict(
                    "operation", dict("type", Value.text("string")),
                    "input", Value.Dict.EMPTY,
                    "timeout_ms", dict("type", Value.text("integer")),
                    "traceparent", dict("type", Value.text("string"))));
    return Optional.of(dict("required", Value.Bool.TRUE, "content", BodyForm.content(schema)));
  }
}
