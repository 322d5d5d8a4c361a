package io.unikernal.adapter.http;

import io.unikernal.model.Fault;

/** Where a server listens. Port 0 is any free one. */
record ListenAddress(String host, int port) {
  private static final String LOOPBACK = "127.0.0.1";

  /** {@code 8080} is this machine only; {@code address:port} says which address. */
  static ListenAddress parse(String system, String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? LOOPBACK : text.substring(0, colon);
    boolean isBracketed = host.startsWith("[") && host.endsWith("]");
    if (isBracketed) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (!host.isEmpty()
          && port >= 0
          && port <= 65_535
          && isBracketed == (host.indexOf(':') >= 0)) {
        return new ListenAddress(host, port);
      }
    } catch (NumberFormatException _) {
      // Told below, as everything else that is wrong with it.
    }
    throw Fault.of(
            Fault.Code.REJECTED,
            "`listen: " + text + "` of `" + system + "` is not an address",
            "write a port as `8080`, or an address and a port as `0.0.0.0:8080` or `[::1]:8080`")
        .toException();
  }

  String url(boolean isTls, int actualPort) {
    return (isTls ? "https://" : "http://")
        + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
        + ":"
        + actualPort;
  }
}
