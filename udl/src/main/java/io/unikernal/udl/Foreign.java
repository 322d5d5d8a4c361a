package io.unikernal.udl;

import static java.util.Map.entry;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Words of other languages and tools, with what they are here. A word counts where the mapping
 * knows one of the keys behind it: so one table serves all mappings.
 */
final class Foreign {
  private static final Map<String, List<String>> KEYS =
      Map.ofEntries(
          entry("source", List.of("from")),
          entry("src", List.of("from")),
          entry("trigger", List.of("from")),
          entry("on", List.of("from")),
          entry("listen_to", List.of("from")),
          entry("target", List.of("to")),
          entry("targets", List.of("to")),
          entry("destination", List.of("to")),
          entry("dest", List.of("to")),
          entry("sink", List.of("to")),
          entry("handler", List.of("to", "system")),
          entry("pipeline", List.of("to", "pipelines")),
          entry("if", List.of("when")),
          entry("condition", List.of("when")),
          entry("where", List.of("when")),
          entry("guard", List.of("when")),
          entry("call", List.of("system")),
          entry("calls", List.of("system")),
          entry("invoke", List.of("system")),
          entry("uses", List.of("system")),
          entry("operation", List.of("system")),
          entry("service", List.of("system")),
          entry("action", List.of("system")),
          entry("function", List.of("system")),
          entry("exec", List.of("system")),
          entry("run", List.of("system")),
          entry("send", List.of("system")),
          entry("publish", List.of("system")),
          entry("args", List.of("with")),
          entry("arguments", List.of("with")),
          entry("input", List.of("with")),
          entry("inputs", List.of("with", "input")),
          entry("params", List.of("with")),
          entry("parameters", List.of("with", "params")),
          entry("payload", List.of("with", "body")),
          entry("data", List.of("with")),
          entry("body", List.of("with")),
          entry("id", List.of("name")),
          entry("as_type", List.of("as")),
          entry("type", List.of("as")),
          entry("assign", List.of("set")),
          entry("value", List.of("set")),
          entry("mapping", List.of("set")),
          entry("map", List.of("set")),
          entry("transform", List.of("set")),
          entry("compute", List.of("set")),
          entry("all_of", List.of("parallel")),
          entry("fork", List.of("parallel")),
          entry("concurrently", List.of("parallel")),
          entry("branches", List.of("parallel")),
          entry("multicast", List.of("parallel")),
          entry("processors", List.of("steps")),
          entry("tasks", List.of("steps")),
          entry("stages", List.of("steps")),
          entry("actions", List.of("steps")),
          entry("do", List.of("steps")),
          entry("jobs", List.of("pipelines")),
          entry("workflows", List.of("pipelines")),
          entry("flows", List.of("pipelines")),
          entry("return", List.of("output")),
          entry("returns", List.of("output")),
          entry("result", List.of("output")),
          entry("response", List.of("returns", "output")),
          entry("outputs", List.of("output")),
          entry("on_failure", List.of("on_error")),
          entry("on_exception", List.of("on_error")),
          entry("rescue", List.of("on_error")),
          entry("error_handler", List.of("on_error")),
          entry("policies", List.of("policy")),
          entry("middleware", List.of("policy")),
          entry("plugins", List.of("policy")),
          entry("retry_policy", List.of("policy")),
          entry("description", List.of("doc")),
          entry("desc", List.of("doc")),
          entry("comment", List.of("doc")),
          entry("summary", List.of("doc")),
          entry("label", List.of("doc")),
          entry("services", List.of("systems")),
          entry("connectors", List.of("systems")),
          entry("components", List.of("systems")),
          entry("resources", List.of("systems")),
          entry("adapters", List.of("systems")),
          entry("models", List.of("types")),
          entry("schemas", List.of("types")),
          entry("definitions", List.of("types")),
          entry("structs", List.of("types")),
          entry("version", List.of("udl")),
          entry("api_version", List.of("udl")),
          entry("include", List.of("import")),
          entry("includes", List.of("import")),
          entry("imports", List.of("import")),
          entry("require", List.of("import")),
          entry("kind", List.of("type")),
          entry("adapter", List.of("type")),
          entry("driver", List.of("type")),
          entry("connector", List.of("type")),
          entry("endpoints", List.of("operations")),
          entry("methods", List.of("operations")),
          entry("functions", List.of("operations")),
          entry("ops", List.of("operations")),
          entry("url", List.of("connection")),
          entry("uri", List.of("url", "connection")),
          entry("dsn", List.of("connection")),
          entry("connection_string", List.of("connection")),
          entry("database", List.of("connection")),
          entry("file", List.of("path", "connection", "append")),
          entry("filename", List.of("path", "connection", "append")),
          entry("folder", List.of("path")),
          entry("directory", List.of("path")),
          entry("script", List.of("path")),
          entry("module", List.of("path")),
          entry("replicas", List.of("instances")),
          entry("workers", List.of("instances")),
          entry("port", List.of("listen")),
          entry("address", List.of("listen", "url")),
          entry("base_url", List.of("url")),
          entry("host", List.of("url", "connection")),
          entry("query", List.of("sql")),
          entry("statement", List.of("sql")),
          entry("request", List.of("body")),
          entry("output", List.of("returns")),
          entry("out", List.of("returns", "output")),
          entry("schema_type", List.of("accepts", "receives")),
          entry("interval", List.of("every", "delay", "window")),
          entry("period", List.of("every", "window")),
          entry("schedule", List.of("cron", "every")),
          entry("extend", List.of("extends")),
          entry("base", List.of("extends")),
          entry("parent", List.of("extends")),
          entry("inherits", List.of("extends")),
          entry("retries", List.of("attempts")),
          entry("max_retries", List.of("attempts")),
          entry("max_attempts", List.of("attempts")),
          entry("times", List.of("attempts")),
          entry("tries", List.of("attempts")),
          entry("count", List.of("attempts", "limit")),
          entry("strategy", List.of("backoff")),
          entry("initial_delay", List.of("delay")),
          entry("max_backoff", List.of("max_delay")),
          entry("duration", List.of("after", "window")),
          entry("timeout", List.of("after")),
          entry("seconds", List.of("after", "window")),
          entry("rate", List.of("limit")),
          entry("requests", List.of("limit")),
          entry("max", List.of("limit", "attempts")),
          entry("per", List.of("window")),
          entry("labels", List.of("clearance")),
          entry("side_effect", List.of("effect")),
          entry("idempotency", List.of("effect")));

