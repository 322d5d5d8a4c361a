package io.unikernal.spi;

/**
 * Connects one kind of system. Found by {@code ServiceLoader}; making one and asking for its {@link
 * #spec} does no I/O and loads no driver.
 */
public interface Adapter {
  AdapterSpec spec();

  /**
   * Opens one system of a definition: connects, binds its port, starts its process. Fails fast with
   * a {@link io.unikernal.model.FaultException}; the kernel decides whether to try again.
   */
  OpenSystem open(SystemContext context) throws InterruptedException;
}
