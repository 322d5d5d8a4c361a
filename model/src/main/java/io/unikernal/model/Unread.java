package io.unikernal.model;

import org.jspecify.annotations.Nullable;

/**
 * Fields of one record that were checked and not made into values: where in the document each
 * begins. The array of bytes belongs to it.
 */
final class Unread {
  private final byte[] bytes;
  private final Json.Limits limits;

  /** One more than the place of each reference's first byte; 0 for one that is not here. */
  private final int[] starts;

  Unread(byte[] bytes, Json.Limits limits, int references) {
    this.bytes = bytes;
    this.limits = limits;
    starts = new int[references];
  }

  void add(int position, int start) {
    starts[position] = start + 1;
  }

  boolean holds(int position) {
    return starts[position] != 0;
  }

  /** What stands there is known to fit. */
  Value read(int position, Type type) {
    return read(bytes, limits, type, Wanted.ALL, starts[position] - 1);
  }

  /** The value that begins here, which is known to fit. */
  static Value read(byte[] bytes, Json.Limits limits, Type type, Wanted wanted, int start) {
    var problems = new Problems();
    @Nullable Value value =
        new JsonTyped(bytes, limits, Conform.Extra.REFUSE, problems).valueAt(type, wanted, start);
    if (value == null || !problems.isEmpty()) {
      throw new IllegalStateException("a field that was checked does not fit");
    }
    return value;
  }
}
