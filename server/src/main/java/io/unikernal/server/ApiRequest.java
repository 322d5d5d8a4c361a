package io.unikernal.server;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** What a path of the API is asked. {@code query} is decoded already. */
record ApiRequest(String contentType, String query, byte[] body) {
  /** A parameter of the query; empty if it is not there. */
  String parameter(String name) {
    for (var pair : query.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).equals(name)) {
        return URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
      }
    }
    return "";
  }
}
