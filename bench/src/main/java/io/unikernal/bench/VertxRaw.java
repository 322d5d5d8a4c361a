package io.unikernal.bench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/**
 * The peer of the HTTP workloads: the same work by hand, with callbacks on Vert.x's event loops, as
 * a user of Vert.x would write it. No route, policy, time limit, trace or book.
 */
public final class VertxRaw extends VerticleBase {
  private static final String HOST = "127.0.0.1";
  private static final String JSON = "application/json";
  private static final int POOL = 64;
  private static final int ANSWERS_ITSELF = 0;

  private final int port;
  private final int backend;
  private final String mappedStatus;

  private VertxRaw(int port, int backend, String mappedStatus) {
    this.port = port;
    this.backend = backend;
    this.mappedStatus = mappedStatus;
  }

  /** {@code PORT BACKEND-PORT STATUS}: the backend 0 answers the order itself. */
  public static void main(String[] arguments) {
    int port = Integer.parseInt(arguments[0]);
    int backend = Integer.parseInt(arguments[1]);
    int loops = Runtime.getRuntime().availableProcessors();
    var vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(loops));
    vertx
        .deployVerticle(
            () -> new VertxRaw(port, backend, arguments[2]),
            new DeploymentOptions().setInstances(loops))
        .await();
  }

  @Override
  public Future<?> start() {
    var client =
        vertx.createHttpClient(
            new HttpClientOptions(),
            new PoolOptions().setHttp1MaxSize(POOL).setMaxWaitQueueSize(-1));
    var request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(HOST)
            .setPort(backend)
            .setURI("/orders")
            .putHeader(HttpHeaders.CONTENT_TYPE, JSON);
    return vertx
        .createHttpServer(new HttpServerOptions().setAcceptBacklog(4096))
        .requestHandler(incoming -> handle(incoming, client, request))
        .listen(port, HOST);
  }

  private void handle(HttpServerRequest incoming, HttpClient client, RequestOptions request) {
    incoming
        .body()
        .onSuccess(body -> {
          JsonObject order;
          try {
            order = new JsonObject(body);
          } catch (DecodeException _) {
            refuse(incoming, 400);
            return;
          }
          if (!OrderByHand.isValid(order)) {
            refuse(incoming, 422);
            return;
          }
          Buffer mapped = order.put("status", mappedStatus).toBuffer();
          if (backend == ANSWERS_ITSELF) {
            answer(incoming, mapped);
          } else {
            forward(incoming, client, request, mapped);
          }
        });
  }

  private static void forward(
      HttpServerRequest incoming, HttpClient client, RequestOptions request, Buffer order) {
    client
        .request(request)
        .compose(call -> call.send(order))
        .compose(HttpClientResponse::body)
        .onSuccess(body -> answer(incoming, body))
        .onFailure(_ -> refuse(incoming, 502));
  }

  private static void answer(HttpServerRequest incoming, Buffer body) {
    var unused = incoming.response().putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(body);
  }

  private static void refuse(HttpServerRequest incoming, int status) {
    var unused = incoming.response().setStatusCode(status).end();
  }
}
