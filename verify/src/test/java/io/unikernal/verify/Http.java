package io.unikernal.verify;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What the tests say over HTTP. Each request has a client, and so a connection, of its own. */
final class Http {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Http() {}

  static HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url)));
  }

  static HttpResponse<String> post(String url, String json)
      throws IOException, InterruptedException {
    return post(url, json.getBytes(StandardCharsets.UTF_8));
  }

  /** A body that says it is JSON, whatever it is. */
  static HttpResponse<String> post(String url, byte[] body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofByteArray(body)));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
  }
}
