package io.unikernal.udl;

import io.unikernal.model.Capability;
import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Effect;
import io.unikernal.model.Field;
import io.unikernal.model.Operation.Direction;
import io.unikernal.model.Type;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Describes;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.OperationRule;
import io.unikernal.spi.OperationRule.Problem;
import io.unikernal.spi.OperationRule.Result;
import io.unikernal.spi.SystemContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Adapters as the language sees them: options and rules, and nothing behind them. */
final class Fakes {
  private Fakes() {}

  static Map<String, Adapter> all() {
    var adapters = new TreeMap<String, Adapter>();
    adapters.put("http", Http.ADAPTER);
    adapters.put("sqlite", Sql.SQLITE);
    adapters.put("postgres", Sql.POSTGRES);
    adapters.put("file", File.ADAPTER);
    adapters.put("timer", Timer.ADAPTER);
    adapters.put("memory", Queues.MEMORY);
    adapters.put("broker", Queues.BROKER);
    adapters.put("python", new Python());
    return adapters;
  }

  private record Plain(AdapterSpec spec) implements Adapter {
    @Override
    public OpenSystem open(SystemContext context) {
      throw new UnsupportedOperationException("a fake opens nothing");
    }
  }

  private static Adapter adapter(
      String name, ConfigSpec system, ConfigSpec operation, OperationRule rule, String... aliases) {
    return new Plain(spec(name, system, operation, rule, aliases));
  }

  private static AdapterSpec spec(
      String name, ConfigSpec system, ConfigSpec operation, OperationRule rule, String... aliases) {
    return new AdapterSpec(
        name,
        List.of(aliases),
        AdapterSpec.Stability.EXPERIMENTAL,
        "A fake.",
        system,
        operation,
        rule,
        List.of());
  }

  private static Result refused(String field, String message, String hint) {
    return new Result.Refused(List.of(new Problem(field, message, hint)));
  }

