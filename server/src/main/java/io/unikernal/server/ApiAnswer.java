package io.unikernal.server;

import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import io.unikernal.spi.HttpStatus;

/** What a path of the API answers. */
record ApiAnswer(int status, String contentType, byte[] body) {
  private static final int OK = 200;

  static ApiAnswer json(Value value) {
    return json(OK, value);
  }

  static ApiAnswer json(int status, Value value) {
    return new ApiAnswer(status, "application/json", Json.write(value));
  }

  static ApiAnswer problem(Fault fault) {
    return problem(HttpStatus.of(fault), fault);
  }

  /** RFC 9457, as the HTTP adapter writes it. */
  static ApiAnswer problem(int status, Fault fault) {
    var words = ControlWords.fault(fault).field("fault");
    var document =
        ControlWords.dict(
            "status", Value.integer(status),
            "title", words.field("code"),
            "detail", words.field("message"),
            "hint", words.field("hint"),
            "errors", words.field("errors"));
    return new ApiAnswer(status, "application/problem+json", Json.write(document));
  }
}
