package io.unikernal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unikernal.model.FaultException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who asks for a collector. That one is told is tested beside the server that tells it. */
class TelemetryOptionsTest {
  @Test
  void nobodyAsksUnlessTheCommandOrTheEnvironmentNamesACollector() {
    assertThat(TelemetryOptions.of("", Map.of())).isEmpty();
    assertThat(TelemetryOptions.of("", Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", ""))).isEmpty();
    var endpoint = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
    assertThat(TelemetryOptions.of("", endpoint).orElseThrow().fixed()).isEmpty();
    assertThat(TelemetryOptions.of("http://localhost:4318", Map.of()).orElseThrow().fixed())
        .containsEntry(TelemetryOptions.ENDPOINT, "http://localhost:4318");
  }

  @Test
  void theSdksOwnSwitchEndsIt() {
    var disabled = Map.of("OTEL_SDK_DISABLED", "true");
    assertThat(TelemetryOptions.of("http://localhost:4318", disabled)).isEmpty();
  }

  @Test
  void whatIsNoUrlAndAnotherProtocolAreRefusedWithWhatToWrite() {
    for (String url : new String[] {"localhost:4318", "ftp://localhost", "http://", "no url"}) {
      assertThatThrownBy(() -> TelemetryOptions.of(url, Map.of()))
          .as(url)
          .isInstanceOf(FaultException.class)
          .hasMessageContaining("is not the URL of a collector");
    }
    var grpc =
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317",
            "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    assertThatThrownBy(() -> TelemetryOptions.of("", grpc))
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("OTEL_EXPORTER_OTLP_PROTOCOL is `grpc`");
  }
}
