package io.unikernal.bench;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Body;
import io.unikernal.model.Conform;
import io.unikernal.model.Json;
import io.unikernal.model.Plan;
import io.unikernal.server.Compiling;
import io.unikernal.udl.UdlCompiler;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/** The real kernel, on a plan that the real compiler made of a definition. */
final class KernelSide implements Side {
  private static final String ARRIVE = "hand.arrive";

  private final LoopAdapter adapter;
  private final Supplier<Body> bodies;

  private KernelSide(LoopAdapter adapter, Supplier<Body> bodies) {
    this.adapter = adapter;
    this.bodies = bodies;
  }

  /** Messages come as values: what is left is the way through the kernel. */
  static KernelSide passing(Path definition, byte[] order) throws InterruptedException {
    var value = Json.read(order, Json.Limits.DEFAULT);
    byte[] nothing = {};
    var adapter = new LoopAdapter(out -> out == value ? order : nothing);
    start(definition, adapter);
    return new KernelSide(adapter, () -> Body.of(value));
  }

  /** Messages come as bytes, and are read, checked and written as the http adapter does it. */
  static KernelSide reading(Path definition, byte[] order) throws InterruptedException {
    var adapter = new LoopAdapter(Json::write);
    var plan = start(definition, adapter);
    var type = plan.routes().getFirst().from().input();
    return new KernelSide(
        adapter,
        () -> Body.lazy(() -> Json.read(order, type, Conform.Extra.REFUSE, Json.Limits.DEFAULT)));
  }

  private static Plan start(Path definition, LoopAdapter adapter) throws InterruptedException {
    var adapters = Map.of(adapter.spec().name(), (io.unikernal.spi.Adapter) adapter);
    var compilation =
        UdlCompiler.compile(definition, adapters, new UdlCompiler.Options(Map.of(), true));
    var plan =
        compilation
            .plan()
            .orElseThrow(() -> new IllegalStateException(compilation.rendered().text(false)));
    Compiling.compile(plan);
    Kernel.open(plan, adapters, new SystemWorld(), Listener.SILENT).start();
    return plan;
  }

  @Override
  public void run(int count) {
    long before = adapter.delivered();
    adapter.push(ARRIVE, bodies, count);
    adapter.carryUntil(before + count);
    if (adapter.delivered() - before != count) {
      throw new IllegalStateException(
          "of %d messages %d arrived".formatted(count, adapter.delivered() - before));
    }
  }

  @Override
  public byte[] last() {
    return adapter.taken();
  }
}
