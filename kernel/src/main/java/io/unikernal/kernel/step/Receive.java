package io.unikernal.kernel.step;

import io.unikernal.kernel.explain.Stories;
import io.unikernal.kernel.explain.Traces;
import io.unikernal.model.Message;
import io.unikernal.spi.World;

/**
 * Books the message and gives it what every message has: an id, a trace, the time it came. From
 * here on the sender may cancel it.
 */
final class Receive implements PassageStep {
  private final World world;

  Receive(World world) {
    this.world = world;
  }

  @Override
  public Next apply(Transit transit) {
    transit.ledger.received();
    transit.receivedAt = Stories.cameAt(transit.span).orElseGet(world::now);
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
            Traces.enter(transit.span, given.trace(), random));
    Stories.identify(transit.span, transit.message.id(), transit.message.trace(), given.trace());
    transit.delivery.onCancel(transit::cancel);
    return Next.Go.ON;
  }
}
