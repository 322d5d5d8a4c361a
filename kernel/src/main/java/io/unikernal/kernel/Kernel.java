package io.unikernal.kernel;

import io.unikernal.model.Deadline;
import io.unikernal.model.Plan;
import io.unikernal.model.Reply;
import io.unikernal.model.Trace;
import io.unikernal.model.Value;
import io.unikernal.spi.Adapter;
import io.unikernal.spi.Caller;
import io.unikernal.spi.World;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A running definition. */
public final class Kernel implements Caller, AutoCloseable {
  private Kernel() {}

  /**
   * Opens every system of the plan and binds its operations; nothing is received yet.
   *
   * @throws io.unikernal.model.FaultException if a system cannot be opened; what was open is closed
   */
  public static Kernel open(
      Plan plan, Map<String, Adapter> adapters, World world, Listener listener)
      throws InterruptedException {
    throw new UnsupportedOperationException("not written yet");
  }

  /** Starts the sources: from here on messages come. */
  public void start() {
    throw new UnsupportedOperationException("not written yet");
  }

  @Override
  public Reply call(String operation, Value input, Deadline deadline, Optional<Trace> trace)
      throws InterruptedException {
    throw new UnsupportedOperationException("not written yet");
  }

  public Status status() {
    throw new UnsupportedOperationException("not written yet");
  }

  /**
   * Stops the sources, waits for what is in flight, cancels what is left after {@code limit},
   * closes all.
   */
  public Status drain(Duration limit) throws InterruptedException {
    throw new UnsupportedOperationException("not written yet");
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("not written yet");
  }
}
