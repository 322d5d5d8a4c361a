package io.unikernal.kernel;

import io.unikernal.kernel.step.KeyOrder;
import io.unikernal.spi.World;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The order of messages with equal keys, by source. It goes on when the definition changes. */
final class Lines {
  private final Map<String, KeyOrder> orders = new ConcurrentHashMap<>();
  private final World world;

  Lines(World world) {
    this.world = world;
  }

  KeyOrder of(String source) {
    return orders.computeIfAbsent(source, _ -> new KeyOrder(world));
  }
}
