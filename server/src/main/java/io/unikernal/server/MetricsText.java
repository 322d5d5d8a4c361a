package io.unikernal.server;

import io.unikernal.kernel.Ledger.Counts;
import io.unikernal.kernel.Status;
import io.unikernal.kernel.Status.RouteStatus;
import io.unikernal.spi.Health;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.ToLongFunction;

/**
 * The books in the text format of Prometheus, version 0.0.4. It is a few lines, so no library makes
 * them.
 */
final class MetricsText {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private final StringBuilder text = new StringBuilder();

  private MetricsText() {}

  static byte[] of(Status status) {
    var metrics = new MetricsText();
    metrics.routes(status, "received", "Messages that came.", Counts::received);
    metrics.routes(status, "delivered", "Messages that were delivered.", Counts::delivered);
    metrics.routes(status, "failed", "Messages whose sender was told of a fault.", Counts::failed);
    metrics.routes(
        status, "dead_lettered", "Messages that lie where dead letters go.", Counts::deadLettered);
    metrics.routes(status, "dropped", "Messages dropped by a filter.", Counts::dropped);
    metrics.head("unikernal_messages_in_flight", "gauge", "Messages on their way.");
    for (var route : status.routes()) {
      metrics.line(
          "unikernal_messages_in_flight", "route", route.name(), route.counts().inFlight());
    }
    metrics.head("unikernal_books_balanced", "gauge", "1 while every message is accounted for.");
    for (var route : status.routes()) {
      metrics.line(
          "unikernal_books_balanced", "route", route.name(), route.counts().isBalanced() ? 1 : 0);
    }
    metrics.head("unikernal_system_up", "gauge", "1 while a system answers.");
    for (var system : status.systems()) {
      metrics.line(
          "unikernal_system_up",
          "system",
          system.name(),
          system.health() instanceof Health.Down ? 0 : 1);
    }
    metrics.calls(status);
    metrics.process();
    return metrics.text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void routes(Status status, String what, String help, ToLongFunction<Counts> count) {
    String name = "unikernal_messages_" + what + "_total";
    head(name, "counter", help);
    for (RouteStatus route : status.routes()) {
      line(name, "route", route.name(), count.applyAsLong(route.counts()));
    }
  }

  private void calls(Status status) {
    head("unikernal_operation_calls_total", "counter", "Calls of an operation.");
    for (var one : status.operations()) {
      line("unikernal_operation_calls_total", "operation", one.name(), one.report().calls());
    }
    head("unikernal_operation_errors_total", "counter", "Calls that failed.");
    for (var one : status.operations()) {
      line("unikernal_operation_errors_total", "operation", one.name(), one.report().errors());
    }
    head(
        "unikernal_operation_seconds",
        "summary",
        "How long the calls of an operation took lately.");
    for (var one : status.operations()) {
      quantile(one.name(), "0.5", one.report().p50());
      quantile(one.name(), "0.95", one.report().p95());
      quantile(one.name(), "0.99", one.report().p99());
    }
  }

  private void quantile(String operation, String quantile, Duration time) {
    text.append("unikernal_operation_seconds{operation=\"")
        .append(escaped(operation))
        .append("\",quantile=\"")
        .append(quantile)
        .append("\"} ")
        .append(time.toNanos() / 1e9)
        .append('\n');
  }

  private void process() {
    head("unikernal_heap_bytes", "gauge", "Memory on the heap of Java.");
    plain(
        "unikernal_heap_bytes", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      head("process_cpu_seconds_total", "counter", "Time on processors, user and system.");
      text.append("process_cpu_seconds_total ")
          .append(system.getProcessCpuTime() / 1e9)
          .append('\n');
    }
  }

  private void head(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private void plain(String name, long value) {
    text.append(name).append(' ').append(value).append('\n');
  }

  private void line(String name, String label, String of, long value) {
    text.append(name).append('{').append(label).append("=\"").append(escaped(of)).append("\"} ");
    text.append(value).append('\n');
  }

  private static String escaped(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
