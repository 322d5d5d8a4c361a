package io.unikernal.model;

import java.time.Duration;

/** What guards an operation, a route or a step. The kernel applies them in a fixed order. */
public sealed interface Policy {
  /** Where it is written, for {@code unikernal policy} and for explanations. */
  Origin origin();

  /** At most {@code limit} messages in {@code window}, {@code burst} of them at once. */
  record RateLimit(int limit, Duration window, int burst, Origin origin) implements Policy {}

  /** On a route or pipeline the whole of it, on a step each attempt. */
  record Timeout(Duration after, Origin origin) implements Policy {}

  /** Up to {@code attempts} in all, waiting between them. {@code jitter} is a share from 0 to 1. */
  record Retry(
      int attempts,
      Backoff backoff,
      Duration delay,
      Duration maxDelay,
      double jitter,
      Origin origin)
      implements Policy {
    public static final int ATTEMPTS_MAX = 100;
  }

  enum Backoff {
    CONSTANT,
    LINEAR,
    EXPONENTIAL
  }
}
