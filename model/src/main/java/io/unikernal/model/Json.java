package io.unikernal.model;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    return whole(
        new JsonTyped(bytes, limits, extra, problems).document(type, Wanted.ALL), problems);
  }

  /** Looks at the whole document as {@link #read(byte[], Limits)} does, and makes nothing of it. */
  public static void check(byte[] bytes, Limits limits) {
    new JsonReader(bytes, limits).check();
  }

  /**
   * As {@link #read(byte[], Limits)}, for a document that will perhaps not be looked at: it is
   * checked whole, but of an object only the fields that are {@code wanted} are made into values,
   * of a list no item. The others are made when somebody asks for them, and are written as they
   * stand here. {@link #forward} gives the very bytes again. The array is given away.
   */
  public static Value receive(byte[] bytes, Limits limits, Set<String> wanted) {
    return new JsonLazy(bytes, limits).document(wanted);
  }

  /**
   * As {@link #read(byte[], Type, Conform.Extra, Limits)}; {@link #forward} gives the very bytes
   * again where the value says what they say: no default was filled in and nothing left out. What
   * may be anything is not made into values before it is asked for. The array is given away.
   */
  public static Value receive(byte[] bytes, Type type, Conform.Extra extra, Limits limits) {
    return receive(bytes, type, extra, limits, Wanted.ALL);
  }

  /**
   * As {@link #receive(byte[], Type, Conform.Extra, Limits)}; what is not {@code wanted} is checked
   * as strictly, and made into values when somebody asks for it.
   */
  public static Value receive(
      byte[] bytes, Type type, Conform.Extra extra, Limits limits, Wanted wanted) {
    if (type.bare() == Type.Simple.ANY) {
      return receive(bytes, limits, Set.of());
    }
    var problems = new Problems();
    var reader = new JsonTyped(bytes, limits, extra, problems);
    Value value = whole(reader.document(type, wanted), problems);
    return reader.isSaidAlike()
        ? JsonLazy.from(new Slice(bytes, 0, bytes.length, limits), value)
        : value;
  }

  private static Value whole(@Nullable Value value, Problems problems) {
    if (value == null || !problems.isEmpty()) {
      throw Fault.invalid("the body does not fit its type", problems.found()).toException();
    }
    return value;
  }

  /**
   * The bytes that {@link #receive} got where it is that very value, untouched; else as {@link
   * #write}. Not to be changed.
   */
  public static byte[] forward(Value value) {
    Slice document = JsonLazy.document(value);
    return document == null ? write(value) : document.bytes();
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
