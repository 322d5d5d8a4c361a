package io.unikernal.telemetry;

import io.unikernal.model.Fault;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a collector is told, and where it is. Names no class of OpenTelemetry, so that none is
 * loaded where nobody asks for it.
 *
 * @param defaults what holds where the environment says nothing; by the SDK's names
 * @param fixed what holds whatever the environment says
 */
public record TelemetryOptions(Map<String, String> defaults, Map<String, String> fixed) {
  static final String ENDPOINT = "otel.exporter.otlp.endpoint";
  private static final String PROTOCOL = "OTEL_EXPORTER_OTLP_PROTOCOL";
  private static final String HTTP = "http/protobuf";

  /**
   * Empty if nobody asks for it: neither {@code --otlp} nor an endpoint in the environment, or
   * {@code OTEL_SDK_DISABLED} is true.
   *
   * @param url as {@code --otlp} has it; empty for none
   * @throws io.unikernal.model.FaultException INVALID if what is asked for cannot be
   */
  public static Optional<TelemetryOptions> of(String url, Map<String, String> environment) {
    boolean isAsked =
        !url.isEmpty()
            || isSet(environment, "OTEL_EXPORTER_OTLP_ENDPOINT")
            || isSet(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
            || isSet(environment, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
    if (!isAsked || Boolean.parseBoolean(environment.get("OTEL_SDK_DISABLED"))) {
      return Optional.empty();
    }
    for (String name :
        new String[] {
          PROTOCOL, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"
        }) {
      if (isSet(environment, name) && !HTTP.equals(environment.get(name))) {
        throw refused(
            name + " is `" + environment.get(name) + "`, and only `" + HTTP + "` is spoken",
            "set " + name + "=" + HTTP + ", and the collector's port for it, which is mostly 4318");
      }
    }
    var fixed = new HashMap<String, String>();
    if (!url.isEmpty()) {
      checkUrl(url);
      fixed.put(ENDPOINT, url);
    }
    return Optional.of(
        new TelemetryOptions(
            Map.of(
                "otel.exporter.otlp.protocol", HTTP,
                "otel.logs.exporter", "none",
                "otel.service.name", "unikernal"),
            Map.copyOf(fixed)));
  }

  private static boolean isSet(Map<String, String> environment, String name) {
    return !environment.getOrDefault(name, "").isEmpty();
  }

  private static void checkUrl(String url) {
    try {
      var parsed = URI.create(url);
      if (parsed.getHost() != null && parsed.getScheme().matches("https?")) {
        return;
      }
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    throw refused(
        "`" + url + "` is not the URL of a collector", "write `--otlp http://localhost:4318`");
  }

  private static RuntimeException refused(String what, String hint) {
    return Fault.of(Fault.Code.INVALID, what, hint).toException();
  }
}
