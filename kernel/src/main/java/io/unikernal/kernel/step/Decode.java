package io.unikernal.kernel.step;

import io.unikernal.model.Fault;
import io.unikernal.spi.World;

/**
 * Reads the envelope: what needs no look at the body. The body stays as it came until the caller is
 * authorised; Match, Guard or Dispatch decode it, whoever needs it first.
 */
final class Decode implements PassageStep {
  private final World world;

  Decode(World world) {
    this.world = world;
  }

  @Override
  public Next apply(Transit transit) {
    var deadline = transit.message.deadline();
    if (!deadline.isNone() && deadline.nanos() - world.nanos() <= 0) {
      throw Fault.of(Fault.Code.TIMEOUT, "the message came after its deadline").toException();
    }
    return Next.Go.ON;
  }
}
