package io.unikernal.model;

import java.time.Duration;

/** A moment on the world's monotonic clock after which nobody waits for the answer. */
public record Deadline(long nanos) {
  public static final Deadline NONE = new Deadline(Long.MAX_VALUE);

  public static Deadline after(Duration time, long nowNanos) {
    try {
      return new Deadline(Math.addExact(nowNanos, time.toNanos()));
    } catch (ArithmeticException _) {
      return NONE;
    }
  }

  public boolean isNone() {
    return nanos == Long.MAX_VALUE;
  }

  /** Time left, at least zero; very long when there is no deadline. */
  public Duration remaining(long nowNanos) {
    return isNone()
        ? Duration.ofNanos(Long.MAX_VALUE)
        : Duration.ofNanos(Math.max(0, nanos - nowNanos));
  }

  public Deadline earlier(Deadline other) {
    return nanos <= other.nanos ? this : other;
  }
}
