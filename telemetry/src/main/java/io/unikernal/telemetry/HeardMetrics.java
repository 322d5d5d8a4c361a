package io.unikernal.telemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import java.util.Collection;

/** An exporter of metrics whose failures are heard. */
record HeardMetrics(MetricExporter real, Heard heard) implements MetricExporter {
  @Override
  public CompletableResultCode export(Collection<MetricData> metrics) {
    var result = real.export(metrics);
    return result.whenComplete(() -> heard.sent(result.isSuccess()));
  }

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType type) {
    return real.getAggregationTemporality(type);
  }

  @Override
  public Aggregation getDefaultAggregation(InstrumentType type) {
    return real.getDefaultAggregation(type);
  }

  @Override
  public MemoryMode getMemoryMode() {
    return real.getMemoryMode();
  }

  @Override
  public CompletableResultCode flush() {
    return real.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return real.shutdown();
  }
}
