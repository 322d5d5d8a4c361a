package io.unikernal.bench;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ProcessorDefinition;

/**
 * Apache Camel doing the same on the measuring thread: {@code direct:} to a sink, which is its
 * cheapest way. Its only time-out hands each call to a thread of a pool, so it has none here; and
 * reading, checking and mapping are the hand-written ones of the plain side. Both favour it.
 */
final class CamelSide implements Side {
  private static final int ATTEMPTS = 2;

  private final Endpoint endpoint;
  private final Producer producer;
  private final byte[] order;
  private final Sink sink;

  private CamelSide(CamelContext context, byte[] order, Sink sink) throws Exception {
    this.order = order;
    this.sink = sink;
    context.start();
    endpoint = context.getEndpoint("direct:arrive");
    producer = endpoint.createProducer();
    producer.start();
  }

  static CamelSide passing(byte[] order) throws Exception {
    return routes(order, 1);
  }

  /** Of so many routes to one sink; messages come to the first. */
  static CamelSide routes(byte[] order, int routes) throws Exception {
    var sink = new Sink();
    return of(
        order,
        sink,
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:arrive").routeId("arrive").to("direct:leave");
            for (int i = 1; i < routes; i++) {
              from("direct:arrive" + i).routeId("arrive" + i).to("direct:leave");
            }
            from("direct:leave").routeId("leave").process(sink);
          }
        });
  }

  static CamelSide reading(byte[] order) throws Exception {
    var sink = new Sink();
    return of(
        order,
        sink,
        new RouteBuilder() {
          @Override
          public void configure() {
            onException(IllegalStateException.class)
                .maximumRedeliveries(ATTEMPTS)
                .redeliveryDelay(100)
                .useExponentialBackOff();
            ProcessorDefinition<?> route =
                from("direct:arrive")
                    .routeId("full")
                    .filter(message ->
                        Credential.isGood(message.getIn().getHeader("x-api-key", String.class)))
                    .throttle(100_000)
                    .timePeriodMillis(10);
            CircuitBreakerDefinition guarded = route.circuitBreaker();
            guarded.process(CamelSide::check).process(CamelSide::shorten).to("direct:leave").end();
            from("direct:leave").routeId("leave").process(sink);
          }
        });
  }

  private static CamelSide of(byte[] order, Sink sink, RouteBuilder routes) throws Exception {
    var context = new DefaultCamelContext();
    context.addRoutes(routes);
    return new CamelSide(context, order, sink);
  }

  /** The type's every field, as the plain side checks it. */
  private static void check(Exchange message) {
    var order = new JsonObject(Buffer.buffer(message.getIn().getBody(byte[].class)));
    if (!OrderByHand.isValid(order)) {
      throw new IllegalArgumentException("the order is not valid");
    }
    message.getIn().setBody(order);
  }

  private static void shorten(Exchange message) {
    var order = message.getIn().getBody(JsonObject.class);
    message.getIn().setBody(PlainSide.shortened(order).toBuffer().getBytes());
  }

  @Override
  public void run(int count) {
    long before = sink.taken;
    try {
      for (int i = 0; i < count; i++) {
        var message = endpoint.createExchange();
        message.getIn().setBody(order);
        message.getIn().setHeader("x-api-key", Credential.KEY);
        producer.process(message);
        if (message.getException() != null) {
          throw message.getException();
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    if (sink.taken - before != count) {
      throw new IllegalStateException(
          "of %d messages %d arrived".formatted(count, sink.taken - before));
    }
  }

  @Override
  public byte[] last() {
    return sink.last;
  }

  private static final class Sink implements Processor {
    private long taken;
    private byte[] last = {};

    @Override
    public void process(Exchange message) {
      last = message.getIn().getBody(byte[].class);
      taken++;
    }
  }
}
