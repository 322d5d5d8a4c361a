package io.unikernal.adapter.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import io.unikernal.model.Operation;
import io.unikernal.model.Reads;
import io.unikernal.model.Trace;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import io.unikernal.spi.World;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A server: one port, all operations of one system behind it. */
final class HttpServerSystem implements OpenSystem {
  private final Settings settings;
  private final World world;
  private final Map<String, HttpSource> sources;
  private final Router<HttpSource> router;
  private final AtomicInteger connections;
  private final Listener listener;
  private final Optional<ServerSSLOptions> renewed;
  private volatile DateText date = new DateText(-1, "");

  record Settings(
      String system,
      long maxBody,
      int maxHeader,
      Duration timeout,
      Duration idleTimeout,
      int maxConnections,
      Optional<Config> tls) {
    static Settings of(String system, Config config) {
      return new Settings(
          system,
          Math.min(config.get(HttpAdapter.MAX_BODY), Integer.MAX_VALUE - 64),
          (int) Math.min(config.get(HttpAdapter.MAX_HEADER), 1 << 20),
          config.get(HttpAdapter.TIMEOUT),
          config.get(HttpAdapter.IDLE_TIMEOUT),
          config.get(HttpAdapter.MAX_CONNECTIONS),
          config.find(TlsOptions.TLS));
    }
  }

  /** The `date` header changes once a second, and is asked for with every answer. */
  private record DateText(long second, String text) {}

  /** A server that listens, or is to listen, and has so many connections. */
  private record Port(Listener listener, AtomicInteger connections) {}

  private HttpServerSystem(SystemContext context, Port port, Optional<ServerSSLOptions> renewed) {
    this.renewed = renewed;
    listener = port.listener();
    connections = port.connections();
    settings = Settings.of(context.name(), context.config());
    world = context.world();
    sources = new LinkedHashMap<>();
    router = new Router<>();
    for (Operation operation : context.operations()) {
      var source = new HttpSource(operation, context.config(), context.log());
      sources.put(operation.name(), source);
      HttpRule.Call call = HttpRule.call(operation.options());
      router
          .add(call.method(), call.template(), source)
          .ifPresent(other -> {
            throw Fault.of(
                    Fault.Code.REJECTED,
                    "`%s` and `%s` both serve %s %s"
                        .formatted(
                            other.operation().id(),
                            operation.id(),
                            call.method(),
                            call.template().text()),
                    "change the path of one of them")
                .toException();
          });
    }
  }

  /**
   * @throws io.unikernal.model.FaultException REJECTED when the port cannot be had
   */
  static HttpServerSystem open(SystemContext context, Loops loops) throws InterruptedException {
    Loops.Lease lease = loops.acquire();
    boolean isOpen = false;
    try {
      var listener =
          new Listener(
              lease,
              address(context),
              context.name(),
              Settings.of(context.name(), context.config()).maxHeader(),
              Tls.server(context.config()));
      var system =
          new HttpServerSystem(context, new Port(listener, new AtomicInteger()), Optional.empty());
      listener.listen(system);
      isOpen = true;
      return system;
    } finally {
      if (!isOpen) {
        lease.release();
      }
    }
  }

  private static ListenAddress address(SystemContext context) {
    return ListenAddress.parse(context.name(), context.config().get(HttpAdapter.LISTEN));
  }

  /** With other operations behind the same port: its connections stay. */
  @Override
  public Optional<OpenSystem> successor(SystemContext next) {
    boolean isSamePort =
        next.config().has(HttpAdapter.LISTEN)
            && address(next).equals(listener.address())
            && Settings.of(next.name(), next.config()).equals(settings);
    return isSamePort
        ? Optional.of(
            new HttpServerSystem(next, new Port(listener, connections), Tls.server(next.config())))
        : Optional.empty();
  }

  /** Certificates may have been renewed since they were read. */
  @Override
  public void takeOver() {
    renewed.ifPresent(listener::show);
    HttpServerSystem before = listener.handOver(this);
    before.sources.forEach(
        (name, source) -> source.leaveTo(Optional.ofNullable(sources.get(name))));
    listener.awaitLoops();
  }

  @Override
  public Endpoint bind(Operation operation) {
    return bind(operation, Reads.ALL);
  }

