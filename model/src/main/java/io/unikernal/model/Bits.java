package io.unikernal.model;

import org.jspecify.annotations.Nullable;

/** A set of a record's fields. */
final class Bits {
  private long first;
  private long @Nullable [] more; // Few records have over 64 fields.

  Bits(int size) {
    clear(size);
  }

  /** None of another record's fields, which are so many. */
  void clear(int size) {
    first = 0;
    more = size <= Long.SIZE ? null : new long[(size - 1) / Long.SIZE];
  }

  /** Whether it was not in it before. */
  boolean add(int field) {
    long bit = 1L << field;
    if (field < Long.SIZE || more == null) {
      boolean isNew = (first & bit) == 0;
      first |= bit;
      return isNew;
    }
    int word = field / Long.SIZE - 1;
    boolean isNew = (more[word] & bit) == 0;
    more[word] |= bit;
    return isNew;
  }

  /** The next field from here on that is not in it; it may be behind the last. */
  int nextMissing(int from) {
    int field = from;
    while (true) {
      int word = field / Long.SIZE;
      if (word > (more == null ? 0 : more.length)) {
        return field;
      }
      long missing = ~(word == 0 || more == null ? first : more[word - 1]) & -1L << field;
      if (missing != 0) {
        return word * Long.SIZE + Long.numberOfTrailingZeros(missing);
      }
      field = (word + 1) * Long.SIZE;
    }
  }
}
