package io.unikernal.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.unikernal.model.Labels;
import io.unikernal.model.Operation;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Plan;
import io.unikernal.model.Plan.PlannedSystem;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What OpenTelemetry's semantic conventions want to be said of each operation of the plan that
 * runs. For one thread.
 */
final class Conventions {
  private static final Set<String> METHODS =
      Set.of("get", "post", "put", "patch", "delete", "head", "options");

  private final Supplier<Plan> running;
  private final Map<String, Said> operations = new HashMap<>();
  private final Set<String> labelled = new HashSet<>();
  private Plan known;

  /** What is known of all spans of an operation. */
  record Said(String name, SpanKind kind, Attributes attributes) {}

  /**
   * @param running the plan as it is now: a definition may change while it runs
   */
  Conventions(Supplier<Plan> running) {
    this.running = running;
    known = running.get();
    learn(known);
  }

  private void refresh() {
    var now = running.get();
    if (now != known) {
      known = now;
      operations.clear();
      labelled.clear();
      learn(now);
    }
  }

  private void learn(Plan plan) {
    for (var system : plan.systems()) {
      for (var operation : system.operations().values()) {
        operations.put(operation.id(), said(system, operation));
        if (Labels.isWithin(operation.input()) || Labels.isWithin(operation.output())) {
          labelled.add(operation.id());
        }
      }
    }
  }

  Said of(String operation) {
    refresh();
    return operations.getOrDefault(
        operation, new Said(operation, SpanKind.INTERNAL, Attributes.empty()));
  }

  /**
   * Whether something labelled goes in or out there: a fault of others may then quote it. One that
   * the plan does not have any more may have been.
   */
  boolean isLabelled(String operation) {
    refresh();
    return labelled.contains(operation) || !operations.containsKey(operation);
  }

  private static Said said(PlannedSystem system, Operation operation) {
    boolean isReceived = operation.direction() == Direction.RECEIVES;
    var about =
        Attributes.builder()
            .put("unikernal.operation", operation.id())
            .put("unikernal.system", system.name())
            .put("unikernal.adapter", system.adapter());
    return switch (system.adapter()) {
      case "http" -> http(system, operation, isReceived, about);
      case "memory" -> {
        about
            .put("messaging.system", "memory")
            .put("messaging.destination.name", operation.id())
            .put("messaging.operation.type", isReceived ? "process" : "send");
        yield new Said(
            (isReceived ? "process " : "send ") + operation.id(),
            isReceived ? SpanKind.CONSUMER : SpanKind.PRODUCER,
            about.build());
      }
      case "postgres", "postgresql" -> database("postgresql", operation, about);
      case "sqlite" -> database("sqlite", operation, about);
      default -> {
        about
            .put("rpc.system", "unikernal")
            .put("rpc.service", system.name())
            .put("rpc.method", operation.name());
        yield new Said(
            operation.id(), isReceived ? SpanKind.SERVER : SpanKind.CLIENT, about.build());
      }
    };
  }

  private static Said http(
      PlannedSystem system, Operation operation, boolean isReceived, AttributesBuilder about) {
    String name = operation.id();
    for (var option : operation.options().values().entrySet()) {
      if (METHODS.contains(option.getKey().name())) {
        String method = option.getKey().name().toUpperCase(Locale.ROOT);
        String path = option.getValue().toString();
        about.put("http.request.method", method);
        about.put(isReceived ? "http.route" : "url.template", path);
        name = method + " " + path;
      }
    }
    server(system)
        .ifPresent(url -> {
          about.put("server.address", url.getHost());
          about.put("server.port", port(url));
        });
    return new Said(name, isReceived ? SpanKind.SERVER : SpanKind.CLIENT, about.build());
  }

  /** Host and port alone: the rest of a URL may hold what is secret. */
  private static Optional<URI> server(PlannedSystem system) {
    for (var option : system.config().values().entrySet()) {
      if (option.getKey().name().equals("url")) {
        try {
          return Optional.of(URI.create(option.getValue().toString()))
              .filter(url -> url.getHost() != null);
        } catch (IllegalArgumentException _) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static long port(URI url) {
    return url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
  }

  private static Said database(String product, Operation operation, AttributesBuilder about) {
    about.put("db.system.name", product).put("db.query.summary", operation.name());
    return new Said(operation.id(), SpanKind.CLIENT, about.build());
  }
}
