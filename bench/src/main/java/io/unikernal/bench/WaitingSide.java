package io.unikernal.bench;

import io.unikernal.kernel.explain.Stories;
import io.unikernal.model.Body;
import io.unikernal.model.Conform;
import io.unikernal.model.Json;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Messages that come in, are read, and then wait in the middle of their pipeline. */
final class WaitingSide implements Side {
  private final LoopAdapter adapter;
  private final Supplier<Body> bodies;
  private final byte[] order;

  private WaitingSide(LoopAdapter adapter, Supplier<Body> bodies, byte[] order) {
    this.adapter = adapter;
    this.bodies = bodies;
    this.order = order;
  }

  static WaitingSide of(Path definition, byte[] order) throws InterruptedException {
    var adapter = new LoopAdapter(Json::write);
    var plan = KernelSide.start(definition, adapter, Stories.Mode.FAILED);
    var type = plan.routes().getFirst().from().input();
    return new WaitingSide(
        adapter,
        () ->
            Body.lazy(() ->
                Json.receive(
                    order, type, Conform.Extra.REFUSE, Json.Limits.DEFAULT, adapter.wanted())),
        order);
  }

  @Override
  public void run(int count) {
    adapter.push(KernelSide.ARRIVE, bodies, count);
  }

  @Override
  public byte[] last() {
    return order;
  }
}
