package io.unikernal.server;

import io.unikernal.model.Json;
import io.unikernal.model.Value;

/** What a path of the API answers. */
record ApiAnswer(int status, String contentType, byte[] body) {
  private static final int OK = 200;

  static ApiAnswer json(Value value) {
    return json(OK, value);
  }

  static ApiAnswer json(int status, Value value) {
    return new ApiAnswer(status, "application/json", Json.write(value));
  }

  ApiAnswer as(String type) {
    return new ApiAnswer(status, type, body);
  }
}
