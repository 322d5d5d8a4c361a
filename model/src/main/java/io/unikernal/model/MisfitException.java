package io.unikernal.model;

/** A value was put into a field of a record that cannot hold its kind: somebody lied about it. */
public final class MisfitException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  MisfitException(String message) {
    super(message);
  }
}
