package io.unikernal.kernel.execute;

/**
 * A {@code filter} has ended the way of a message, or of an item: no failure, so nothing tries
 * again, recovers or undoes.
 */
public final class Ended extends RuntimeException {
  private static final long serialVersionUID = 1;
  static final Ended BY_FILTER = new Ended();

  private Ended() {
    super("filtered", null, false, false);
  }
}
