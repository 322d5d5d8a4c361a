package io.unikernal.bench;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.model.Body;
import io.unikernal.model.Conform;
import io.unikernal.model.Json;
import io.unikernal.model.Plan;
import io.unikernal.server.Compiling;
import io.unikernal.spi.Adapter;
import io.unikernal.udl.UdlCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The real kernel, on a plan that the real compiler made of a definition. */
final class KernelSide implements Side {
  static final String ARRIVE = "hand.arrive";
  private static final int ARRIVING_MAX = 100;

  /** How many messages come to one source before the next one has its turn. */
  private static final int TOGETHER = 5;

  private final LoopAdapter adapter;
  private final List<String> arriving;
  private final Supplier<Body> bodies;
  private int next;

  private KernelSide(LoopAdapter adapter, List<String> arriving, Supplier<Body> bodies) {
    this.adapter = adapter;
    this.arriving = arriving;
    this.bodies = bodies;
  }

  /** Messages come as values: what is left is the way through the kernel. */
  static KernelSide passing(Path definition, byte[] order, Stories.Mode mode)
      throws InterruptedException {
    return passing(definition, order, mode, List.of(ARRIVE));
  }

  /** The same of a definition of so many routes, for as many of them as fit, in turn. */
  static KernelSide routes(Path folder, byte[] order, int routes)
      throws IOException, InterruptedException {
    var definition = folder.resolve("routes.udl.yaml");
    Files.writeString(definition, ManyRoutes.text(routes));
    int step = Math.max(1, routes / ARRIVING_MAX);
    var arriving =
        IntStream.iterate(0, i -> i < routes, i -> i + step).mapToObj(ManyRoutes::source);
    return passing(definition, order, Stories.Mode.FAILED, arriving.toList());
  }

  private static KernelSide passing(
      Path definition, byte[] order, Stories.Mode mode, List<String> arriving)
      throws InterruptedException {
    var value = Json.read(order, Json.Limits.DEFAULT);
    byte[] nothing = {};
    var adapter = new LoopAdapter(out -> out == value ? order : nothing);
    start(definition, adapter, mode);
    return new KernelSide(adapter, arriving, () -> Body.of(value));
  }

  /** Messages come as bytes, and are read, checked and written as the http adapter does it. */
  static KernelSide reading(Path definition, byte[] order, Stories.Mode mode)
      throws InterruptedException {
    var adapter = new LoopAdapter(Json::write);
    var plan = start(definition, adapter, mode);
    var type = plan.routes().getFirst().from().input();
    var limits = Json.Limits.DEFAULT;
    return new KernelSide(
        adapter,
        List.of(ARRIVE),
        () ->
            Body.lazy(
                () -> Json.receive(order, type, Conform.Extra.REFUSE, limits, adapter.wanted())));
  }

  /** How a kernel is opened. */
  @FunctionalInterface
  interface Opening {
    Kernel open(Plan plan, Map<String, Adapter> adapters) throws InterruptedException;
  }

  static Plan start(Path definition, LoopAdapter adapter, Stories.Mode mode)
      throws InterruptedException {
    return start(
        definition,
        adapter,
        mode,
        (plan, adapters) -> Kernel.open(plan, adapters, new SystemWorld(), Listener.SILENT));
  }

  static Plan start(Path definition, LoopAdapter adapter, Stories.Mode mode, Opening opening)
      throws InterruptedException {
    var adapters = Map.of(adapter.spec().name(), (Adapter) adapter);
    var compilation =
        UdlCompiler.compile(definition, adapters, new UdlCompiler.Options(Map.of(), true));
    var plan =
        compilation
            .plan()
            .orElseThrow(() -> new IllegalStateException(compilation.rendered().text(false)));
    Compiling.compile(plan);
    var kernel = opening.open(plan, adapters);
    kernel.stories().record(mode);
    kernel.start();
    return plan;
  }

  @Override
  public void run(int count) {
    long before = adapter.delivered();
    for (int left = count; left > 0; ) {
      int some = Math.min(left, TOGETHER);
      adapter.push(arriving.get(next), bodies, some);
      next = (next + 1) % arriving.size();
      left -= some;
    }
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
