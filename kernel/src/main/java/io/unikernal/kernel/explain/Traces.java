package io.unikernal.kernel.explain;

import io.unikernal.model.Trace;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Where a message stands in its trace. */
public final class Traces {
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int HEX_OF_LONG = 16;

  private Traces() {}

  /**
   * A span of its own below the sender's, if there is one. A trace that begins here has the id of
   * {@code random}, which is the message's too, so that one finds the other.
   */
  public static Trace enter(Span root, Trace given, UUID random) {
    long span =
        random.getLeastSignificantBits() ^ Long.rotateLeft(random.getMostSignificantBits(), 17);
    var spanId = hex(span == 0 ? 1 : span);
    boolean isBegun = given != Trace.NONE && !given.equals(Trace.NONE);
    var traceId =
        isBegun
            ? given.traceId()
            : hex(random.getMostSignificantBits(), random.getLeastSignificantBits());
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
    return new Trace(before.traceId(), hex(span == 0 ? 1 : span), before.flags(), before.state());
  }

  /** Each message needs three of these: several times the speed of {@code HexFormat}. */
  private static String hex(long... numbers) {
    byte[] text = new byte[numbers.length * HEX_OF_LONG];
    for (int i = 0; i < text.length; i++) {
      text[i] = DIGITS[(int) (numbers[i / HEX_OF_LONG] >>> (60 - i % HEX_OF_LONG * 4)) & 15];
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }
}
