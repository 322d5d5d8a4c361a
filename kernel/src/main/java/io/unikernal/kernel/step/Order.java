package io.unikernal.kernel.step;

import io.unikernal.model.Cbor;
import io.unikernal.model.Route;
import io.unikernal.model.Value;

/** Lets a message wait for those with the same key that came before it. */
final class Order implements PassageStep {
  @Override
  public Next apply(Transit transit) throws InterruptedException {
    if (transit.turn.isPresent()) {
      var lane = transit.lane.orElseThrow();
      var turn = transit.turn.get();
      var order = lane.route().handling().order();
      if (order.isPresent()) {
        turn.enter(lane.route().name(), lane(order.get(), transit, lane), transit);
      } else {
        turn.end();
      }
    }
    return Next.Go.ON;
  }

  private static int lane(Route.Order order, Transit transit, Entry.Lane lane) {
    transit.orderKey = key(order.by().evaluate(transit.frame(lane)));
    return Math.floorMod(transit.orderKey, order.lanes());
  }

  /** The same for equal values, also after a restart: a hash of what CBOR writes (FNV-1a). */
  static int key(Value value) {
    long hash = 0xCBF29CE484222325L;
    for (byte one : Cbor.write(value)) {
      hash = (hash ^ (one & 0xFF)) * 0x100000001B3L;
    }
    return Long.hashCode(hash ^ (hash >>> 29));
  }
}
