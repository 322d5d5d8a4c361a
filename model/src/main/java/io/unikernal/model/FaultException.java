package io.unikernal.model;

/**
 * Carries a {@link Fault} up the stack. Without a stack trace: a fault is data, and thrown often.
 */
public class FaultException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final transient Fault fault;

  public FaultException(Fault fault) {
    super(fault.code() + ": " + fault.message(), null, true, false);
    this.fault = fault;
  }

  /** {@code cause} is for logs; the fault tells the caller all that it may know. */
  public FaultException(Fault fault, Throwable cause) {
    super(fault.code() + ": " + fault.message(), cause, true, false);
    this.fault = fault;
  }

  public Fault fault() {
    return fault;
  }
}
