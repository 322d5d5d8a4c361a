package io.unikernal.spi;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a kernel must still know after it was killed: keys of messages that it has done, dead
 * letters, messages that it has taken over but not delivered. Every method that changes something
 * returns when the change is safe, and blocks its thread until then; many callers at once share one
 * write to the disk. Names of tables and journals are the kernel's own.
 *
 * <p>Each method throws a {@link io.unikernal.model.FaultException} when the store cannot do it: a
 * full disk is OVERLOADED, a broken file INTERNAL. Nothing is changed then.
 */
public interface StateStore extends AutoCloseable {
  /** A table of that name, made on first use. */
  Table table(String name);

  /** A journal of that name, made on first use. */
  Journal journal(String name);

  /** The names of the journals in which something lies, sorted: also those nobody asked for yet. */
  List<String> journals();

  /** Whether who has only its file cannot read what is kept. */
  default boolean isSealed() {
    return false;
  }

  @Override
  void close();

  /**
   * Values by key. What is past its {@code until} is not there; {@link Instant#MAX} is for ever.
   */
  interface Table {
    Optional<byte[]> get(String key);

    /** Replaces what is there. */
    void put(String key, byte[] value, Instant until);

    /** Empty if it was put; else what is there, which stays. */
    Optional<byte[]> putIfAbsent(String key, byte[] value, Instant until);

    void remove(String key);

    /** A counter: adds, and gives the sum; {@code until} counts where it begins anew. */
    long add(String key, long amount, Instant until);
  }

  /** Records in the order in which they came, each under a number of its own that grows. */
  interface Journal {
    long append(byte[] record);

    /** At most {@code max} from that number on, in order. */
    List<Entry> read(long from, int max);

    /** False if there is none. */
    boolean replace(long number, byte[] record);

    /**
     * Appends, and keeps {@code key} in the table, as one change; empty, and nothing done, if the
     * key is there already.
     */
    OptionalLong appendOnce(Table seen, String key, Instant until, byte[] record);

    /** False if there is none: somebody else has removed it. */
    boolean remove(long number);

    /**
     * Removes from this one and appends to the other, as one change: whoever looks, before or after
     * a kill, finds it in exactly one of them. False, and nothing done, if there is none.
     */
    boolean move(long number, Journal to, byte[] record);

    long size();
  }

  record Entry(long number, byte[] record) {}
}
