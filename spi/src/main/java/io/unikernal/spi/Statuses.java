package io.unikernal.spi;

import io.unikernal.model.Operation;
import io.unikernal.model.Outcome;

/**
 * An adapter whose senders are told a number of how it went. Tests of definitions ask it, so that
 * they expect the very number that a real sender would see.
 */
public interface Statuses extends Adapter {
  /** What the sender of a message to {@code operation} sees. Does no I/O. */
  int status(Operation operation, Outcome outcome);
}
