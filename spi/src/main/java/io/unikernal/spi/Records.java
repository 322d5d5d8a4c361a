package io.unikernal.spi;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * A sequence of records, read and written one after the other: no more than one of them and a
 * buffer of bounded size is in memory.
 */
public interface Records {

  /** {@code reading} tells the type of one record. Closing the reader closes the stream. */
  Reader reader(InputStream in, Codec.Reading reading);

  /**
   * @param element the type of one record
   * @param isContinued whether records stand before these already, so that no header is written
   */
  Writer writer(OutputStream out, Type element, boolean isContinued);

  /** Whether records may be added to such as were written, and ended, before. */
  default boolean isContinuable() {
    return true;
  }

  interface Reader extends AutoCloseable {
    /**
     * The next record, or empty at the end.
     *
     * @throws io.unikernal.model.FaultException as {@link Codec#read}; after MALFORMED and
     *     TOO_LARGE there is no next record, after INVALID there may be
     */
    Optional<Value> next() throws IOException;

    @Override
    void close() throws IOException;
  }

  interface Writer extends AutoCloseable {
    void write(Value one) throws IOException;

    /** Hands what is buffered to the stream. */
    void flush() throws IOException;

    /** Writes what ends the sequence and flushes; the stream stays open. */
    @Override
    void close() throws IOException;
  }
}
