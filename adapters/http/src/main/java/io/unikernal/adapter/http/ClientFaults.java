package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.vertx.core.MultiMap;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** What another server's failures mean here. */
final class ClientFaults {
  private static final int DETAIL_MAX = 500;

  private ClientFaults() {}

  static Fault closed(String operation) {
    return Fault.of(Fault.Code.DISCONNECTED, "`" + operation + "` is closed");
  }

  /** No answer at all. */
  static Fault of(String operation, Throwable cause) {
    return switch (cause) {
      case FaultException fault -> fault.fault();
      case ConnectionPoolTooBusyException _ ->
          Fault.of(
              Fault.Code.OVERLOADED,
              "too many calls wait for a connection to `" + operation + "`",
              "raise `pool`, or call less at once");
      case TimeoutException _ ->
          Fault.of(
              Fault.Code.TIMEOUT,
              "no connection to `" + operation + "` came free in time",
              "raise `pool`, or call less at once");
      case SSLException _ ->
          Fault.of(Fault.Code.REJECTED, "`" + operation + "` has no trusted TLS: " + reason(cause));
      default ->
          Fault.of(
              Fault.Code.DISCONNECTED, "`" + operation + "` cannot be reached: " + reason(cause));
    };
  }

  static String reason(Throwable cause) {
    return switch (cause) {
      case UnknownHostException _ -> "the host's name is not known";
      case HttpClosedException _ -> "the connection was closed";
      case ConnectException e when String.valueOf(e.getMessage()).contains("refused") ->
          "the connection was refused";
      default -> Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getSimpleName());
    };
  }

  /** An answer with a status that is not good. */
  static Fault of(String operation, HttpCall.Response response, Instant now) {
    int status = response.status();
    String message = "`" + operation + "` answered " + status + detail(response);
    if (status < 400) {
      return Fault.of(
          Fault.Code.REJECTED, message, "redirects are not followed: change `url` or the path");
    }
    return switch (status) {
      case 429, 503 -> overloaded(message, response.headers(), now);
      case 502, 504 -> Fault.of(Fault.Code.REJECTED, message).withRetryable(true);
      case 408 -> Fault.of(Fault.Code.TIMEOUT, message);
      default -> Fault.of(Fault.Code.REJECTED, message);
    };
  }

  private static Fault overloaded(String message, MultiMap headers, Instant now) {
    var fault = Fault.of(Fault.Code.OVERLOADED, message);
    return retryAfter(headers, now)
        .map(wait -> {
          var details = new LinkedHashMap<String, Value>();
          details.put(Fault.RETRY_AFTER_MS, Value.integer(wait.toMillis()));
          return fault.withDetails(new Value.Dict(details));
        })
        .orElse(fault);
  }

  /** Seconds, or a date. */
  private static Optional<Duration> retryAfter(MultiMap headers, Instant now) {
    String text = headers.get("retry-after");
    if (text == null) {
      return Optional.empty();
    }
    try {
      if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return Optional.of(Duration.ofSeconds(Integer.parseInt(text)));
      }
      var until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO);
    } catch (NumberFormatException | DateTimeException _) {
      return Optional.empty();
    }
  }

  /** The other side's own words, where it answers RFC 9457. */
  private static String detail(HttpCall.Response response) {
    String contentType = response.headers().get("content-type");
    if (contentType == null || !contentType.startsWith(MediaTypes.PROBLEM)) {
      return "";
    }
    try {
      if (Json.read(response.body().getBytes(), Json.Limits.DEFAULT)
          instanceof Value.Dict(var fields)) {
        for (String name : new String[] {"detail", "title"}) {
          if (fields.get(name) instanceof Value.Text(var text)) {
            return ": " + text.substring(0, Math.min(text.length(), DETAIL_MAX));
          }
        }
      }
    } catch (FaultException _) {
      // It says it is JSON and is not: the status alone must do.
    }
    return "";
  }
}
