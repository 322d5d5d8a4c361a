package io.unikernal.adapter.http;

import io.unikernal.model.Config;
import io.unikernal.model.Fault;
import io.unikernal.model.Operation;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import io.unikernal.spi.World;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server that is called: a bounded pool of connections to one address. */
final class HttpClientSystem implements OpenSystem {
  private static final int WAITING_PER_CONNECTION = 4;
  private static final int KEEP_ALIVE_SECONDS = 20;

  private final Settings settings;
  private final Config config;
  private final World world;
  private final Loops.Lease lease;
  private final HttpClientAgent client;
  private final NetClient prober;
  private final Set<HttpCall> calls = ConcurrentHashMap.newKeySet();
  private volatile boolean isClosed;

  /** {@code basePath} ends without a slash. */
  record Settings(
      String system,
      boolean isTls,
      String host,
      int port,
      String basePath,
      SequencedMap<String, String> headers,
      long maxBody,
      int maxHeader,
      Duration timeout,
      Duration connectTimeout,
      int pool) {

    static Settings of(String system, Config config) {
      URI url = parse(system, config.get(HttpAdapter.URL));
      boolean isTls = url.getScheme().equalsIgnoreCase("https");
      String path = url.getRawPath();
      String host = url.getHost();
      return new Settings(
          system,
          isTls,
          host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
          url.getPort() >= 0 ? url.getPort() : isTls ? 443 : 80,
          path.endsWith("/") ? path.substring(0, path.length() - 1) : path,
          config.find(HttpAdapter.SEND_HEADERS).orElseGet(LinkedHashMap::new),
          Math.min(config.get(HttpAdapter.MAX_BODY), Integer.MAX_VALUE - 64),
          (int) Math.min(config.get(HttpAdapter.MAX_HEADER), 1 << 20),
          config.get(HttpAdapter.TIMEOUT),
          config.get(HttpAdapter.CONNECT_TIMEOUT),
          Math.max(1, config.get(HttpAdapter.POOL)));
    }

    private static URI parse(String system, String text) {
      try {
        var url = new URI(text);
        boolean isHttp =
            "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (isHttp
            && url.getHost() != null
            && url.getRawQuery() == null
            && url.getRawFragment() == null
            && url.getRawUserInfo() == null) {
          return url;
        }
      } catch (URISyntaxException _) {
        // Told below, as everything else that is wrong with it.
      }
      throw Fault.of(
              Fault.Code.REJECTED,
              "`url` of `" + system + "` is not an address of a server",
              "write scheme, host and path, as `https://api.example.org/v1`")
          .toException();
    }

    String url() {
      String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
      return (isTls ? "https://" : "http://") + shown + ":" + port + basePath;
    }
  }

  private HttpClientSystem(Settings settings, Config config, World world, Loops.Lease lease) {
    this.settings = settings;
    this.config = config;
    this.world = world;
    this.lease = lease;
    int connectMillis = Math.clamp(settings.connectTimeout().toMillis(), 1, Integer.MAX_VALUE);
    var options =
        new HttpClientOptions()
            .setDefaultHost(settings.host())
            .setDefaultPort(settings.port())
            .setSsl(settings.isTls())
            .setConnectTimeout(connectMillis)
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setMaxHeaderSize(settings.maxHeader())
            .setMaxInitialLineLength(settings.maxHeader());
    Tls.client(config, options);
    var pool =
        new PoolOptions()
            .setHttp1MaxSize(settings.pool())
            .setMaxWaitQueueSize(settings.pool() * WAITING_PER_CONNECTION);
    // Each call tells its own caller what broke it: Vert.x need not log it too.
    client =
        lease
            .vertx()
            .httpClientBuilder()
            .with(options)
            .with(pool)
            .withConnectHandler(connection -> connection.exceptionHandler(_ -> {}))
            .build();
    prober = lease.vertx().createNetClient(new NetClientOptions().setConnectTimeout(connectMillis));
  }

  static HttpClientSystem open(SystemContext context, Loops loops) throws InterruptedException {
    var settings = Settings.of(context.name(), context.config());
    return new HttpClientSystem(settings, context.config(), context.world(), loops.acquire());
  }

  @Override
  public Endpoint bind(Operation operation) {
    return new HttpDuplex(this, operation, config);
  }

  @Override
  public Health probe() throws InterruptedException {
    if (isClosed) {
      return new Health.Down("closed");
    }
    var connecting =
        prober.connect(settings.port(), settings.host()).toCompletionStage().toCompletableFuture();
    try {
      connecting.get(settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS).close();
      return Health.UP;
    } catch (ExecutionException e) {
      return new Health.Down(ClientFaults.reason(e.getCause() == null ? e : e.getCause()));
    } catch (TimeoutException _) {
      return new Health.Down("does not accept connections");
    }
  }

  @Override
  public String describe() {
    return settings.url();
  }

  @Override
  public void close() {
    isClosed = true;
    Loops.await(client.close());
    Loops.await(prober.close());
    calls.forEach(HttpCall::systemClosed);
    lease.release();
  }

  Settings settings() {
    return settings;
  }

  World world() {
    return world;
  }

  /**
   * Sends and waits, on the loop that the caller runs on where there is one.
   *
   * @throws io.unikernal.model.FaultException DISCONNECTED, TIMEOUT, OVERLOADED or REJECTED
   */
  HttpCall.Response exchange(HttpCall.Request request) throws InterruptedException {
    var call = new HttpCall(client, lease.nearest(), request, settings.maxBody());
    calls.add(call);
    try {
      if (isClosed) {
        throw ClientFaults.closed(request.operation()).toException();
      }
      return call.exchange();
    } finally {
      calls.remove(call);
    }
  }
}
