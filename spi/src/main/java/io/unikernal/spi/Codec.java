package io.unikernal.spi;

import io.unikernal.model.Conform;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.Wanted;
import java.nio.charset.Charset;
import java.util.Optional;

/** A {@link Format} with its options. */
public interface Codec {

  /**
   * What to read bytes as.
   *
   * @param type decides what texts stand for; {@link Type.Simple#ANY} where it is not known
   * @param extra what happens to fields that the type does not know
   * @param charset what the envelope says, as a content type does; it wins over the options
   * @param wanted what will be looked at, for a codec that can leave the rest until it is
   */
  record Reading(
      Type type, Conform.Extra extra, Optional<Charset> charset, Limits limits, Wanted wanted) {
    public static Reading of(Type type, Conform.Extra extra) {
      return new Reading(type, extra, Optional.empty(), Limits.DEFAULT, Wanted.ALL);
    }

    public Reading withCharset(Optional<Charset> told) {
      return new Reading(type, extra, told, limits, wanted);
    }

    public Reading withWanted(Wanted parts) {
      return new Reading(type, extra, charset, limits, parts);
    }
  }

  /**
   * Bounds on what is read from outside, besides the bytes, which whoever has them counts.
   *
   * @param depthMax how deep values may be nested
   * @param itemsMax rows, records or documents that one value may hold
   * @param fieldsMax columns, attributes or keys of one record
   * @param recordMax bytes or characters of one record of a stream
   */
  record Limits(int depthMax, int itemsMax, int fieldsMax, int recordMax) {
    public static final Limits DEFAULT = new Limits(64, 1_000_000, 4_096, 16 << 20);
  }

  /**
   * Reads a whole document. The array is given away: a value may be made of it later.
   *
   * @throws io.unikernal.model.FaultException MALFORMED with {@code position} in bytes among its
   *     details, and {@code line} and {@code column} where the format has lines; TOO_LARGE; INVALID
   *     with every violation
   */
  Value read(byte[] bytes, Reading reading);

  /**
   * Writes a whole document. The array is not to be changed: it may be the one that was read.
   *
   * @param type names what the value alone does not say: the columns of an empty list
   * @throws io.unikernal.model.FaultException INVALID for what the format cannot hold
   */
  byte[] write(Value value, Type type);

  /**
   * Why it cannot hold values of the type, for the checker, where that depends on the options;
   * {@link Format#refusal} was asked before.
   */
  default Optional<String> refusal(Type type) {
    return Optional.empty();
  }

  /** The charset that a content type has to tell; empty where the bytes say it themselves. */
  default Optional<Charset> charset() {
    return Optional.empty();
  }

  /** One record after the other, where the format has a form for that. */
  default Optional<Records> records() {
    return Optional.empty();
  }
}
