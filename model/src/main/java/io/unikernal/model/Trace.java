package io.unikernal.model;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a message stands in a distributed trace: W3C Trace Context, level 1.
 *
 * @param traceId 32 lower-case hex digits, not all zero
 * @param spanId 16 lower-case hex digits, not all zero but for {@link #NO_SPAN}
 * @param flags the trace flags; bit 0 is "sampled"
 * @param state the {@code tracestate} that goes with it, for others to read; may be empty
 */
public record Trace(String traceId, String spanId, int flags, String state) {
  public static final int SAMPLED = 1;

  /** A longer {@code tracestate} may be dropped, and is. */
  static final int STATE_MAX = 512;

  /** Where a trace begins there is no span yet. */
  public static final String NO_SPAN = "0".repeat(16);

  /** No trace yet: the kernel begins one. */
  public static final Trace NONE = new Trace("0".repeat(32), NO_SPAN, 0);

  private static final Pattern TRACEPARENT =
      Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");

  /** One without a {@code tracestate}. */
  public Trace(String traceId, String spanId, int flags) {
    this(traceId, spanId, flags, "");
  }

  /** Reads both headers; a {@code tracestate} that no header could hold is dropped. */
  public static Optional<Trace> parse(String traceparent, String tracestate) {
    boolean isSound =
        tracestate.length() <= STATE_MAX && tracestate.chars().allMatch(c -> c >= ' ' && c <= '~');
    return parse(traceparent)
        .map(one -> isSound ? new Trace(one.traceId, one.spanId, one.flags, tracestate) : one);
  }

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

  /** Whether somebody is above: else the trace begins here, with that id or a new one. */
  public boolean hasSpan() {
    return !spanId.equals(NO_SPAN);
  }

  public boolean isSampled() {
    return (flags & SAMPLED) != 0;
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
