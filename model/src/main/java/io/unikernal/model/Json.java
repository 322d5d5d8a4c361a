package io.unikernal.model;

import java.nio.charset.StandardCharsets;

/**
 * JSON by RFC 8259, strict: limits on depth, size and number length, exact decimals and 64-bit
 * integers, duplicate keys and invalid UTF-8 refused.
 */
public final class Json {
  private Json() {}

  /**
   * Bounds on what is read from outside.
   *
   * @param exactFractions read fractions without a type as {@code Decimal}, not {@code Real}
   */
  public record Limits(int depthMax, int numberLengthMax, Keys keys, boolean exactFractions) {
    public static final Limits DEFAULT = new Limits(64, 400);

    /** For documents that a person typed and whose type is not known yet: fractions stay exact. */
    public static final Limits EXACT = new Limits(64, 400, Keys.UNIQUE, true);

    public Limits(int depthMax, int numberLengthMax) {
      this(depthMax, numberLengthMax, Keys.UNIQUE, false);
    }
  }

  /**
   * What a key that stands twice in one object is, when a document is read without a type. RFC 8259
   * leaves it open; with a type it is always refused, since two readers of one message must not see
   * two messages.
   */
  public enum Keys {
    UNIQUE,
    LAST_WINS
  }

  /**
   * Reads a document without a type: integers of 64 bits are {@code Int} or {@code UInt}, larger
   * ones {@code Decimal}, fractions {@code Real}.
   *
   * @throws FaultException MALFORMED with {@code position} in bytes among its details, or TOO_LARGE
   */
  public static Value read(byte[] bytes, Limits limits) {
    return new JsonReader(bytes, limits).document();
  }

  /**
   * Reads a document straight into the slots of its type.
   *
   * @throws FaultException as {@link #read(byte[], Limits)}, or INVALID with every violation
   */
  public static Value read(byte[] bytes, Type type, Conform.Extra extra, Limits limits) {
    var problems = new Problems();
    Value value = new JsonTyped(bytes, limits, extra, problems).document(type);
    if (value == null || !problems.isEmpty()) {
      throw Fault.invalid("the body does not fit its type", problems.found()).toException();
    }
    return value;
  }

  /** Compact, UTF-8. Absent fields are left out; decimals keep their scale. */
  public static byte[] write(Value value) {
    return new JsonWriter(JsonWriter.COMPACT).document(value);
  }

  /** As {@link #write} but indented by two spaces, for people. */
  public static String pretty(Value value) {
    return new String(new JsonWriter(0).document(value), StandardCharsets.UTF_8);
  }

  /**
   * As {@link #pretty}, but what {@code type} labels reads {@code "***"}: for logs, traces and
   * errors.
   */
  public static String masked(Value value, Type type) {
    return new String(new JsonWriter(0).masked(value, type), StandardCharsets.UTF_8);
  }
}
