package io.unikernal.telemetry;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.unikernal.model.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The SDK as its standard variables have it. Its tracer is not used: what a message did is known
 * when it has ended, so finished spans go to the exporter, and only exporter, sampler and resource
 * are taken from it. Metrics are its own.
 */
final class Sdk {
  static final String SCOPE_NAME = "io.unikernal";

  /** Its exporters log each failure; ours are said once. Held, since a logger may be forgotten. */
  private static final Logger NOISE = Logger.getLogger("io.opentelemetry");

  private final List<SpanExporter> exporters = new ArrayList<>();
  private final OpenTelemetrySdk sdk;
  private Sampler sampler = Sampler.parentBased(Sampler.alwaysOn());
  private Resource resource = Resource.getDefault();

  Sdk(TelemetryOptions options, Heard heard) {
    NOISE.setLevel(Level.OFF);
    try {
      sdk =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesSupplier(options::defaults)
              .addPropertiesCustomizer(_ -> options.fixed())
              .addResourceCustomizer((found, _) -> resource = found)
              .addSamplerCustomizer((found, _) -> sampler = found)
              .addSpanExporterCustomizer((found, _) -> {
                exporters.add(found);
                return SpanExporter.composite();
              })
              .addMetricExporterCustomizer((found, _) -> new HeardMetrics(found, heard))
              .build()
              .getOpenTelemetrySdk();
    } catch (ConfigurationException e) {
      throw Fault.of(
              Fault.Code.INVALID,
              "OpenTelemetry cannot be set up: " + e.getMessage(),
              "mend the variable that it names, or run without --otlp")
          .toException(e);
    }
  }

  OpenTelemetrySdk sdk() {
    return sdk;
  }

  SpanExporter exporter() {
    return SpanExporter.composite(exporters);
  }

  Sampler sampler() {
    return sampler;
  }

  Resource resource() {
    return resource;
  }
}
