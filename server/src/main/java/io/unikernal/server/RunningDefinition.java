package io.unikernal.server;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.Status;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Plan;
import io.unikernal.spi.Adapter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A definition that runs, with its control socket. */
public final class RunningDefinition implements AutoCloseable {
  private final Kernel kernel;
  private final ControlServer control;

  private RunningDefinition(Kernel kernel, ControlServer control) {
    this.kernel = kernel;
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
    Kernel kernel;
    try {
      kernel = Kernel.open(plan, adapters, world, listener);
    } catch (RuntimeException | InterruptedException e) {
      control.close();
      throw e;
    }
    kernel.start();
    Compiling.begin(plan);
    control.start(kernel, world, controlPort);
    return new RunningDefinition(kernel, control);
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
    control.close();
    return kernel.drain(limit);
  }

  @Override
  public void close() {
    control.close();
    kernel.close();
  }
}
