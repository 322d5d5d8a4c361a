package io.unikernal.bench;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.Site;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.kernel.explain.Stories;
import io.unikernal.model.Body;
import io.unikernal.model.Json;
import io.unikernal.store.SqliteState;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A durable route: each message is safe on the disk before it is confirmed, then delivered, then
 * forgotten. As many callers wait at once as a busy server has.
 */
final class DurableSide implements Side {
  private static final int CALLERS = 1_000;
  private static final long LOOK_NANOS = 20_000;
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private final AtomicLong delivered = new AtomicLong();
  private final LoopAdapter adapter;
  private final Body body;
  private long pushed;

  private DurableSide(byte[] order) {
    body = Body.of(Json.read(order, Json.Limits.DEFAULT));
    adapter =
        new LoopAdapter(out -> {
          delivered.incrementAndGet();
          return order;
        });
  }

  static DurableSide of(Path definition, byte[] order, Path folder) throws InterruptedException {
    var side = new DurableSide(order);
    var world = new SystemWorld();
    var state = SqliteState.open(folder.resolve("kernel.db"), world);
    var site = new Site(world, Listener.SILENT, state);
    KernelSide.start(
        definition,
        side.adapter,
        Stories.Mode.FAILED,
        (plan, adapters) -> Kernel.open(plan, adapters, site));
    return side;
  }

  @Override
  public void run(int count) {
    long wanted = pushed + count;
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (delivered.get() < wanted) {
      if (pushed < wanted && pushed - delivered.get() < CALLERS) {
        adapter.push(KernelSide.ARRIVE, () -> body, 1);
        pushed++;
      } else {
        adapter.carryWhatWaits();
        LockSupport.parkNanos(LOOK_NANOS);
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "%d of %d messages are not delivered".formatted(wanted - delivered.get(), count));
      }
    }
  }

  @Override
  public int batch() {
    return 20 * CALLERS;
  }

  @Override
  public byte[] last() {
    return adapter.taken();
  }
}
