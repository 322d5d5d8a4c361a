package io.unikernal.adapter.http;

import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Fault;
import io.unikernal.model.Field;
import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;
import io.unikernal.model.Type;
import io.unikernal.spi.AdapterSpec;
import io.unikernal.spi.Formats;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.Statuses;
import io.unikernal.spi.SystemContext;
import java.time.Duration;
import java.util.List;
import java.util.SequencedMap;

/**
 * Serves HTTP where a system says {@code listen}, and calls HTTP where it says {@code url}. All
 * systems that one adapter opened share its event loops.
 */
public final class HttpAdapter implements Inspects, Statuses {
  static final Field<String> LISTEN =
      Field.text("listen", "Serve here: a port of this machine only, or `address:port`.")
          .optional()
          .example("8080")
          .example("0.0.0.0:8080")
          .example("[::1]:0");
  static final Field<String> URL =
      Field.text("url", "Call this: scheme, host, and the path that every operation begins with.")
          .optional()
          .example("https://api.example.org/v1");
  static final Field<SequencedMap<String, String>> SEND_HEADERS =
      Field.textMap("headers", "Headers that go with every call.").optional().secret();
  static final Field<Long> MAX_BODY =
      Field.size(
              "max_body",
              "Longer bodies are refused: of requests when serving, of answers when calling. Those of"
                  + " all requests at once, and what is read from them, take at most a quarter of"
                  + " the heap: who comes then is answered 503.")
          .or(1L << 20);
  static final Field<Duration> TIMEOUT =
      Field.duration(
              "timeout",
              "Serving: how long a request may take to arrive and an answer to be taken. Calling: how"
                  + " long an answer may take where nothing else says.")
          .or(Duration.ofSeconds(30));
  static final Field<Duration> IDLE_TIMEOUT =
      Field.duration("idle_timeout", "Connections without a request are closed after this.")
          .or(Duration.ofSeconds(60));
  static final Field<Duration> CONNECT_TIMEOUT =
      Field.duration("connect_timeout", "Calling: how long connecting may take.")
          .or(Duration.ofSeconds(5));
  static final Field<Integer> MAX_CONNECTIONS =
      Field.integer("max_connections", "Serving: more are told to come back later.").or(10_000);
  static final Field<Long> MAX_HEADER =
      Field.size("max_header", "All headers of one message together, and its first line alone.")
          .or(8L << 10);
  static final Field<Integer> POOL =
      Field.integer(
              "pool", "Calling: connections at most; four times as many calls may wait for one.")
          .or(64);

  static final Field<List<String>> FORMATS =
      Field.symbols(
              "formats",
              "What bodies are written in; of a system: of its operations, where they say nothing."
                  + " Serving: a request is in what its `content-type` says, an answer in what `accept`"
                  + " wants most, else in what the caller sent, else in the first. Calling: the first"
                  + " is sent, all are accepted. `json` where nothing is said.",
              Formats.installed().names())
          .optional()
          .example("[json, xml]");

  static final Field<String> GET = method("get", "Reads.");
  static final Field<String> POST = method("post", "Creates or does something.");
  static final Field<String> PUT = method("put", "Replaces.");
  static final Field<String> PATCH = method("patch", "Changes a part.");
  static final Field<String> DELETE = method("delete", "Removes.");
  static final Field<String> HEAD = method("head", "Asks for the headers only.");
  static final List<Field<String>> METHODS = List.of(GET, POST, PUT, PATCH, DELETE, HEAD);