  /** Serves where there is {@code listen}, calls where there is {@code url}. */
  static final class Http {
    static final Field<Integer> LISTEN =
        Field.integer("listen", "the port").optional().example("8080");
    static final Field<String> URL = Field.text("url", "the server").optional();
    static final Field<SequencedMap<String, String>> HEADERS =
        Field.textMap("headers", "with each call").optional().secret();
    static final Field<Long> MAX_BODY =
        Field.size("max_body", "the largest body").or(1L << 20).example("1MiB");
    static final Field<Config> TLS =
        Field.options(
                "tls",
                "certificates",
                ConfigSpec.of(
                    Field.path("certificate", "its own").optional(),
                    Field.path("key", "of it").optional(),
                    Field.path("authorities", "who is believed").optional(),
                    Field.symbol("clients", "who may", "required", "optional").optional()))
            .optional();
    static final Field<Duration> TIMEOUT =
        Field.duration("timeout", "for one exchange").or(Duration.ofSeconds(30)).example("30s");
    static final List<Field<String>> METHODS =
        List.of(method("get"), method("post"), method("put"), method("delete"));
    static final Field<Type> BODY = Field.type("body", "what the body holds").optional();
    static final Field<SequencedMap<String, Type>> PATH =
        Field.types("path", "placeholders").optional();
    static final Field<SequencedMap<String, Type>> QUERY =
        Field.types("query", "parameters").optional();
    static final Field<Type> RETURNS = Field.type("returns", "what the answer holds").optional();
    static final Field<Integer> STATUS = Field.integer("status", "of a good answer").optional();
    static final Field<String> MODE =
        Field.symbol("mode", "unknown fields", "strict", "lenient").or("strict");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z_]+)}");

    static final Adapter ADAPTER =
        adapter(
            "http",
            ConfigSpec.of(LISTEN, URL, TLS, MAX_BODY, TIMEOUT, HEADERS, Bodies.FORMATS, Bodies.XML),
            ConfigSpec.of(
                METHODS.get(0),
                METHODS.get(1),
                METHODS.get(2),
                METHODS.get(3),
                BODY,
                PATH,
                QUERY,
                RETURNS,
                STATUS,
                MODE,
                Bodies.FORMATS),
            (name, operation, system) -> shape(name, operation, system));

    private static Field<String> method(String name) {
      return Field.text(name, "the path").optional().example("/orders");
    }

    private static Set<Capability> streams(Capability first, Type... types) {
      boolean isStreaming =
          List.of(types).stream().anyMatch(type -> type.core() instanceof Type.StreamOf);
      return isStreaming ? EnumSet.of(first, Capability.STREAMS) : EnumSet.of(first);
    }

    private static Result shape(String name, Config operation, Config system) {
      if (system.has(LISTEN) == system.has(URL)) {
        return refused("", "an http system has either `listen` or `url`", "write `listen: 8080`");
      }
      var methods = METHODS.stream().filter(operation::has).toList();
      if (methods.size() != 1) {
        return refused("", "`" + name + "` has no method and path", "write `get: /" + name + "`");
      }
      String path = operation.get(methods.getFirst());
      var fields = new LinkedHashMap<String, Type>();
      Matcher match = PLACEHOLDER.matcher(path);
      var types = operation.find(PATH).orElseGet(LinkedHashMap::new);
      while (match.find()) {
        fields.put(match.group(1), types.getOrDefault(match.group(1), Type.Text.ANY_TEXT));
      }
      for (String key : types.keySet()) {
        if (!fields.containsKey(key)) {
          return refused("path", "`" + key + "` does not stand in `" + path + "`", "");
        }
      }
      fields.putAll(operation.find(QUERY).orElseGet(LinkedHashMap::new));
      boolean isBodyOnly = operation.has(BODY) && fields.isEmpty();
      operation.find(BODY).ifPresent(body -> fields.put("body", body));
      return new Result.Shaped(
          system.has(LISTEN) ? Direction.RECEIVES : Direction.CALLED,
          isBodyOnly ? operation.get(BODY) : Type.record(fields),
          operation.find(RETURNS).orElse(Type.Simple.NULL),
          methods.getFirst().name().equals("get") ? Effect.READS : Effect.UNKNOWN,
          streams(
              Capability.REPLIES,
              operation.find(BODY).orElse(Type.Simple.NULL),
              operation.find(RETURNS).orElse(Type.Simple.NULL)),
          "");
    }
  }

  /** One statement with {@code :name} for parameters. */
  static final class Sql {
    static final Field<Path> FILE =
        Field.path("connection", "the database file").example("./orders.db");
    static final Field<String> URL =
        Field.text("connection", "the server").example("postgres://localhost/orders");
    static final Field<Path> SCHEMA = Field.path("schema", "what makes the tables").optional();
    static final Field<String> PASSWORD =
        Field.text("password", "if not in the url").optional().secret();
    static final Field<String> STATEMENT =
        Field.text("sql", "the statement").example("select * from orders");
    static final Field<Field.TypeOrSymbol> RETURNS =
        Field.typeOrSymbol("returns", "the answer", "many", "one", "one?", "none").optional();
    private static final Pattern PARAMETER = Pattern.compile("(?<!:):([a-z_]+)");

    static final Adapter SQLITE =
        adapter(
            "sqlite", ConfigSpec.of(FILE, SCHEMA), ConfigSpec.of(STATEMENT, RETURNS), Sql::shape);
    static final Adapter POSTGRES =
        adapter(
            "postgres",
            ConfigSpec.of(URL, PASSWORD, SCHEMA),
            ConfigSpec.of(STATEMENT, RETURNS),
            Sql::shape,
            "postgresql");

    private static Result shape(String name, Config operation, Config system) {
      String sql = operation.get(STATEMENT).strip();
      boolean isQuery = sql.startsWith("select");
      var fields = new LinkedHashMap<String, Type>();
      Matcher match = PARAMETER.matcher(sql);
      while (match.find()) {
        fields.put(match.group(1), new Type.Maybe(Type.Simple.ANY));
      }
      Type output = isQuery ? Type.ListOf.of(Type.Simple.ANY) : Type.Simple.NULL;
      if (operation.has(RETURNS)) {
        if (!isQuery) {
          return refused("returns", "this statement yields no rows", "leave `returns` out");
        }
        output =
            switch (operation.get(RETURNS)) {
              case Field.TypeOrSymbol.Typed(var type) -> type;
              case Field.TypeOrSymbol.Symbol(var symbol) ->
                  symbol.equals("many") ? output : Type.Simple.ANY;
            };
      }
      return new Result.Shaped(
          Direction.CALLED,
          Type.record(fields),
          output,
          isQuery ? Effect.READS : Effect.UNKNOWN,
          Set.of(Capability.TRANSACTIONAL),
          "");
    }
  }

  /** How bodies and files are written. */
  static final class Bodies {
    static final Field<List<String>> FORMATS =
        Field.symbols("formats", "of bodies", "json", "csv", "xml", "yaml", "ndjson", "form")
            .optional();
    static final Field<Config> XML =
        Field.options(
                "xml",
                "how XML is written",
                ConfigSpec.of(
                    Field.text("root", "the root").optional(),
                    Field.text("item", "an item").optional(),
                    Field.texts("attributes", "fields that are attributes").optional()))
            .optional();
    static final Field<Config> CSV =
        Field.options(
                "csv",
                "how CSV is written",
                ConfigSpec.of(
                    Field.text("delimiter", "between cells").optional(),
                    Field.text("charset", "of the bytes").optional(),
                    Field.text("null", "what stands for nothing").optional()))
            .optional();

    private Bodies() {}
  }

  /** Appends lines, writes files and watches for them. */
  static final class File {
    static final Field<Path> FOLDER = Field.path("path", "the folder").example("./outbox");
    static final Field<String> APPEND =
        Field.text("append", "the file").optional().example("lines.jsonl");
    static final Field<String> WRITE =
        Field.text("write", "the file").optional().example("last.json");
    static final Field<String> WATCH = Field.text("watch", "files").optional().example("*.csv");
    static final Field<Duration> EVERY =
        Field.duration("every", "how often").or(Duration.ofSeconds(1)).example("5s");
    static final Field<Type> RECEIVES = Field.type("receives", "what a file holds").optional();
    static final Field<Type> ACCEPTS = Field.type("accepts", "what a line holds").optional();
    static final Adapter ADAPTER =
        adapter(
            "file",
            ConfigSpec.of(FOLDER),
            ConfigSpec.of(APPEND, WRITE, WATCH, EVERY, RECEIVES, ACCEPTS, Bodies.CSV, Bodies.XML),
            (name, operation, system) -> shape(name, operation));

    private static Result shape(String name, Config operation) {
      var does = List.of(APPEND, WRITE, WATCH).stream().filter(operation::has).toList();
      if (does.size() != 1) {
        return refused(
            "", "`" + name + "` does not say what it does", "write `append: lines.jsonl`");
      }
      boolean isWatch = operation.has(WATCH);
      return new Result.Shaped(
          isWatch ? Direction.RECEIVES : Direction.CALLED,
          operation.find(isWatch ? RECEIVES : ACCEPTS).orElse(Type.Simple.ANY),
          Type.Simple.NULL,
          operation.has(WRITE) ? new Effect(Effect.Kind.IDEMPOTENT, "") : Effect.UNKNOWN,
          Set.of(),
          "");
    }
  }

  /** Ticks. */
  static final class Timer {
    static final Field<Duration> EVERY = Field.duration("every", "the time between").example("10s");
    private static final Type TICK =
        new Type.Record(
            "Tick",
            List.of(
                Type.Field.of("scheduled_at", Type.Simple.TIMESTAMP),
                Type.Field.of("sequence", Type.Int.ANY_INT)));
    static final Adapter ADAPTER =
        adapter(
            "timer",
            ConfigSpec.NONE,
            ConfigSpec.of(EVERY),
            (name, operation, system) ->
                new Result.Shaped(
                    Direction.RECEIVES,
                    TICK,
                    Type.Simple.NULL,
                    Effect.UNKNOWN,
                    Set.of(Capability.ORDERED),
                    ""));
  }

  /** Queues: what is accepted is received. */
  static final class Queues {
    static final Field<Type> RECEIVES =
        Field.type("receives", "what comes out").optional().example("Order");
    static final Field<Type> ACCEPTS =
        Field.type("accepts", "what goes in").optional().example("Order");
    static final Field<String> QUEUE = Field.text("queue", "the queue").optional();
    static final Adapter MEMORY = queue("memory", EnumSet.of(Capability.ORDERED));

    /** Keeps a message until it is settled. */
    static final Adapter BROKER =
        queue("broker", EnumSet.of(Capability.ORDERED, Capability.REDELIVERS));

    private static Adapter queue(String name, Set<Capability> capabilities) {
      return adapter(
          name,
          ConfigSpec.NONE,
          ConfigSpec.of(RECEIVES, ACCEPTS, QUEUE),
          (operation, options, system) ->
              new Result.Shaped(
                  options.has(RECEIVES) ? Direction.RECEIVES : Direction.CALLED,
                  options.find(RECEIVES).or(() -> options.find(ACCEPTS)).orElse(Type.Simple.ANY),
                  Type.Simple.NULL,
                  Effect.UNKNOWN,
                  capabilities,
                  ""));
    }
  }

  /** Knows the functions of a few files by the files' names. */
  static final class Python implements Describes {
    static final Field<Path> FILE = Field.path("path", "the program").example("./functions.py");
    static final Field<Integer> INSTANCES =
        Field.integer("instances", "processes").or(1).example("2");
    static final Field<SequencedMap<String, String>> ENV =
        Field.textMap("env", "variables").optional();
    static final Field<SequencedMap<String, Type>> PARAMS =
        Field.types("params", "what it takes").optional();
    static final Field<Type> RETURNS = Field.type("returns", "what it gives").optional();

    @Override
    public AdapterSpec spec() {
      return Fakes.spec(
          "python",
          ConfigSpec.of(FILE, INSTANCES, ENV),
          ConfigSpec.of(PARAMS, RETURNS),
          (name, operation, system) ->
              function(
                  operation.find(PARAMS).<Type>map(Type::record).orElse(Type.Simple.ANY),
                  operation.find(RETURNS).orElse(Type.Simple.ANY)));
    }

    @Override
    public OpenSystem open(SystemContext context) {
      throw new UnsupportedOperationException("a fake opens nothing");
    }

    private static Result.Shaped function(Type input, Type output) {
      return new Result.Shaped(
          Direction.CALLED,
          input,
          output,
          Effect.UNKNOWN,
          output instanceof Type.StreamOf ? Set.of(Capability.STREAMS) : Set.of(),
          "");
    }

    private static Type record(Object... namesAndTypes) {
      var fields = new LinkedHashMap<String, Type>();
      for (int i = 0; i < namesAndTypes.length; i += 2) {
        fields.put((String) namesAndTypes[i], (Type) namesAndTypes[i + 1]);
      }
      return Type.record(fields);
    }

    @Override
    public Description describe(Request request) {
      String file = String.valueOf(request.config().get(FILE).getFileName());
      Type text = Type.Text.ANY_TEXT;
      Type money = Type.Decimal.ANY_DECIMAL;
      var functions = new LinkedHashMap<String, Result.Shaped>();
      switch (file) {
        case "pricing.py" -> {
          Type line =
              new Type.Record(
                  "Line",
                  List.of(
                      Type.Field.of("sku", text),
                      Type.Field.of("qty", Type.Int.ANY_INT),
                      Type.Field.of("price", money)));
          functions.put(
              "quote", function(record("items", Type.ListOf.of(line)), record("total", money)));
        }
        case "user.py" -> {
          functions.put("create_user", function(record("name", text), text));
          functions.put(
              "validate",
              function(
                  record("order", new Type.MapOf(Type.Simple.ANY)),
                  new Type.MapOf(Type.Simple.ANY)));
        }
        case "price.py" -> {
          Type price = record("sku", text, "amount", money, "from", text);
          functions.put("price", function(record("sku", text), price));
          functions.put("prices", function(Type.empty(), new Type.StreamOf(price)));
        }
        case "feed.py" -> {
          Type tick = record("sku", text, "amount", money);
          functions.put("ticks", function(record("sku", text), new Type.StreamOf(tick)));
          functions.put("keep", function(record("tick", tick), Type.Simple.NULL));
        }
        case "shelf.py" -> functions.put("refill", function(record("sku", text), Type.Simple.NULL));
        default -> {
          return new Description.Failed(
              List.of(new Problem(file, 3, "`" + file + "` is not valid Python", "")));
        }
      }
      return new Description.Described(functions);
    }
  }
}
