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
   * In slot form, for two sides that know the same type: no names, and deterministic. It differs
   * from {@link #write} in this: a record is a list of its fields in the order of its type, and of
   * one map more where it has fields that the type does not know; an absent value is {@code f7}; a
   * symbol of an enum is its index; a member of a union is a list of its index and its record.
   * {@code any} is as {@link #write} has it.
   *
   * @param value one that was fitted to the type, as reading and {@link Conform} do
   */
  public static byte[] writeSlots(Type type, Value value) {
    return new CborSlotsWriter().document(type, value);
  }

  /**
   * Reads exactly one value in slot form, and checks it as one from outside.
   *
   * @throws FaultException MALFORMED with {@code position}, as {@link #read}, also where the bytes
   *     are of another type
   */
  public static Value readSlots(Type type, byte[] bytes, int offset, int length) {
    return new CborSlotsReader(bytes, offset, length).document(type);
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
