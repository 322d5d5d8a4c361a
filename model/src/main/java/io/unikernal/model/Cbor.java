package io.unikernal.model;

/** The deterministic profile of RFC 8949 that {@code sdks/PROTOCOL.md} defines. */
public final class Cbor {
  static final int DEPTH_MAX = 64;

  private Cbor() {}

  /**
   * Leaves out absent fields. Throws INVALID for what the profile cannot hold: a moment outside the
   * years 0001 to 9999, an exponent beyond 9999, half a pair of surrogates.
   */
  public static byte[] write(Value value) {
    return new CborWriter().document(value);
  }

  /**
   * Reads exactly one value. A time of day comes back as text, an unsigned integer below 2^63 as
   * {@code Int}, a record as {@code Dict}: {@link Conform} gives them their types again.
   *
   * @throws FaultException MALFORMED with {@code position}, counted from {@code offset}, among its
   *     details
   */
  public static Value read(byte[] bytes, int offset, int length) {
    return new CborReader(bytes, offset, length).document();
  }
}