  @Override
  public Endpoint bind(Operation operation, Reads reads) {
    HttpSource source = sources.get(operation.name());
    if (source == null) {
      throw new IllegalArgumentException("not an operation of " + settings.system());
    }
    source.bind(reads);
    return source;
  }

  @Override
  public Health probe() {
    return connections.get() < settings.maxConnections()
        ? Health.UP
        : new Health.Degraded(
            "all " + settings.maxConnections() + " connections are taken (`max_connections`)");
  }

  @Override
  public String describe() {
    return listener.url();
  }

  @Override
  public void close() {
    listener.close(this);
  }

  Settings settings() {
    return settings;
  }

  Router<HttpSource> router() {
    return router;
  }

  ConnectionGuard guard(HttpServerRequest request) {
    return ConnectionGuard.of(channel(request.connection()));
  }

  /** Sets a new connection up, on its event loop. */
  void connected(HttpConnection connection) {
    Channel channel = channel(connection);
    channel
        .pipeline()
        .replace("httpDecoder", "httpDecoder", new StrictRequestDecoder(settings.maxHeader()));
    var guard =
        new ConnectionGuard(
            settings.timeout(), settings.idleTimeout(), this::slow, connections::decrementAndGet);
    if (channel.pipeline().get(SslHandler.class) == null) {
      channel.pipeline().addFirst("guard", guard);
    } else { // behind it, so that what the guard writes is encrypted too
      String tls = channel.pipeline().context(SslHandler.class).name();
      channel.pipeline().addAfter(tls, "guard", guard);
    }
    if (connections.incrementAndGet() > settings.maxConnections()) {
      var fault = Fault.of(Fault.Code.OVERLOADED, "too many connections");
      guard.refuse(finish(Answer.problem(fault, "", Trace.NONE), Trace.NONE));
    }
  }

  void received(HttpServerRequest request, ContextInternal context) {
    new Exchange(this, request, context.nettyEventLoop()).begin();
  }

  /** What Netty could not read as HTTP; the connection cannot go on. */
  void invalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    int status =
        switch (cause) {
          case TooLongHttpLineException _ -> 414;
          case TooLongHttpHeaderException _ -> 431;
          case StrictRequestDecoder.OtherVersionException _ -> 505;
          default -> 400;
        };
    var fault =
        switch (status) {
          case 400 -> Fault.of(Fault.Code.MALFORMED, "this is not a valid HTTP request");
          case 505 ->
              Fault.of(Fault.Code.UNSUPPORTED, "only versions 1.1 and 1.0 of HTTP are served");
          default ->
              Fault.of(
                  Fault.Code.TOO_LARGE,
                  "the request's head is larger than " + settings.maxHeader() + " bytes");
        };
    Trace trace = newTrace();
    guard(request).refuse(finish(Answer.problem(status, fault, "", trace), trace));
  }

  private Answer slow() {
    Trace trace = newTrace();
    var fault =
        Fault.of(
            Fault.Code.TIMEOUT,
            "the request did not arrive within " + settings.timeout().toMillis() + " ms");
    return finish(Answer.problem(408, fault, "", trace), trace);
  }

  /** Begins a trace for a request that brings none, so that its answer can name it. */
  Trace newTrace() {
    var id = world.uuid();
    var hex = HexFormat.of();
    return new Trace(
        hex.toHexDigits(id.getMostSignificantBits())
            + hex.toHexDigits(id.getLeastSignificantBits()),
        Trace.NO_SPAN,
        Trace.SAMPLED);
  }

  /** Adds what every answer has. */
  Answer finish(Answer answer, Trace trace) {
    var headers = answer.headers();
    headers.put("date", date());
    if (!trace.equals(Trace.NONE)) {
      headers.put("x-trace-id", trace.traceId());
    }
    return answer;
  }

  private String date() {
    Instant now = world.now();
    DateText known = date;
    if (known.second() != now.getEpochSecond()) {
      known =
          new DateText(
              now.getEpochSecond(),
              DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)));
      date = known;
    }
    return known.text();
  }

  private static Channel channel(HttpConnection connection) {
    return ((ConnectionBase) connection).channel();
  }
}
