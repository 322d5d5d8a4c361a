package io.unikernal.model;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a message stands in a distributed trace: W3C Trace Context, level 1.
 *
 * @param traceId 32 lower-case hex digits, not all zero
 * @param spanId 16 lower-case hex digits, not all zero
 * @param flags the trace flags; bit 0 is "sampled"
 */
public record Trace(String traceId, String spanId, int flags) {
  /** No trace yet: the kernel begins one. */
  public static final Trace NONE = new Trace("0".repeat(32), "0".repeat(16), 0);

  private static final Pattern TRACEPARENT =
      Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");

  /** Reads a {@code traceparent} header; empty when it is not a valid one. */
  public static Optional<Trace> parse(String traceparent) {
    var match = TRACEPARENT.matcher(traceparent);
    if (!match.matches()
        || match.group(1).chars().allMatch(c -> c == '0')
        || match.group(2).chars().allMatch(c -> c == '0')) {
      return Optional.empty();
    }
    return Optional.of(
        new Trace(match.group(1), match.group(2), Integer.parseInt(match.group(3), 16)));
  }

  /** The {@code traceparent} header. */
  public String text() {
    return "00-"
        + traceId
        + "-"
        + spanId
        + "-"
        + (flags < 16 ? "0" : "")
        + Integer.toHexString(flags);
  }
}
