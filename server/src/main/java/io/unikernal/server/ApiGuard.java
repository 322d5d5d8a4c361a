package io.unikernal.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.unikernal.model.Fault;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Who may ask: programs with the token, and no page that a browser has from elsewhere. */
final class ApiGuard {
  private static final int TOKEN_BYTES = 32;
  private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
  private volatile String token = "";

  /** How somebody came in. */
  enum Door {
    /** The rights of the file let nobody else in. */
    SOCKET,
    PORT
  }

  /** Empty before {@link #issueToken}. */
  String token() {
    return token;
  }

  /** Not before a port is asked for: randomness takes its time to be there. */
  void issueToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    token = HexFormat.of().formatHex(bytes);
  }

  /**
   * A name of elsewhere that points at loopback would make a page of elsewhere one of ours (DNS
   * rebinding), so a request by the port must name loopback itself.
   *
   * @throws io.unikernal.model.FaultException FORBIDDEN or UNAUTHENTICATED
   */
  void check(Door door, HttpHeaders headers, boolean needsToken) {
    var hosts = headers.getAll(HttpHeaderNames.HOST);
    check(
        door,
        hosts.size() == 1 ? hosts.getFirst() : "",
        headers.getAll(HttpHeaderNames.ORIGIN),
        headers.get(HttpHeaderNames.AUTHORIZATION, ""),
        needsToken);
  }

  /** The same of another protocol. */
  void check(
      Door door, String named, List<String> origins, String authorization, boolean needsToken) {
    var host = named.toLowerCase(Locale.ROOT);
    if (door == Door.PORT && !NAMES.contains(host.replaceFirst(":[0-9]+$", ""))) {
      throw Fault.of(
              Fault.Code.FORBIDDEN,
              "the header `host` does not name loopback",
              "ask 127.0.0.1 or localhost")
          .toException();
    }
    for (var origin : origins) {
      if (!origin.equalsIgnoreCase("http://" + host)) {
        throw Fault.of(Fault.Code.FORBIDDEN, "pages of another origin may not ask").toException();
      }
    }
    if (door == Door.PORT && needsToken && !isAuthenticated(authorization)) {
      throw Fault.of(Fault.Code.UNAUTHENTICATED, "this needs the token that `run` printed")
          .toException();
    }
  }

  private boolean isAuthenticated(String header) {
    byte[] offered = header.replaceFirst("^Bearer +", "").getBytes(StandardCharsets.UTF_8);
    return !token.isEmpty()
        && MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), offered);
  }
}
