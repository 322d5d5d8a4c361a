package io.unikernal.kernel.explain;

import io.unikernal.model.Trace;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Where a message stands in its trace. */
public final class Traces {
  private static final VarHandle DIGITS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
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

  /** Each message needs three of these: eight digits at a time, several times HexFormat's speed. */
  private static String hex(long... numbers) {
    byte[] text = new byte[numbers.length * HEX_OF_LONG];
    for (int i = 0; i < numbers.length; i++) {
      DIGITS.set(text, i * HEX_OF_LONG, digits(numbers[i] >>> 32));
      DIGITS.set(text, i * HEX_OF_LONG + 8, digits(numbers[i] & 0xffff_ffffL));
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** Each half byte of 32 bits becomes a byte, and each byte its digit. */
  private static long digits(long bits) {
    long spread = (bits | bits << 16) & 0x0000_ffff_0000_ffffL;
    spread = (spread | spread << 8) & 0x00ff_00ff_00ff_00ffL;
    spread = (spread | spread << 4) & 0x0f0f_0f0f_0f0f_0f0fL;
    long letters = (spread + 0x0606_0606_0606_0606L) >>> 4 & 0x0101_0101_0101_0101L;
    return spread + 0x3030_3030_3030_3030L + letters * ('a' - '0' - 10);
  }
}
