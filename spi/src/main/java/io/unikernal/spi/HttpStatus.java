package io.unikernal.spi;

import io.unikernal.model.Fault;

/** Which status of HTTP says what a fault says: RFC 9110, section 15. */
public final class HttpStatus {
  /** For a caller that has gone away: nobody reads it. */
  public static final int CLIENT_CLOSED = 499;

  private HttpStatus() {}

  public static int of(Fault fault) {
    return switch (fault.code()) {
      case MALFORMED -> 400;
      case UNAUTHENTICATED -> 401;
      case FORBIDDEN -> 403;
      case NO_ROUTE, NOT_FOUND -> 404;
      case TOO_LARGE -> 413;
      case UNSUPPORTED -> 415;
      case INVALID -> 422;
      case OVERLOADED -> fault.details().fields().containsKey(Fault.RETRY_AFTER_MS) ? 429 : 503;
      case DISCONNECTED, REJECTED -> 502;
      case TIMEOUT -> 504;
      case CANCELLED -> CLIENT_CLOSED;
      case INTERNAL -> 500;
    };
  }
}
