package io.unikernal.server;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.Site;
import io.unikernal.kernel.Status;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Plan;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.StateStore;
import io.unikernal.telemetry.Telemetry;
import io.unikernal.telemetry.TelemetryOptions;
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
  private final AuditLog audit;
  private final Runnable telling;

  private RunningDefinition(
      Kernel kernel, ControlServer control, StateStore state, AuditLog audit, Runnable telling) {
    this.kernel = kernel;
    this.state = state;
    this.control = control;
    this.audit = audit;
    this.telling = telling;
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
    return start(plan, adapters, listener, controlPort, Optional.empty());
  }

  /**
   * The same, and tells a collector of traces and metrics, if {@code otlp} is its URL or the
   * environment has one.
   *
   * @throws io.unikernal.model.FaultException also if that cannot be set up
   */
  public static RunningDefinition start(
      Plan plan,
      Map<String, Adapter> adapters,
      Listener listener,
      OptionalInt controlPort,
      String otlp)
      throws InterruptedException {
    var collector = TelemetryOptions.of(otlp, System.getenv());
    return start(plan, adapters, listener, controlPort, collector);
  }

  static RunningDefinition start(
      Plan plan,
      Map<String, Adapter> adapters,
      Listener listener,
      OptionalInt controlPort,
      Optional<TelemetryOptions> collector)
      throws InterruptedException {
    var world = new SystemWorld();
    var control = ControlServer.claim(plan.stateDir());
    var state = StateFiles.of(plan.stateDir(), world);
    var audit = new AuditLog(plan.stateDir(), world, listener);
    Kernel kernel;
    try {
      kernel = Kernel.open(plan, adapters, new Site(world, audit, state));
    } catch (RuntimeException | InterruptedException e) {
      state.close();
      audit.close();
      control.close();
      throw e;
    }
    Runnable telling;
    try {
      telling = tell(kernel, plan, collector);
    } catch (RuntimeException e) {
      kernel.close();
      state.close();
      audit.close();
      control.close();
      throw e;
    }
    kernel.start();
    Compiling.begin(plan);
    control.start(kernel, world, controlPort);
    return new RunningDefinition(kernel, control, state, audit, telling);
  }

  /**
   * What ends it. Names the SDK only where somebody asks for it, or its classes would be loaded.
   */
  private static Runnable tell(Kernel kernel, Plan plan, Optional<TelemetryOptions> collector) {
    if (collector.isEmpty()) {
      return () -> {};
    }
    return Telemetry.start(kernel, plan, collector.get())::close;
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
      telling.run();
      state.close();
      audit.close();
      control.close(); // the folder is given back when nothing writes there any more
    }
  }

  @Override
  public void close() {
    kernel.close();
    telling.run();
    state.close();
    audit.close();
    control.close();
  }
}
