package io.unikernal.expr;

/**
 * Generated code met a value that is not of the type that the checker promised. It then knows
 * nothing: the interpreter, which asks each value what it is, runs the expression anew.
 */
final class Mistyped extends RuntimeException {
  private static final long serialVersionUID = 1;

  static final Mistyped MISTYPED = new Mistyped();

  private Mistyped() {
    super("a value that is not of its type", null, false, false);
  }
}
