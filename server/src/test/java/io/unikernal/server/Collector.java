package io.unikernal.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Takes what is sent to a collector and reads it by OpenTelemetry's own classes. */
final class Collector implements AutoCloseable {
  private final HttpServer server;
  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final Map<String, Metric> metrics = new ConcurrentHashMap<>();
  private final Map<String, String> resource = new ConcurrentHashMap<>();
  private final Map<String, String> headers = new ConcurrentHashMap<>();
  private final ByteArrayOutputStream all = new ByteArrayOutputStream();

  Collector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::traces);
    server.createContext("/v1/metrics", this::metrics);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private byte[] body(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    synchronized (all) {
      all.write(body);
    }
    exchange.getRequestHeaders().forEach((name, list) -> headers.put(name, list.getFirst()));
    return body;
  }

  private void traces(HttpExchange exchange) throws IOException {
    for (var one : ExportTraceServiceRequest.parseFrom(body(exchange)).getResourceSpansList()) {
      resource.putAll(attributes(one.getResource().getAttributesList()));
      one.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList()));
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private void metrics(HttpExchange exchange) throws IOException {
    for (var one : ExportMetricsServiceRequest.parseFrom(body(exchange)).getResourceMetricsList()) {
      one.getScopeMetricsList()
          .forEach(scope ->
              scope.getMetricsList().forEach(metric -> metrics.put(metric.getName(), metric)));
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  List<Span> spans() {
    return spans;
  }

  Metric metric(String name) {
    return Optional.ofNullable(metrics.get(name))
        .orElseThrow(() -> new AssertionError(name + " is not in " + metrics.keySet()));
  }

  Map<String, String> resource() {
    return resource;
  }

  Map<String, String> headers() {
    return headers;
  }

  /** All that came, as text: for what must not be in it. */
  String bytes() {
    synchronized (all) {
      return all.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
    }
  }

  static Map<String, String> attributes(List<KeyValue> all) {
    return all.stream()
        .collect(
            Collectors.toMap(
                KeyValue::getKey,
                one ->
                    switch (one.getValue().getValueCase()) {
                      case INT_VALUE -> "" + one.getValue().getIntValue();
                      case BOOL_VALUE -> "" + one.getValue().getBoolValue();
                      case DOUBLE_VALUE -> "" + one.getValue().getDoubleValue();
                      default -> one.getValue().getStringValue();
                    }));
  }

  static String hex(com.google.protobuf.ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
