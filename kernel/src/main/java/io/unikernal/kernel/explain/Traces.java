package io.unikernal.kernel.explain;

import io.unikernal.model.Trace;
import java.util.HexFormat;
import java.util.UUID;

/** Where a message stands in its trace. */
public final class Traces {
  private static final HexFormat HEX = HexFormat.of();

  private Traces() {}

  /**
   * A span of its own below the sender's, if there is one. A trace that begins here has the id of
   * {@code random}, which is the message's too, so that one finds the other.
   */
  public static Trace enter(Span root, Trace given, UUID random) {
    long span =
        random.getLeastSignificantBits() ^ Long.rotateLeft(random.getMostSignificantBits(), 17);
    var spanId = HEX.toHexDigits(span == 0 ? 1 : span);
    boolean isBegun = given != Trace.NONE && !given.equals(Trace.NONE);
    var traceId =
        isBegun
            ? given.traceId()
            : HEX.toHexDigits(random.getMostSignificantBits())
                + HEX.toHexDigits(random.getLeastSignificantBits());
    int flags = isBegun ? given.flags() : Trace.SAMPLED;
    var exporter = root.story().flatMap(Story::exporter);
    if (exporter.isPresent()) {
      flags =
          exporter.get().samples(given, traceId) ? flags | Trace.SAMPLED : flags & ~Trace.SAMPLED;
    }
    return new Trace(traceId, spanId, flags, given.state());
  }

  /** The same message on its way once more: a span of its own below the one before. */
  public static Trace again(Span root, Trace before, UUID random) {
    return before.equals(Trace.NONE) ? enter(root, before, random) : below(before, random);
  }

  private static Trace below(Trace before, UUID random) {
    long span = random.getLeastSignificantBits() ^ random.getMostSignificantBits();
    return new Trace(
        before.traceId(), HEX.toHexDigits(span == 0 ? 1 : span), before.flags(), before.state());
  }
}
