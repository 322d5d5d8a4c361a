package io.unikernal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.kernel.sim.SimWorld;
import io.unikernal.model.Operation;
import io.unikernal.spi.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real kernel in virtual time, with one server `web.in`; books and leaks are checked at the end.
 */
abstract class SimulatedKernel {
  final SimWorld world = new SimWorld(1);
  final Def def = new Def();
  final Fakes.Push web = new Fakes.Push();
  final List<Listener.Event> events = new ArrayList<>();

  interface Scenario {
    void run(Kernel kernel) throws Exception;
  }

  Operation in() {
    return def.receives("web.in", web);
  }

  Status running(Scenario body) {
    var status = new Status[1];
    world.run(() -> {
      var kernel = Kernel.open(def.plan(), def.adapters(), world, events::add);
      kernel.start();
      body.run(kernel);
      status[0] = kernel.drain(Duration.ofSeconds(1));
    });
    assertThat(status[0].isBalanced()).isTrue();
    assertThat(world.pendingTimers()).isZero();
    assertThat(world.liveThreads()).isZero();
    return status[0];
  }

  /** The same, of a kernel that knows who sends; {@link Known} makes what is sent. */
  void runningKnown(StateStore state, Scenario body) {
    world.run(() -> {
      var kernel = Known.open(def, world, events::add, state);
      kernel.start();
      body.run(kernel);
      assertThat(kernel.drain(Duration.ofSeconds(1)).isBalanced()).isTrue();
    });
    assertThat(world.pendingTimers()).isZero();
    assertThat(world.liveThreads()).isZero();
  }

  <T extends Listener.Event> List<T> heard(Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  List<Listener.Event.MessageFailed> failures() {
    return heard(Listener.Event.MessageFailed.class);
  }

  List<Listener.Event.AttemptFailed> attempts() {
    return heard(Listener.Event.AttemptFailed.class);
  }

  static Duration millis(long count) {
    return Duration.ofMillis(count);
  }
}