  /** What to say where no key fits. */
  private static final Map<String, String> NOTES =
      Map.ofEntries(
          entry(
              "input",
              "where messages come from is an operation of a system, and a route's `from` names it"),
          entry(
              "inputs",
              "where messages come from is an operation of a system, and a route's `from` names it"),
          entry(
              "output",
              "where messages go to is an operation of a system, and a route's `to` names it"),
          entry(
              "outputs",
              "where messages go to is an operation of a system, and a route's `to` names it"),
          entry(
              "uri",
              "an address belongs to a system under `systems:`, with a name for each operation"),
          entry("processors", "put them under `steps:` of a pipeline"),
          entry("env", "environment variables are read where they are used, as `${NAME}`"),
          entry("variables", "a value is computed by a step with `set` and `name`"),
          entry("vars", "a value is computed by a step with `set` and `name`"),
          entry(
              "metadata",
              "names are the keys under `systems:` and `pipelines:`; a text for people is `doc`"),
          entry(
              "spec",
              "its content stands at the top of the file: `systems:`, `routes:`, `pipelines:`"),
          entry("retry", "a retry is a policy: `policy: { type: retry, attempts: 3 }`"),
          entry("retries", "a retry is a policy: `policy: { type: retry, attempts: 3 }`"),
          entry("timeout", "a time-out is a policy: `policy: { type: timeout, after: 5s }`"),
          entry("rate_limit", "a limit is a policy: `policy: { type: rate_limit, limit: 100 }`"),
          entry("else", "a later route, or a step with the opposite `when`, takes the rest"),
          entry("method", "the method is the key, and its path the value: `get: /orders`"),
          entry("topic", "that kind of system has no topics; see the page of its adapter"),
          entry("log", "a step calls a system that writes, as one of `type: file`"),
          entry("required", "a field is required unless its type ends with `?` or has a default"),
          entry("properties", "the fields stand directly in the type: `Order: { id: uuid }`"),
          entry("items", "a list is the type `list(T)`"));

  private static final Map<String, String> SYSTEMS =
      Map.ofEntries(
          entry("rest", "http"),
          entry("api", "http"),
          entry("https", "http"),
          entry("web", "http"),
          entry("webserver", "http"),
          entry("webhook", "http"),
          entry("rest_api", "http"),
          entry("http_server", "http"),
          entry("http_client", "http"),
          entry("sqlite3", "sqlite"),
          entry("pg", "postgres"),
          entry("psql", "postgres"),
          entry("cron", "timer"),
          entry("scheduler", "timer"),
          entry("schedule", "timer"),
          entry("interval", "timer"),
          entry("clock", "timer"),
          entry("queue", "memory"),
          entry("in_memory", "memory"),
          entry("py", "python"),
          entry("python3", "python"),
          entry("filesystem", "file"),
          entry("folder", "file"),
          entry("disk", "file"));

  private static final Map<String, String> POLICIES =
      Map.ofEntries(
          entry("throttle", "rate_limit"),
          entry("rate_limiter", "rate_limit"),
          entry("limit", "rate_limit"),
          entry("limiter", "rate_limit"),
          entry("retries", "retry"),
          entry("deadline", "timeout"));

  private Foreign() {}

  /** The kind of system that was meant. */
  static Optional<String> system(String written, Collection<String> known) {
    return Optional.ofNullable(SYSTEMS.get(snake(written))).filter(known::contains);
  }

  /** The kind of policy that was meant, else what was written. */
  static String policy(String written) {
    return POLICIES.getOrDefault(snake(written), written);
  }

  /** The key that was meant; {@code taken} are those that stand there already. */
  static Optional<String> key(String written, Collection<String> known, Collection<String> taken) {
    String plain = snake(written);
    Optional<String> same = known.stream().filter(plain::equals).findFirst();
    return same.or(
            () -> KEYS.getOrDefault(plain, List.of()).stream().filter(known::contains).findFirst())
        .or(() -> Suggestions.closest(written, known))
        .filter(meant -> !taken.contains(meant));
  }

  static String note(String written) {
    return NOTES.getOrDefault(snake(written), "");
  }

  /** {@code onError} and {@code on-error} as {@code on_error}. */
  private static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('-', '_').toLowerCase(Locale.ROOT);
  }
}
