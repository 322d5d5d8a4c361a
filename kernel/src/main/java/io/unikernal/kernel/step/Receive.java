package io.unikernal.kernel.step;

import io.unikernal.kernel.explain.Stories;
import io.unikernal.model.Message;
import io.unikernal.model.Trace;
import io.unikernal.spi.World;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Books the message and gives it what every message has: an id, a trace, the time it came. From
 * here on the sender may cancel it.
 */
final class Receive implements PassageStep {
  private static final HexFormat HEX = HexFormat.of();
  private static final int SAMPLED = 1;
  private final World world;

  Receive(World world) {
    this.world = world;
  }

  @Override
  public Next apply(Transit transit) {
    transit.ledger.received();
    transit.receivedAt = world.now();
    var given = transit.delivery.message();
    var random = world.uuid();
    transit.message =
        new Message(
            given.id().isEmpty() ? random.toString() : given.id(),
            given.operation(),
            given.headers(),
            given.body(),
            given.principal(),
            given.deadline(),
            trace(given.trace(), random));
    Stories.identify(transit.span, transit.message.id(), transit.message.trace().traceId());
    transit.delivery.onCancel(transit::cancel);
    return Next.Go.ON;
  }

  /** A trace that begins here has the message's id, so that one finds the other. */
  private static Trace trace(Trace given, UUID random) {
    long span =
        random.getLeastSignificantBits() ^ Long.rotateLeft(random.getMostSignificantBits(), 17);
    var spanId = HEX.toHexDigits(span == 0 ? 1 : span);
    if (given != Trace.NONE && !given.equals(Trace.NONE)) {
      return new Trace(given.traceId(), spanId, given.flags());
    }
    return new Trace(
        HEX.toHexDigits(random.getMostSignificantBits())
            + HEX.toHexDigits(random.getLeastSignificantBits()),
        spanId,
        SAMPLED);
  }
}
