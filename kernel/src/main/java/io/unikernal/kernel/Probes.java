package io.unikernal.kernel;

import io.unikernal.kernel.resilience.Durations;
import io.unikernal.kernel.resilience.Scope;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.spi.Health;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks every system, again and again, whether it works. */
final class Probes {
  static final Duration INTERVAL = Duration.ofSeconds(10);
  static final double JITTER = 0.2;
  static final Duration LIMIT = Duration.ofSeconds(5);

  private static final Fault STOPPED = Fault.of(Fault.Code.CANCELLED, "the kernel stops");
  private final World world;
  private final Listener listener;
  private final List<Scope> loops = new ArrayList<>();

  Probes(World world, Listener listener) {
    this.world = world;
    this.listener = listener;
  }

  /** Called once. */
  void start(List<Systems.Opened> systems) {
    for (var one : systems) {
      var scope = Scope.unbound();
      loops.add(scope);
      world.start("probe-" + one.planned.name(), () -> loop(one, scope));
    }
  }

  void stop() {
    loops.forEach(scope -> scope.stop(STOPPED));
  }

  private void loop(Systems.Opened one, Scope scope) {
    scope.enter();
    try (scope) {
      while (scope.reason().isEmpty()) {
        world.sleep(jittered());
        var health = probe(one, scope);
        if (!health.equals(one.health)) {
          one.found(health, world.nanos());
          listener.on(new Listener.Event.SystemHealth(one.planned.name(), health));
        }
      }
    } catch (InterruptedException _) {
      // stopped: nobody asks any more
    }
  }

  /** Systems of one kernel, and kernels of one fleet, do not ask in step. */
  private Duration jittered() {
    return Duration.ofNanos((long) (INTERVAL.toNanos() * (1 + JITTER * (2 * world.random() - 1))));
  }

  private Health probe(Systems.Opened one, Scope loop) throws InterruptedException {
    var scope = loop.inner();
    var timeout = Fault.of(Fault.Code.TIMEOUT, "no answer within " + Durations.text(LIMIT));
    var timer = world.after(LIMIT, () -> scope.stop(timeout));
    try {
      return one.system.probe();
    } catch (InterruptedException e) {
      if (scope.reason().isEmpty()) {
        throw e;
      }
      return new Health.Down(timeout.message());
    } catch (FaultException e) {
      return new Health.Down(e.fault().message());
    } catch (RuntimeException e) {
      return new Health.Down("its probe failed: " + e.getClass().getSimpleName());
    } finally {
      timer.cancel();
      scope.close();
    }
  }
}
