package io.unikernal.model;

/** The deterministic profile of RFC 8949 that {@code sdks/PROTOCOL.md} defines. */
public final class Cbor {
  static final int DEPTH_MAX = 64;

  private Cbor() {}

  public static byte[] write(Value value) {
    throw new UnsupportedOperationException("not written yet");
  }

  /**
   * Reads exactly one value.
   *
   * @throws FaultException MALFORMED with {@code position} among its details
   */
  public static Value read(byte[] bytes, int offset, int length) {
    throw new UnsupportedOperationException("not written yet");
  }
}
