package io.unikernal.adapter.sql;

import io.unikernal.model.Fault;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * {@code postgres://user:password@host:port/database?name=value}, in parts. Nothing here prints the
 * password, and no message repeats the text.
 */
record PostgresUrl(
    String host,
    int port,
    String database,
    String user,
    String password,
    SequencedMap<String, String> parameters) {
  private static final int DEFAULT_PORT = 5432;
  private static final String FORM = "write postgres://user:password@host:5432/database";

  static PostgresUrl parse(String text) {
    if (text.startsWith("jdbc:")) {
      throw wrong("`connection` is a JDBC URL", FORM + ", without `jdbc:`");
    }
    if (!text.startsWith("postgres://") && !text.startsWith("postgresql://")) {
      throw wrong("`connection` does not begin with postgres://", FORM);
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException _) {
      // Without its cause, which would repeat the password.
      throw wrong(
          "`connection` is not a URL",
          FORM + ", with special characters percent-encoded, as %40 for @");
    }
    String host = uri.getHost();
    String userInfo = uri.getRawUserInfo();
    if (host == null) {
      throw wrong(
          "`connection` names no host, or holds a special character",
          FORM + ", with special characters percent-encoded, as %40 for @");
    }
    if (userInfo == null || userInfo.isEmpty() || userInfo.startsWith(":")) {
      throw wrong("`connection` names no user", FORM);
    }
    String[] who = userInfo.split(":", 2);
    String user = decode(who[0]);
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceFirst("^/", "");
    return new PostgresUrl(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
        path.isEmpty() ? user : decode(path),
        user,
        who.length == 1 ? "" : decode(who[1]),
        parameters(uri));
  }

  private static SequencedMap<String, String> parameters(URI uri) {
    var parameters = new LinkedHashMap<String, String>();
    String query = uri.getRawQuery();
    if (query != null) {
      for (String pair : query.split("&")) {
        String[] parts = pair.split("=", 2);
        parameters.put(decode(parts[0]), parts.length == 1 ? "" : decode(parts[1]));
      }
    }
    return parameters;
  }

  private static String decode(String raw) {
    // A plus is a plus here, and not a space.
    return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static RuntimeException wrong(String message, String hint) {
    return Fault.of(Fault.Code.INVALID, message, hint).toException();
  }

  /** Without user and password. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/" + database;
  }
}
