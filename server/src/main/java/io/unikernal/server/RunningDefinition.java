package io.unikernal.server;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.Site;
import io.unikernal.kernel.Status;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Plan;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.StateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A definition that runs, with its control socket. */
public final class RunningDefinition implements AutoCloseable {
  private final Kernel kernel;
  private final ControlServer control;
  private final StateStore state;

  private RunningDefinition(Kernel kernel, ControlServer control, StateStore state) {
    this.kernel = kernel;
    this.state = state;
    this.control = control;
  }

  /**
   * Opens every system, then lets messages in.
   *
   * @param controlPort also listen on this port of loopback, with a token
   * @throws io.unikernal.model.FaultException if a system cannot be opened
   */
  public static RunningDefinition start(
      Plan plan, Map<String, Adapter> adapters, Listener listener, OptionalInt controlPort)
      throws InterruptedException {
    var world = new SystemWorld();
    var control = ControlServer.claim(plan.stateDir());
    var state = StateFiles.of(plan.stateDir(), world);
    Kernel kernel;
    try {
      kernel = Kernel.open(plan, adapters, new Site(world, listener, state));
    } catch (RuntimeException | InterruptedException e) {
      state.close();
      control.close();
      throw e;
    }
    kernel.start();
    Compiling.begin(plan);
    control.start(kernel, world, controlPort);
    return new RunningDefinition(kernel, control, state);
  }

  public Status status() {
    return kernel.status();
  }

  public Path controlSocket() {
    return control.socket();
  }

  /** The token that callers of the TCP control port must send, if there is one. */
  public Optional<String> controlToken() {
    return control.token();
  }

  /** Stops the sources, waits for what is in flight, closes everything; the books at the end. */
  public Status drain(Duration limit) throws InterruptedException {
    try {
      return kernel.drain(limit);
    } finally {
      state.close();
      control.close(); // the folder is given back when nothing writes there any more
    }
  }

  @Override
  public void close() {
    kernel.close();
    state.close();
    control.close();
  }
}
