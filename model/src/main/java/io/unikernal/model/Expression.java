package io.unikernal.model;

/**
 * A checked expression or mapping. The language compiles to it, the kernel evaluates it, and
 * neither knows the other. Made by {@code expr}: interpreted, and as bytecode where it runs often.
 */
public interface Expression {

  /** The static type, with labels. */
  Type type();

  /**
   * Computes the value. Has no effect but on the frame's ambient values; may be called by several
   * threads on different frames.
   *
   * @throws FaultException INVALID, with the place in the definition
   */
  Value evaluate(Frame frame);

  /**
   * What it reads of the variable in this slot, as far as is known. Only what reading costs depends
   * on it: who reads more than is said here gets the same values.
   */
  default Reads reads(int slot) {
    return Reads.ALL;
  }

  /** Whether its value is the variable in this slot, as it is. */
  default boolean isVariable(int slot) {
    return false;
  }

  /** The source text, for explanations. */
  String text();
}
