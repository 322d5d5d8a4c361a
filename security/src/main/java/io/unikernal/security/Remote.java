package io.unikernal.security;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Fetches small documents: bounded in size and in time, following nobody elsewhere. */
final class Remote implements AutoCloseable {
  static final long BYTES_MAX = 1 << 20;
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  private final HttpClient client;
  private final Duration limit;

  Remote(Duration limit) {
    this.limit = limit;
    client =
        HttpClient.newBuilder()
            .connectTimeout(limit)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
  }

  /** Whether nobody on the way can change what is fetched from there. */
  static boolean isSafe(String address) {
    try {
      var uri = new URI(address);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
      boolean hasHost = uri.getHost() != null;
      return hasHost
          && (scheme.equals("https") || (scheme.equals("http") && THIS_MACHINE.contains(host)));
    } catch (URISyntaxException _) {
      return false;
    }
  }

  /**
   * @throws IOException its message says what went wrong, for the operator
   */
  String get(String address) throws IOException, InterruptedException {
    if (!isSafe(address)) {
      throw new IOException("`" + address + "` is not fetched: it is no `https://` address");
    }
    var request =
        HttpRequest.newBuilder(URI.create(address))
            .timeout(limit)
            .header("accept", "application/json")
            .build();
    // The request's own limit ends with its headers; a body that trickles has no end.
    var answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), BYTES_MAX));
    try {
      HttpResponse<byte[]> response = answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (response.statusCode() != 200) {
        throw new IOException("`" + address + "` answers " + response.statusCode());
      }
      return new String(response.body(), StandardCharsets.UTF_8);
    } catch (TimeoutException e) {
      throw new IOException("`" + address + "` does not answer in time", e);
    } catch (ExecutionException e) {
      throw new IOException("`" + address + "` cannot be fetched: " + e.getCause(), e);
    } finally {
      answer.cancel(true);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
