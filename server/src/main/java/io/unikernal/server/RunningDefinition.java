package io.unikernal.server;

import io.unikernal.kernel.Kernel;
import io.unikernal.kernel.Listener;
import io.unikernal.kernel.Site;
import io.unikernal.kernel.Status;
import io.unikernal.kernel.SystemWorld;
import io.unikernal.model.Plan;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.StateStore;
import io.unikernal.spi.World;
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
  private final World world;
  private final ControlServer control;
  private final StateStore state;
  private final AuditLog audit;
  private final Runnable telling;
  private final Optional<Reloading> reloading;

  private RunningDefinition(
      Kernel kernel,
      World world,
      ControlServer control,
      StateStore state,
      AuditLog audit,
      Runnable telling,
      Optional<Reloading> reloading) {
    this.kernel = kernel;
    this.world = world;
    this.reloading = reloading;
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
    return start(plan, adapters, listener, controlPort, Optional.empty(), Optional.empty());
  }

  /**
   * As {@link #start(Plan, Map, Listener, OptionalInt)}, of files that may change; and tells a
   * collector of traces and metrics, if {@code otlp} is its URL or the environment has one.
   *
   * @param reloading of the compilation that is started
   * @throws io.unikernal.model.FaultException also if that cannot be set up
   */
  public static RunningDefinition start(
      Reloading reloading,
      Map<String, Adapter> adapters,
      Listener listener,
      OptionalInt controlPort,
      String otlp)
      throws InterruptedException {
    var collector = TelemetryOptions.of(otlp, System.getenv());
    return start(
        reloading.plan(), adapters, listener, controlPort, collector, Optional.of(reloading));
  }

  static RunningDefinition start(
      Plan plan,
      Map<String, Adapter> adapters,
      Listener listener,
      OptionalInt controlPort,
      Optional<TelemetryOptions> collector,
      Optional<Reloading> reloading)
      throws InterruptedException {
    var world = new SystemWorld();
    var control = ControlServer.claim(plan.stateDir());
    var state = StateFiles.of(plan.stateDir(), plan.state(), world);
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
      telling = tell(kernel, collector);
    } catch (RuntimeException e) {
      kernel.close();
      state.close();
      audit.close();
      control.close();
      throw e;
    }
    kernel.start();
    Compiling.begin(plan);
    control.start(kernel, world, controlPort, reloading);
    return new RunningDefinition(kernel, world, control, state, audit, telling, reloading);
  }

  /**
   * What ends it. Names the SDK only where somebody asks for it, or its classes would be loaded.
   */
  private static Runnable tell(Kernel kernel, Optional<TelemetryOptions> collector) {
    if (collector.isEmpty()) {
      return () -> {};
    }
    return Telemetry.start(kernel, collector.get())::close;
  }

  /**
   * Goes on with what its files say now.
   *
   * @throws io.unikernal.model.FaultException what cannot be opened, or why it cannot change now;
   *     nothing has changed then
   */
  public Reloading.Outcome reload() throws InterruptedException {
    return reloading
        .orElseThrow(() -> Reloading.none().toException())
        .reload(kernel, world, Reloading.Wish.CHANGE);
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

  /** The TCP control port; 0 if there is none. */
  public int controlPort() {
    return control.port();
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