  static final Field<Type> BODY =
      Field.type("body", "What the request's body holds.").optional().example("NewOrder");
  static final Field<SequencedMap<String, Type>> PATH =
      Field.types("path", "Types of the path's placeholders; those left out are `string`.")
          .optional()
          .example("{ id: uuid }");
  static final Field<SequencedMap<String, Type>> QUERY =
      Field.types("query", "Query parameters; `T?` may be left out, `list(T)` may be repeated.")
          .optional()
          .example("{ limit: \"int(1..100)?\" }");
  static final Field<SequencedMap<String, Type>> HEADERS =
      Field.types("headers", "Headers that become input; `x_tenant` is the header `x-tenant`.")
          .optional()
          .example("{ x_tenant: string }");
  static final Field<Type> RETURNS =
      Field.type("returns", "What the answer's body holds; nothing when left out.")
          .optional()
          .example("Order?");
  static final Field<Integer> STATUS =
      Field.integer("status", "The status of a good answer, when it is not 200 or 204.")
          .optional()
          .example("201");
  static final Field<String> MODE =
      Field.symbol(
              "mode",
              "Serving: `strict` refuses unknown fields and query parameters, `lenient` keeps unknown"
                  + " fields and ignores unknown parameters.",
              "strict",
              "lenient")
          .or("strict");

  private static final ConfigSpec SYSTEM =
      Formats.installed()
          .withOptions(
              LISTEN,
              URL,
              SEND_HEADERS,
              TlsOptions.TLS,
              MAX_BODY,
              TIMEOUT,
              IDLE_TIMEOUT,
              CONNECT_TIMEOUT,
              MAX_CONNECTIONS,
              MAX_HEADER,
              POOL,
              FORMATS);
  private static final ConfigSpec OPERATION =
      Formats.installed()
          .withOptions(
              GET, POST, PUT, PATCH, DELETE, HEAD, BODY, PATH, QUERY, HEADERS, RETURNS, STATUS,
              MODE, FORMATS);

  private static final String SERVER_EXAMPLE =
      """
      udl: 7
      types:
        Name: { name: string }
        Greeting: { text: string }
      systems:
        web:
          type: http
          listen: 8080
          operations:
            greet: { get: "/greet/{name}", returns: Greeting }
      routes:
        - from: web.greet
          to: greet
      pipelines:
        greet:
          input: Name
          steps:
            - name: greeting
              as: Greeting
              set: { text: "Hello ${input.name}" }
      """;
  private static final String CLIENT_EXAMPLE =
      """
      udl: 7
      types:
        Rate: { currency: string, rate: "decimal(12,6)" }
      systems:
        web:
          type: http
          listen: 8080
          operations:
            rate: { get: "/rates/{currency}", returns: "Rate?" }
        bank:
          type: http
          url: https://bank.example.org/v1
          operations:
            rate: { get: "/rates/{currency}", returns: "Rate?" }
      routes:
        - from: web.rate
          to: bank.rate
      """;

  private static final AdapterSpec SPEC =
      new AdapterSpec(
          "http",
          List.of(),
          AdapterSpec.Stability.BETA,
          "Serves and calls HTTP, with bodies in JSON and in the other formats.",
          SYSTEM,
          OPERATION,
          new HttpRule(),
          List.of(
              new AdapterSpec.Example("A server with one operation", SERVER_EXAMPLE),
              new AdapterSpec.Example("A server in front of another one", CLIENT_EXAMPLE)));

  private final Loops loops = new Loops();

  private static Field<String> method(String name, String doc) {
    return Field.text(name, doc).optional().example("/orders/{id}");
  }

  @Override
  public AdapterSpec spec() {
    return SPEC;
  }

  @Override
  public OpenSystem open(SystemContext context) throws InterruptedException {
    boolean serves = context.config().has(LISTEN);
    if (serves == context.config().has(URL)) {
      var problem = HttpRule.listenOrUrl();
      throw Fault.of(Fault.Code.REJECTED, problem.message(), problem.hint()).toException();
    }
    if (serves) {
      return HttpServerSystem.open(context, loops);
    }
    return HttpClientSystem.open(context, loops);
  }

  @Override
  public int status(Operation operation, Outcome outcome) {
    return HttpSource.status(operation, outcome);
  }

  @Override
  public Inspection inspect(Request request) throws InterruptedException {
    return HttpInspection.of(request, loops);
  }
}
